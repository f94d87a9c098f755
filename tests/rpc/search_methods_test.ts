import { createToken } from "../../src/auth/create_token.ts";
import { EventoDBClient } from "../../mod.ts";
import { searchesMax, searchesWaitingMax, searchTextCharsMax } from "../../src/rpc/limits.ts";
import { searchMethods, searchSlots } from "../../src/rpc/search_methods.ts";
import type { SearchPage } from "../../src/search_page.ts";
import {
  assert,
  assertEquals,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "../support/assert.ts";
import { startCli } from "../support/cli.ts";
import { HealthWatch } from "../support/health_watch.ts";
import { call, rpc, startServer, type TestServer } from "../support/server.ts";

type Page = SearchPage<unknown[]>;

async function write(server: TestServer, stream: string, data: string, metadata = "null") {
  const body = `["stream.write",${JSON.stringify(stream)},{"type":"Noted","data":${data},` +
    `"metadata":${metadata}}]`;
  const headers = { Authorization: `Bearer ${server.token}` };
  const response = await fetch(`${server.url}/rpc`, { method: "POST", headers, body });
  assertEquals(response.status, 200, await response.text());
}

Deno.test("ns.search returns category messages with their exact text, and says how far it has come", async () => {
  await using server = await startServer();
  await write(server, "order-1", '{"n":9007199254740993,"x":1.0,"u":"\\u00fc"}', '{"by":"Ann"}');
  await write(server, "order-2", "{}");
  await write(server, "other-1", '{"by":"ann"}');
  const { text, body } = await call(server, "ns.search", { text: "ANN", limit: 1 });
  const page = body as Page;
  assertEquals(page.messages.map((message) => message.slice(1, 5)), [["order-1", "Noted", 0, 1]]);
  assertStringIncludes(text, ',{"n":9007199254740993,"x":1.0,"u":"\\u00fc"},{"by":"Ann"},"20');
  const { next, position, looked } = page;
  assertEquals({ next, position, looked }, { next: 2, position: 1, looked: 1 });
  const rest = await rpc<Page>(server, "ns.search", { text: "ANN", from: 2 });
  assertEquals(rest.messages.map(([, stream]) => stream), ["other-1"]);
  assertEquals({ ...rest, messages: [] }, { messages: [], next: null, position: 3, looked: 2 });
});

Deno.test("ns.search takes null and empty texts for absent, and finds everything by nothing", async () => {
  await using server = await startServer();
  await write(server, "order-1", "{}");
  const all = await rpc<Page>(server, "ns.search", {});
  assertEquals(all.messages.length, 1);
  const id = all.messages[0]![0];
  for (
    const query of [
      { text: "", id: "", limit: null, from: null, types: null },
      { id },
      { id, streams: ["order-*"], types: ["Noted"], categories: ["order"], text: "note" },
      { text: id },
      { from: -5, to: 1 },
    ]
  ) assertEquals((await rpc<Page>(server, "ns.search", query)).messages, all.messages);
  for (
    const query of [
      { id: "none" },
      { id, types: ["Other"] },
      { id, categories: ["other"] },
      { id, text: "nowhere" },
      { id, from: 2 },
      { id, until: "2020-01-01" },
      { streams: [] },
      { from: 2 },
      { to: 0 },
    ]
  ) {
    const page = await rpc<Page>(server, "ns.search", query);
    assertEquals([page.messages, page.next], [[], null], JSON.stringify(query));
  }
});

Deno.test("ns.search refuses what is wrong, and names it", async () => {
  await using server = await startServer();
  const long = "x".repeat(searchTextCharsMax + 1);
  for (
    const [query, said] of [
      [undefined, '"query" must be an object, got nothing'],
      ["order", '"query" must be an object'],
      [[], '"query" must be an object'],
      [{ txt: "a" }, 'there is no field "txt". Its fields are text, id, limit, categories'],
      [{ relatedTo: ["a-1"] }, 'there is no field "relatedTo"'],
      [{ text: 7 }, '"text" must be a string, got 7'],
      [{ text: long }, '"text" is 1,001 characters long, at most 1,000 are allowed'],
      [{ id: 7 }, '"id" must be a string'],
      [{ id: "a\nb" }, '"id" contains the control character U+000A'],
      [{ limit: 0 }, '"limit" must be an integer from 1 to 1000, got 0'],
      [{ limit: 1_001 }, '"limit" must be an integer from 1 to 1000'],
      [{ limit: "1" }, '"limit" must be an integer'],
      [{ from: 1.5 }, '"from" must be an integer, got 1.5'],
      [{ to: "end" }, '"to" must be an integer, got "end"'],
      [{ types: "Paid" }, '"types" must be an array of strings, got "Paid"'],
      [{ streams: [1] }, '"streams" must be an array of strings, got 1'],
      [{ categories: [""] }, '"categories" is empty'],
      [{ since: "yesterday-ish" }, "Cannot use since"],
      [{ since: "2025-02-01", until: "2025-01-01" }, "ends before it begins"],
    ] as const
  ) {
    const args = query === undefined ? [] : [query];
    const { status, error } = await call(server, "ns.search", ...args);
    assertEquals([status, error?.code], [400, "INVALID_REQUEST"], JSON.stringify(query));
    assertStringIncludes(error!.message, said);
  }
  const body = '["ns.search",{"text":"\\ud800"}]';
  const headers = { Authorization: `Bearer ${server.token}` };
  const response = await fetch(`${server.url}/rpc`, { method: "POST", headers, body });
  assertStringIncludes(await response.text(), '\\"text\\" contains half of a surrogate pair');
  assertEquals((await call({ ...server, token: "ns_eA_1" }, "ns.search", {})).status, 401);
});

Deno.test("GET /version names the feature search", async () => {
  await using server = await startServer();
  const { features } = await (await fetch(`${server.url}/version`)).json();
  assert(features.includes("search"));
});

Deno.test("ns.search has so many under way, and refuses what would wait too long", async () => {
  const searches = searchSlots();
  const { run } = searchMethods["ns.search"]!;
  assertEquals(typeof run, "function");
  const held = await Promise.all(Array.from({ length: searchesMax }, () => searches.take()));
  const left = new AbortController();
  const waiting = Array.from({ length: searchesWaitingMax }, () => searches.take(left.signal));
  const error = await assertRejects(() => searches.take());
  assertStringIncludes((error as Error).message, `running ${searchesMax} searches, its maximum`);
  left.abort();
  await Promise.allSettled(waiting);
  for (const slot of held) slot[Symbol.dispose]();
});

Deno.test("client.search() pages through, with payloads parsed or as texts", async () => {
  await using server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token });
  await write(server, "order-1", '{"n":1.0,"by":"Ann"}', '{"a":2.0}');
  await write(server, "order-2", '{"by":"Ben"}');
  await write(server, "order-3", '{"by":"Ann","big":9007199254740993}');
  const query = { text: "ann", categories: ["order"], limit: 1 };
  const first = await client.search<{ by: string }>(query);
  assertEquals(first.messages.map(({ data, metadata }) => [data.by, metadata]), [
    ["Ann", { a: 2 }],
  ]);
  assertEquals(first.next, 2);
  const second = await client.search({ ...query, from: 2, limit: 9 }, { raw: true });
  assertEquals(second.messages.map(({ data }) => data), ['{"by":"Ann","big":9007199254740993}']);
  assertEquals({ ...second, messages: [] }, { messages: [], next: null, position: 3, looked: 2 });
  const id = second.messages[0]?.id;
  assertEquals((await client.search({ id })).messages[0]?.stream, "order-3");
  await assertRejects(() => client.search({ from: 1.5 }), Error, '"from" must be an integer');
  await assertRejects(() => client.search({ types: [""] }), Error, '"types" is empty');
});

