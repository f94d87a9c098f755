/**
 * Digits → as many digits, by a permutation: FF1.
 *
 * @module
 */

import { maskDigitsMax, maskDigitsMin } from "../limits.ts";
import { Ff1 } from "../crypto/ff1.ts";

/**
 * Whether a text consists of as many digits as can be permuted.
 *
 * @returns Whether it does.
 */
export function areDigits(text: string): boolean {
  if (text.length < maskDigitsMin || text.length > maskDigitsMax) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

/** Permutes digits. */
export class DigitPseudonyms {
  readonly #ff1: Ff1;

  /** @param key The key of the function and domain. */
  constructor(key: Uint8Array) {
    this.#ff1 = new Ff1(key, 10);
  }

  /**
   * The pseudonym of digits.
   *
   * @param digits For which {@linkcode areDigits} holds.
   * @returns As many digits, which begin with a zero where the given ones do and only there: a number stays
   * a number, and has the pseudonym that the same digits have as text.
   */
  of(digits: string): string {
    const isZero = digits.startsWith("0");
    // A permutation of all is one of those that begin with a zero, where its steps outside are skipped.
    let permuted = digits;
    do permuted = this.#ff1.encryptDigits(permuted); while (permuted.startsWith("0") !== isZero);
    return permuted;
  }

  /**
   * The pseudonym of the digits in a text; what stands between them stays where it is.
   *
   * @returns The text with other digits; `undefined` when it has too few digits, or something else than
   * digits and `+ - . / ( )` and spaces.
   */
  ofFormatted(text: string): string | undefined {
    const digits = digitsIn(text);
    if (digits === undefined) return undefined;
    const permuted = this.of(digits);
    let at = 0;
    return text.replace(/\d/g, () => permuted[at++]!);
  }
}

/**
 * The digits of a text that is made of them.
 *
 * @returns The digits alone; `undefined` when they are too few or too many, or there are letters.
 */
export function digitsIn(text: string): string | undefined {
  if (areDigits(text)) return text;
  if (text.length > 2 * maskDigitsMax || !/^[-+\d ./()]+$/.test(text)) return undefined;
  const digits = text.replace(/\D/g, "");
  return areDigits(digits) ? digits : undefined;
}
