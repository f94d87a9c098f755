import * as fc from "fast-check";
import { hash64 } from "../../src/group_member.ts";
import { keyOfName } from "../../src/record/line_head.ts";
import { Pattern, splitPatterns } from "../../src/slice/pattern.ts";
import type { Slice } from "../../src/slice/slice.ts";
import { categoriesOfStreams, SliceFilter } from "../../src/slice/slice_filter.ts";
import { cardinalIdOf, categoryOf } from "../../src/stream_name.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";

/** A pattern as a regular expression: the oracle. */
function expressionOf(pattern: string): RegExp {
  const parts = pattern.match(/\\[^]|[^]/gu) ?? [];
  const source = parts.map((part) => {
    if (part === "*") return "[^]*";
    const plain = part.length > 1 && part.startsWith("\\") ? part.slice(1) : part;
    return plain.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, "u");
}

Deno.test("Pattern.matches() takes what the same regular expression takes", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "-", "*", "\\", ","), maxLength: 8 });
  fc.assert(fc.property(text, text, (pattern, name) => {
    assertEquals(new Pattern(pattern).matches(name), expressionOf(pattern).test(name));
  }));
});

Deno.test("Pattern.matches() takes time in proportion to the name, whatever the stars", () => {
  const pattern = new Pattern("*a".repeat(500) + "b");
  const started = performance.now();
  assertEquals(pattern.matches("a".repeat(100_000)), false);
  assert(performance.now() - started < 10_000);
});

Deno.test("splitPatterns() splits at commas that are not escaped, and trims", () => {
  assertEquals(splitPatterns(" order-*, a\\,b ,,c\\"), ["order-*", "a\\,b", "c\\"]);
  assertEquals(new Pattern("a\\,b\\*").literal, "a,b*");
});

Deno.test("categoriesOfStreams() knows the categories unless a star comes before the first -", () => {
  assertEquals(categoriesOfStreams(["order-*", "ship-1", "plain"]), ["order", "ship", "plain"]);
  assertEquals(categoriesOfStreams(["order-1", "*-123"]), undefined);
  assertEquals(categoriesOfStreams(["ord*"]), undefined);
});

const streams = ["order-1", "order-2+x", "order-2", "ship-1", "ship-9+a+b", "plain", "ü-1"];
const types = ["Placed", "Paid", "Shipped"];

Deno.test("SliceFilter.wants() is the same as filtering in memory", () => {
  const names = (all: string[]) =>
    fc.option(fc.array(fc.constantFrom(...all), { minLength: 1 }), { nil: undefined });
  const selection: fc.Arbitrary<Slice> = fc.record({
    streams: names([...streams, "order-*", "*-1", "ship-9*b", "*"]),
    types: names([...types, "P*"]),
    excludeCategories: names(["order", "plain", "none"]),
    excludeStreams: names(["order-2*", "ü-1"]),
    excludeTypes: names(["*ed", "Paid"]),
    sample: fc.option(fc.constantFrom(0.1, 0.5, 1), { nil: undefined }),
  });
  fc.assert(fc.property(selection, (selection) => {
    const any = (patterns: readonly string[] | undefined, name: string, absent: boolean) =>
      patterns?.some((pattern) => expressionOf(pattern).test(name)) ?? absent;
    const filter = new SliceFilter(selection);
    for (const stream of streams) {
      for (const type of types) {
        const id = cardinalIdOf(stream);
        const share = Number(BigInt.asUintN(64, hash64(id))) / 2 ** 64;
        const expected = any(selection.streams, stream, true) && any(selection.types, type, true) &&
          !(selection.excludeCategories?.includes(categoryOf(stream)) ?? false) &&
          !any(selection.excludeStreams, stream, false) &&
          !any(selection.excludeTypes, type, false) &&
          (selection.sample === undefined || id === "" || share < selection.sample);
        const event = { stream, streamKey: keyOfName(stream), type, typeKey: keyOfName(type) };
        assertEquals(filter.wants(event), expected, `${stream} ${type}`);
      }
    }
  }));
});

Deno.test("SliceFilter takes the entities of a smaller sample among those of a larger one", () => {
  const ids = Array.from({ length: 2000 }, (_, i) => `order-${i}`);
  const of = (sample: number) => {
    const filter = new SliceFilter({ sample });
    return ids.filter((stream) =>
      filter.wants({ stream, streamKey: stream, type: "T", typeKey: "T" })
    );
  };
  const [small, large] = [of(0.05), new Set(of(0.1))];
  assert(small.length > 50 && small.length < 150, String(small.length));
  assert(small.every((stream) => large.has(stream)));
  assertEquals(of(1).length, ids.length);
});

Deno.test("SliceFilter names the patterns that matched nothing", () => {
  const filter = new SliceFilter({ streams: ["order-1", "oder-*"], types: ["Placed", "Pad"] });
  filter.wants({ stream: "order-1", streamKey: "order-1", type: "Placed", typeKey: "Placed" });
  const excludes = { categories: [], streams: [], types: [] };
  assertEquals(filter.unmatched, { streams: ["oder-*"], types: ["Pad"], excludes });
  assertThrows(() => new SliceFilter({ sample: 0 }), Error, "above 0 and at most 1");
});

Deno.test("SliceFilter names what is excluded and has excluded nothing", () => {
  const filter = new SliceFilter({
    excludeCategories: ["order", "ordr"],
    excludeStreams: ["ship-1", "ship-2*", "shop-*"],
    excludeTypes: ["Placed", "Paid"],
  });
  for (
    const [stream, type] of [["order-1", "T"], ["ship-1", "T"], ["ship-22", "T"], ["a", "Paid"]]
  ) {
    const event = { stream: stream!, streamKey: stream!, type: type!, typeKey: type! };
    assert(!filter.wants(event));
  }
  assertEquals(filter.unmatched.excludes, {
    categories: ["ordr"],
    streams: ["shop-*"],
    types: ["Placed"],
  });
});

Deno.test("SliceFilter names no pattern that matches what another matched already", () => {
  const filter = new SliceFilter({ streams: ["order-1", "order-*", "*-1", "*-7", "o*1"] });
  const wants = (stream: string) =>
    filter.wants({ stream, streamKey: stream, type: "T", typeKey: "T" });
  assert(wants("order-1"));
  assertEquals(filter.unmatched.streams, ["*-7"]);
  assertEquals(["ship-2", "ship-7", "order-1", "ship-1", "ship-2"].map(wants), [
    false,
    true,
    true,
    true,
    false,
  ]);
  assertEquals(filter.unmatched.streams, []);
});
