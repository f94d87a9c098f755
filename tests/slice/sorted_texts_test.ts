import fc from "fast-check";
import { merged, sortedInSlices } from "../../src/slice/sorted_texts.ts";
import { TimeSlice } from "../../src/tick.ts";
import { assert, assertEquals } from "../support/assert.ts";
import "../support/property.ts";

Deno.test("merged() has all texts in one order, each once", () => {
  const text = fc.stringMatching(/^[ab\u00ff]{0,3}$/);
  fc.assert(fc.property(fc.array(fc.array(text)), (sources) => {
    const sorted = sources.map((source) => source.toSorted());
    assertEquals([...merged(sorted)], [...new Set(sources.flat())].sort());
  }));
});

Deno.test("sortedInSlices() sorts many texts, and lets others have their tick", async () => {
  const texts = Array.from({ length: 300_000 }, (_, i) => `order-${i * 7919 % 200_000}`);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 0);
  const sorted = await sortedInSlices(texts, new TimeSlice());
  clearInterval(timer);
  assert(ticks >= 2, `${ticks}`);
  assertEquals([...sorted], [...new Set(texts)].sort());
});
