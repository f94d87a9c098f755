/**
 * The line that is named is the first one, in the order of the file, that is wrong: whatever is wrong
 * with it and with a later one, on every backend.
 */

import fc from "fast-check";
import { EventoDBError } from "../../src/errors.ts";
import { openStore } from "../../src/store/open.ts";
import type { ImportMode, Store } from "../../src/store/store.ts";
import { importRecords } from "../../src/transfer/import.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { bodyOf } from "../support/bodies.ts";
import { lineOf, uuidOf } from "../support/history.ts";
import { testPostgres } from "../support/postgres.ts";
import { pieces, withCuts } from "../support/property.ts";

const postgres = await testPostgres();
const namespace = "first";

/** Ways in which line `n` can be wrong, where line `k` comes before it. */
const wrongs: Record<string, (n: number, k: number) => string> = {
  json: () => "{nope\n",
  record: (n) => lineOf(n, { gpos: 0 }),
  deep: (n) => lineOf(n).replace('"data":', `"x":${"[".repeat(1001)}${"]".repeat(1001)},"data":`),
  "global position": (n, k) => lineOf(n, { gpos: k }),
  "stream position": (n, k) => lineOf(n, { pos: k - 1 }),
  id: (n, k) => lineOf(n, { id: uuidOf(k) }),
};

/** A file with two bad lines, as text that is cut somewhere. */
const file = fc.record({
  lines: fc.constantFrom(6, 40, 1_200),
  places: fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000)),
  kinds: fc.tuple(fc.constantFrom(...Object.keys(wrongs)), fc.constantFrom(...Object.keys(wrongs))),
  shift: fc.nat(),
}).chain(({ lines, places, kinds, shift }) => {
  // From the third line on, so that there is always one to repeat.
  const [a, b] = places.map((place) => 3 + place % (lines - 2)) as [number, number];
  const bad = new Map([[a, kinds[0]], [b, kinds[1]]]);
  const text = Array.from({ length: lines }, (_, i) => {
    const n = i + 1;
    const kind = bad.get(n);
    return kind === undefined ? lineOf(n) : wrongs[kind]!(n, 1 + shift % 2);
  });
  return fc.tuple(
    fc.constant({ first: Math.min(a, b), kinds: [...bad] }),
    withCuts(fc.constant(text.join(""))),
  );
});

const modes: [string, ImportMode, before: string][] = [
  ["into an empty namespace", {}, ""],
  ["beside what is there", {}, lineOf(900_000)],
  ["with force", { force: true }, lineOf(900_000)],
  ["with existing=skip", { existing: "skip" }, lineOf(900_000)],
];

const backends: [string, () => Promise<AsyncDisposable & { store: Store }>, runs: number][] = [
  ["memory", () => opened("sqlite://memory"), 30],
  ["sqlite", async () => {
    const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
    const { store } = await opened("sqlite://first.db", folder);
    return {
      store,
      [Symbol.asyncDispose]: async () => {
        await store[Symbol.asyncDispose]();
        await Deno.remove(folder, { recursive: true });
      },
    };
  }, 10],
  ["kv", () => opened("kv://memory"), 10],
  ["postgres", async () => opened(await postgres.createDatabase()), 10],
];

async function opened(url: string, dataDir?: string) {
  const store = await openStore(url, { dataDir });
  return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

for (const [backend, open, numRuns] of backends) {
  for (const [how, mode, before] of modes) {
    Deno.test(`importRecords() names the first of two bad lines, ${how} (${backend})`, async () => {
      await using place = await open();
      const { store } = place;
      await store.createNamespace({
        id: namespace,
        tokenHash: "0".repeat(64),
        description: "",
        metadata: null,
      });
      if (before !== "") await importRecords(bodyOf([before]).body, store, namespace);
      await fc.assert(
        fc.asyncProperty(file, async ([{ first }, cut]) => {
          const error = await assertRejects(
            () => importRecords(bodyOf(pieces(cut)).body, store, namespace, mode),
            EventoDBError,
          );
          assertEquals(error.line, first, error.message);
        }),
        { numRuns },
      );
    });
  }
}
