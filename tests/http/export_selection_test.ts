import { exportEvents, importEvents } from "../../mod.ts";
import { createToken } from "../../src/auth/create_token.ts";
import { withHeartbeat } from "../../src/http/heartbeat.ts";
import { exportQueryCharsMax } from "../../src/client/limits.ts";
import type { Message } from "../../src/message.ts";
import { formatRecords } from "../../src/record/format.ts";
import type { Slice } from "../../src/slice/slice.ts";
import { assertEquals, assertGreater, assertStringIncludes } from "../support/assert.ts";
import { recordBody } from "../support/events.ts";
import { startServer, type TestServer, withToken } from "../support/server.ts";

const streams = ["order-1", "order-2", "order-2+items", "größe-1", "a,b-1", "plain"];
const types = ["Placed", "Paid", "Shipped & sent"];

const messages: Message[] = Array.from({ length: 180 }, (_, i) => ({
  id: `id-${i}`,
  stream: streams[i % streams.length]!,
  type: types[i % types.length]!,
  position: Math.floor(i / streams.length),
  globalPosition: 2 * i + 1,
  data: `{"n":${i}}`,
  metadata: null,
  time: `2025-07-01T00:${String(Math.floor(i / 60)).padStart(2, "0")}:00Z`,
}));

async function startWithMessages(): Promise<TestServer> {
  const server = await startServer();
  await importEvents(recordBody(messages), { url: server.url, token: server.token });
  return server;
}

function get({ url, token }: TestServer, query: string): Promise<Response> {
  return fetch(`${url}/export?${query}`, { headers: { Authorization: `Bearer ${token}` } });
}

