import fc from "fast-check";
import { parsePath } from "../../src/json/parse_path.ts";
import { valuesAt } from "../../src/json/path.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";
import "../support/property.ts";

Deno.test("parsePath() takes names, indexes and stars, however they are written", () => {
  assertEquals(parsePath("$.a['b c'][0][-1][*].*"), [
    { name: "a" },
    { name: "b c" },
    { index: 0 },
    { index: -1 },
    "*",
    "*",
  ]);
  assertEquals(parsePath(`$["\\u00e9"].é`), [{ name: "é" }, { name: "é" }]);
  assertEquals(parsePath("$"), []);
});

for (
  const [path, problem] of [
    ["$..a", "has .., which"],
    ["$[?@.a]", "has a filter or a slice"],
    ["$[1:2]", "has a filter or a slice"],
    ["$['a','b']", "has several selectors"],
    ["$.$id", 'is no JSONPath from "$id" on'],
    ["$.a[", "ends too early"],
    ["$[01]", "is no JSONPath from"],
    ["a", 'is no JSONPath from "a" on'],
  ] as const
) {
  Deno.test(`parsePath() refuses ${path}`, () => {
    assertThrows(() => parsePath(path), SyntaxError, problem);
  });
}

Deno.test("valuesAt() finds what JSON.parse() finds, as text", () => {
  const key = fc.constantFrom("a", "b", "c");
  const segment = fc.oneof(
    key.map((name) => ({ name })),
    fc.integer({ min: -2, max: 2 }).map((index) => ({ index })),
    fc.constant("*" as const),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "medium" },
      fc.constantFrom(null, 1, "x", true),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(key, tie("any"), { noNullPrototype: true }),
    ),
  })).any;
  fc.assert(fc.property(value, fc.array(segment, { maxLength: 3 }), (value, segments) => {
    let found: unknown[] = [value];
    for (const segment of segments) {
      found = found.flatMap((each) => {
        if (typeof each !== "object" || each === null) return [];
        if (segment === "*") return Object.values(each);
        if ("index" in segment) {
          return Array.isArray(each) && each.at(segment.index) !== undefined
            ? [each.at(segment.index)]
            : [];
        }
        return !Array.isArray(each) && segment.name in each
          ? [(each as Record<string, unknown>)[segment.name]]
          : [];
      });
    }
    assertEquals(
      valuesAt(JSON.stringify(value), segments),
      found.map((each) => JSON.stringify(each)),
    );
  }));
});

Deno.test("valuesAt() keeps numbers as they are written, and takes the last of two fields", () => {
  assertEquals(valuesAt('{"a":1,"a":9007199254740993}', [{ name: "a" }]), ["9007199254740993"]);
});
