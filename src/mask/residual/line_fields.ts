/**
 * Which part of an event a value in its line belongs to.
 *
 * @module
 */

import type { RawStep } from "../../json/value_walker.ts";

/**
 * Offsets in UTF-8 bytes as offsets in the characters of a string.
 *
 * @param offsets The offsets, ascending.
 * @returns The same in characters.
 */
export function charsOf(bytes: Uint8Array, offsets: readonly number[]): number[] {
  let chars = 0;
  let at = 0;
  return offsets.map((offset) => {
    for (; at < offset; at++) {
      const byte = bytes[at]!;
      // The first byte of a character; four bytes are two characters of a string.
      if ((byte & 0xc0) !== 0x80) chars += byte >= 0xf0 ? 2 : 1;
    }
    return chars;
  });
}

/**
 * The part of an event that a value of its line belongs to.
 *
 * @param steps The way to the value.
 * @returns The part; `undefined` for those in which no masked value is looked for.
 */
export function fieldOf(steps: readonly RawStep[]): "stream" | "data" | "metadata" | undefined {
  return steps[0] === null ? undefined : fields[steps[0]!] ?? escapedField(steps[0]!);
}

const fields: Readonly<Record<string, "stream" | "data" | "metadata">> = {
  '"stream"': "stream",
  '"data"': "data",
  '"meta"': "metadata",
};

function escapedField(key: string): "stream" | "data" | "metadata" | undefined {
  return key.includes("\\") ? fields[JSON.stringify(JSON.parse(key))] : undefined;
}
