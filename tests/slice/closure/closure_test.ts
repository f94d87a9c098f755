import fc from "fast-check";
import { EventoDBError } from "../../../src/errors.ts";
import type { Message } from "../../../src/message.ts";
import { formatRecords } from "../../../src/record/format.ts";
import { packedBatches } from "../../../src/record/packed_batches.ts";
import { checkClosure, type Closure, closureOf } from "../../../src/slice/closure/closure.ts";
import { parseLinkPath } from "../../../src/slice/links/parse_link_path.ts";
import type { LinkSource, StreamLink } from "../../../src/slice/links/link_source.ts";
import { ReadLinks } from "../../../src/slice/links/read_links.ts";
import type { LinkGraphBounds } from "../../../src/slice/links/link_graph.ts";
import type { Slice } from "../../../src/slice/slice.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../support/assert.ts";
import { anyHistory, anyRelated, relatedEvents } from "../../support/related.ts";
import "../../support/property.ts";

const encoder = new TextEncoder();

/** The closure of some events, from their lines or from what an import makes of them. */
async function closureIn(
  events: readonly Message[],
  slice: Slice,
  options: Partial<LinkGraphBounds> & { packed?: boolean } = {},
): Promise<Closure> {
  const paths = (slice.links ?? []).map(parseLinkPath);
  await using links = new ReadLinks({ ...slice, paths }, options);
  const lines = encoder.encode(formatRecords(events));
  if (!options.packed) await links.addLines(lines);
  else {for await (const batch of packedBatches(new Blob([lines]).stream())) {
      await links.addRecords(batch);
    }}
  return await closureOf(links, slice);
}

let count = 0;

/** Events of some streams, each with the correlation that is given. */
function events(...links: [stream: string, correlation: string | null][]): Message[] {
  return links.map(([stream, correlation], i) => ({
    id: `${++count}`,
    stream,
    type: "Noted",
    position: links.slice(0, i).filter(([other]) => other === stream).length,
    globalPosition: i + 1,
    data: "{}",
    metadata: correlation === null ? null : JSON.stringify({ correlationStreamName: correlation }),
    time: "2025-07-15T10:00:00Z",
  }));
}

function streamsOf(closure: Closure): string[] {
  return [...closure.streams].sort();
}

Deno.test("closureOf() finds what brute force finds, in memory and on disk", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(anyHistory, anyRelated, fc.nat(7), async (events, given, kind) => {
      // What narrows what comes is not the closure's affair.
      const { relatedTo, direction, depth, stopAt, links, since, until, to, sample } = given;
      const { excludeCategories, excludeStreams } = given;
      const within = { since, until, to, sample, excludeCategories, excludeStreams };
      const slice = { relatedTo, direction, depth, stopAt, links, ...within };
      const expected = relatedEvents(events, slice);
      const bounds = [{ streamsMax: 3 }, { linksMax: 2 }, { charsMax: 30 }, {}][kind % 4];
      const options = { ...bounds, packed: kind >= 4 };
      if (expected === undefined) {
        await assertRejects(() => closureIn(events, slice, options), EventoDBError);
        return;
      }
      const closure = await closureIn(events, slice, options);
      compared++;
      assertEquals(streamsOf(closure), [...new Set(expected.map(({ stream }) => stream))].sort());
      assertEquals(closure.events, expected.length);
      const brought = closure.reasons.reduce((sum, { streams }) => sum + streams, 0);
      assertEquals(brought, closure.streams.size);
      // What it says does not depend on how it was found.
      assertEquals(closure, await closureIn(events, slice));
    }),
    { numRuns: 400 },
  );
  assert(compared > 100);
});

