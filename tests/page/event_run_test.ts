import type { Found, Search } from "../../src/page/parts/event_list/run.js";
import { layOut } from "../../src/page/parts/event_list/layout.js";
import { EventRun } from "../../src/page/parts/event_list/run.js";
import { assert, assertEquals } from "../support/assert.ts";

const last = 5_000_000;

/** Events at these positions, searched as the server does it: a bounded part of the positions a call. */
function reader(positions: readonly number[], partMax: number) {
  return ({ from = 1, to = last, limit = 100 }: Search): Promise<Found> => {
    const end = Math.min(to, from + partMax - 1);
    const found = positions.filter((one) => one >= from && one <= end).slice(0, limit);
    const position = found.length === limit ? found.at(-1)! : end;
    return Promise.resolve({
      events: found.map((globalPosition) => ({
        id: String(globalPosition),
        stream: "a-1",
        type: "T",
        position: globalPosition,
        globalPosition,
        data: "{}",
        metadata: null,
        time: "2026-07-15T10:00:00Z",
      })),
      next: position >= to ? null : position + 1,
      position,
      looked: found.length,
    });
  };
}

/** Few events, and many at once between them. */
const positions = [
  5,
  6,
  ...Array.from({ length: 20_000 }, (_, i) => 1_000_000 + i),
  2_000_000,
  4_999_990,
];

const { signal } = new AbortController();

Deno.test("EventRun.loadBefore() misses nothing where events are few and where they are many", async () => {
  for (const partMax of [1_000_000, 90_000]) {
    const run = new EventRun({
      read: reader(positions, partMax),
      at: last + 1,
      last,
      width: 50_000,
    });
    const seen = new Set<number>();
    let calls = 0;
    while (!run.isStart) {
      await run.loadBefore(signal, () => {});
      const kept = run.rows.map(({ globalPosition }) => globalPosition);
      for (const one of kept) seen.add(one);
      // What is kept is all that there is between its bounds, and bounded.
      assertEquals(kept, positions.filter((one) => one >= run.from && one <= run.to));
      assert(kept.length <= 3000);
      assert(++calls < 500);
    }
    assertEquals([...seen].sort((a, b) => a - b), positions);
  }
});

Deno.test("EventRun.loadAfter() goes on over positions without events, and lets go of the first ones", async () => {
  const run = new EventRun({ read: reader(positions, 300_000), at: 1, last, width: 100 });
  const seen = new Set<number>();
  while (!run.isEnd) {
    await run.loadAfter(signal);
    const kept = run.rows.map(({ globalPosition }) => globalPosition);
    for (const one of kept) seen.add(one);
    assertEquals(kept, positions.filter((one) => one >= run.from && one <= run.to));
    assert(kept.length <= 3000);
  }
  assertEquals([...seen], positions);
  const { lines, height } = layOut(run, { rowHeight: 28, gapHeight: 20, hasGaps: true });
  const gaps = lines.filter(({ row }) => row === undefined);
  assertEquals(gaps.at(-1), { from: 4_999_991, to: last });
  assertEquals(height, run.rows.length * 28 + gaps.length * 20);
});
