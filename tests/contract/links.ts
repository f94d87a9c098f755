/**
 * The index of links, against a reading of every event.
 *
 * @module
 */

import fc from "fast-check";
import { formatRecords } from "../../src/record/format.ts";
import type { ImportRecord } from "../../src/record/import_record.ts";
import type { LinkSource, StreamLink } from "../../src/slice/links/link_source.ts";
import { ReadLinks } from "../../src/slice/links/read_links.ts";
import type { LinkBounds } from "../../src/store/event_index.ts";
import type { CatchUpOptions } from "../../src/store/link_table.ts";
import type { Store } from "../../src/store/store.ts";
import { assert, assertEquals, assertGreater } from "../support/assert.ts";
import "../support/property.ts";
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
} from "./support.ts";

const streams = ["order-1", "order-2+x", "größe-1", "a,b-1", "plain", 'q"uote-1', "\\u0041-1"];
const targets = [...streams, "nowhere-1", "x".repeat(1024)];
const everything: LinkBounds = {};

/** Metadata of all kinds; most of it has no links. */
function metadataOf(n: number): string | null {
  const name = (i: number) => JSON.stringify(targets[i % targets.length]);
  switch (n % 9) {
    case 0:
      return `{"correlationStreamName":${name(n)}}`;
    case 1:
      return `{"a":{"replyStreamName":"nested-1"},"causationMessageStreamName":${name(n >> 2)}}`;
    case 2:
      return `{"correlationStreamName":"first-1","correlationStreamName":${
        name(n)
      },"replyStreamName":7}`;
    case 3:
      // An escape that hides the name of the field.
      return `{"reply\\u0053treamName":"hidden-${n % 3}"}`;
    case 4:
      return `{"correlationStreamName":"","replyStreamName":"with\\u0000-1"}`;
    case 5:
      return '{"text":"StreamName"}';
    default:
      return null;
  }
}

function linking(n: number, fields: Partial<ImportRecord> = {}): ImportRecord {
  return record({
    globalPosition: 2 * n + 2,
    stream: streams[(n * 5) % streams.length]!,
    position: n,
    metadata: metadataOf(n),
    time: `2025-01-01T00:${String(Math.floor(n / 60) % 60).padStart(2, "0")}:${
      String(n % 60).padStart(2, "0")
    }Z`,
    ...fields,
  });
}

/** Events with links of all kinds. */
export const linkedHistory = (count: number, first = 0) =>
  Array.from({ length: count }, (_, i) => linking(first + i));

/** What a source says, in an order of its own. */
async function saidBy(source: LinkSource): Promise<Record<string, unknown>> {
  const sorted = async (links: AsyncIterable<StreamLink>) =>
    [...new Set((await Array.fromAsync(links)).map((link) => JSON.stringify(link)))].sort();
  const asked = [...targets, "none-1"];
  return {
    from: await sorted(mapped(source.linksFrom(asked))),
    to: await sorted(mapped(source.linksTo([...asked, "hidden-0", "hidden-1", "nested-1"]))),
    counts: await source.countEvents(asked),
    streams: (await Array.fromAsync(source.streams(""))).sort(),
    begun: (await Array.fromAsync(source.streams("order-"))).sort(),
    odd: await source.oddValues(),
  };
}

/** With its fields in one order. */
async function* mapped(links: AsyncIterable<StreamLink>): AsyncGenerator<StreamLink> {
  for await (const { stream, target, link } of links) yield { stream, target, link };
}

/** Asserts that the index of links says what a reading of all events does. */
export async function assertLinks(
  store: Store,
  query: LinkBounds = everything,
  options?: CatchUpOptions,
): Promise<void> {
  await using read = new ReadLinks({ ...query, paths: [] });
  const all = await readAll(store);
  if (all.length > 0) await read.addLines(new TextEncoder().encode(formatRecords(all)));
  await using links = await store.openLinks(NS, query, options);
  assertEquals(await saidBy(links), await saidBy(read));
}

