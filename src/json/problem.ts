/**
 * Whether a text is JSON, found out without building anything: `JSON.parse` makes an array of 7
 * million elements out of 14 MB of `[1,1,…]`, for hundreds of MB, before anyone can refuse it.
 *
 * @module
 */

import { jsonProblemCharsMax } from "./limits.ts";
import { excerpt } from "../excerpt.ts";

// Its own, and not imported: with imported constants it was 10 % slower.
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const LETTER_U = 0x75;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** What is wrong with a text. */
export interface JsonProblem {
  /** Index of the first character that is wrong. */
  at: number;
  /** Whether it is an array or object that is nested too deep; else the text is not JSON. */
  isTooDeep: boolean;
}

/** The closing bracket of each array and object that is open; only one call runs at a time. */
let closers = new Uint8Array(0);

/**
 * Checks a text: in one pass, and without memory that grows with its length.
 *
 * @param text Any text.
 * @param depthMax Deepest nesting of arrays and objects that is allowed.
 * @returns What is wrong first; `undefined` for valid JSON within the depth.
 */
export function jsonProblem(text: string, depthMax: number): JsonProblem | undefined {
  if (closers.length < depthMax) closers = new Uint8Array(depthMax);
  const end = valueEnd(text, spaceEnd(text, 0), depthMax);
  if (end < 0) return { at: failedAt, isTooDeep: failedDeep };
  const after = spaceEnd(text, end);
  return after === text.length ? undefined : { at: after, isTooDeep: false };
}

/**
 * Words for a text that is not JSON: those of `JSON.parse` where it is small.
 *
 * @param problem What {@linkcode jsonProblem} found.
 */
export function syntaxProblem(text: string, { at }: JsonProblem): string {
  if (text.length <= jsonProblemCharsMax) {
    try {
      JSON.parse(text);
    } catch (error) {
      // Without its own "line 1", which would be taken for a file's.
      return (error as SyntaxError).message.replace(/ \(line \d+ column \d+\)$/, "");
    }
  }
  if (at >= text.length) return "Unexpected end of JSON input";
  const shown = JSON.stringify(excerpt(text.slice(at, at + 100)));
  return `Unexpected ${shown} at character ${at + 1} of the JSON text`;
}

// Where the last check has failed: a result object for each value would cost more than the check.
let failedAt = 0;
let failedDeep = false;

function fail(at: number, isTooDeep = false): -1 {
  failedAt = at;
  failedDeep = isTooDeep;
  return -1;
}

/** Index after the value that begins at `at`; −1 when it is not valid. */
function valueEnd(text: string, at: number, depthMax: number): number {
  let depth = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (depth === depthMax) return fail(at, true);
      const closer = code === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY;
      at = spaceEnd(text, at + 1);
      if (text.charCodeAt(at) !== closer) {
        closers[depth++] = closer;
        if (closer === CLOSE_OBJECT && (at = keyEnd(text, at)) < 0) return -1;
        continue;
      }
      at++;
    } else at = wordEnd(text, at, code);
    if (at < 0) return -1;

    for (;;) {
      if (depth === 0) return at;
      at = spaceEnd(text, at);
      const code = text.charCodeAt(at);
      if (code === COMMA) break;
      if (code !== closers[depth - 1]) return fail(at);
      depth--;
      at++;
    }
    at = spaceEnd(text, at + 1);
    if (closers[depth - 1] === CLOSE_OBJECT && (at = keyEnd(text, at)) < 0) return -1;
  }
}

function spaceEnd(text: string, at: number): number {
  for (;; at++) {
    const code = text.charCodeAt(at);
    // The comparison comes first: it is false for nearly every character, and for the end.
    if (!(code <= SPACE)) return at;
    if (code !== SPACE && code !== LF && code !== CR && code !== TAB) return at;
  }
}

/** Index of the value after the key that begins at `at`, or −1. */
function keyEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== QUOTE) return fail(at);
  const end = stringEnd(text, at);
  if (end < 0) return -1;
  const colon = spaceEnd(text, end);
  return text.charCodeAt(colon) === COLON ? spaceEnd(text, colon + 1) : fail(colon);
}

/** Index after the string that begins at `at`, or −1. */
function stringEnd(text: string, at: number): number {
  for (;;) {
    const code = text.charCodeAt(++at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) {
      const escape = text.charCodeAt(++at);
      if (escape === LETTER_U) {
        for (let i = 0; i < 4; i++) if (!isHex(text.charCodeAt(++at))) return fail(at);
      } else if (!isEscape(escape)) return fail(at);
    } else if (!(code >= SPACE)) return fail(at);
  }
}

function isHex(code: number): boolean {
  return isDigit(code) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);
}

/** What may follow a backslash, besides `u`. */
function isEscape(code: number): boolean {
  switch (code) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return true;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** Index after `true`, `false`, `null` or a number, or −1. */
function wordEnd(text: string, at: number, code: number): number {
  if (code === MINUS || isDigit(code)) return numberEnd(text, at);
  for (const word of ["true", "false", "null"]) {
    if (text.startsWith(word, at)) return at + word.length;
  }
  return fail(at);
}

function numberEnd(text: string, start: number): number {
  let at = text.charCodeAt(start) === MINUS ? start + 1 : start;
  const whole = at;
  at = digitsEnd(text, at);
  if (at === whole) return fail(at);
  if (text.charCodeAt(whole) === ZERO && at > whole + 1) return fail(whole + 1);
  if (text.charCodeAt(at) === POINT) {
    const fraction = ++at;
    at = digitsEnd(text, at);
    if (at === fraction) return fail(at);
  }
  if ((text.charCodeAt(at) | 0x20) === 0x65) { // e, E
    const sign = text.charCodeAt(++at);
    if (sign === PLUS || sign === MINUS) at++;
    const exponent = at;
    at = digitsEnd(text, at);
    if (at === exponent) return fail(at);
  }
  return at;
}

function digitsEnd(text: string, at: number): number {
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}
