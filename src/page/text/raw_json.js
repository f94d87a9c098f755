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
  return partsOf(text, OPEN_ARRAY).map(([start, end]) => text.slice(start, end));
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
  return partsOf(text, OPEN_OBJECT).map((part) => {
    const { name, value } = memberOf(text, part);
    return [JSON.parse(name), value];
  });
}

/**
 * @typedef {object} Child What stands in an array or an object.
 * @property {string} [name] JSON text of a member's name, as it is written.
 * @property {string} value JSON text.
 */

/**
 * @param {string} text JSON text of an array or an object.
 * @param {number} [max] How many are taken out. The others are counted.
 * @returns {{children: Child[], count: number}}
 */
export function childrenOf(text, max = Infinity) {
  const open = text.charCodeAt(skipSpace(text, 0));
  let count = 0;
  const parts = partsOf(text, open, () => ++count <= max);
  return {
    children: parts.map((part) =>
      open === OPEN_OBJECT ? memberOf(text, part) : { value: text.slice(part[0], part[1]) }
    ),
    count,
  };
}

/**
 * Takes some fields out of an object: of a million members, those alone are made.
 *
 * @param {string} text JSON text of an object.
 * @param {readonly string[]} names
 * @returns {Record<string, string>} The text of each that is there; of one that is repeated, the last.
 */
export function fieldsOf(text, names) {
  /** @type {Record<string, string>} */
  const found = Object.create(null);
  for (const part of partsOf(text, OPEN_OBJECT)) {
    const { name: literal, value } = memberOf(text, part);
    const name = literal.includes("\\") ? JSON.parse(literal) : literal.slice(1, -1);
    if (names.includes(name)) found[name] = value;
  }
  return found;
}

/**
 * @param {string} text
 * @param {[start: number, end: number]} part
 * @returns {{name: string, value: string}}
 */
function memberOf(text, [start, end]) {
  const nameEnd = stringEnd(text, start);
  const colon = skipSpace(text, nameEnd);
  if (text.charCodeAt(colon) !== COLON) throw new SyntaxError("A member has no value");
  return { name: text.slice(start, nameEnd), value: text.slice(skipSpace(text, colon + 1), end) };
}

/**
 * @param {string} text
 * @param {number} open The bracket that it begins with.
 * @param {() => boolean} [isWanted] Asked for each part, in order.
 * @returns {[start: number, end: number][]}
 */
function partsOf(text, open, isWanted = () => true) {
  const close = open === OPEN_ARRAY ? CLOSE_ARRAY : CLOSE_OBJECT;
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== open || (open !== OPEN_ARRAY && open !== OPEN_OBJECT)) {
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
      if (isWanted()) parts.push([start, spaceStart(text, at)]);
      return parts;
    } else if (code === COMMA && depth === 1) {
      if (isWanted()) parts.push([start, spaceStart(text, at)]);
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
export function stringEnd(text, at) {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  throw new SyntaxError("The JSON is cut short in a string");
}

/** @param {number} code */
export function isSpace(code) {
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
