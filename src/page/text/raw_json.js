// @ts-check
/**
 * JSON taken apart without reading its values: payloads stay the text that was stored, with 9007199254740993 and
 * 1.0 as they are.
 *
 * @module
 */

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
/** The bit in which `[` and `{`, and `]` and `}`, differ; and what they are with it. */
const [BRACE, OPEN, CLOSE] = [0x20, 0x7b, 0x7d];

/**
 * Splits an array.
 *
 * @param {string} text JSON text of an array.
 * @returns {string[]} The text of each element, without white space around it.
 * @throws {SyntaxError} Where it is no array.
 */
export function elementsOf(text) {
  return childrenOf(text, Infinity, "[").children.map(({ value }) => value);
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
  return childrenOf(text, Infinity, "{").children.map(({ name = "", value }) => [
    JSON.parse(name),
    value,
  ]);
}

/**
 * @typedef {object} Child What stands in an array or an object.
 * @property {string} [name] JSON text of a member's name, as it is written.
 * @property {string} value JSON text.
 */

/**
 * @param {string} text JSON text of an array or an object.
 * @param {number} [max] How many are taken out. The others are counted.
 * @param {string} [brackets] With which of these it has to begin.
 * @returns {{children: Child[], count: number}}
 * @throws {SyntaxError} Where it is something else.
 */
export function childrenOf(text, max = Infinity, brackets = "[{") {
  let at = skipSpace(text, 0);
  const bracket = text.charAt(at);
  if (bracket === "" || !brackets.includes(bracket)) {
    throw new SyntaxError(`Not the JSON that was expected: ${JSON.stringify(text.slice(0, 80))}`);
  }
  /** @type {Child[]} */
  const children = [];
  let count = 0;
  let depth = 1;
  let start = skipSpace(text, at + 1);
  for (at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at) - 1;
    else if ((code | BRACE) === OPEN) depth++;
    else if ((code | BRACE) === CLOSE ? --depth === 0 : code === COMMA && depth === 1) {
      if (start < at && ++count <= max) {
        children.push(bracket === "[" ? valueIn(text, start, at) : memberIn(text, start, at));
      }
      if (depth === 0) return { children, count };
      start = skipSpace(text, at + 1);
    }
  }
  throw new SyntaxError("The JSON is cut short");
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
function memberIn(text, start, end) {
  const nameEnd = stringEnd(text, start);
  const colon = skipSpace(text, nameEnd);
  if (text.charCodeAt(colon) !== COLON) throw new SyntaxError("A member has no value");
  return { name: text.slice(start, nameEnd), ...valueIn(text, skipSpace(text, colon + 1), end) };
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
function valueIn(text, start, end) {
  return { value: text.slice(start, end).trimEnd() };
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
  throw new SyntaxError("The JSON is cut short");
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {number} Index of what follows the white space.
 */
function skipSpace(text, at) {
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}
