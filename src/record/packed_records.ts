/**
 * Records as the bytes that they came in: what an import hands on most of the time.
 *
 * A million records of eight strings each are eight million objects to make, to copy to another thread
 * and to collect. Here a batch is two buffers, which change threads without being copied.
 *
 * @module
 */

import type { ImportRecord } from "./import_record.ts";

/** Records of a batch. */
export interface PackedRecords {
  /** How many records there are. */
  length: number;
  /** The UTF-8 text in which their fields lie. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Numbers of each record, {@linkcode packedNumbers} in a row; {@linkcode Packed} says which. */
  numbers: Float64Array<ArrayBuffer>;
}

/**
 * Where a record's numbers are: three of its own, and for each text where it begins in the bytes and
 * where it ends. Metadata that ends at 0 is `null`.
 */
export const Packed = {
  globalPosition: 0,
  position: 1,
  line: 2,
  id: 3,
  stream: 5,
  type: 7,
  time: 9,
  data: 11,
  metadata: 13,
} as const;

/** How many numbers a record has. */
export const packedNumbers: number = 15;

/**
 * Makes records of packed ones.
 *
 * @param packed The packed records.
 * @returns The same as objects.
 */
export function unpackRecords({ length, bytes, numbers }: PackedRecords): ImportRecord[] {
  const text = textIn(bytes, length === 0 ? 0 : endOf(numbers, length));
  return Array.from({ length }, (_, i) => {
    const number = (field: number) => numbers[i * packedNumbers + field]!;
    const field = (field: number) => text(number(field), number(field + 1));
    return {
      id: field(Packed.id),
      stream: field(Packed.stream),
      type: field(Packed.type),
      position: number(Packed.position),
      globalPosition: number(Packed.globalPosition),
      data: field(Packed.data),
      metadata: number(Packed.metadata + 1) === 0 ? null : field(Packed.metadata),
      time: field(Packed.time),
      line: number(Packed.line),
    };
  });
}

/** Texts lie in the order of their records; the last one ends with one of the last record's. */
function endOf(numbers: Float64Array, length: number): number {
  return Math.max(
    ...numbers.subarray((length - 1) * packedNumbers + Packed.id, length * packedNumbers),
  );
}

/** Takes texts out: decoding all at once and cutting is faster, but needs a byte a character. */
function textIn(bytes: Uint8Array, end: number): (start: number, end: number) => string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const whole = decoder.decode(bytes.subarray(0, end));
  if (whole.length === end) return (start, end) => whole.slice(start, end);
  return (start, end) => decoder.decode(bytes.subarray(start, end));
}
