/**
 * Parses paths in JSON text, as RFC 9535 (JSONPath) writes them. Beside path.ts, since only who is given a path
 * needs the parser.
 *
 * Only names, indexes and `*` are taken, one a segment: what they find depends on nothing but where a value
 * stands.
 *
 * @module
 */

import { parseJsonPath } from "../deps/json_path.ts";
import type { PathSegment } from "./path.ts";

/**
 * Parses a path.
 *
 * @param text The path, such as `$.items[*]['unit price']`.
 * @returns Its segments.
 * @throws {SyntaxError} It is not a path as in RFC 9535, or has a filter, a slice, `..` or several selectors in
 * one pair of brackets. The message follows the path in a sentence.
 */
export function parsePath(text: string): PathSegment[] {
  return segmentsOf(text).map(({ type, node }) => {
    if (type !== "ChildSegment") throw new SyntaxError("has .., which is not allowed here");
    if (node.type === "MemberNameShorthand") return { name: node.value };
    if (node.type === "WildcardSelector") return "*";
    const [selector, ...others] = node.selectors;
    if (others.length > 0) {
      throw new SyntaxError(
        "has several selectors in one pair of brackets, which is not allowed here",
      );
    }
    switch (selector?.type) {
      case "NameSelector":
        return { name: selector.value };
      case "IndexSelector":
        return { index: selector.value };
      case "WildcardSelector":
        return "*";
      default:
        throw new SyntaxError("has a filter or a slice, which is not allowed here");
    }
  });
}

function segmentsOf(text: string) {
  try {
    return parseJsonPath(text).segments;
  } catch (error) {
    const at = (error as { location?: { start: { offset: number } } }).location?.start.offset;
    if (at === undefined) throw error;
    const rest = text.slice(at);
    const where = rest === "" ? "ends too early" : `is no JSONPath from ${JSON.stringify(rest)} on`;
    throw new SyntaxError(where, { cause: error });
  }
}
