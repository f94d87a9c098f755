/**
 * `@std/fmt/duration`, typed.
 *
 * @module
 */

// @ts-types="./fmt_duration.d.ts"
export { format } from "npm:deno-std@1.4.0/fmt/duration.js";
