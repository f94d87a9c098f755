/**
 * The parser of `jsonpath-rfc9535`, typed, loaded only where a policy is read.
 *
 * @module
 */

// @ts-types="./jsonpath_parser.d.ts"
export { default } from "npm:jsonpath-rfc9535@1.3.0/parser";
