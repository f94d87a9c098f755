import * as fc from "fast-check";
import { EventoDBClient, EventoDBError, exportEvents, importEvents } from "../../mod.ts";
import { ensureDefaultNamespace } from "../../src/auth/default_namespace.ts";
import type { Message } from "../../src/message.ts";
import { formatRecord } from "../../src/record/format.ts";
import { openStore } from "../../src/store/open.ts";
import { categoryOf } from "../../src/stream_name.ts";
import { serverSource } from "../../src/transfer/events.ts";
import { CategorySource } from "../../src/transfer/sources/category_source.ts";
import { type ExportChunk, exportChunks, type ExportOptions } from "../../src/transfer/export.ts";
import { mergeAscending } from "../../src/transfer/reading/merge.ts";
import { assert, assertEquals, assertLess, assertRejects } from "../support/assert.ts";
import { recordBody, sampleMessages } from "../support/events.ts";
import {
  type FailingServer,
  failure,
  type Fault,
  type SeenRequest,
  startFailingServer,
} from "../support/failing_server.ts";
import { lineOf } from "../support/history.ts";
import { startServer, type TestServer } from "../support/server.ts";

/** A server that holds a history. */
async function startWith(messages: readonly Message[]): Promise<TestServer> {
  const server = await startServer();
  await importEvents(recordBody(messages), { url: server.url, token: server.token });
  return server;
}

/** What an export should have written. */
function linesOf(messages: readonly Message[]): string {
  return messages.map((message) => `${formatRecord(message)}\n`).join("");
}

async function exported(
  { url, token }: Pick<TestServer, "url" | "token">,
  options: ExportOptions = {},
): Promise<string> {
  return await new Response(exportEvents({ url, token, retryDelayMs: 1 }, options)).text();
}

/** The two ways to export from a server. */
const ways = ["GET /export", "category.get"] as const;

/** A server that fails as planned, under an export that goes one of the ways. */
function startSpoiling(
  target: string,
  way: typeof ways[number],
  plan: (request: SeenRequest) => Fault | undefined,
): FailingServer {
  const requests: SeenRequest[] = [];
  const { url, [Symbol.asyncDispose]: dispose } = startFailingServer(target, (request) => {
    if (request.path === "/version") {
      return way === "GET /export"
        ? undefined
        : { change: (text) => text.replace(',"export"', "") };
    }
    const number = requests.length + 1;
    return plan(requests[requests.push({ ...request, number }) - 1]!);
  });
  return { url, seen: requests, [Symbol.asyncDispose]: dispose };
}

function textOf({ bytes }: ExportChunk): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("exportEvents() gives everything that was imported, byte for byte", async () => {
  const messages = [...sampleMessages({ count: 3500 })];
  await using server = await startWith(messages);
  assertEquals(await exported(server), linesOf(messages));
});

Deno.test("exportEvents() merges categories into ascending global position", async () => {
  const messages = [...sampleMessages({ count: 3500 })];
  await using server = await startWith(messages);
  const categories = ["account", "audit", "größe:command", "nothing"];
  const wanted = messages.filter(({ stream }) => categories.includes(categoryOf(stream)));
  assertEquals(await exported(server, { categories }), linesOf(wanted));
});

Deno.test("exportEvents() takes a category once, however often it is named", async () => {
  const messages = [...sampleMessages({ count: 200 })];
  await using server = await startWith(messages);
  const wanted = messages.filter(({ stream }) => categoryOf(stream) === "account");
  assertEquals(await exported(server, { categories: ["account", "account"] }), linesOf(wanted));
});

