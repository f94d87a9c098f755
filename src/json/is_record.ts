/**
 * Parsed JSON that is an object.
 *
 * @module
 */

/**
 * Whether a value is an object with fields: neither `null` nor an array.
 *
 * @param value Any value.
 */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
