/**
 * Reads of many streams as lines of an export.
 *
 * @module
 */

import fc from "fast-check";
import { nameBytesMax, pageCharsMax } from "../../src/limits.ts";
import { formatRecords } from "../../src/record/format.ts";
import type { MessageQuery, Store } from "../../src/store/store.ts";
import type { ImportRecord } from "../../src/record/import_record.ts";
import { assertEquals, assertGreater } from "../support/assert.ts";
import { anyCharacter } from "../support/property.ts";
import {
  assertCode,
  create,
  importAll,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  readAll,
  record,
  records,
} from "./support.ts";

/** Names with everything that JSON writes in another way, or that some program does. */
const NAMES = [
  ..."\u0001\u0008\t\n\u000b\f\r\u001b\u001f \"'\\/\u007f\u0080\u009f\u00a0\u00ad\u2028\u2029\ufeff\ufffe",
  "漢字 😀 \u{10ffff} u\u0308",
  '\\u0041\\"',
  "%s %d {} $1 ?1",
  "",
  "a".repeat(nameBytesMax - 2),
  "\u0001".repeat(nameBytesMax - 2),
];

/** Reads lines as one text. */
async function linesOf(
  store: Store,
  query: Partial<MessageQuery> = {},
  ns = NS,
): Promise<string> {
  const pages = store.readLines(ns, { from: 0, limit: Infinity, ...query });
  let text = "";
  for await (const page of pages) {
    assertGreater(page.length, 0);
    text += new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(page);
  }
  return text;
}

async function assertSame(store: Store, query: Partial<MessageQuery> = {}): Promise<void> {
  assertEquals(await linesOf(store, query), formatRecords(await readAll(store, query)));
}

/** Registers the tests. */
export function readLinesContract(open: OpenStore, backend: string): void {
  Deno.test(`readLines() writes every name as JSON does (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const all = NAMES.map((name, index) =>
      record({ globalPosition: index + 1, stream: `a-${name}`, type: name === "" ? "-" : name })
    );
    await importAll(store, all);
    assertEquals(await linesOf(store), formatRecords(all));
  });

  Deno.test(`readLines() writes any text as JSON does (${backend})`, async () => {
    const name = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 20 })
      .filter((text) => !text.includes("\0"));
    const object = fc.option(fc.dictionary(fc.string(), fc.json()).map((o) => JSON.stringify(o)));
    await using store = await open();
    let cases = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, name, fc.json(), object)), async (events) => {
        const ns = `case-${cases++}`;
        await create(store, ns);
        const all = events.map(([stream, type, data, metadata], index) =>
          record({
            globalPosition: 3 * index + 1,
            stream,
            type,
            position: index,
            data,
            metadata,
          })
        );
        await importAll(store, all, {}, ns);
        assertEquals(await linesOf(store, {}, ns), formatRecords(all));
      }),
      { numRuns: 10 },
    );
  });

  Deno.test(`readLines() finds what readMessages() finds (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const all = records(2_345, 7).map((record, index): ImportRecord => ({
      ...record,
      stream: `${"abc"[index % 3]}-${index % 7}`,
      position: index,
      globalPosition: 2 * index + 1,
      metadata: index % 5 === 0 ? '{"correlationStreamName":"flow-1"}' : null,
      time: `2025-01-01T00:${String(Math.floor(index / 60)).padStart(2, "0")}:00.${index % 9}1Z`,
    }));
    await importAll(store, all);
    await store.write(NS, "a-1", newMessage({ data: '{"ü":"\\u0000"}' }));
    const queries: Partial<MessageQuery>[] = [
      {},
      { from: 1_234 },
      { from: 5, to: 3_000 },
      { limit: 1 },
      { limit: 1_001 },
      { limit: 0 },
      { from: 5_000 },
      { categories: ["b"] },
      { categories: ["c", "a"] },
      { categories: Array.from({ length: 40 }, (_, index) => `x${index}`).concat("a") },
      { categories: ["none"] },
      { categories: [] },
      { correlation: "flow", limit: 100 },
      { consumerGroup: { member: 1, size: 3 } },
      { since: "2025-01-01T00:07:00Z", until: "2025-01-01T00:12:00Z" },
      { since: "2025-01-01T00:07:00Z", categories: ["a", "b"], correlation: "flow" },
    ];
    for (const query of queries) await assertSame(store, query);
  });

  Deno.test(`readLines() takes a page of few large messages (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const large = `{"text":"${"ü".repeat(pageCharsMax / 4)}"}`;
    await importAll(
      store,
      records(40).map((record, index) => ({ ...record, data: index % 4 === 1 ? large : "{}" })),
    );
    await assertSame(store);
    await assertSame(store, { categories: ["stream"], limit: 17 });
    await assertSame(store, { since: "2025-01-01T00:00:00Z" });
  });

  Deno.test(`readLines() ends where it began to (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(2_500));
    let events = 0;
    for await (const page of store.readLines(NS, { from: 0, limit: Infinity })) {
      events += new TextDecoder().decode(page).split("\n").length - 1;
      await store.write(NS, "stream-x", newMessage());
    }
    assertEquals(events, 2_500);
  });

  Deno.test(`readLines() throws when its messages are replaced under it (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    // More than a backend reads at once and has under way.
    await importAll(store, records(20_000));
    const pages = store.readLines(NS, { from: 0, limit: Infinity })[Symbol.asyncIterator]();
    assertEquals((await pages.next()).done, false);
    await importAll(store, records(4_500), { force: true });
    await assertCode(
      async () => {
        while (!(await pages.next()).done);
      },
      "BACKEND_ERROR",
      "replaced",
    );
    await assertCode(
      () => store.readLines("none", { from: 0, limit: 1 })[Symbol.asyncIterator]().next(),
      "NAMESPACE_NOT_FOUND",
    );
  });
}