/** Registers the tests. */
export function linksContract(open: OpenStore, backend: string): void {
  Deno.test(`an index of links says what a reading of all events does (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await assertLinks(store);
    await importAll(store, linkedHistory(600));
    const queries: LinkBounds[] = [
      everything,
      { to: 700 },
      { to: 0 },
      { since: "2025-01-01T00:05:00Z" },
      { since: "2025-01-01T00:03:00Z", until: "2025-01-01T00:04:00.5Z", to: 900 },
      { until: "2020-01-01T00:00:00Z" },
    ];
    for (const query of queries) await assertLinks(store, query);
  });

  Deno.test(`an index of links goes on from where it was (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, linkedHistory(100));
    await assertLinks(store);
    await store.write(NS, "order-1", newMessage({ metadata: metadataOf(9) }));
    await importAll(store, linkedHistory(200, 200));
    const steps: number[] = [];
    await assertLinks(store, everything, { onIndexed: (upTo) => steps.push(upTo) });
    assertGreater(steps.length, 0);
    assertGreater(steps[0]!, 202);
    await assertLinks(store, everything, { onIndexed: () => assert(false, "nothing is new") });
  });

  Deno.test(`an index of links finds what an import brings below it (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const all = linkedHistory(300);
    await importAll(store, all.slice(150));
    await assertLinks(store);
    await importAll(store, all.slice(50, 100));
    await assertLinks(store);
    // Between those that are there, and some of them again.
    await importAll(store, all, { existing: "skip" });
    await assertLinks(store);
    await assertLinks(store, { to: 250 });
    const odd = linking(1, { globalPosition: 1, stream: "odd-1", id: "odd" });
    await importAll(store, [{ ...odd, metadata: metadataOf(0) }]);
    await store.write(NS, "order-1", newMessage({ metadata: metadataOf(18) }));
    await assertLinks(store);
  });

  Deno.test(`an index of links ends with the messages that it is of (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, linkedHistory(100));
    await using before = await store.openLinks(NS, everything);
    await importAll(store, linkedHistory(90, 300), { force: true });
    await assertLinks(store);
    const linksTo = (source: LinkSource) => Array.fromAsync(source.linksTo(targets));
    await assertCode(() => linksTo(before), "BACKEND_ERROR", "replaced");
    await assertCode(() => before.countEvents(streams), "BACKEND_ERROR", "replaced");

    await using last = await store.openLinks(NS, everything);
    await store.deleteNamespace(NS);
    await assertCode(() => linksTo(last), "NAMESPACE_NOT_FOUND");
    await assertCode(() => last.countEvents(streams), "NAMESPACE_NOT_FOUND");
    await assertCode(() => store.openLinks(NS, everything), "NAMESPACE_NOT_FOUND");
    await create(store, NS);
    await assertLinks(store);
    await importAll(store, linkedHistory(50));
    await assertLinks(store);
    await assertCode(() => linksTo(last), "NAMESPACE_NOT_FOUND");
  });

  Deno.test(`an index of links is built by several at once, and after some gave up (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, linkedHistory(6_000).map((each) => ({ ...each, data: "{}" })));
    const stop = new AbortController();
    const given = { signal: stop.signal, onIndexed: () => stop.abort(new Error("enough")) };
    // On some backends one step is enough.
    await store.openLinks(NS, everything, given).catch((error) =>
      assertEquals(error.message, "enough")
    );
    assert(stop.signal.aborted);
    await Promise.all([assertLinks(store), assertLinks(store), assertLinks(store)]);
  });

  Deno.test(`an index of links that is built again is read again (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const all = linkedHistory(400);
    await importAll(store, all.slice(200));
    await using links = await store.openLinks(NS, everything);
    await importAll(store, all.slice(0, 100));
    // Finds that some are missing.
    await using _ = await store.openLinks(NS, everything);
    await using read = new ReadLinks({ paths: [] });
    await read.addLines(new TextEncoder().encode(formatRecords(await readAll(store))));
    assertEquals(await saidBy(links), await saidBy(read));
  });

  Deno.test(`an index of links follows any history (${backend})`, async () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant("import" as const),
        first: fc.nat(60),
        count: fc.nat(30),
        force: fc.boolean(),
      }),
      fc.record({ do: fc.constant("write" as const), n: fc.nat(40) }),
      fc.record({ do: fc.constant("ask" as const), to: fc.option(fc.nat(200)) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        await using store = await openWithNamespace(open);
        for (const each of steps) {
          if (each.do === "write") {
            const metadata = metadataOf(each.n);
            await store.write(NS, streams[each.n % streams.length]!, newMessage({ metadata }));
          } else if (each.do === "import") {
            const mode = each.force ? { force: true } : { existing: "skip" as const };
            const file = linkedHistory(each.count, each.first);
            // What a write has taken the position of is a conflict.
            await importAll(store, file, mode).catch(() => {});
          } else await assertLinks(store, { to: each.to ?? undefined });
        }
        await assertLinks(store);
      }),
      { numRuns: 6 },
    );
  });
}
