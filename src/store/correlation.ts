/**
 * Correlation: which category a message's `metadata.correlationStreamName` points to. It is taken
 * out when a message comes in, so that no SQL JSON operator ever touches a payload.
 *
 * @module
 */

import { decodeString, lastField } from "../json/scan.ts";
import { nameProblem } from "../names.ts";
import { categoryOf } from "../stream_name.ts";

const key = "correlationStreamName";

/**
 * The category of `metadata.correlationStreamName`.
 *
 * @param metadata JSON text of an object, or `null`.
 * @returns The category; of the last one where the key is repeated, as `JSON.parse` has it. `null`
 * where there is none, or where no stream could have that name.
 */
export function correlationCategory(metadata: string | null): string | null {
  // A key of letters can be written otherwise only with \u escapes.
  if (metadata === null || !(metadata.includes(key) || metadata.includes("\\u"))) return null;
  const value = lastField(metadata, key);
  if (value === undefined || !value.startsWith('"')) return null;
  const category = categoryOf(decodeString(value));
  return nameProblem(category) === null ? category : null;
}
