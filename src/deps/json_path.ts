/**
 * The parser of `jsonpath-rfc9535`: text of a JSONPath → its segments. What it finds is ours, over raw
 * spans of JSON.
 *
 * @module
 */

export { default as parseJsonPath } from "npm:jsonpath-rfc9535@1.3.0/parser";
