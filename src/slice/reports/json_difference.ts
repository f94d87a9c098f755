/**
 * Where two JSON texts differ, as paths with both texts. Texts are compared as they are written: 1 and 1.0,
 * or another order of keys, are differences, since a copy keeps the text.
 *
 * @module
 */

import { splitArray, splitObject } from "../../json/scan.ts";
import {
  differenceCharsMax,
  differenceDepthMax,
  differencePathsMax,
  differenceTextCharsMax,
} from "../limits.ts";

/** A path at which two texts differ. */
export interface JsonDifference {
  /** A normalized path (RFC 9535, section 2.7), such as `$['items'][0]`. */
  path: string;
  /** The text on one side; `null` where there is nothing. */
  a: string | null;
  /** The text on the other. */
  b: string | null;
}

/**
 * Compares two JSON texts.
 *
 * @param a Valid JSON without insignificant white space.
 * @param b The other.
 * @returns The deepest paths at which they differ, at most `differencePathsMax`; none when they are the
 * same. What is nested deeper than `differenceDepthMax`, or longer than `differenceCharsMax`, is one path.
 */
export function jsonDifferences(a: string, b: string): JsonDifference[] {
  const found: JsonDifference[] = [];
  compare("$", a, b, 0, found);
  return found;
}

function compare(path: string, a: string, b: string, depth: number, found: JsonDifference[]): void {
  if (a === b || found.length >= differencePathsMax) return;
  const before = found.length;
  if (depth < differenceDepthMax && Math.max(a.length, b.length) <= differenceCharsMax) {
    if (a.startsWith("{") && b.startsWith("{")) compareObjects(path, a, b, depth, found);
    else if (a.startsWith("[") && b.startsWith("[")) compareArrays(path, a, b, depth, found);
  }
  // The parts are the same, so it is their order, or how often a key is there.
  if (found.length === before) found.push({ path, a: shownText(a), b: shownText(b) });
}

function compareObjects(
  path: string,
  a: string,
  b: string,
  depth: number,
  found: JsonDifference[],
): void {
  const [left, right] = [new Map(splitObject(a)), new Map(splitObject(b))];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    compareParts(`${path}[${quoted(key)}]`, left.get(key), right.get(key), depth, found);
  }
}

function compareArrays(
  path: string,
  a: string,
  b: string,
  depth: number,
  found: JsonDifference[],
): void {
  const [left, right] = [splitArray(a), splitArray(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    compareParts(`${path}[${i}]`, left[i], right[i], depth, found);
  }
}

function compareParts(
  path: string,
  a: string | undefined,
  b: string | undefined,
  depth: number,
  found: JsonDifference[],
): void {
  if (a !== undefined && b !== undefined) compare(path, a, b, depth + 1, found);
  else if (found.length < differencePathsMax) {
    found.push({
      path,
      a: a === undefined ? null : shownText(a),
      b: b === undefined ? null : shownText(b),
    });
  }
}

/**
 * A text that is kept of a difference: its beginning, where it is long.
 *
 * @param text The text.
 * @returns At most `differenceTextCharsMax` characters of it.
 */
export function shownText(text: string): string {
  return text.length <= differenceTextCharsMax ? text : `${text.slice(0, differenceTextCharsMax)}…`;
}

/** A name as normalized paths have it: in single quotes, with the escapes of JSON. */
function quoted(name: string): string {
  const inner = JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner}'`;
}