Deno.test("closureOf() says the same in whatever order links come, and how often", async () => {
  const reversed = async function* (links: AsyncIterable<StreamLink>) {
    const all = await Array.fromAsync(links);
    yield* [...all.toReversed(), ...all];
  };
  /** The closure, or the error of one that is too large. */
  const outcomeOf = (links: LinkSource, slice: Slice) =>
    closureOf(links, slice).catch(({ message, details }: EventoDBError) => ({ message, details }));
  await fc.assert(
    fc.asyncProperty(anyHistory, anyRelated, fc.integer({ min: 1, max: 20 }), async (
      events,
      { relatedTo, direction, links: declared = [] },
      eventsMax,
    ) => {
      await using links = new ReadLinks({ paths: declared.map(parseLinkPath) });
      await links.addLines(encoder.encode(formatRecords(events)));
      const other: LinkSource = {
        linksFrom: (streams) => reversed(links.linksFrom(streams)),
        linksTo: (streams) => reversed(links.linksTo(streams)),
        countEvents: (streams) => links.countEvents(streams),
        streams: (prefix) => links.streams(prefix),
        oddValues: () => links.oddValues(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
      const slice = { relatedTo, direction, links: declared, eventsMax };
      assertEquals(await outcomeOf(other, slice), await outcomeOf(links, slice));
    }),
    { numRuns: 300 },
  );
});

Deno.test("ReadLinks puts what memory is too small for into a temporary file", async () => {
  const { makeTempFileSync } = Deno;
  let made = 0;
  Deno.makeTempFileSync = (options) => {
    made++;
    return makeTempFileSync(options);
  };
  try {
    const history = events(["order-1", "a-1"], ["order-2", "a-1"], ["order-3", "a-1"]);
    for (const bounds of [{ streamsMax: 2 }, { linksMax: 1 }, { charsMax: 8 }]) {
      assertEquals((await closureIn(history, { relatedTo: ["order-1"] }, bounds)).events, 3);
    }
    assertEquals(made, 3);
    assertEquals((await closureIn(history, { relatedTo: ["order-1"] })).events, 3);
    assertEquals(made, 3);
  } finally {
    Deno.makeTempFileSync = makeTempFileSync;
  }
});

Deno.test("ReadLinks lets others have their tick while it is asked for many streams on disk", async () => {
  const history = events(["order-1", null]);
  const many = Array.from({ length: 9000 }, (_, i) => ({ ...history[0]!, stream: `order-${i}` }));
  await using links = new ReadLinks({ paths: [] }, { streamsMax: 2000 });
  await links.addLines(encoder.encode(formatRecords(many)));
  await links.countEvents([]);
  const asked = Array.from({ length: 4000 }, (_, i) => `order-${i * 7919 % 9000}`);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 0);
  const counts = await links.countEvents(asked);
  clearInterval(timer);
  assertEquals(new Set(counts), new Set([1]));
  assert(ticks >= 2, `${ticks}`);
});

Deno.test("ReadLinks passes over streams that none of our stores can hold", async () => {
  const history = events(["order-1", "a-1"], ["order-1\0>@\0b", "a-1"], ["b-1", null], [
    "a-1",
    null,
  ]);
  const closure = await closureIn(history, { relatedTo: ["order-1"] }, { streamsMax: 1 });
  assertEquals(streamsOf(closure), ["a-1", "order-1"]);
});

Deno.test("closureOf() says which link brought how many streams", async () => {
  const history = events(
    ["order-1", "workflow-1"],
    ["order-2", "workflow-1"],
    ["workflow-1", "tenant-1"],
    ["order-2", "nowhere-1"],
    ["invoice-1", "nowhere-1"],
  );
  const { reasons, events: found } = await closureIn(history, { relatedTo: ["order-1"] });
  const link = "metadata.correlationStreamName";
  assertEquals(found, 5);
  assertEquals(reasons, [
    { link: null, direction: null, streams: 1 },
    { link, direction: "causes", streams: 1 },
    { link, direction: "effects", streams: 2 },
  ]);
});

Deno.test("closureOf() goes through a correlation that has no events of its own, and may begin with it", async () => {
  const history = events(["order-1", "workflow-9"], ["order-2", "workflow-9"], ["order-3", null]);
  assertEquals(streamsOf(await closureIn(history, { relatedTo: ["order-1"] })), [
    "order-1",
    "order-2",
  ]);
  assertEquals(streamsOf(await closureIn(history, { relatedTo: ["workflow-9"] })), [
    "order-1",
    "order-2",
  ]);
});

Deno.test("closureOf() follows a named stream also where its category is one to stop at", async () => {
  const history = events(
    ["order-1", "tenant-1"],
    ["order-2", "tenant-1"],
    ["order-2", "tenant-2"],
    [
      "order-3",
      "tenant-2",
    ],
    ["tenant-1", null],
    ["tenant-2", null],
  );
  const from = async (...relatedTo: string[]) =>
    streamsOf(await closureIn(history, { relatedTo, stopAt: ["tenant"] }));
  assertEquals(await from("order-1"), ["order-1", "tenant-1"]);
  assertEquals(await from("tenant-1"), ["order-1", "order-2", "tenant-1", "tenant-2"]);
});

Deno.test("closureOf() goes through a chain of thousands of streams, and round in circles", async () => {
  const length = 3_000;
  const chain = Array.from(
    { length },
    (_, i): [string, string] => [`a-${i}`, `a-${(i + 1) % length}`],
  );
  const history = events(...chain, ["a-7", "a-7"]);
  const slice: Slice = { relatedTo: ["a-0"], direction: "causes" };
  assertEquals((await closureIn(history, slice, { streamsMax: 100 })).streams.size, length);
  assertEquals((await closureIn(history, { ...slice, depth: 10 })).streams.size, 11);
  assertEquals((await closureIn(history, { relatedTo: ["a-0"], depth: 10 })).streams.size, 21);
});

Deno.test("closureOf() names the nearest stream for one that is not there", async () => {
  const history = events(["workflow-123", null], ["order-1", null]);
  for (
    const [typed, meant] of [["workflow-124", "workflow-123"], ["workflo-123", "workflow-123"]]
  ) {
    await assertRejects(
      () => closureIn(history, { relatedTo: [typed!] }),
      EventoDBError,
      `There is no stream "${typed}". Did you mean "${meant}"?`,
    );
  }
  await assertRejects(
    () => closureIn(history, { relatedTo: ["x-*"] }),
    EventoDBError,
    'No stream matches "x-*"',
  );
  // Case is part of a name.
  await assertRejects(() => closureIn(history, { relatedTo: ["ORDER-1"] }), EventoDBError);
});

Deno.test("closureOf() fails beyond its bound, and says what brought so much and what would help", async () => {
  const orders = Array.from({ length: 50 }, (_, i): [string, string] => [`order-${i}`, "tenant-1"]);
  const history = events(...orders, ["tenant-1", null], ["order-7", null]);
  const slice: Slice = { relatedTo: ["order-7"], eventsMax: 51 };
  const error = await assertRejects(() => closureIn(history, slice), EventoDBError);
  assertEquals(
    error.message,
    'What is related to "order-7" has more than 51 events. Most of them come from "tenant-1" (49 streams, ' +
      "49 events)",
  );
  assertEquals(error.details?.stopAt, ["tenant"]);
  assertEquals((await closureIn(history, { ...slice, eventsMax: 52 })).events, 52);
  assertEquals((await closureIn(history, { ...slice, stopAt: ["tenant"] })).events, 3);
  await assertRejects(
    () => closureIn(history, { relatedTo: ["order-7"], eventsMax: 1 }),
    EventoDBError,
    'What is related to "order-7" has more than 1 event',
  );
});

Deno.test("closureOf() names each stream that fanned out once, those of earlier levels too", async () => {
  const fan = (from: string, count: number, to: string) =>
    Array.from({ length: count }, (_, i): [string, string] => [`${from}-${i}`, to]);
  const history = events(
    ...fan("order", 50, "tenant-1"),
    ["order-1", "product-1"],
    ...fan("item", 60, "product-1"),
  );
  const slice: Slice = { relatedTo: ["order-7"], eventsMax: 100 };
  const { details } = await assertRejects(() => closureIn(history, slice), EventoDBError);
  assertEquals(details?.fanOuts, [
    { stream: "product-1", streams: 60, events: 60 },
    { stream: "tenant-1", streams: 49, events: 50 },
  ]);
  assertEquals(details?.stopAt, ["product", "tenant"]);
});

Deno.test("closureOf() begins with no more streams than it can hold", async () => {
  await using links = new ReadLinks({ paths: [] });
  const endless: LinkSource = {
    linksFrom: (streams) => links.linksFrom(streams),
    linksTo: (streams) => links.linksTo(streams),
    countEvents: (streams) => Promise.resolve(streams.map(() => 1)),
    async *streams() {
      for (let i = 0;; i++) yield `a-${i}`;
    },
    oddValues: () => links.oddValues(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  await assertRejects(
    () => closureOf(endless, { relatedTo: ["a-*"] }),
    EventoDBError,
    'What is related to "a-*" has more than 1,000,000 streams',
  );
});

Deno.test("closureOf() counts the values that name no stream", async () => {
  const [event] = events(["order-1", null]);
  const history = ['{"id":[1,{}]}', '{"id":true}', '{"id":null}', "null"]
    .map((data, i) => ({ ...event!, data, globalPosition: i + 1, position: i, id: `x${i}` }));
  const slice: Slice = { relatedTo: ["order-1"], links: ["data.id=customer-{}"] };
  const { oddValues } = await closureIn(history, slice);
  assertEquals(oddValues, [{ link: "data.id=customer-{}", values: 2 }]);
});

for (
  const [slice, problem] of [
    [{ depth: 1 }, '"depth" has no meaning without "relatedTo"'],
    [{ windowOnly: true }, '"windowOnly" has no meaning'],
    [{ links: ["data.id=a-{}"] }, '"links" has no meaning'],
    [{ relatedTo: [] }, "names no stream"],
    [{ relatedTo: ["a-1"], depth: -1 }, '"depth" must be an integer of at least 0, got -1'],
    [{ relatedTo: ["a-1"], depth: 1.5 }, '"depth" must be'],
    [{ relatedTo: ["a-1"], eventsMax: 0 }, '"eventsMax" must be an integer from 1 to'],
    [{ relatedTo: ["a-1"], stopAt: ["b-1"] }, '"b-1" is the name of a stream'],
    [{ relatedTo: ["a-1"], direction: "up" }, '"direction" must be causes, effects or both'],
  ] as [Slice, string][]
) {
  Deno.test(`checkClosure() refuses ${JSON.stringify(slice)}`, () => {
    assertThrows(() => checkClosure(slice), EventoDBError, problem);
  });
}
