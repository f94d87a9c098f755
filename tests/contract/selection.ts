/**
 * Slices by stream, type and entity, as a store reads them, against a filter of a few lines.
 *
 * @module
 */

import { pageCharsMax } from "../../src/limits.ts";
import type { Message } from "../../src/message.ts";
import { formatRecords } from "../../src/record/format.ts";
import { keyOfName } from "../../src/record/line_head.ts";
import type { ImportRecord } from "../../src/record/import_record.ts";
import type { Slice } from "../../src/slice/slice.ts";
import { SliceFilter } from "../../src/slice/slice_filter.ts";
import type { Store } from "../../src/store/store.ts";
import { categoryOf } from "../../src/stream_name.ts";
import { storeLines } from "../../src/transfer/reading/store_lines.ts";
import { assertEquals, assertGreater } from "../support/assert.ts";
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

const POSITION_MAX = Number.MAX_SAFE_INTEGER;

async function slicedText(store: Store, slice: Slice): Promise<string> {
  const bounds = { ...slice, from: slice.from ?? 0, to: slice.to ?? POSITION_MAX };
  let text = "";
  for await (const page of storeLines(store, NS, bounds)) text += new TextDecoder().decode(page);
  return text;
}

/** What a slice means, one event after the other. */
function sliced(messages: readonly Message[], slice: Slice): Message[] {
  const filter = new SliceFilter(slice);
  return messages.filter(({ stream, type, globalPosition, time }) =>
    (slice.categories?.includes(categoryOf(stream)) ?? true) &&
    globalPosition >= (slice.from ?? 0) && globalPosition <= (slice.to ?? POSITION_MAX) &&
    (slice.since === undefined || time >= slice.since) &&
    (slice.until === undefined || time < slice.until) &&
    filter.wants({ stream, streamKey: keyOfName(stream), type, typeKey: keyOfName(type) })
  );
}

/** Streams whose positions do not ascend with the global ones, and names of all kinds. */
function history(): ImportRecord[] {
  const streams = ["order-1", "order-2", "order-2+items", "größe-1", "plain", "a,b-1", "order-*"];
  return Array.from({ length: 1_400 }, (_, index) =>
    record({
      globalPosition: 3 * index + 2,
      stream: streams[index % streams.length]!,
      position: 1_400 - index,
      type: ["Placed", "Paid", "Größe"][index % 3]!,
      time: `2025-01-01T00:${String(Math.floor(index / 60)).padStart(2, "0")}:${
        String(index % 60).padStart(2, "0")
      }Z`,
    }));
}

/** Registers the tests. */
export function selectionContract(open: OpenStore, backend: string): void {
  Deno.test(`a store reads any slice as a filter of its events does (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, history());
    await store.write(NS, "order-1", newMessage({ type: "Paid" }));
    // On Deno KV, another layer, with positions between those that are there.
    await importAll(store, [
      record({ globalPosition: 6, stream: "order-1", position: 9_000 }),
      record({ globalPosition: 9, stream: "new-1", position: 0, type: "Paid" }),
    ]);
    const all = await readAll(store);
    const many = Array.from({ length: 1_100 }, (_, index) => `none-${index}`);
    const slices: Slice[] = [
      {},
      { streams: ["order-1"] },
      { streams: ["order-1", "größe-1", "new-1"] },
      { streams: ["order-2"], from: 300, to: 2_000 },
      { streams: ["order-\\*"] },
      { streams: ["order-*"] },
      { streams: ["*-1", "plain"] },
      { streams: [...many, "plain", "order-2+items"] },
      { streams: many },
      { streams: [] },
      { streams: ["order-1"], types: ["Paid"] },
      { streams: ["order-1", "plain"], categories: ["plain"] },
      { streams: ["order-1", "plain"], excludeCategories: ["plain"] },
      { streams: ["order-1", "order-2"], excludeStreams: ["*2"] },
      { streams: ["order-1"], since: "2025-01-01T00:05:00Z", until: "2025-01-01T00:09:00Z" },
      { types: ["Größe", "P*d"], excludeTypes: ["Placed"] },
      { categories: ["order"], excludeStreams: ["order-2*"] },
      { sample: 0.5 },
      { sample: 0.01, streams: ["order-1", "order-2", "plain"] },
      { types: ["Never"] },
    ];
    for (const slice of slices) {
      assertEquals(await slicedText(store, slice), formatRecords(sliced(all, slice)));
    }
  });

  Deno.test(`an index reads streams of few large messages (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const large = `{"text":"${"ü".repeat(pageCharsMax / 4)}"}`;
    const all = records(40).map((each, index) => ({
      ...each,
      data: index % 4 === 1 ? large : "{}",
    }));
    await importAll(store, all);
    const streams = ["stream-1", "stream-4", "stream-5"];
    const wanted = all.filter(({ stream }) => streams.includes(stream));
    assertEquals(await slicedText(store, { streams }), formatRecords(wanted));
  });

  Deno.test(`an index says so when there are more events than it may find (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(50));
    const index = await store.openIndex(NS);
    const streams = ["stream-1", "stream-2"];
    const query = { streams, from: 0, to: 100 };
    assertEquals([...await index.positions({ ...query, max: 10 }) ?? []], [
      ...[2, 3, 12, 13, 22, 23, 32, 33, 42, 43],
    ]);
    assertEquals(await index.positions({ ...query, max: 9 }), undefined);
    assertEquals((await index.positions({ ...query, to: 20, max: 9 }))?.length, 4);
  });

  Deno.test(`an index is of one set of messages, and ends with it (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(50));
    const query = { streams: ["stream-1"], from: 0, to: 100, max: 100 };
    const index = await store.openIndex(NS);
    const positions = (await index.positions(query))!;
    assertGreater(positions.length, 0);
    await importAll(store, records(40), { force: true });
    await assertCode(() => index.positions(query), "BACKEND_ERROR", "replaced");
    await assertCode(() => index.linesAt(positions).next(), "BACKEND_ERROR", "replaced");

    const other = await store.openIndex(NS);
    await store.deleteNamespace(NS);
    await create(store, NS);
    await assertCode(() => other.positions(query), "NAMESPACE_NOT_FOUND");
    await assertCode(() => other.linesAt(positions).next(), "NAMESPACE_NOT_FOUND");
    await assertCode(() => store.openIndex("none"), "NAMESPACE_NOT_FOUND");
  });

  Deno.test(`an index passes over positions without an event (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, [record({ globalPosition: 5 }), record({ globalPosition: 2 })]);
    const index = await store.openIndex(NS);
    const pages = await Array.fromAsync(index.linesAt(Float64Array.of(1, 2, 3, 5, POSITION_MAX)));
    const text = pages.map((page) => new TextDecoder().decode(page)).join("");
    assertEquals(text, formatRecords(await readAll(store)));
    assertEquals(await Array.fromAsync(index.linesAt(new Float64Array())), []);
  });
}