Deno.test("client.search() says what came instead of a page", async () => {
  const responses = [
    "[]",
    "{}",
    '{"messages":[],"next":1}',
    '{"messages":[[1]],"next":null,"position":1,"looked":1}',
    "x",
  ];
  for (const text of responses) {
    const client = new EventoDBClient({
      url: "http://elsewhere.invalid",
      retries: 0,
      fetch: () => Promise.resolve(new Response(text)),
    });
    const error = await assertRejects(() => client.search({}));
    assertEquals((error as { code?: string }).code, "UNEXPECTED_ANSWER", text);
  }
});

Deno.test({
  name: "ns.search holds nobody up, however large and deep the payloads are",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const token = createToken("default");
    await using undo = new AsyncDisposableStack();
    const dataDir = await Deno.makeTempDir({ prefix: "eventodb-test-" });
    undo.defer(() => Deno.remove(dataDir, { recursive: true }));
    const serving = undo.use(
      startCli(["serve", "--port", "0", "--data-dir", dataDir, "--token", token]),
    );
    const [address] = await serving.sees(/http:\/\/127\.0\.0\.1:\d+/);
    const url = address!;
    const headers = { Authorization: `Bearer ${token}` };
    const many = Array.from({ length: 700_000 }, (_, i) => `"key${i}":${i % 10}`).join();
    const payloads = [
      `{"text":"${"\\u00fc".repeat(2_500_000)}","end":"needle"}`,
      `{"text":"${"ü".repeat(7_500_000)}","end":"needle"}`,
      `{${many},"end":"needle"}`,
      `{"deep":${"[".repeat(998)}${"]".repeat(998)},"end":"needle"}`,
      `{"text":"${"\\\\".repeat(7_500_000)}","end":"needle"}`,
    ];
    const lines = payloads.map((data, i) =>
      `{"id":"id-${i}","stream":"a-1","type":"T","pos":${i},"gpos":${i + 1},"data":${data},` +
      `"meta":null,"time":"2025-07-01T00:00:00Z"}\n`
    );
    const imported = await fetch(`${url}/import`, {
      method: "POST",
      headers,
      body: new Blob(lines),
    });
    assertStringIncludes(await imported.text(), '"done":true');
    using watch = new HealthWatch(url, serving.process.pid);
    await watch.report();
    for (const text of ["nowhere", "Needle"]) {
      for (let from: number | null = 1; from !== null;) {
        const body: string = JSON.stringify(["ns.search", { text, from }]);
        const response: Response = await fetch(`${url}/rpc`, { method: "POST", headers, body });
        const { messages, next } = await response.json() as Page;
        if (text === "Needle") assert(messages.length > 0);
        from = next;
      }
    }
    const { silentMs, peakMiB } = await watch.report();
    assertLess(silentMs, 1_000);
    assertLess(peakMiB, 600);
  },
});
