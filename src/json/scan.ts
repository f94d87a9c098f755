/**
 * Taking valid JSON text apart without touching what is in it: numbers, escapes, the order of keys
 * and repeated keys stay as they were written. Validity is `JSON.parse`'s affair: give these
 * functions only what it has accepted.
 *
 * @module
 */

import { lineBytesMax } from "../limits.ts";
import { jsonSlicedCharsMax } from "./limits.ts";
import { JsonCursor } from "./cursor.ts";

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Drops insignificant white space.
 *
 * @param text Valid JSON.
 * @returns The same text without it; the very same string where there was none.
 */
export function compactJson(text: string): string {
  const cursor = new JsonCursor(text);
  cursor.skipSpace();
  cursor.skipValue();
  cursor.skipSpace();
  return cursor.spaced ? dropSpace(text) : text;
}

/**
 * Drops insignificant white space, and finds out in the same pass how deep the text is nested.
 *
 * @param text Valid JSON.
 * @param depthMax Deepest nesting of arrays and objects that is allowed: 0 for a number, 1 for `{}`.
 * @returns As {@linkcode compactJson}; where the text is nested deeper, how deep it is.
 */
export function compactWithin(text: string, depthMax: number): string | number {
  const cursor = new JsonCursor(text);
  cursor.skipSpace();
  cursor.skipValue();
  cursor.skipSpace();
  if (cursor.depth > depthMax) return cursor.depth;
  return cursor.spaced ? dropSpace(text) : text;
}

/**
 * Splits an array.
 *
 * @param text Valid JSON of an array.
 * @param countMax Most elements to take; those after them are not looked at.
 * @returns The text of each element, without white space around it.
 * @throws {SyntaxError} The text is not an array.
 */
export function splitArray(text: string, countMax: number = Infinity): string[] {
  const cursor = new JsonCursor(text);
  if (cursor.skipSpace() !== OPEN_ARRAY) throw new SyntaxError("The JSON text is not an array");
  const elements: string[] = [];
  cursor.at++;
  if (cursor.skipSpace() === CLOSE_ARRAY) return elements;
  do {
    cursor.skipSpace();
    const start = cursor.at;
    cursor.skipValue();
    elements.push(text.slice(start, cursor.at));
  } while (elements.length < countMax && passComma(cursor));
  return elements;
}

/**
 * Splits an object.
 *
 * @param text Valid JSON of an object.
 * @param countMax Most fields to take; those after them are not looked at.
 * @returns Each key, decoded, with the text of its value, in the order of the text and with
 * repeated keys repeated.
 * @throws {SyntaxError} The text is not an object.
 */
export function splitObject(
  text: string,
  countMax: number = Infinity,
): [key: string, value: string][] {
  const cursor = new JsonCursor(text);
  if (cursor.skipSpace() !== OPEN_OBJECT) throw new SyntaxError("The JSON text is not an object");
  const entries: [string, string][] = [];
  cursor.at++;
  if (cursor.skipSpace() === CLOSE_OBJECT) return entries;
  do {
    const key = readKey(cursor);
    const start = cursor.at;
    cursor.skipValue();
    entries.push([key, text.slice(start, cursor.at)]);
  } while (entries.length < countMax && passComma(cursor));
  return entries;
}

/**
 * Finds a field of an object, without making anything of the others.
 *
 * @param text Valid JSON of an object.
 * @param name The field's key.
 * @returns The text of its value; of the last one where the key is repeated, as `JSON.parse` has it.
 * `undefined` where there is none.
 * @throws {SyntaxError} The text is not an object.
 */
export function lastField(text: string, name: string): string | undefined {
  const cursor = new JsonCursor(text);
  if (cursor.skipSpace() !== OPEN_OBJECT) throw new SyntaxError("The JSON text is not an object");
  let value: string | undefined;
  cursor.at++;
  if (cursor.skipSpace() === CLOSE_OBJECT) return value;
  do {
    const key = readKey(cursor);
    const start = cursor.at;
    cursor.skipValue();
    if (key === name) value = text.slice(start, cursor.at);
  } while (passComma(cursor));
  return value;
}

/**
 * Reads a key and moves on to its value.
 *
 * @param cursor A cursor before a key.
 * @returns The key, decoded.
 */
export function readKey(cursor: JsonCursor): string {
  cursor.skipSpace();
  const start = cursor.at;
  cursor.skipString();
  const inner = cursor.text.slice(start + 1, cursor.at - 1);
  const key = inner.includes("\\") ? JSON.parse(`"${inner}"`) as string : inner;
  cursor.skipSpace();
  cursor.at++; // The colon.
  cursor.skipSpace();
  return key;
}

/**
 * Moves on to the next key or element.
 *
 * @param cursor A cursor after a value of an object or an array.
 * @returns Whether there is another one.
 */
export function passComma(cursor: JsonCursor): boolean {
  const more = cursor.skipSpace() === COMMA;
  cursor.at++;
  return more;
}

/**
 * Decodes a JSON string.
 *
 * @param text Valid JSON of a string.
 */
export function decodeString(text: string): string {
  return text.includes("\\") ? JSON.parse(text) as string : text.slice(1, -1);
}

/**
 * Everything between strings loses its white space. A large text is changed as bytes: to put it together
 * of millions of slices would take many times its own memory.
 */
function dropSpace(text: string): string {
  if (text.length > jsonSlicedCharsMax && text.isWellFormed()) return dropSpaceInBytes(text);
  const cursor = new JsonCursor(text);
  let compact = "";
  let start = 0;
  for (let quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', cursor.at)) {
    compact += text.slice(start, quote).replace(/[ \t\n\r]+/g, "");
    cursor.at = quote;
    cursor.skipString();
    start = cursor.at;
    compact += text.slice(quote, start);
  }
  return compact + text.slice(start).replace(/[ \t\n\r]+/g, "");
}

function dropSpaceInBytes(text: string): string {
  const bytes = utf8Of(text);
  let end = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at]!;
    if (inString) {
      if (code === BACKSLASH) bytes[end++] = bytes[at++]!;
      else if (code === QUOTE) inString = false;
    } else if (code <= SPACE) continue;
    else if (code === QUOTE) inString = true;
    bytes[end++] = bytes[at]!; // A byte follows each backslash.
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, end));
}

/**
 * The memory in which large texts are changed, the same for all: it would be garbage after each, which is
 * let go of late.
 */
let scratch: Uint8Array<ArrayBuffer> | undefined;

function utf8Of(text: string): Uint8Array<ArrayBuffer> {
  scratch ??= new Uint8Array(lineBytesMax);
  const { read, written } = new TextEncoder().encodeInto(text, scratch);
  return read === text.length ? scratch.subarray(0, written) : new TextEncoder().encode(text);
}
