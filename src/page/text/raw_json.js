// @ts-check
/**
 * JSON taken apart without reading its values: payloads stay the text that was stored, with 9007199254740993 and
 * 1.0 as they are.
 *
 * @module
 */

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Splits an array.
 *
 * @param {string} text JSON text of an array.
 * @returns {string[]} The text of each element, without white space around it.
 * @throws {SyntaxError} Where it is no array.
 */
export function elementsOf(text) {
  return partsOf(text, OPEN_ARRAY, CLOSE_ARRAY).map(([start, end]) => text.slice(start, end));
}

/**
 * Splits an object.
 *
 * @param {string} text JSON text of an object.
 * @returns {[name: string, value: string][]} The name and the text of each member, in their order, repeated ones
 * too.
 * @throws {SyntaxError} Where it is no object.
 */
export function membersOf(text) {
  return partsOf(text, OPEN_OBJECT, CLOSE_OBJECT).map(([start, end]) => {
    const nameEnd = stringEnd(text, start);
    const colon = skipSpace(text, nameEnd);
    if (text.charCodeAt(colon) !== COLON) throw new SyntaxError("A member has no value");
    return [JSON.parse(text.slice(start, nameEnd)), text.slice(skipSpace(text, colon + 1), end)];
  });
}

/**
 * @param {string} text
 * @param {number} open
 * @param {number} close
 * @returns {[start: number, end: number][]}
 */
function partsOf(text, open, close) {
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== open) {
    throw new SyntaxError(`Not the JSON that was expected: ${JSON.stringify(text.slice(0, 80))}`);
  }
  /** @type {[number, number][]} */
  const parts = [];
  let start = skipSpace(text, at + 1);
  if (text.charCodeAt(start) === close) return parts;
  let depth = 1;
  for (at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at) - 1;
    else if (code === OPEN_ARRAY || code === OPEN_OBJECT) depth++;
    else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
      if (--depth > 0) continue;
      parts.push([start, spaceStart(text, at)]);
      return parts;
    } else if (code === COMMA && depth === 1) {
      parts.push([start, spaceStart(text, at)]);
      start = skipSpace(text, at + 1);
    }
  }
  throw new SyntaxError("The JSON is cut short");
}

/**
 * @param {string} text
 * @param {number} at Index of the opening quote.
 * @returns {number} Index after the closing one.
 */
function stringEnd(text, at) {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  throw new SyntaxError("The JSON is cut short in a string");
}

/** @param {number} code */
function isSpace(code) {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {number} Index of what follows the white space.
 */
function skipSpace(text, at) {
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/**
 * @param {string} text
 * @param {number} end
 * @returns {number} Index after what precedes the white space.
 */
function spaceStart(text, end) {
  while (isSpace(text.charCodeAt(end - 1))) end--;
  return end;
}
