/**
 * `@std/cli/parse-args`, typed.
 *
 * @module
 */

// @ts-types="./parse_args.d.ts"
export { parseArgs, type ParsedArgs } from "@std/cli/parse-args";