Deno.test("exportEvents() includes since and excludes until, to the nanosecond", async () => {
  const times = [
    "2025-07-01T00:00:00Z",
    "2025-07-01T00:00:00.000000001Z",
    "2025-07-01T00:00:00.1Z",
    "2025-07-02T00:00:00Z",
  ];
  await using server = await startServer();
  const body = times.map((time, i) => lineOf(i + 1, { time })).join("");
  await importEvents(new Blob([body]).stream(), { url: server.url, token: server.token });
  const positions = async (options: ExportOptions) =>
    (await exported(server, options)).trimEnd().split("\n").filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as { gpos: number }).gpos);

  assertEquals(await positions({ since: "2025-07-01" }), [1, 2, 3, 4]);
  assertEquals(await positions({ since: "2025-07-01T00:00:00.000000001Z" }), [2, 3, 4]);
  assertEquals(await positions({ until: "2025-07-01T00:00:00.000000001Z" }), [1]);
  assertEquals(await positions({ since: "2025-07-01", until: "2025-07-02" }), [1, 2, 3]);
  assertEquals(await positions({ since: "2025-07-02T02:00:00+02:00" }), [4]);
  assertEquals(await positions({ since: "2025-07-02", until: "2025-07-02" }), []);
});

Deno.test("exportEvents() refuses a window that ends before it begins, and a time that is none", async () => {
  await using server = await startServer();
  await assertRejects(
    () => exported(server, { since: "2025-07-02", until: "2025-07-01" }),
    EventoDBError,
    "ends before it begins",
  );
  await assertRejects(
    () => exported(server, { since: "2025-07-01T00:00:00" }),
    EventoDBError,
    "Cannot use since",
  );
});

for (const way of ways) {
  Deno.test(`exportEvents() ends at the global position that was the last one at the start (${way})`, async () => {
    const messages = [...sampleMessages({ count: 1500 })];
    await using server = await startWith(messages);
    await using between = startSpoiling(server.url, way, () => undefined);
    const client = new EventoDBClient({ url: between.url, token: server.token });
    let seen = "";
    for await (const chunk of exportChunks(await serverSource(client))) {
      if (seen === "") await client.streamWrite("late-1", { type: "Late", data: {} });
      seen += textOf(chunk);
    }
    assertEquals(seen, linesOf(messages));
    assert(between.seen.some(({ path, method }) => way.endsWith(method || path)));
  });
}

for (const way of ways) {
  Deno.test(`exportEvents() takes the first and the last global position (${way})`, async () => {
    const messages = [...sampleMessages({ count: 1500 })];
    await using server = await startWith(messages);
    await using between = startSpoiling(server.url, way, () => undefined);
    const place = { url: between.url, token: server.token };
    const [from, to] = [messages[200]!.globalPosition, messages[1_250]!.globalPosition];
    assertEquals(await exported(place, { from, to }), linesOf(messages.slice(200, 1_251)));
    assertEquals(await exported(place, { to }), linesOf(messages.slice(0, 1_251)));
    assertEquals(await exported(place, { to: 2 ** 52 }), linesOf(messages));
    assertEquals(await exported(place, { from: 3, to: 2 }), "");
  });
}

Deno.test("exportEvents() goes on to the first empty page of a server that names no last position", async () => {
  const messages = [...sampleMessages({ count: 2500 })];
  await using server = await startWith(messages);
  await using failing = startSpoiling(
    server.url,
    "category.get",
    ({ method }) =>
      method === "ns.info"
        ? { change: (text) => text.replace(/,"globalPosition":\d+/, "") }
        : undefined,
  );
  assertEquals(await exported({ ...server, url: failing.url }), linesOf(messages));
  const pages = failing.seen.filter(({ method }) => method === "category.get");
  assertEquals(pages.length, 4);
});

