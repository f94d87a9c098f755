import fc from "fast-check";
import { EventoDBError } from "../../src/errors.ts";
import { exportEvents, importEvents } from "../../src/transfer/events.ts";
import { exportChunks, type ExportOptions, type ExportSource } from "../../src/transfer/export.ts";
import { formatRecords } from "../../src/record/format.ts";
import { FileSource } from "../../src/transfer/sources/file_source.ts";
import { StoreSource } from "../../src/transfer/sources/store_source.ts";
import { openStore } from "../../src/store/open.ts";
import { importAll, NS, openWithNamespace, records } from "../contract/support.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { recordBody } from "../support/events.ts";
import { startFailingServer } from "../support/failing_server.ts";
import { startGoServer } from "../support/go_server.ts";
import { startServer } from "../support/server.ts";
import { anyHistory, anyRelated, relatedEvents } from "../support/related.ts";
import "../support/property.ts";

async function linesOf(source: ExportSource, options: ExportOptions): Promise<string> {
  const chunks = await Array.fromAsync(exportChunks(source, options), ({ bytes }) => bytes);
  return await new Blob(chunks).text();
}

Deno.test("exportChunks() takes what is related from a file as brute force does", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(anyHistory, anyRelated, async (events, slice) => {
      const lines = formatRecords(events);
      const file = new FileSource("it", () => Promise.resolve(new Blob([lines]).stream()));
      const expected = relatedEvents(events, slice);
      if (expected === undefined) {
        return void await assertRejects(() => linesOf(file, slice), EventoDBError);
      }
      compared++;
      assertEquals(await linesOf(file, slice), formatRecords(expected));
    }),
    { numRuns: 300 },
  );
  assert(compared > 50);
});

Deno.test("exportEvents() takes what is related from a server written in Go as brute force does", async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, fc.array(anyRelated, { minLength: 3 }), async (events, slices) => {
      await using server = startGoServer(events);
      for (const slice of slices) {
        const expected = relatedEvents(events, slice);
        const text = () => new Response(exportEvents({ url: server.url }, slice)).text();
        if (expected === undefined) await assertRejects(text, EventoDBError);
        else assertEquals(await text(), formatRecords(expected));
      }
    }),
    { numRuns: 10 },
  );
});

Deno.test("exportEvents() takes what is related the same from servers that can do more and less", async () => {
  await using server = await startServer();
  const { token } = server;
  await using without = new AsyncDisposableStack();
  const urls = [
    server.url,
    ...[["relate"], ["relate", "select"], ["relate", "select", "export"]].map((features) =>
      without.use(startFailingServer(server.url, ({ path }) =>
        path !== "/version" ? undefined : {
          change: (text) =>
            features.reduce((text, feature) => text.replace(`,"${feature}"`, ""), text),
        })).url
    ),
  ];
  await fc.assert(
    fc.asyncProperty(anyHistory, fc.array(anyRelated, { minLength: 2 }), async (events, slices) => {
      await importEvents(recordBody(events), { url: server.url, token }, { force: true });
      for (const slice of slices) {
        const expected = relatedEvents(events, slice);
        for (const url of urls) {
          const text = () => new Response(exportEvents({ url, token }, slice)).text();
          if (expected === undefined) await assertRejects(text, EventoDBError);
          else assertEquals(await text(), formatRecords(expected), url);
        }
      }
    }),
    { numRuns: 8 },
  );
});

Deno.test("exportChunks() of what is related ends where the links were looked for", async () => {
  // Whoever writes meanwhile adds to a stream that is in the closure.
  const events = fc.sample(anyHistory, { numRuns: 1, seed: 1 })[0]!;
  const [first] = events;
  const later = { ...first!, id: "later", position: 99, globalPosition: 1_000 };
  let reads = 0;
  const source: ExportSource = {
    lastPosition: () => Promise.resolve(null),
    async *read({ from, to = Infinity }) {
      const all = reads++ === 0 ? events : [...events, later];
      const some = all.filter(({ globalPosition: at }) => at >= from && at <= to);
      yield {
        bytes: new TextEncoder().encode(formatRecords(some)),
        last: some.at(-1)!.globalPosition,
      };
    },
  };
  const slice = { relatedTo: [first!.stream] };
  assertEquals(await linesOf(source, slice), formatRecords(relatedEvents(events, slice)!));
  assertEquals(reads, 2);
});

Deno.test("exportChunks() of what is related fails where events are replaced after links were followed", async () => {
  const history = (orders: number) =>
    records(8, 8).map((each, i) => i < orders ? { ...each, stream: "order-1", position: i } : each);
  await using store = await openWithNamespace(() => openStore("sqlite://memory"));
  await importAll(store, history(3));
  const source = new StoreSource(store, NS);
  const read = source.read.bind(source);
  source.read = async function* (query) {
    await importAll(store, history(4), { force: true });
    yield* read(query);
  };
  const slice = { relatedTo: ["order-1"] };
  const { code, message } = await assertRejects(() => linesOf(source, slice), EventoDBError);
  assertEquals(code, "INPUT_CHANGED");
  assertStringIncludes(message, "3 events were related, and 4 of their streams came");
  // What is narrowed cannot be counted.
  await importAll(store, history(3), { force: true });
  await linesOf(source, { ...slice, types: ["*"] });
});
