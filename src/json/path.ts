/**
 * The raw text of the values at a path in JSON text.
 *
 * @module
 */

import { splitArray, splitObject } from "./scan.ts";

/** A step into a value: a field, an element (from the end where it is negative), or all of them. */
export type PathSegment = { name: string } | { index: number } | "*";

/**
 * Finds the values at a path.
 *
 * @param text Valid JSON.
 * @param segments The path.
 * @returns The text of each, in the order of the text; of a field that is repeated, the last one, as
 * `JSON.parse` has it.
 */
export function valuesAt(text: string, segments: readonly PathSegment[]): string[] {
  return segments.reduce((texts, segment) => texts.flatMap((each) => childrenAt(each, segment)), [
    text,
  ]);
}

function childrenAt(text: string, segment: PathSegment): string[] {
  const kind = text[0];
  if (kind === "{") {
    const isAll = segment === "*";
    if (!isAll && !("name" in segment)) return [];
    const fields = new Map(splitObject(text));
    if (isAll) return [...fields.values()];
    const value = fields.get(segment.name);
    return value === undefined ? [] : [value];
  }
  if (kind !== "[") return [];
  if (segment === "*") return splitArray(text);
  if (!("index" in segment)) return [];
  const { index } = segment;
  const element = index < 0 ? splitArray(text).at(index) : splitArray(text, index + 1).at(index);
  return element === undefined ? [] : [element];
}
