/**
 * `@std/cli/parse-args`, typed.
 *
 * @module
 */

// @ts-types="./parse_args.d.ts"
export { parseArgs, type ParsedArgs } from "npm:deno-std@1.4.0/cli/parse_args.js";
