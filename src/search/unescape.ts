/**
 * JSON text without its escapes: what its strings say, and not how they are written.
 *
 * @module
 */

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** What a letter after a backslash stands for; anything else stands for itself. */
const meanings = new Uint8Array(256).map((_, code) => code);
for (const [letter, meaning] of ["b\b", "f\f", "n\n", "r\r", "t\t"]) {
  meanings[letter!.charCodeAt(0)] = meaning!.charCodeAt(0);
}

/** How many bytes {@linkcode unescapeJson} may write beyond what it reads: the escape at the end is read whole. */
export const unescapedExtra = 4;

/** What {@linkcode unescapeJson} has done. */
export interface Unescaped {
  /** Index after the last byte read. */
  end: number;
  /** How many bytes were written. */
  length: number;
}

/**
 * Replaces escapes by what they stand for. Half of a surrogate pair becomes U+FFFD, since UTF-8 cannot hold it.
 *
 * @param bytes Valid JSON text, or several.
 * @param start Index of the first byte, which is not inside an escape.
 * @param end Index after the last; an escape that begins before it is read to its end.
 * @param target Where to: as long as what is read, and {@linkcode unescapedExtra} more.
 * @returns How far it has come.
 */
export function unescapeJson(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
): Unescaped {
  let at = start;
  let length = 0;
  while (at < end) {
    const code = bytes[at]!;
    if (code !== BACKSLASH) {
      target[length++] = code;
      at++;
      continue;
    }
    const letter = bytes[at + 1]!;
    if (letter !== LETTER_U) {
      target[length++] = meanings[letter]!;
      at += 2;
      continue;
    }
    let point = codeUnit(bytes, at + 2);
    at += 6;
    if (point >= 0xd800 && point <= 0xdbff && isEscapeAt(bytes, at)) {
      const low = codeUnit(bytes, at + 2);
      if (low >= 0xdc00 && low <= 0xdfff) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        at += 6;
      }
    }
    length = writePoint(target, length, point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
  }
  return { end: at, length };
}

function isEscapeAt(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === BACKSLASH && bytes[at + 1] === LETTER_U;
}

/** The number of four hex digits. */
function codeUnit(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const code = bytes[i]!;
    // A digit, or a letter in either case, whose low bits count from 1.
    value = value << 4 | (code <= 0x39 ? code - 0x30 : (code & 0x0f) + 9);
  }
  return value;
}

/** Writes a character as UTF-8. */
function writePoint(target: Uint8Array, at: number, point: number): number {
  if (point < 0x80) target[at++] = point;
  else {
    if (point < 0x800) target[at++] = 0xc0 | point >> 6;
    else {
      if (point < 0x10000) target[at++] = 0xe0 | point >> 12;
      else {
        target[at++] = 0xf0 | point >> 18;
        target[at++] = 0x80 | point >> 12 & 0x3f;
      }
      target[at++] = 0x80 | point >> 6 & 0x3f;
    }
    target[at++] = 0x80 | point & 0x3f;
  }
  return at;
}
