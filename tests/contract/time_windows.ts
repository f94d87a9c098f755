/**
 * Windows of time are exact, however the times lie along the global positions.
 *
 * @module
 */

import fc from "fast-check";
import type { Store } from "../../src/store/store.ts";
import type { ImportRecord } from "../../src/record/import_record.ts";
import { assertEquals } from "../support/assert.ts";
import "../support/property.ts";
import {
  create,
  globalPositions,
  importAll,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  readAll,
  record,
} from "./support.ts";

const day = Date.UTC(2025, 0, 1);

/** The time of so many seconds after the first. */
function timeAt(seconds: number): string {
  return new Date(day + seconds * 1_000).toISOString().replace(/\.?0*Z$/, "Z");
}

/** Asserts that windows of a store find what the times of its messages say. */
async function assertWindows(
  store: Store,
  bounds: readonly number[],
  ns = NS,
): Promise<void> {
  const all = (await readAll(store, {}, ns)).map((message) => ({
    ...message,
    seconds: (Date.parse(message.time) - day) / 1_000,
  }));
  for (const since of bounds) {
    for (const length of [0, 1, 17, 1_000]) {
      const window = { since: timeAt(since), until: timeAt(since + length) };
      const within = all.filter(({ seconds }) => seconds >= since && seconds < since + length);
      const expected = within.map(({ globalPosition }) => globalPosition);
      assertEquals(await globalPositions(store, window, ns), expected);
      assertEquals(
        await globalPositions(store, { ...window, categories: ["a", "c"], limit: 5 }, ns),
        within.filter(({ stream }) => /^[ac]/.test(stream)).slice(0, 5)
          .map(({ globalPosition }) => globalPosition),
      );
    }
  }
}

/** Events a second apart, with those changes. */
function events(
  count: number,
  change: (index: number) => { globalPosition?: number; seconds?: number },
): ImportRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const { globalPosition = index + 1, seconds = index } = change(index);
    const stream = `${"abc"[index % 3]}-${index % 5}`;
    return record({ globalPosition, stream, position: index, time: timeAt(seconds) });
  });
}

/** Registers the tests. */
export function timeWindowsContract(open: OpenStore, backend: string): void {
  Deno.test(`readMessages() finds in a window what came late or early (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    // One in 700 is an hour late, one an hour early; all others a little out of step.
    const late = (index: number) => [-3_600, 3_600][index % 700] ?? (index * 7) % 5;
    await importAll(store, events(5_000, (index) => ({ seconds: 4_000 + index + late(index) })));
    await assertWindows(store, [0, 400, 2_500, 5_000, 8_999, 12_000]);
  });

  Deno.test(`readMessages() finds in a window its first and its last message (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, events(5_000, () => ({})));
    // Where a backend remembers times by blocks of positions, it is likely that one ends there.
    for (const edge of [1_000, 1_024, 2_048, 4_096]) {
      for (const globalPosition of [edge - 1, edge, edge + 1]) {
        const at = globalPosition - 1;
        assertEquals(await globalPositions(store, { since: timeAt(at), until: timeAt(at + 1) }), [
          globalPosition,
        ]);
        const first = { since: timeAt(at), limit: 1 };
        assertEquals(await globalPositions(store, first), [globalPosition]);
        assertEquals(
          (await globalPositions(store, { until: timeAt(at + 1) })).length,
          globalPosition,
        );
      }
    }
  });

  Deno.test(`readMessages() finds in a window what lies far apart (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(
      store,
      events(2_000, (index) => ({
        globalPosition: 1 + index * 100_003 + Math.floor(index / 900) * 2 ** 50,
      })),
    );
    await assertWindows(store, [0, 899, 1_500, 1_999]);
  });

  Deno.test(`readMessages() finds in a window what imports and writes bring (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const all = events(4_000, () => ({}));
    const isLater = (index: number) => index % 3 === 1 || (index > 1_000 && index < 2_200);
    await importAll(store, all.filter((_, index) => !isLater(index)));
    await assertWindows(store, [900, 2_100]);
    await importAll(store, all.filter((_, index) => isLater(index)));
    await assertWindows(store, [0, 900, 1_500, 2_100, 3_990]);

    const writtenFrom = new Date().toISOString();
    for (let i = 0; i < 30; i++) await store.write(NS, "a-1", newMessage());
    const written = Array.from({ length: 30 }, (_, index) => 4_001 + index);
    assertEquals(await globalPositions(store, { since: writtenFrom }), written);
    assertEquals((await globalPositions(store, { until: writtenFrom })).length, 4_000);

    await importAll(store, events(1_500, (index) => ({ seconds: 9_000 - index })), { force: true });
    await assertWindows(store, [0, 900, 7_500, 8_000, 9_000]);
  });

  Deno.test(`readMessages() finds in a window what a list of the messages says (${backend})`, async () => {
    const place = fc.record({
      globalPosition: fc.oneof(
        fc.integer({ min: 1, max: 5_000 }),
        fc.nat(2 ** 40).map((n) => n + 1),
      ),
      seconds: fc.nat(1_200),
    });
    const file = fc.uniqueArray(place, {
      selector: ({ globalPosition }) => globalPosition,
      maxLength: 30,
    });
    await using store = await open();
    let cases = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 3 }), async (files) => {
        const ns = `case-${cases++}`;
        await create(store, ns);
        const taken = new Set<number>();
        for (const [index, file] of files.entries()) {
          const added = file.filter(({ globalPosition }) => !taken.has(globalPosition));
          await importAll(
            store,
            events(added.length, (index) => added[index]!).map((record) => ({
              ...record,
              stream: `${record.stream}-${index}`,
            })),
            {},
            ns,
          );
          for (const { globalPosition } of added) taken.add(globalPosition);
        }
        await assertWindows(store, [0, 300, 1_100], ns);
      }),
      { numRuns: 10 },
    );
  });
}
