/**
 * Numbers, rounded to a step: exactly, whatever their size, since they are taken as text.
 *
 * @module
 */

import { roundedDigitsMax } from "../limits.ts";

/** A number as an integer and how many of its digits stand after the point. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const decimal = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d{1,3}))?$/;

/**
 * Reads a number.
 *
 * @param text The number, such as `-12.50` or `1e3`.
 * @returns It; `undefined` when the text is no number, or has too many digits.
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
 * those are more; `undefined` when the text is no number.
 */
export function roundNumber(text: string, step: Decimal): string | undefined {
  const value = parseDecimal(text);
  if (value === undefined) return undefined;
  const scale = Math.max(value.scale, step.scale);
  const scaled = value.digits * 10n ** BigInt(scale - value.scale);
  const scaledStep = step.digits * 10n ** BigInt(scale - step.scale);
  const size = scaled < 0n ? -scaled : scaled;
  const rounded = (2n * size + scaledStep) / (2n * scaledStep) * scaledStep;
  const shown = String(rounded).padStart(scale + 1, "0");
  const point = shown.length - scale;
  const sign = scaled < 0n && rounded !== 0n ? "-" : "";
  return sign + shown.slice(0, point) + (scale === 0 ? "" : `.${shown.slice(point)}`);
}
