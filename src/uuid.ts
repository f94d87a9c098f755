/**
 * Message ids.
 *
 * @module
 */

import { generate } from "./deps/uuid_v7.ts";

/** The spelling that is stored. */
const storedForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const hyphenated = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
/** All of them: in either case, in braces, as a URN, and without hyphens. */
const anyForm = new RegExp(
  `^(?:${hyphenated}|\\{${hyphenated}\\}|urn:uuid:${hyphenated}|[0-9a-f]{32})$`,
  "i",
);

/**
 * Reads a UUID of any version and variant.
 *
 * @param text 8-4-4-4-12 hex digits in either case, also as `{…}` or `urn:uuid:…`, or 32 hex digits.
 * @returns The UUID in lower case with hyphens, or `null` when the text is not one.
 */
export function parseUuid(text: string): string | null {
  if (storedForm.test(text)) return text;
  if (!anyForm.test(text)) return null;
  const digits = text.toLowerCase().replace(/^urn:uuid:|[{}-]/g, "");
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]]
    .map(([start, end]) => digits.slice(start, end)).join("-");
}

/**
 * Makes an id for a message that came without one.
 *
 * @returns A UUID of version 7: ids of one server ascend by the millisecond, which keeps the id
 * index's pages together.
 */
export function uuidV7(): string {
  return generate();
}
