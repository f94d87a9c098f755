/**
 * `@std/http/negotiation`, typed.
 *
 * @module
 */

// @ts-types="./negotiation.d.ts"
export { acceptsEncodings } from "npm:deno-std@1.4.0/http/negotiation.js";