function post(
  { url, token }: Pick<TestServer, "url" | "token">,
  body: unknown,
  query = "",
): Promise<Response> {
  return fetch(`${url}/export${query}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const textOf = (wanted: (message: Message) => boolean) => formatRecords(messages.filter(wanted));

Deno.test("GET and POST /export choose by stream, type and entity", async () => {
  await using server = await startWithMessages();
  const cases: [query: string, slice: Record<string, unknown>, wanted: (m: Message) => boolean][] =
    [
      ["stream=order-1", { streams: ["order-1"] }, ({ stream }) => stream === "order-1"],
      [
        "stream=a,b-1&stream=gr%C3%B6%C3%9Fe-*",
        { streams: ["a,b-1", "größe-*"] },
        ({ stream }) => /^(a,b-1|größe-1)$/.test(stream),
      ],
      [
        "type=Paid&type=Shipped%20%26*&excludeStream=order-*",
        { types: ["Paid", "Shipped &*"], excludeStreams: ["order-*"] },
        ({ stream, type }) => type !== "Placed" && !stream.startsWith("order-"),
      ],
      [
        "excludeCategory=order&excludeType=Paid&position=11&to=201",
        { excludeCategories: ["order"], excludeTypes: ["Paid"], from: 11, to: 201 },
        ({ stream, type, globalPosition }) =>
          !stream.startsWith("order-") && type !== "Paid" && globalPosition >= 11 &&
          globalPosition <= 201,
      ],
      [
        "stream=plain&since=2025-07-01T00:01:00Z&until=2025-07-01T00:02:00Z&categories=plain,order",
        {
          streams: ["plain"],
          since: "2025-07-01T00:01:00Z",
          until: "2025-07-01T00:02:00Z",
          categories: ["plain", "order"],
          position: 0,
        },
        ({ stream, time }) => stream === "plain" && time === "2025-07-01T00:01:00Z",
      ],
      ["sample=1", { sample: 1, streams: null }, () => true],
      // 5 % of the entities: of these, none. A stream without an id always comes.
      ["sample=0.05", { sample: 0.05 }, ({ stream }) => stream === "plain"],
      ["type=Never", { types: ["Never"] }, () => false],
    ];
  for (const [query, slice, wanted] of cases) {
    const got = await get(server, query);
    assertEquals([got.status, await got.text()], [200, textOf(wanted)], query);
    const posted = await post(server, slice);
    assertEquals([posted.status, await posted.text()], [200, textOf(wanted)], query);
    assertEquals(
      posted.headers.get("X-EventoDB-Global-Position"),
      got.headers.get("X-EventoDB-Global-Position"),
    );
  }
  assertEquals(await (await post(server, { streams: [] })).text(), "");
  assertEquals(await (await post(server, {})).text(), formatRecords(messages));
});

Deno.test("GET /version names what /export can choose by", async () => {
  await using server = await startServer();
  const { features } = await (await fetch(`${server.url}/version`)).json();
  assertEquals(features.includes("select"), true);
});

Deno.test("GET /export refuses selections that make no sense, and names them", async () => {
  await using server = await startServer();
  for (
    const [query, said] of [
      ["streams=order-1", 'there is no parameter "streams"'],
      ["stream=", '"stream" is empty'],
      ["type=a%00b", '"type" contains the character U+0000'],
      [`stream=${"x".repeat(2_049)}`, '"stream" is 2,049 bytes long'],
      ["sample=0", "a share above 0"],
      ["sample=1.5", "a share above 0"],
      ["sample=5%25", '"sample" must be a number, got "5%"'],
      ["sample=0.5&sample=0.5", '"sample" is given twice'],
      ["depth=1", '"depth" needs "relatedTo"'],
      ["link=data.a%3Da-%7B%7D", '"link" needs "relatedTo"'],
      ["relatedTo=a-1&depth=-1", '"depth" must be at least 0'],
      ["relatedTo=a-1&depth=x", '"depth" must be an integer'],
      ["relatedTo=a-1&eventsMax=0", '"eventsMax" must be at least 1'],
      ["relatedTo=a-1&direction=up", '"direction" must be one of causes, effects, both'],
      ["relatedTo=a-1&windowOnly=yes", '"windowOnly" must be true or false'],
      ["relatedTo=", '"relatedTo" is empty'],
      [Array.from({ length: 1_001 }, () => "type=*").join("&"), "at most 1000 are allowed"],
    ] as const
  ) {
    const response = await get(server, query);
    const { error } = await response.json();
    assertEquals([response.status, error.code], [400, "INVALID_REQUEST"], query);
    assertStringIncludes(error.message, said);
  }
});

Deno.test("POST /export refuses bodies that make no sense, and names the field", async () => {
  await using server = await startServer();
  for (
    const [body, said, query] of [
      ["", "the body is not JSON"],
      ["[]", "must be a JSON object"],
      ["null", "must be a JSON object"],
      ["{", "the body is not JSON"],
      ["[".repeat(200_000), "the body is not JSON"],
      ['{"stream":["a-1"]}', 'there is no field "stream"'],
      ['{"__proto__":1}', 'there is no field "__proto__"'],
      ['{"streams":"a-1"}', '"streams" must be an array of strings, got "a-1"'],
      ['{"streams":[1]}', '"streams" must be an array of strings, got 1'],
      ['{"streams":{"length":1}}', '"streams" must be an array of strings'],
      ['{"types":["\\ud800"]}', '"types" contains half of a surrogate pair'],
      ['{"from":1.5}', '"from" must be an integer'],
      ['{"to":"5"}', '"to" must be an integer, got "5"'],
      ['{"from":1,"position":1}', "use only one of them"],
      ['{"position":"x"}', '"position" must be an integer'],
      ['{"since":1}', '"since" must be a string'],
      ['{"since":"2025-07-02","until":"2025-07-01"}', "ends before it begins"],
      ['{"sample":"0.5"}', '"sample" must be a number'],
      ['{"sample":-1}', "a share above 0"],
      ['{"windowOnly":true}', '"windowOnly" needs "relatedTo"'],
      ['{"relatedTo":[]}', '"relatedTo" names no stream'],
      ['{"relatedTo":["a-1"],"windowOnly":"true"}', '"windowOnly" must be true or false'],
      ["{}", "not in the parameter", "?stream=a-1"],
    ] as const
  ) {
    const response = await post(server, body, query);
    const { error } = await response.json();
    assertEquals([response.status, error.code], [400, "INVALID_REQUEST"], body.slice(0, 80));
    assertStringIncludes(error.message, said);
  }
  const tooLarge = await post(server, `{"streams":["${"x".repeat(17 * 1024 * 1024)}"]}`);
  assertEquals([tooLarge.status, (await tooLarge.json()).error.code], [413, "REQUEST_TOO_LARGE"]);
});

Deno.test("POST /export needs a token, and takes no page of another site's", async () => {
  await using server = await startWithMessages();
  const denied = await post(withToken(server, "nonsense"), {});
  assertEquals(denied.status, 401);
  await denied.body?.cancel();
  const byQuery = await fetch(`${server.url}/export?token=${server.token}`, {
    method: "POST",
    body: "{}",
  });
  assertEquals([byQuery.status, await byQuery.text()], [200, formatRecords(messages)]);
  const foreign = await fetch(`${server.url}/export`, {
    method: "POST",
    headers: { Authorization: `Bearer ${server.token}`, Origin: "https://evil.example" },
    body: "{}",
  });
  assertEquals(foreign.status, 403);
  await foreign.body?.cancel();
  const wrong = await fetch(`${server.url}/export`, { method: "PUT" });
  assertEquals([wrong.status, wrong.headers.get("Allow")], [405, "GET, HEAD, POST"]);
  await wrong.body?.cancel();
});

Deno.test("exportEvents() lets a server choose, and chooses itself where that cannot", async () => {
  await using server = await startWithMessages();
  const { url, token } = server;
  const many = Array.from({ length: 500 }, (_, index) => `none-${index}`);
  assertGreater(many.join().length, exportQueryCharsMax);
  const slices: [slice: Slice, method: string][] = [
    [{ streams: ["order-1", "größe-*"], types: ["P*"], excludeTypes: ["Paid"] }, "GET"],
    [{ streams: [...many, "a,b-1"], sample: 1 }, "POST"],
    [{ categories: ["order", "a,b"], excludeStreams: ["order-2*"] }, "GET"],
    [{ streams: many, types: [] }, "POST"],
  ];
  /** Exports from the server as one that can do less. */
  const exported = async (slice: Slice, features: readonly string[]) => {
    const requests: string[] = [];
    const send = async (request: Request) => {
      const { pathname, search } = new URL(request.url);
      if (pathname === "/version") return Response.json({ version: "1.0.0", features });
      if (pathname === "/export") requests.push(`${request.method} ${search}`);
      return await fetch(request);
    };
    const place = { url, token, fetch: send };
    return { text: await new Response(exportEvents(place, slice)).text(), requests };
  };
  for (const [slice, method] of slices) {
    const { text, requests } = await exported(slice, ["export", "select"]);
    assertEquals(requests.every((request) => request.startsWith(method)), true, requests.join());
    const older = await exported(slice, ["export"]);
    assertEquals(older.text, text);
    assertEquals(older.requests.some((request) => /POST|stream|type/i.test(request)), false);
    assertEquals((await exported(slice, [])).text, text);
  }
});

Deno.test("exportEvents() passes over a server's empty lines", async () => {
  const lines = [
    "\n\n",
    formatRecords(messages.slice(0, 2)),
    "\n",
    "\n",
    formatRecords(messages.slice(2, 3)),
  ];
  const send = (request: Request) => {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/version") {
      return Promise.resolve(Response.json({ version: "1.0.0", features: ["export", "select"] }));
    }
    if (pathname !== "/export") {
      return Promise.resolve(
        Response.json({ namespace: "default", messageCount: 3, globalPosition: 5 }),
      );
    }
    const rest = search.includes("position=5") ? lines.slice(3) : lines;
    return Promise.resolve(
      new Response(ReadableStream.from(rest).pipeThrough(new TextEncoderStream())),
    );
  };
  const token = createToken("default");
  const place = { url: "http://127.0.0.1:9", token, fetch: send };
  const exported = exportEvents(place, { types: ["*"] });
  assertEquals(await new Response(exported).text(), formatRecords(messages.slice(0, 3)));
});

Deno.test("withHeartbeat() sends an empty line where nothing comes for long", async () => {
  const line = new TextEncoder().encode("{}\n");
  const { promise: wait, resolve } = Promise.withResolvers<void>();
  let isReturned = false;
  async function* pages() {
    try {
      yield new Uint8Array();
      yield line;
      await wait;
      yield line;
      yield line;
    } finally {
      isReturned = true;
    }
  }
  const lines = withHeartbeat(pages(), 20);
  const texts: string[] = [];
  for (let i = 0; i < 4; i++) {
    const { value } = await lines.next();
    texts.push(new TextDecoder().decode(value as Uint8Array));
    if (i === 2) resolve();
  }
  assertEquals(texts, ["{}\n", "\n", "\n", "{}\n"]);
  await lines.return?.();
  assertEquals(isReturned, true);
});
