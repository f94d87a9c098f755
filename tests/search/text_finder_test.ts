import fc from "fast-check";
import { searchChunkBytes } from "../../src/search/limits.ts";
import { TextFinder } from "../../src/search/text_finder.ts";
import { assert, assertEquals, assertFalse } from "../support/assert.ts";
import "../support/property.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A JSON string of a text, each character as it is or as an escape, by the numbers. */
function written(text: string, choices: readonly number[]): string {
  const units = [...text].map((char, i) => {
    const plain = JSON.stringify(char).slice(1, -1);
    if (choices[i % choices.length]! % 2 === 0) return plain;
    const hex = (unit: number) => `\\u${unit.toString(16).padStart(4, "0")}`;
    const escaped = char.split("").map((half) => hex(half.charCodeAt(0))).join("");
    return choices[i % choices.length]! % 3 === 0
      ? escaped.toUpperCase().replaceAll("U", "u")
      : escaped;
  });
  return `"${units.join("")}"`;
}

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const choices = fc.array(fc.nat(6), { minLength: 1 });

Deno.test("TextFinder finds every part of a string, however it is written", () => {
  fc.assert(
    fc.property(text, choices, fc.nat(39), fc.nat(39), (whole, choices, a, b) => {
      const points = [...whole];
      const part = points.slice(Math.min(a, b, points.length - 1), Math.max(a, b) + 1).join("");
      const json = bytesOf(written(whole, choices));
      assert(new TextFinder(part).isIn(json));
      assert(new TextFinder(part.toUpperCase()).isIn(json));
      assert(new TextFinder(part.toLowerCase()).isIn(json));
    }),
  );
});

Deno.test("TextFinder finds nothing that is not there", () => {
  for (
    const [text, json] of [
      ["ab", '"a","b"'],
      ["\n", '"a\\\\nb"'],
      ["u00fc", '"\\u00fC"'.replace("fC", "41")],
      ["é", '"e\u0301"'],
      ["x", '"\\u0079"'],
    ] as const
  ) {
    assertFalse(new TextFinder(text).isIn(bytesOf(json)), `${text} in ${json}`);
  }
});

Deno.test("TextFinder finds a text wherever two parts of a long one meet", () => {
  const needle = "Über\u{1f600}\nSee";
  for (const filling of ["x", "ü", "€", "😀", "\\u00e9", "\\n"]) {
    for (const spelling of [needle.replace("\n", "\\n"), "\\u00dcBER\\ud83d\\ude00\\u000aSEE"]) {
      const [one, spelled] = [bytesOf(filling).length, bytesOf(spelling).length];
      for (let shift = 0; shift <= spelled; shift += 3) {
        const before = filling.repeat(Math.ceil((searchChunkBytes - shift) / one));
        const json = bytesOf(`"${before}${spelling}${filling.repeat(10)}"`);
        assert(new TextFinder(needle).isIn(json), `${filling} ${spelling} ${shift}`);
      }
    }
  }
});

Deno.test("TextFinder looks at a bounded part at a time", () => {
  const long = new Uint8Array(10 * searchChunkBytes + 1).fill(0x61);
  assertEquals([...new TextFinder("b").steps(long)].length, 11);
  long[0] = 0x5c;
  long[1] = 0x5c;
  assertEquals([...new TextFinder("b").steps(long)].length, 22);
  long[2] = 0x62;
  assertEquals([...new TextFinder("b").steps(long)], [true]);
});
