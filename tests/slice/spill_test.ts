import * as fc from "fast-check";
import { keyOfName } from "../../src/record/line_head.ts";
import { hashOf, RepeatFinder } from "../../src/slice/verify/repeat_finder.ts";
import { StreamTable } from "../../src/slice/manifest/stream_table.ts";
import { Tally } from "../../src/slice/manifest/tally.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("StreamTable is the same with few streams in memory as with all", async () => {
  const streams = fc.array(
    fc.record({ stream: fc.constantFrom("a-1", "b-2", "ü-3", "a", "z\n-1"), position: fc.nat(20) }),
  );
  const spills = fc.array(fc.boolean(), { minLength: 1 });
  const inMemory = fc.integer({ min: 1, max: 4 });
  await fc.assert(
    fc.asyncProperty(streams, inMemory, spills, async (events, inMemoryMax, spills) => {
      using table = new StreamTable(inMemoryMax);
      const expected = new Map<string, { from: number; to: number; events: number }>();
      const descending = new Set<string>();
      for (const [i, { stream, position }] of events.entries()) {
        if (spills[i % spills.length]!) await table.makeRoom();
        table.add(keyOfName(stream), position);
        const known = expected.get(stream);
        if (known === undefined) expected.set(stream, { from: position, to: position, events: 1 });
        else {
          if (position <= known.to) descending.add(stream);
          known.from = Math.min(known.from, position);
          known.to = Math.max(known.to, position);
          known.events++;
        }
      }
      const sorted = [...expected].map(([stream, rest]) => ({ stream, ...rest }))
        .sort((a, b) => keyOfName(a.stream) < keyOfName(b.stream) ? -1 : 1);
      for (let round = 0; round < 2; round++) {
        assertEquals([...table.read()], sorted);
        assertEquals(new Set(table.descending()), new Set([...descending].map(keyOfName)));
        await table.sort();
      }
    }),
  );
});

Deno.test("Tally counts categories alike with few streams in memory and with all", () => {
  const names = ["a-1", "a-2", "b-1", "ü-3", "a", "b", "-x"];
  const events = fc.array(fc.constantFrom(...names), { maxLength: 60 });
  fc.assert(fc.property(events, fc.integer({ min: 1, max: 4 }), (streams, inMemoryMax) => {
    using tally = new Tally(inMemoryMax);
    const expected = new Map<string, { events: number; first: number; last: number }>();
    for (const [i, stream] of streams.entries()) {
      const bytes = new TextEncoder().encode(`<${stream}>`);
      tally.add(bytes, 1, bytes.length - 1, i, i + 1);
      const category = stream.split("-")[0]!;
      const { events = 0, first = i + 1 } = expected.get(category) ?? {};
      expected.set(category, { events: events + 1, first, last: i + 1 });
    }
    const found = tally.categories(new Map()).map((
      { category, streams: _, ...rest },
    ) => [category, rest]);
    assertEquals(new Map(found as [string, unknown][]), expected);
  }));
});

Deno.test("StreamTable distinguishes many streams, and grows with them", () => {
  using table = new StreamTable();
  const names = Array.from({ length: 5000 }, (_, i) => `order-${"x".repeat(i % 300)}${i}`);
  for (let round = 0; round < 3; round++) for (const name of names) table.add(name, round);
  assertEquals(
    [...table.read()],
    names.sort().map((stream) => ({ stream, from: 0, to: 2, events: 3 })),
  );
});

Deno.test("RepeatFinder finds what comes twice, also across runs on disk", async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const keys = fc.array(fc.integer({ min: 0, max: 40 }).map((n) => `id-${n}`));
  await fc.assert(
    fc.asyncProperty(keys, fc.integer({ min: 1, max: 8 }), async (all, inMemoryMax) => {
      using finder = new RepeatFinder(inMemoryMax);
      for (const key of all) finder.add(bytes(`<${key}>`), 1, key.length + 1);
      const repeated = new Set(all.filter((key, i) => all.indexOf(key) !== i));
      const { hashes, repeats } = await finder.suspects();
      assertEquals(hashes, new Set([...repeated].map((key) => hashOf(bytes(key), 0, key.length))));
      assertEquals(repeats, all.length - new Set(all).size);
    }),
  );
});
