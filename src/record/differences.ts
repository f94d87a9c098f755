/**
 * In which fields two messages differ.
 *
 * @module
 */

import type { Message } from "../message.ts";

const fields = [
  ["id", "id"],
  ["stream", "stream"],
  ["type", "type"],
  ["position", "pos"],
  ["globalPosition", "gpos"],
  ["data", "data"],
  ["metadata", "meta"],
  ["time", "time"],
] as const;

/** The fields in which two messages differ, by their names in a record; none when the two are the same. */
export function differences(a: Message, b: Message): string[] {
  return fields.filter(([field]) => a[field] !== b[field]).map(([, name]) => name);
}
