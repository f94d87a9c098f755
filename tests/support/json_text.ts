/**
 * Arbitrary JSON text, not only what `JSON.stringify` prints: numbers that lose digits, escapes,
 * repeated keys, white space.
 *
 * @module
 */

import fc from "fast-check";
import { anyCharacter } from "./property.ts";

const space: fc.Arbitrary<string> = fc.constantFrom("", "", "", " ", "\n", "\t", "\r\n", "   ");

const numberText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("9007199254740993", "1.0", "1e400", "-0", "-0.0", "1E+2", "0.1e-7"),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
);

/** JSON text of a string. */
export const jsonStringText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '"\\u0000"',
    '"\\ud800"',
    '"\\\\"',
    '"\\""',
    '"\\\\\\""',
    '"\\/"',
    '"[{,}]:"',
    '"__proto__"',
    '"\ufeff"',
    '"\\u0061"',
  ),
  fc.string({ unit: anyCharacter }).map((text) => JSON.stringify(text)),
  fc.string().map((text) => JSON.stringify(text)),
);

const { value, object } = fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("null", "true", "false"),
    numberText,
    jsonStringText,
    tie("array"),
    tie("object"),
  ),
  array: fc.tuple(space, fc.array(fc.tuple(space, tie("value"), space), { maxLength: 5 }))
    .map(([inside, items]) => `[${items.map((item) => item.join("")).join(",") || inside}]`),
  object: fc.tuple(
    space,
    fc.array(fc.tuple(space, jsonStringText, space, fc.constant(":"), space, tie("value"), space), {
      maxLength: 5,
    }),
  ).map(([inside, entries]) => `{${entries.map((entry) => entry.join("")).join(",") || inside}}`),
}));

/** JSON text of any value, with white space here and there. */
export const jsonText: fc.Arbitrary<string> = fc.tuple(space, value, space)
  .map((parts) => parts.join(""));

/** JSON text of an object, with white space here and there. */
export const jsonObjectText: fc.Arbitrary<string> = object;
