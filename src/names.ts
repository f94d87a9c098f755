/**
 * What a name may be. U+0000 and lone surrogates are refused at the door, since SQLite cuts text
 * read back at the one and UTF-8 cannot hold the other.
 *
 * @module
 */

import { messageIdBytesMax, nameBytesMax, namespaceBytesMax, patternBytesMax } from "./limits.ts";

/**
 * Checks a stream name or a message type.
 *
 * @param value The name.
 * @returns What is wrong with it, to follow its label in a sentence, such as `is empty`; `null` when
 * it is fine.
 */
export function nameProblem(value: string): string | null {
  return textProblem(value, nameBytesMax);
}

/**
 * Checks a pattern of stream names or message types, in which `*` stands for any text.
 *
 * @param value The pattern.
 * @returns What is wrong with it, to follow its label in a sentence; `null` when it is fine.
 */
export function patternProblem(value: string): string | null {
  return textProblem(value, patternBytesMax);
}

/**
 * Checks a namespace id.
 *
 * @param value The id.
 * @returns What is wrong with it, to follow its label in a sentence; `null` when it is fine.
 */
export function namespaceProblem(value: string): string | null {
  return textProblem(value, namespaceBytesMax);
}

/**
 * Checks the name of a category that is asked for: with a `-` in it, it can match nothing.
 *
 * @param value The name.
 * @returns What is wrong with it, to follow it in a sentence; `null` when it is fine.
 */
export function categoryProblem(value: string): string | null {
  return value.includes("-") ? 'is not a category: category names have no "-"' : null;
}

/** C0, DEL and C1. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Checks a message id. Nearly all are UUIDs, but any short text without control characters is one.
 *
 * @param value The id.
 * @returns What is wrong with it, to follow its label in a sentence; `null` when it is fine.
 */
export function messageIdProblem(value: string): string | null {
  const found = control.exec(value)?.[0];
  if (found === undefined) return textProblem(value, messageIdBytesMax);
  const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return `contains the control character U+${code}`;
}

function textProblem(value: string, bytesMax: number): string | null {
  if (value === "") return "is empty";
  if (value.includes("\0")) return "contains the character U+0000";
  if (!value.isWellFormed()) return "contains half of a surrogate pair";
  // A code unit takes three bytes of UTF-8 at most.
  if (value.length * 3 <= bytesMax) return null;
  const bytes = utf8Bytes(value);
  if (bytes <= bytesMax) return null;
  const [is, may] = [bytes, bytesMax].map((count) => count.toLocaleString("en-US"));
  return `is ${is} bytes long, at most ${may} are allowed`;
}

/**
 * How many bytes a text has as UTF-8. They are counted without encoding: a name that is refused may be as long as a
 * body.
 */
export function utf8Bytes(value: string): number {
  let bytes = 0;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (code >= 0xd800 && code <= 0xdfff) bytes += 2; // Each half of a pair.
    else bytes += 3;
  }
  return bytes;
}
