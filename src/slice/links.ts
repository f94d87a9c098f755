/**
 * Links: the streams that an event's metadata names.
 *
 * The fields are those of Message DB and Eventide, which `category.get` and the SDKs use as well.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { isRecord } from "../json/is_record.ts";

/** Fields of metadata that hold the name of a stream. */
export const linkFields = [
  "correlationStreamName",
  "causationMessageStreamName",
  "replyStreamName",
] as const;

/** What all their names end in: where it is not, nothing has to be parsed. */
const ending = new TextEncoder().encode("StreamName");
const decoder = new TextDecoder();

/**
 * Finds the links of an event.
 *
 * @param bytes What holds its metadata, as JSON.
 * @param start Index of its first byte.
 * @param end Index after its last byte; the same where there is none.
 * @returns The names of streams, each once; of a field that is repeated, the last value.
 */
export function linksOf(bytes: Uint8Array, start: number, end: number): string[] {
  if (end - start < ending.length) return [];
  const metadata = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  // A name in escapes is as good as a plain one, and as rare as it is odd.
  if (metadata.indexOf(ending) < 0 && metadata.indexOf("\\u") < 0) return [];
  const parsed: unknown = JSON.parse(decoder.decode(bytes.subarray(start, end)));
  if (!isRecord(parsed)) return [];
  const names = linkFields.map((field) => parsed[field]);
  return [
    ...new Set(names.filter((name): name is string => typeof name === "string" && name !== "")),
  ];
}