for (const way of ways) {
  Deno.test(`exportEvents() has every line once, whatever fails and may pass (${way})`, async () => {
    const messages = [...sampleMessages({ count: 2500 })];
    await using server = await startWith(messages);
    const faults: Fault[] = [
      { answer: failure(500) },
      { cutAfter: 0 },
      { cutAfter: 100_000 },
      { endAfter: 77_777 },
      { answer: failure(503) },
      { cutAfter: 1 },
      { answer: failure(429) },
      { endAfter: 200_000 },
    ];
    for (const categories of [undefined, ["account", "order", "workflow"]]) {
      await using failing = startSpoiling(server.url, way, ({ number }) => faults[number - 1]);
      const wanted = messages.filter(({ stream }) =>
        categories === undefined || categories.includes(categoryOf(stream))
      );
      const place = { ...server, url: failing.url };
      assertEquals(await exported(place, { categories }), linesOf(wanted));
      assert(failing.seen.length > faults.length);
    }
  });

  Deno.test(`exportEvents() goes on after the last message that came, when a server stalls (${way})`, async () => {
    const messages = [...sampleMessages({ count: 300 })];
    await using server = await startWith(messages);
    await using failing = startSpoiling(
      server.url,
      way,
      ({ number }) => number === 2 ? { stallAfter: 20_000 } : undefined,
    );
    const events = exportEvents({
      url: failing.url,
      token: server.token,
      timeoutMs: 500,
      retryDelayMs: 1,
    });
    assertEquals(await new Response(events).text(), linesOf(messages));
    const [, first, second] = failing.seen;
    assertEquals(positionOf(first!), 0);
    assert(positionOf(second!) > 1);
  });

  Deno.test(`exportEvents() fails when the failures do not pass (${way})`, async () => {
    const messages = [...sampleMessages({ count: 1500 })];
    await using server = await startWith(messages);
    for (const [status, requests] of [[500, 7], [403, 3]] as const) {
      await using failing = startSpoiling(server.url, way, ({ number }) => {
        if (number > 2) return { answer: failure(status) };
        return number === 2 ? { cutAfter: 50_000 } : undefined;
      });
      await assertRejects(
        () => exported({ ...server, url: failing.url }),
        EventoDBError,
        "The database is away",
      );
      assertEquals(failing.seen.length, requests);
    }
  });
}

/** From which global position on a request asks. */
function positionOf({ args, query }: SeenRequest): number {
  const asked = args[1] as { position: number } | undefined;
  return asked?.position ?? Number(query.get("position"));
}

Deno.test("exportEvents() goes on behind a proxy that ends a response early, as if it were whole", async () => {
  const messages = [...sampleMessages({ count: 300 })];
  await using server = await startWith(messages);
  const lines = linesOf(messages);
  const endAfter = new TextEncoder().encode(linesOf(messages.slice(0, 100))).length;
  await using failing = startSpoiling(
    server.url,
    "GET /export",
    ({ number }) => number === 2 ? { endAfter } : undefined,
  );
  assertEquals(await exported({ ...server, url: failing.url }), lines);
});

Deno.test("exportEvents() says so when the namespace is replaced under it", async () => {
  const messages = [...sampleMessages({ count: 300 })];
  await using server = await startWith(messages);
  await using failing = startSpoiling(server.url, "GET /export", ({ number }) => {
    if (number === 2) return { cutAfter: 20_000 };
    if (number !== 3) return undefined;
    return { change: (text) => text.replaceAll('"time":"2', '"time":"1') };
  });
  await assertRejects(
    () => exported({ ...server, url: failing.url }),
    EventoDBError,
    "have been replaced. Export again",
  );
});

Deno.test("exportEvents() takes an export whose records have another form, and refuses what are none", async () => {
  const messages = [...sampleMessages({ count: 30 })];
  await using server = await startWith(messages);
  const through = async (change: (text: string) => string) => {
    await using failing = startSpoiling(
      server.url,
      "GET /export",
      ({ path }) => path === "/export" ? { change } : undefined,
    );
    return await exported({ ...server, url: failing.url }, { categories: ["account"] });
  };
  const spaced = (text: string) => text.replaceAll('{"id":', '{ "id": ');
  assertEquals(await through(spaced), spaced(await through((text) => text)));
  await assertRejects(() => through(() => "<html>\n"), EventoDBError, "a line is not a record");
  await assertRejects(
    () => through((text) => `${text}${text}`),
    EventoDBError,
    "which is not above",
  );
});

Deno.test("exportEvents() refuses positions that repeat themselves or go back", async () => {
  const messages = [...sampleMessages({ count: 10 })];
  await using server = await startWith(messages);
  const reorder = (change: (elements: unknown[]) => unknown[]): Fault => ({
    change: (text) => JSON.stringify(change(JSON.parse(text))),
  });
  for (
    const fault of [
      reorder((elements) => elements.toReversed()),
      reorder((elements) => [elements[0], elements[0], ...elements.slice(1)]),
    ]
  ) {
    await using failing = startSpoiling(
      server.url,
      "category.get",
      ({ method }) => method === "category.get" ? fault : undefined,
    );
    const error = await assertRejects(
      () => exported({ ...server, url: failing.url }),
      EventoDBError,
      "which is not above",
    );
    assertEquals(error.code, "UNEXPECTED_ANSWER");
  }
});

