/**
 * An event's line, taken apart into what a search looks at and what it returns.
 *
 * @module
 */

import type { Message } from "../message.ts";
import { scanCanonical } from "../record/canonical.ts";
import { LINE_END } from "../record/line_end.ts";
import { Packed, packedNumbers } from "../record/packed_records.ts";
import { parseRecord } from "../record/parse.ts";

/** A message whose payloads are still bytes. */
export interface EventParts extends Omit<Message, "data" | "metadata"> {
  /** JSON text of the payload. */
  data: Uint8Array;
  /** JSON text of the metadata, or `null`. */
  metadata: Uint8Array | null;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const numbers = new Float64Array(packedNumbers);

/**
 * Takes a line apart.
 *
 * @param line The line of a message that a store holds, with its line end.
 * @returns Its parts. The payloads lie in the line.
 */
export function eventParts(line: Uint8Array): EventParts {
  const end = scanCanonical(line, 0, numbers, 0);
  if (end < 0 || line[end] !== LINE_END) return partsOf(line);
  const span = (field: number) => line.subarray(numbers[field]!, numbers[field + 1]!);
  const text = (field: number) => utf8.decode(span(field));
  return {
    id: text(Packed.id),
    stream: text(Packed.stream),
    type: text(Packed.type),
    position: numbers[Packed.position]!,
    globalPosition: numbers[Packed.globalPosition]!,
    data: span(Packed.data),
    metadata: numbers[Packed.metadata + 1] === 0 ? null : span(Packed.metadata),
    time: text(Packed.time),
  };
}

/**
 * Makes a message of an event's parts.
 *
 * @returns The message, its payloads as texts.
 */
export function messageOf({ data, metadata, ...rest }: EventParts): Message {
  return {
    ...rest,
    data: utf8.decode(data),
    metadata: metadata === null ? null : utf8.decode(metadata),
  };
}

/** Names with escapes, and positions of more digits than are exact in any number. */
function partsOf(line: Uint8Array): EventParts {
  const { line: _, data, metadata, ...rest } = parseRecord(utf8.decode(line).trimEnd(), 1);
  const encoder = new TextEncoder();
  return {
    ...rest,
    data: encoder.encode(data),
    metadata: metadata === null ? null : encoder.encode(metadata),
  };
}
