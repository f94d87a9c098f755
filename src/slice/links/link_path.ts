/**
 * Links that are declared: a path in an event's payload, and the name of the stream that its value means.
 *
 * @module
 */

import { type PathSegment, valuesAt } from "../../json/path.ts";
import { decodeString, splitArray } from "../../json/scan.ts";
import { nameProblem } from "../../names.ts";

/** A declared link. */
export interface LinkPath {
  /** As it was declared, such as `data.orderId=order-{}`. */
  readonly text: string;
  /** Which payload it looks into. */
  readonly payload: "data" | "metadata";
  /** Where in it. */
  readonly segments: readonly PathSegment[];
  /** The stream's name, with `{}` for the value. */
  readonly template: string;
}

/** What a declared link says of one event. */
export interface DeclaredLinks {
  /** The names of the streams that it links to. */
  streams: string[];
  /** How many values were of a kind that names no stream. */
  odd: number;
}

/**
 * Finds the links of an event that are declared.
 *
 * @param path The declared link.
 * @param payload The payload that it looks into, as JSON; `null` for none.
 * @returns The streams. Strings and integers name one, as they are written; an array has one link for each
 * of its elements; `null` and what is absent have none.
 */
export function declaredLinks(path: LinkPath, payload: string | null): DeclaredLinks {
  const found: DeclaredLinks = { streams: [], odd: 0 };
  if (payload === null) return found;
  for (const value of valuesAt(payload, path.segments)) {
    for (const element of value.startsWith("[") ? splitArray(value) : [value]) {
      if (element === "null") continue;
      const id = idOf(element);
      const stream = id === undefined ? undefined : path.template.replace("{}", () => id);
      if (stream === undefined || nameProblem(stream) !== null) found.odd++;
      else found.streams.push(stream);
    }
  }
  return found;
}

/** The id that a value means; `undefined` for a kind that means none. */
function idOf(value: string): string | undefined {
  if (value.startsWith('"')) return decodeString(value) || undefined;
  return /^-?\d+$/.test(value) ? value : undefined;
}
