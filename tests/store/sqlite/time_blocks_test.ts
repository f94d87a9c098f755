/**
 * The times of blocks of positions, and the stretches that a window need not read.
 *
 * @module
 */

import fc from "fast-check";
import { scanMessagesMax } from "../../../src/store/limits.ts";
import { packedBatches } from "../../../src/record/packed_batches.ts";
import { formatRecords } from "../../../src/record/format.ts";
import { openStore } from "../../../src/store/open.ts";
import { Connection } from "../../../src/store/sqlite/connection.ts";
import { createSchema, NAMESPACE_SCHEMA } from "../../../src/store/sqlite/schema.ts";
import { TimeSpans, TimeWindow } from "../../../src/store/sqlite/read/time_blocks.ts";
import { create, globalPositions, importAll, NS, record, records } from "../../contract/support.ts";
import { assertEquals } from "../../support/assert.ts";
import "../../support/property.ts";

type Block = [block: number, earliest: string, latest: string];

function open(): Connection {
  const connection = new Connection(":memory:");
  createSchema(connection, NAMESPACE_SCHEMA);
  return connection;
}

function blocksOf(spans: TimeSpans): Block[] {
  using connection = open();
  spans.write(connection);
  return connection.allArrays<Block>("SELECT * FROM time_blocks ORDER BY block");
}

/** The stretches up to a position, as a scan finds them. */
function stretches(connection: Connection, window: TimeWindow | undefined, to: number) {
  const found: [number, boolean][] = [];
  for (let from = 1; from <= to;) {
    const stretch = window!.stretchAt(connection, from, to);
    found.push([stretch.to, stretch.isEmpty]);
    from = stretch.to + 1;
  }
  return found;
}

const query = { from: 1, limit: Infinity };

Deno.test("TimeSpans.addPacked() is add() for each record", async () => {
  const event = fc.record({
    step: fc.integer({ min: 1, max: 900 }),
    time: fc.tuple(fc.nat(59), fc.constantFrom("", ".5", ".51", ".000000001")),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 30 }), async (all) => {
      let globalPosition = 0;
      const records = all.map(({ step, time: [second, fraction] }) =>
        record({
          globalPosition: globalPosition += step,
          time: `2025-01-01T00:00:${String(second).padStart(2, "0")}${fraction}Z`,
        })
      );
      const oneByOne = new TimeSpans();
      for (const { globalPosition, time } of records) {
        oneByOne.add(globalPosition, time.slice(0, -1));
      }
      const packed = new TimeSpans();
      const bytes = new TextEncoder().encode(formatRecords(records));
      for await (const batch of packedBatches(ReadableStream.from([bytes]))) {
        packed.addPacked(batch);
      }
      assertEquals(blocksOf(packed), blocksOf(oneByOne));
    }),
  );
});

Deno.test("TimeSpans.write() widens what is there, and begins with nothing", () => {
  using connection = open();
  const spans = new TimeSpans();
  for (const seconds of ["05", "03", "07", "04"]) {
    spans.add(1_024, `2025-01-01T00:00:${seconds}`);
    spans.write(connection);
  }
  spans.write(connection);
  assertEquals(connection.allArrays<Block>("SELECT * FROM time_blocks"), [
    [1, "2025-01-01T00:00:03", "2025-01-01T00:00:07"],
  ]);
});

Deno.test("TimeWindow has no stretches where a query has no window", () => {
  assertEquals(TimeWindow.of(query), undefined);
});

Deno.test("TimeWindow.stretchAt() skips blocks before, between and after a window's", () => {
  using connection = open();
  const spans = new TimeSpans();
  for (let block = 0; block < 8; block++) spans.add(block * 1_024 + 5, `2025-01-0${block + 1}`);
  spans.add(6 * 1_024, "2025-01-03");
  spans.write(connection);
  const to = 8 * 1_024 - 1;
  const find = (since?: string, until?: string) =>
    stretches(connection, TimeWindow.of({ ...query, since, until }), to);
  assertEquals(find("2025-01-03Z", "2025-01-05Z"), [
    [2 * 1_024 - 1, true],
    [4 * 1_024 - 1, false],
    [6 * 1_024 - 1, true],
    [7 * 1_024 - 1, false],
    [to, true],
  ]);
  assertEquals(find("2025-01-08Z"), [[7 * 1_024 - 1, true], [to, false]]);
  assertEquals(find(undefined, "2025-01-01Z"), [[to, true]]);
  assertEquals(find("2024-01-01Z", "2026-01-01Z"), [[to, false]]);
});

Deno.test("a store reads only the blocks that a window meets", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  const window = { since: "2025-07-15T00:00:00Z" };
  try {
    {
      await using store = await openStore("sqlite://events.db", { dataDir: folder });
      await create(store, NS);
      await importAll(store, records(3_000));
      assertEquals((await globalPositions(store, window)).length, 3_000);
    }
    const [file] = (await Array.fromAsync(Deno.readDir(folder)))
      .filter(({ name }) => name.includes(NS) && name.endsWith(".db"));
    {
      // Told that the second block ends before the window, a store has to believe it.
      using connection = new Connection(`${folder}/${file!.name}`);
      connection.run("UPDATE time_blocks SET latest = '2025-07-14' WHERE block = 1");
    }
    await using store = await openStore("sqlite://events.db", { dataDir: folder });
    assertEquals((await globalPositions(store, window)).length, 3_000 - 1_024);
    assertEquals((await globalPositions(store)).length, 3_000);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("TimeWindow.stretchAt() looks at so many blocks at a time", () => {
  using connection = open();
  const spans = new TimeSpans();
  const blocks = scanMessagesMax + 10;
  for (let block = 0; block < blocks; block++) spans.add(block * 1_024, "2025-01-01");
  spans.add(blocks * 1_024, "2025-01-02");
  spans.write(connection);
  assertEquals(
    stretches(connection, TimeWindow.of({ ...query, since: "2025-01-02Z" }), blocks * 1_024),
    [[scanMessagesMax * 1_024 - 1, true], [blocks * 1_024 - 1, true], [blocks * 1_024, false]],
  );
});
