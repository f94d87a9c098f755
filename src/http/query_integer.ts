/**
 * Integers in the query of a request, and in headers that stand for one.
 *
 * @module
 */

/**
 * Reads a position.
 *
 * @param text Decimal digits; a sign may stand before them.
 * @returns The position, 0 for a negative one of any size; `undefined` when the text is no integer or
 * is above 2^53 − 1.
 */
export function readPosition(text: string): number | undefined {
  if (/^-\d+$/.test(text)) return 0;
  return readInteger(text);
}

/**
 * Reads an integer.
 *
 * @param text Decimal digits; a sign may stand before them.
 * @returns The integer; `undefined` when the text is none, or is beyond 2^53 − 1.
 */
export function readInteger(text: string): number | undefined {
  const integer = /^-?\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(integer) ? integer : undefined;
}
