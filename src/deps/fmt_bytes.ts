/**
 * `@std/fmt/bytes`, typed.
 *
 * @module
 */

// @ts-types="./fmt_bytes.d.ts"
export { format } from "npm:deno-std@1.4.0/fmt/bytes.js";
