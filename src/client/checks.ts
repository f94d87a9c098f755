/**
 * The forms of responses, as far as it takes to distinguish an EventoDB server from another one.
 *
 * @module
 */

import type { ResponseCheck } from "./rpc.ts";

/** Whether it is an array. */
export function isArray<T>(value: unknown): value is T[] {
  return Array.isArray(value);
}

/** Whether it is a text. */
export function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether it is a number or `null`. */
export function isNumberOrNull(value: unknown): value is number | null {
  return value === null || typeof value === "number";
}

/**
 * Makes a check for an object.
 *
 * @param types The types of the fields without which the response cannot be used.
 */
export function isObjectWith<T extends object>(
  types: { [Field in keyof T]?: "string" | "number" },
): ResponseCheck<T> {
  return (value): value is T => {
    if (typeof value !== "object" || value === null) return false;
    const fields = value as Record<string, unknown>;
    return Object.entries(types).every(([name, type]) => {
      const found: string = typeof fields[name];
      return found === type;
    });
  };
}
