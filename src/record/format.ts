/**
 * Message → line of NDJSON.
 *
 * @module
 */

import { concat } from "../deps/concat.ts";
import type { Message } from "../message.ts";
import { canonicalSpan } from "./canonical.ts";
import type { ImportRecord } from "./import_record.ts";
import { LINE_END } from "./line_end.ts";
import { packedNumbers, type PackedRecords, unpackRecords } from "./packed_records.ts";

const encoder = new TextEncoder();

/**
 * Writes a message as a record: one line of an export.
 *
 * @param message The message. Its payloads go in as they are.
 * @returns The line, without its line end.
 */
export function formatRecord(message: Message): string {
  const { id, stream, type, position, globalPosition, data, metadata, time } = message;
  return `{"id":${JSON.stringify(id)},"stream":${JSON.stringify(stream)},"type":${
    JSON.stringify(type)
  }` +
    `,"pos":${position},"gpos":${globalPosition},"data":${data},"meta":${metadata},"time":"${time}"}`;
}

/**
 * Writes messages as NDJSON.
 *
 * @param messages The messages.
 * @returns Their lines, each with its line end.
 */
export function formatRecords(messages: readonly Message[]): string {
  let lines = "";
  for (const message of messages) lines += `${formatRecord(message)}\n`;
  return lines;
}

/**
 * Writes packed records as NDJSON. Those that came in the form of an export are copied, and no string is made
 * of them.
 *
 * @param packed The records.
 * @param wanted Indexes of those that are wanted, ascending.
 * @returns Their lines, each with its line end: byte for byte what {@linkcode formatRecords} makes of them.
 */
export function formatPacked(
  packed: PackedRecords,
  wanted: readonly number[],
): Uint8Array<ArrayBuffer> {
  const { bytes, numbers } = packed;
  let records: ImportRecord[] | undefined;
  const parts: Uint8Array[] = [];
  /** Lines that follow each other are one part; the line end after the last is yet to be looked for. */
  let [from, to] = [0, 0];
  const addRun = () => {
    if (to === from) return;
    // After a record, a line may end in another way.
    parts.push(bytes.subarray(from, to), Uint8Array.of(LINE_END));
    from = to = 0;
  };
  for (const index of wanted) {
    const span = canonicalSpan(numbers, index * packedNumbers);
    if (span === undefined) {
      addRun();
      records ??= unpackRecords(packed);
      parts.push(encoder.encode(`${formatRecord(records[index]!)}\n`));
      continue;
    }
    const [start, end] = span;
    if (to === 0 || start !== to + 1) {
      addRun();
      from = start;
    }
    to = end;
  }
  addRun();
  return concat(parts);
}
