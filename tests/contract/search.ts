/**
 * A search finds in every backend what brute force finds, each message once, however small its steps are.
 *
 * @module
 */

import fc from "fast-check";
import { pageCharsMax } from "../../src/limits.ts";
import type { Message } from "../../src/message.ts";
import type { ImportRecord } from "../../src/record/import_record.ts";
import { formatCategoryMessage } from "../../src/record/wire.ts";
import { type EventSearch, search, type SearchBounds } from "../../src/search/search.ts";
import type { SearchPage } from "../../src/search_page.ts";
import { keyOfName } from "../../src/record/line_head.ts";
import { SliceFilter } from "../../src/slice/slice_filter.ts";
import type { Store } from "../../src/store/store.ts";
import { categoryOf } from "../../src/stream_name.ts";
import { assert, assertEquals, assertLess } from "../support/assert.ts";
import "../support/property.ts";
import {
  assertCode,
  importAll,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  readAll,
  record,
} from "./support.ts";

type Wanted = Partial<EventSearch>;

/** The smallest steps that there are. */
const steps: SearchBounds = { eventsMax: 1, ms: 0 };

/** All pages of a search. */
async function pagesOf(
  store: Store,
  wanted: Wanted,
  bounds?: SearchBounds,
): Promise<SearchPage<string>[]> {
  const pages: SearchPage<string>[] = [];
  for (let from: number | null = wanted.from ?? 1; from !== null;) {
    const page: SearchPage<string> = await search(
      store,
      NS,
      { limit: 100, ...wanted, from },
      bounds,
    );
    assert(page.next === null || page.next > from);
    assertEquals(page.next === null || page.position === page.next - 1, true);
    pages.push(page);
    from = page.next;
  }
  return pages;
}

async function found(store: Store, wanted: Wanted, bounds?: SearchBounds): Promise<string[]> {
  return (await pagesOf(store, wanted, bounds)).flatMap(({ messages }) => messages);
}

const fold = (text: string) => text.toUpperCase().toLowerCase().replaceAll("ς", "σ");

/** What JSON text says, its strings without escapes. */
function said(json: string): string {
  return json.replace(
    /(?:\\u[dD][89abAB]..\\u[dD][c-fC-F]..)|\\u....|\\./gs,
    (escape) => JSON.parse(`"${escape}"`),
  ).toWellFormed();
}

/** What a search means, one message after the other. */
function expected(messages: readonly Message[], wanted: Wanted): string[] {
  const filter = new SliceFilter(wanted);
  const text = fold(wanted.text ?? "");
  return messages.filter(({ id, stream, type, data, metadata, globalPosition, time }) =>
    (wanted.categories?.includes(categoryOf(stream)) ?? true) &&
    globalPosition >= (wanted.from ?? 1) && globalPosition <= (wanted.to ?? Infinity) &&
    (wanted.since === undefined || time >= wanted.since) &&
    (wanted.until === undefined || time < wanted.until) &&
    (wanted.id === undefined || wanted.id === id) &&
    filter.wants({ stream, streamKey: keyOfName(stream), type, typeKey: keyOfName(type) }) &&
    [id, stream, type, ...[data, metadata ?? ""].flatMap((json) => [json, said(json)])]
      .some((part) => fold(part).includes(text))
  ).map(formatCategoryMessage);
}

const streams = ["order-1", "order-2", "workflow-Größe", "plain", 'a"b-1', "ΟΔΟΣ-1"];
const payloads = [
  "{}",
  '{"name":"Größe"}',
  '{"name":"Gr\\u00f6\\u00DFe"}',
  '{"name":"GRÖSSE"}',
  '{"say":"\\"hi\\"\\n\\\\there\\/x"}',
  '{"smile":"\\ud83d\\ude00","half":"\\ud83d"}',
  '{"smile":"😀"}',
  '{"number":9007199254740993,"one":1.0}',
  '{"word":"οδος"}',
];

/** Streams and payloads of all kinds, with gaps, and times that do not ascend. */
function history(count: number): ImportRecord[] {
  return Array.from({ length: count }, (_, index) =>
    record({
      globalPosition: 2 * index + 1,
      stream: streams[index % streams.length]!,
      position: index,
      type: ["Placed", "Paid", "Straße"][index % 3]!,
      data: payloads[index % payloads.length]!,
      metadata: index % 4 === 0 ? `{"by":"Ann-${index}"}` : null,
      time: `2025-01-01T00:00:${String((index * 7) % 60).padStart(2, "0")}Z`,
    }));
}

const texts = [
  ...["größe", "GRÖSSE", "strasse", "οδοσ", '"hi"', '\\"hi\\"', 'hi"\n\\there/x', "\\u00f6"],
  ...["😀", "\ufffd", "9007199254740993", "1.0", "ann-8", "order-2", 'A"B', "paid", "PLAIN"],
  // What a line has around its parts is not in them.
  ...["gpos", '"stream":', "null", "}\n{", '"name":"', "2025-01-01", "none of that"],
];

