/**
 * Links: the streams that an event's metadata names.
 *
 * The fields are those of Message DB and Eventide, which `category.get` and the SDKs use as well.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { isRecord } from "../../json/is_record.ts";
import { nameBytesMax } from "../../limits.ts";
import { nameProblem } from "../../names.ts";
import { keyOfBytes, keyOfName } from "../../record/line_head.ts";

/** Fields of metadata that hold the name of a stream. */
export const linkFields = [
  "correlationStreamName",
  "causationMessageStreamName",
  "replyStreamName",
] as const;

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

const fieldBytes = linkFields.map((field) => new TextEncoder().encode(field));
const decoder = new TextDecoder();

const none: readonly string[] = [];

/**
 * Finds the links of an event.
 *
 * @param bytes What holds its metadata, as JSON.
 * @param start Index of its first byte.
 * @param end Index after its last byte; the same where there is none.
 * @returns For each of `linkFields` the key of the stream's name, as `keyOfName` makes them; `""` where the
 * field names none. Empty where no field does. Of a field that is repeated, the last value counts.
 */
export function linksOf(bytes: Buffer, start: number, end: number): readonly string[] {
  if (bytes[start] !== OPEN_OBJECT || end - start < 3) return none;
  return scanLinks(bytes, start, end) ?? parsed(bytes, start, end);
}

/**
 * Finds the links of an event without a parser, which makes an object of each: it looks at the names and values
 * of the outermost object alone, as bytes.
 *
 * @param bytes What holds its metadata, as JSON.
 * @param start Index of its first byte.
 * @param end Index after its last byte.
 * @returns What `linksOf` returns; `undefined` where a name or value has an escape, which is rare, or where
 * this is not the whole of an object.
 */
export function scanLinks(
  bytes: Buffer,
  start: number,
  end: number,
): readonly string[] | undefined {
  let found: string[] | undefined;
  let depth = 0;
  for (let at = start; at < end; at++) {
    const code = bytes[at];
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth++;
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      if (--depth === 0) return at === end - 1 ? found ?? none : undefined;
    }
    if (code !== QUOTE) continue;
    const name = at + 1;
    if (depth !== 1) {
      at = stringEnd(bytes, name, end);
      continue;
    }
    at = plainEnd(bytes, name, end);
    if (at < 0) return undefined;
    const colon = afterSpace(bytes, at + 1);
    if (bytes[colon] !== COLON) continue;
    const field = fieldOf(bytes, name, at);
    if (field < 0) continue;
    found ??= ["", "", ""];
    at = colon;
    found[field] = "";
    const value = afterSpace(bytes, colon + 1);
    if (bytes[value] !== QUOTE) continue;
    at = plainEnd(bytes, value + 1, end);
    if (at < 0) return undefined;
    // No stream is called by a longer name.
    if (at - value - 1 <= nameBytesMax) found[field] = keyOfBytes(bytes, value + 1, at);
  }
  return undefined;
}

function parsed(bytes: Uint8Array, start: number, end: number): readonly string[] {
  const metadata: unknown = JSON.parse(decoder.decode(bytes.subarray(start, end)));
  if (!isRecord(metadata)) return none;
  return linkFields.map((field) => {
    const name = Object.hasOwn(metadata, field) ? metadata[field] : undefined;
    return typeof name === "string" && nameProblem(name) === null ? keyOfName(name) : "";
  });
}

/** Index of the closing quote. */
function stringEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** The same; −1 where an escape comes first. */
function plainEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) at++;
  return bytes[at] === QUOTE ? at : -1;
}

/** Index of the next byte that is not white space. */
function afterSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at]! <= 0x20) at++; // Past the end it is `undefined`, which is not a number.
  return at;
}

/** Which field a name is; −1 for none of them. */
function fieldOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  for (let index = 0; index < fieldBytes.length; index++) {
    const field = fieldBytes[index]!;
    if (field.length !== length) continue;
    let i = 0;
    while (i < length && field[i] === bytes[start + i]) i++;
    if (i === length) return index;
  }
  return -1;
}
