/**
 * Taking valid JSON text apart without touching what is in it: numbers, escapes, the order of keys
 * and repeated keys stay as they were written. Validity is `JSON.parse`'s affair: give these
 * functions only what it has accepted.
 *
 * @module
 */

import { JsonCursor } from "./cursor.ts";

const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
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
 * How deep arrays and objects are nested.
 *
 * @param text Valid JSON.
 * @returns 0 for a string, number, boolean or null, 1 for `{}`, 2 for `[[]]`, and so on.
 */
export function jsonDepth(text: string): number {
  const cursor = new JsonCursor(text);
  cursor.skipSpace();
  cursor.skipValue();
  return cursor.depth;
}

/**
 * Splits an array.
 *
 * @param text Valid JSON of an array.
 * @returns The text of each element, without white space around it.
 * @throws {SyntaxError} The text is not an array.
 */
export function splitArray(text: string): string[] {
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
  } while (passComma(cursor));
  return elements;
}

/**
 * Splits an object.
 *
 * @param text Valid JSON of an object.
 * @returns Each key, decoded, with the text of its value, in the order of the text and with
 * repeated keys repeated.
 * @throws {SyntaxError} The text is not an object.
 */
export function splitObject(text: string): [key: string, value: string][] {
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
  } while (passComma(cursor));
  return entries;
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
 * @returns The string.
 */
export function decodeString(text: string): string {
  return text.includes("\\") ? JSON.parse(text) as string : text.slice(1, -1);
}

/** Everything between strings loses its white space. */
function dropSpace(text: string): string {
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