/** Registers the tests. */
export function searchContract(open: OpenStore, backend: string): void {
  Deno.test(`search() finds a text wherever it is, as brute force does (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, history(120));
    // On Deno KV, another layer.
    await store.write(NS, "order-1", newMessage({ type: "Paid", data: '{"x":"größe"}' }));
    const all = await readAll(store);
    for (const text of texts) {
      const wanted = { text };
      assertEquals(await found(store, wanted), expected(all, wanted), text);
      assertEquals(await found(store, { ...wanted, limit: 3 }, steps), expected(all, wanted), text);
    }
  });

  Deno.test(`search() takes any selection, and goes on without a gap or a repeat (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, history(400));
    const all = await readAll(store);
    const some = <T>(...values: T[]) => fc.subarray(values, { minLength: 1 });
    const bound = fc.integer({ min: 1, max: 820 });
    const time = fc.integer({ min: 10, max: 59 }).map((second) => `2025-01-01T00:00:${second}Z`);
    const any = fc.record({
      text: fc.constantFrom(...texts),
      categories: some("order", "plain", "workflow", "none"),
      streams: some("order-1", "order-*", "plain", "*-1", "none"),
      types: some("Paid", "P*", "None"),
      excludeStreams: some("order-2", "*Größe"),
      excludeTypes: some("Paid"),
      excludeCategories: some("plain"),
      since: time,
      from: bound,
      to: bound,
      id: fc.constantFrom(...all.slice(0, 3).map(({ id }) => id), "none"),
      limit: fc.integer({ min: 1, max: 20 }),
    }, { requiredKeys: ["limit"] });
    await fc.assert(
      fc.asyncProperty(any, fc.boolean(), async (wanted, isInSteps) => {
        const messages = await found(store, wanted, isInSteps ? steps : undefined);
        assertEquals(messages, expected(all, wanted));
      }),
      { numRuns: 60 },
    );
  });

  Deno.test(`search() returns after a bounded part, also of what a filter leaves out (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const all = Array.from({ length: 6_500 }, (_, index) =>
      record({
        globalPosition: index + 1,
        type: index === 6_000 ? "Rare" : "Usual",
        time: index < 6_000 ? "2025-01-01T00:00:00Z" : "2025-01-02T00:00:00Z",
      }));
    await importAll(store, all);
    for (const wanted of [{ text: "nowhere" }, { text: "RARE" }, { excludeTypes: ["Usual"] }]) {
      // By events alone, and by time alone.
      const bounds = wanted.text === "RARE" ? { eventsMax: 1, ms: 1e9 } : { eventsMax: 1e9, ms: 0 };
      const pages = await pagesOf(store, wanted, bounds);
      assertLess(1, pages.length);
      for (const { looked } of pages) assertLess(looked, 6_000);
      assertEquals(pages.reduce((sum, { looked }) => sum + looked, 0), 6_500);
    }
    for (
      const wanted of [
        { types: ["Rare"] },
        { since: "2025-01-02T00:00:00Z", text: "rare" },
        { streams: all.slice(0, 4_200).map(({ stream }) => stream), since: "2025-01-02T00:00:00Z" },
      ]
    ) {
      const pages = await pagesOf(store, wanted, steps);
      const messages = pages.flatMap(({ messages }) => messages);
      assertEquals(messages, await found(store, wanted));
      assertEquals(messages.length, "streams" in wanted ? 0 : 1);
      if ("types" in wanted || "streams" in wanted) assertLess(1, pages.length);
    }
  });

  Deno.test(`search() returns large messages, few at a time (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    // Longer than what is looked at at once, with the text where two parts meet.
    const large = (at: number) =>
      `{"text":"${"ü".repeat(at)}Nadel\\u0020im Heu${"x".repeat(pageCharsMax / 2 - at)}"}`;
    const all = [
      record({ globalPosition: 1 }),
      ...[2, 3, 4, 5].map((n) =>
        record({
          globalPosition: n,
          data: large(128 * 1024 - 10 - 3 * n),
          stream: 'a"b-1',
          position: n,
        })
      ),
      record({ globalPosition: 6, metadata: large(1) }),
    ];
    await importAll(store, all);
    const pages = await pagesOf(store, { text: "NADEL im heu" });
    assertEquals(
      pages.flatMap(({ messages }) => messages),
      all.slice(1).map(formatCategoryMessage),
    );
    for (const { messages } of pages) assertLess(messages.join().length, 1.5 * pageCharsMax);
    assertLess(2, pages.length);
  });

  Deno.test(`search() goes on while others write, and after the messages were replaced (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, history(60));
    const first = await search(store, NS, { text: "größe", from: 1, limit: 5 });
    assertEquals(first.messages.length, 5);
    const { globalPosition } = await store.write(
      NS,
      "order-1",
      newMessage({ data: '{"x":"Größe"}' }),
    );
    const rest = await found(store, { text: "größe", from: first.next! });
    const all = await readAll(store);
    assertEquals([...first.messages, ...rest], expected(all, { text: "größe" }));
    assertEquals((await search(store, NS, { from: 1, limit: 1_000 })).position, globalPosition);

    await importAll(store, history(40), { force: true });
    const after = { text: "größe", from: first.next! };
    assertEquals(await found(store, after), expected(await readAll(store), after));
    assertEquals(await search(store, NS, { from: 1_000, limit: 1 }), {
      messages: [],
      next: null,
      position: 79,
      looked: 0,
    });
    await assertCode(() => search(store, "none", { from: 1, limit: 1 }), "NAMESPACE_NOT_FOUND");
  });
}
