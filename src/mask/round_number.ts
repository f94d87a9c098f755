/**
 * Numbers, rounded to a step: exactly, whatever their size, since they are taken as text.
 *
 * @module
 */

import { roundedDigitsMax } from "./limits.ts";

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

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
  return roundSmall(text, step) ?? roundAny(text, step);
}

/** Digits of a number of which twice as much and a step are exact in a `number`. */
const smallDigits = 14;

/** The usual number, without big ones; `undefined` for any other. */
function roundSmall(text: string, step: Decimal): string | undefined {
  const isNegative = text.charCodeAt(0) === MINUS;
  const first = isNegative ? 1 : 0;
  let point = text.length;
  let size = 0;
  for (let at = first; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === POINT && point === text.length) point = at;
    else if (code >= ZERO && code <= NINE) size = size * 10 + code - ZERO;
    else return undefined;
  }
  const scale = Math.max(0, text.length - point - 1);
  const hasDigits = point > first && (point === text.length || scale > 0);
  if (!hasDigits || text.length - first > smallDigits || step.scale > scale) return undefined;
  const scaledStep = Number(step.digits) * 10 ** (scale - step.scale);
  if (scaledStep >= 10 ** smallDigits) return undefined;
  const doubled = 2 * size + scaledStep;
  const rounded = (doubled - doubled % (2 * scaledStep)) / 2;
  return shown(rounded, scale, isNegative && rounded !== 0);
}

function roundAny(text: string, step: Decimal): string | undefined {
  const value = parseDecimal(text);
  if (value === undefined) return undefined;
  const scale = Math.max(value.scale, step.scale);
  const scaled = value.digits * 10n ** BigInt(scale - value.scale);
  const scaledStep = step.digits * 10n ** BigInt(scale - step.scale);
  const size = scaled < 0n ? -scaled : scaled;
  const rounded = (2n * size + scaledStep) / (2n * scaledStep) * scaledStep;
  return shown(rounded, scale, scaled < 0n && rounded !== 0n);
}

function shown(rounded: bigint | number, scale: number, isNegative: boolean): string {
  const digits = String(rounded).padStart(scale + 1, "0");
  const point = digits.length - scale;
  const sign = isNegative ? "-" : "";
  return sign + digits.slice(0, point) + (scale === 0 ? "" : `.${digits.slice(point)}`);
}
