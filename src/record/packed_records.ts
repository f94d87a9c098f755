/**
 * Records as the bytes that they came in: what an import hands on most of the time.
 *
 * A million records of eight strings each are eight million objects to make, to copy to another thread
 * and to collect. Here a batch is two buffers, which change threads without being copied.
 *
 * @module
 */

import { payloadChars } from "../message.ts";
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
 * Packs records, such as those of a program that imports what it has in memory.
 *
 * @param records The records.
 * @returns The same as bytes.
 */
export function packRecords(records: readonly ImportRecord[]): PackedRecords {
  const chars = records.reduce(
    (sum, record) =>
      sum + record.id.length + record.stream.length + record.type.length + record.time.length +
      payloadChars(record),
    0,
  );
  const { length } = records;
  // A UTF-16 unit takes up to three bytes.
  const bytes = new Uint8Array(3 * chars);
  const numbers = new Float64Array(length * packedNumbers);
  let end = 0;
  for (const [index, record] of records.entries()) {
    end = packRecord(record, { bytes, numbers }, index, end);
  }
  return { length, bytes, numbers };
}

const encoder = new TextEncoder();

/**
 * Packs a record.
 *
 * @param record The record.
 * @param target Where to.
 * @param index Its index there.
 * @param start Where its text begins.
 * @returns Where its text ends.
 */
export function packRecord(
  record: ImportRecord,
  { bytes, numbers }: Pick<PackedRecords, "bytes" | "numbers">,
  index: number,
  start: number,
): number {
  const at = index * packedNumbers;
  let end = start;
  const put = (field: number, text: string) => {
    numbers[at + field] = end;
    end += encoder.encodeInto(text, bytes.subarray(end)).written;
    numbers[at + field + 1] = end;
  };
  numbers[at + Packed.globalPosition] = record.globalPosition;
  numbers[at + Packed.position] = record.position;
  numbers[at + Packed.line] = record.line;
  put(Packed.id, record.id);
  put(Packed.stream, record.stream);
  put(Packed.type, record.type);
  put(Packed.time, record.time);
  put(Packed.data, record.data);
  if (record.metadata !== null) put(Packed.metadata, record.metadata);
  else numbers[at + Packed.metadata] = numbers[at + Packed.metadata + 1] = 0;
  return end;
}

/**
 * Makes records of packed ones.
 *
 * @param packed The packed records.
 * @returns The same as objects.
 */
export function unpackRecords(packed: PackedRecords): ImportRecord[] {
  const { length, bytes, numbers } = packed;
  const text = textIn(bytes, textBytesOf(packed));
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

/** How many bytes the texts of packed records take. */
export function textBytesOf({ length, numbers }: PackedRecords): number {
  return length === 0 ? 0 : endOf(numbers, length);
}

/** Copies packed records, whose buffers are then filled again. */
export function copyRecords(packed: PackedRecords): PackedRecords {
  const { length, bytes, numbers } = packed;
  return {
    length,
    bytes: bytes.slice(0, textBytesOf(packed)),
    numbers: numbers.slice(0, length * packedNumbers),
  };
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
