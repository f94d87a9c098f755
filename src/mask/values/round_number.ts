/**
 * Numbers, rounded to a step: exactly, whatever their size, since they are taken as text.
 *
 * @module
 */

import { roundedDigitsMax } from "../limits.ts";

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** A number as an integer and how many of its digits stand after the point. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** Digits of a number of which twice as much and a step are exact in a `number`. */
const smallDigits = 14;
const tenMillion = 10_000_000;

const decimal = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d{1,3}))?$/;

/**
 * Reads a number.
 *
 * @param text The number, such as `-12.50` or `1e3`.
 * @returns It; `undefined` when the text is not a number, or has too many digits.
 */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > roundedDigitsMax) return undefined;
  const parts = decimal.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole, fraction = "", exponent = "0"] = parts;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(sign + whole! + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/**
 * Rounds a number to the nearest multiple of a step, halves away from zero.
 *
 * @param text The number.
 * @param step The step, greater than 0.
 * @returns The multiple, with as many digits after the point as the number has, or as the step has if
 * those are more; `undefined` when the text is not a number.
 */
export function roundNumber(text: string, step: Decimal): string | undefined {
  const value = parseDecimal(text);
  if (value === undefined) return undefined;
  const scale = Math.max(value.scale, step.scale);
  const scaled = value.digits * 10n ** BigInt(scale - value.scale);
  const scaledStep = step.digits * 10n ** BigInt(scale - step.scale);
  const size = scaled < 0n ? -scaled : scaled;
  const rounded = (2n * size + scaledStep) / (2n * scaledStep) * scaledStep;
  return shown(rounded, scale, scaled < 0n && rounded !== 0n);
}

function shown(rounded: bigint, scale: number, isNegative: boolean): string {
  const digits = String(rounded).padStart(scale + 1, "0");
  const point = digits.length - scale;
  const sign = isNegative ? "-" : "";
  return sign + digits.slice(0, point) + (scale === 0 ? "" : `.${digits.slice(point)}`);
}

/** Rounds the usual number where it stands, to one step. */
export class SmallNumbers {
  /** The step in units of the last of so many digits after the point; 0 where it is not a whole number. */
  readonly #steps: readonly number[];

  /** @param step The step, greater than 0. */
  constructor({ digits, scale: stepScale }: Decimal) {
    this.#steps = Array.from({ length: smallDigits }, (_, scale) => {
      const step = Number(digits) * 10 ** (scale - stepScale);
      return scale < stepScale || step >= 10 ** smallDigits ? 0 : step;
    });
  }

  /**
   * Rounds a number.
   *
   * @param bytes What holds it.
   * @param start Index of its first byte.
   * @param end Index after its last one.
   * @param target Takes what {@linkcode roundNumber} makes of it.
   * @param to Index of the first byte of that.
   * @returns How many bytes that is, at most two more than the number has; −1 for a number with an exponent or more
   * digits than are exact, or no number.
   */
  round(bytes: Uint8Array, start: number, end: number, target: Uint8Array, to: number): number {
    const isNegative = bytes[start] === MINUS;
    const first = isNegative ? start + 1 : start;
    if (end - first > smallDigits) return -1;
    let point = end;
    let size = 0;
    for (let at = first; at < end; at++) {
      const code = bytes[at]!;
      if (code === POINT && point === end) point = at;
      else if (code >= ZERO && code <= NINE) size = size * 10 + code - ZERO;
      else return -1;
    }
    const scale = Math.max(0, end - point - 1);
    const hasDigits = point > first && (point === end || scale > 0);
    const step = this.#steps[scale]!;
    if (!hasDigits || step === 0) return -1;
    const rounded = Math.floor((2 * size + step) / (2 * step)) * step;
    if (isNegative && rounded !== 0) target[to] = MINUS;
    const sign = isNegative && rounded !== 0 ? 1 : 0;
    return sign + writeDecimal(rounded, scale, target, to + sign);
  }
}

/** Writes a number below 10^15 with so many digits after the point; returns how many bytes it takes. */
function writeDecimal(value: number, scale: number, target: Uint8Array, to: number): number {
  // Two numbers of 32 bits: the remainders of larger ones take several times as long.
  const high = Math.floor(value / tenMillion);
  const low = value - high * tenMillion;
  let digits = high === 0 ? digitsOf(low) : 7 + digitsOf(high);
  if (digits <= scale) digits = scale + 1;
  const length = digits + (scale === 0 ? 0 : 1);
  let rest = low | 0;
  for (let i = 0, at = to + length; i < digits; i++) {
    if (i === scale && scale > 0) target[--at] = POINT;
    if (i === 7) rest = high | 0;
    target[--at] = ZERO + rest % 10;
    rest = rest / 10 | 0;
  }
  return length;
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  return digits;
}
