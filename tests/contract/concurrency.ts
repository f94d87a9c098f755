/**
 * Many at once: writers that race, and readers that follow.
 *
 * @module
 */

import { NO_STREAM } from "../../src/message.ts";
import { packRecords } from "../../src/record/packed_records.ts";
import { assertEquals } from "../support/assert.ts";
import {
  globalPositions,
  importAll,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  readAll,
  readStreamAll,
  records,
} from "./support.ts";

/** Registers the tests. */
export function concurrencyContract(open: OpenStore, backend: string): void {
  Deno.test(`write() lets exactly one of 100 win each version (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    for (let version = NO_STREAM; version < 4; version++) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 100 }, () => store.write(NS, "a-1", newMessage(), version)),
      );
      const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
      const codes = outcomes.flatMap((outcome) =>
        outcome.status === "rejected" ? [outcome.reason.code] : []
      );
      assertEquals(won.map(({ value }) => value.position), [version + 1]);
      assertEquals(codes, Array(99).fill("STREAM_VERSION_CONFLICT"));
    }
    assertEquals((await readStreamAll(store, "a-1")).map(({ position }) => position), [
      0,
      1,
      2,
      3,
      4,
    ]);
  });

  Deno.test(`write() lets exactly one of 100 have an id (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const message = newMessage();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, n) => store.write(NS, `a-${n}`, message)),
    );
    assertEquals(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    assertEquals((await readAll(store)).length, 1);
  });

  Deno.test(`write() to many streams at once loses and doubles nothing (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const results = await Promise.all(
      Array.from({ length: 500 }, (_, n) => store.write(NS, `a-${n % 100}`, newMessage())),
    );
    const positions = results.map(({ globalPosition }) => globalPosition).toSorted((a, b) => a - b);
    assertEquals(new Set(positions).size, 500);
    assertEquals(await globalPositions(store), positions);
    for (
      const { stream, version } of await store.listStreams(NS, {
        prefix: "",
        cursor: "",
        limit: 1_000,
      })
    ) assertEquals([stream, version], [stream, 4]);
  });

  Deno.test(`one write's conflict does not hurt those beside it (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const taken = newMessage();
    await store.write(NS, "a-1", taken);
    const outcomes = await Promise.allSettled([
      store.write(NS, "b-1", newMessage()),
      store.write(NS, "b-1", taken),
      store.write(NS, "b-1", newMessage(), 7),
      store.write(NS, "b-1", newMessage()),
    ]);
    assertEquals(
      outcomes.map((outcome) =>
        outcome.status === "fulfilled" ? outcome.value.position : outcome.reason.code
      ),
      [0, "MESSAGE_ID_EXISTS", "STREAM_VERSION_CONFLICT", 1],
    );
  });

  Deno.test(`a reader that follows positions misses nothing (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const total = 600;
    let written = 0;
    const writer = async (name: number) => {
      for (let n = 0; n < total / 20; n++) {
        await store.write(NS, `a-${name}`, newMessage());
        written++;
      }
    };
    const writing = Promise.all(Array.from({ length: 20 }, (_, name) => writer(name)));
    const followed: number[] = [];
    let from = 1;
    while (followed.length < total) {
      const wasDone = written === total;
      const page = await globalPositions(store, { from, categories: ["a"], limit: 100 });
      followed.push(...page);
      from = (page.at(-1) ?? from - 1) + 1;
      if (wasDone && page.length === 0) break;
    }
    await writing;
    assertEquals(followed, await globalPositions(store));
    assertEquals(followed.length, total);
  });

  Deno.test(`reads go on beside an import and beside writes (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(3_000));
    await using unit = await store.beginImport(NS);
    const more = records(3_000).map((record) => ({
      ...record,
      globalPosition: record.globalPosition + 10_000,
      id: crypto.randomUUID(),
      stream: `more-${record.globalPosition}`,
      position: 0,
    }));
    const [, ...reads] = await Promise.all([
      (async () => {
        for (let n = 0; n < 3; n++) {
          await unit.write(packRecords(more.slice(n * 1_000, (n + 1) * 1_000)));
        }
      })(),
      ...[1, 2, 3].map(() => readAll(store)),
    ]);
    assertEquals(reads.map((messages) => messages.length), [3_000, 3_000, 3_000]);
    await unit.commit();
    assertEquals((await readAll(store)).length, 6_000);
  });
}