Deno.test("exportEvents() refuses a server that ignores where it was asked to begin", async () => {
  await using server = await startWith([...sampleMessages({ count: 1500 })]);
  let first = "";
  await using failing = startSpoiling(
    server.url,
    "category.get",
    ({ method }) => method === "category.get" ? { change: (text) => first ||= text } : undefined,
  );
  await assertRejects(
    () => exported({ ...server, url: failing.url }),
    EventoDBError,
    "which is not above",
  );
});

Deno.test("CategorySource cancels a response when its page is full, and asks for less", async () => {
  const messages: Message[] = [];
  for (const message of sampleMessages({ count: 300 })) {
    messages.push({ ...message, data: `{"text":"${"x".repeat(10_000)}"}` });
  }
  await using server = await startWith(messages);
  await using failing = startFailingServer(server.url, () => undefined);
  const client = new EventoDBClient({ url: failing.url, token: server.token });
  // Room for about 13 of them.
  const source = new CategorySource(client, "default", { pagesCharsMax: 128 * 1024 });
  let seen = "";
  for await (const chunk of exportChunks(source)) {
    assertLess(chunk.events, 20);
    seen += textOf(chunk);
  }
  assertEquals(seen, linesOf(messages));
  const sizes = failing.seen.filter(({ method }) => method === "category.get")
    .map(({ args }) => (args[1] as { batchSize: number }).batchSize);
  assertEquals(sizes[0], 1000);
  assert(sizes.slice(1).every((size) => size < 20), `${sizes}`);
});

Deno.test("mergeAscending() merges any sequences, cut into pages anywhere", async () => {
  const template = [...sampleMessages({ count: 1 })][0]!;
  const sequences = fc.uniqueArray(fc.nat(500), { maxLength: 60 }).chain((positions) =>
    fc.tuple(
      fc.constant(positions),
      fc.array(fc.nat(4), { minLength: positions.length, maxLength: positions.length }),
      fc.integer({ min: 1, max: 9 }),
    )
  );
  await fc.assert(fc.asyncProperty(sequences, async ([positions, owners, pageSize]) => {
    const cursors = Array.from({ length: 5 }, (_, owner) => {
      const own = positions.filter((_, i) => owners[i] === owner).sort((a, b) => a - b);
      return {
        next: () =>
          Promise.resolve(
            own.splice(0, pageSize).map((globalPosition) => ({
              ...template,
              globalPosition,
            })),
          ),
      };
    });
    const merged = (await Array.fromAsync(mergeAscending(cursors))).flat();
    assertEquals(
      merged.map(({ globalPosition }) => globalPosition),
      positions.toSorted((a, b) => a - b),
    );
  }));
});

Deno.test("exportEvents() and importEvents() work on stores as on servers", async () => {
  const messages = [...sampleMessages({ count: 1500 })];
  await using server = await startWith(messages);
  await using store = await openStore("sqlite://memory");
  await ensureDefaultNamespace(store);
  const place = { store, namespace: "default" };

  const events = exportEvents({ url: server.url, token: server.token });
  const { imported } = await importEvents(events, place);
  assertEquals(imported, messages.length);

  const options = { categories: ["order", "account"], since: messages[200]!.time };
  const fromStore = await new Response(exportEvents(place, options)).text();
  assertEquals(fromStore, await exported(server, options));
});

Deno.test("exportEvents() of an empty namespace is empty", async () => {
  await using server = await startServer();
  assertEquals(await exported(server), "");
});

Deno.test("exportEvents() stops asking when its reader has gone", async () => {
  await using server = await startWith([...sampleMessages({ count: 5000 })]);
  await using failing = startSpoiling(server.url, "category.get", () => undefined);
  const reader = exportEvents({ url: failing.url, token: server.token }).getReader();
  await reader.read();
  await reader.cancel();
  assertEquals(failing.seen.map(({ method }) => method), ["ns.info", "category.get"]);
});
