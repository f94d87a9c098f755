import { EventoDBClient, exportEvents, importEvents } from "../../mod.ts";
import { EventoDBError } from "../../src/errors.ts";
import type { Message } from "../../src/message.ts";
import { formatRecords } from "../../src/record/format.ts";
import type { Closure } from "../../src/slice/closure/closure.ts";
import type { Slice } from "../../src/slice/slice.ts";
import { bytesOf, serverSource } from "../../src/transfer/events.ts";
import { exportChunks } from "../../src/transfer/export.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { recordBody } from "../support/events.ts";
import { startServer, type TestServer } from "../support/server.ts";

/** Events of a few streams, each with the stream that it links to. */
const links: [stream: string, target?: string][] = [
  ["workflow-1"],
  ["order-1", "workflow-1"],
  ["payment-1", "order-1"],
  ["workflow-2"],
  ["order-2", "workflow-2"],
  ["order-1"],
  ["tenant-1"],
  ["order-2", "tenant-1"],
  ["größe-1", "payment-1"],
];

const messages: Message[] = links.map(([stream, target], i) => ({
  id: `id-${i}`,
  stream,
  type: "Happened",
  position: links.slice(0, i).filter(([other]) => other === stream).length,
  globalPosition: 3 * i + 1,
  data: JSON.stringify({ order: target?.startsWith("order-") ? target.slice(6) : undefined }),
  metadata: target === undefined ? null : JSON.stringify({ correlationStreamName: target }),
  time: `2025-07-01T00:00:0${i}Z`,
}));

async function startWithMessages(): Promise<TestServer> {
  const server = await startServer();
  await importEvents(recordBody(messages), { url: server.url, token: server.token });
  return server;
}

const textOf = (...streams: string[]) =>
  formatRecords(messages.filter(({ stream }) => streams.includes(stream)));

function ask({ url, token }: TestServer, pathAndQuery: string, body?: unknown): Promise<Response> {
  return fetch(`${url}${pathAndQuery}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${token}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

Deno.test("GET and POST /export give what is related to some streams", async () => {
  await using server = await startWithMessages();
  const cases: [query: string, slice: Slice, text: string][] = [
    [
      "relatedTo=workflow-1",
      { relatedTo: ["workflow-1"] },
      textOf("workflow-1", "order-1", "payment-1", "größe-1"),
    ],
    [
      "relatedTo=workflow-1&depth=1",
      { relatedTo: ["workflow-1"], depth: 1 },
      textOf("workflow-1", "order-1"),
    ],
    [
      "relatedTo=payment-1&direction=causes",
      { relatedTo: ["payment-1"], direction: "causes" },
      textOf("workflow-1", "order-1", "payment-1"),
    ],
    [
      "relatedTo=workflow-2&stopAt=order&to=10",
      { relatedTo: ["workflow-2"], stopAt: ["order"], to: 10 },
      textOf("workflow-2"),
    ],
    [
      "relatedTo=workflow-1&link=data.order%3Dorder-%7B%7D&categories=order,payment",
      {
        relatedTo: ["workflow-1"],
        links: ["data.order=order-{}"],
        categories: ["order", "payment"],
      },
      textOf("order-1", "payment-1"),
    ],
    [
      "relatedTo=workflow-1&excludeStream=pay*",
      { relatedTo: ["workflow-1"], excludeStreams: ["pay*"] },
      textOf("workflow-1", "order-1"),
    ],
  ];
  for (const [query, slice, text] of cases) {
    const got = await ask(server, `/export?${query}`);
    assertEquals([got.status, await got.text()], [200, text], query);
    assertEquals(await (await ask(server, "/export", slice)).text(), text);
  }
});

Deno.test("GET and POST /related say which streams are related, and why", async () => {
  await using server = await startWithMessages();
  const got = await ask(server, "/related?relatedTo=workflow-1");
  assertEquals(got.headers.get("Content-Type"), "application/json");
  const found = await got.json();
  assertEquals(found.streams.toSorted(), ["größe-1", "order-1", "payment-1", "workflow-1"]);
  assertEquals({ ...found, streams: [] }, {
    globalPosition: 25,
    events: 5,
    streams: [],
    oddValues: [],
    stopAtUnmatched: [],
    reasons: [
      { link: null, direction: null, streams: 1 },
      { link: "metadata.correlationStreamName", direction: "effects", streams: 3 },
    ],
  });
  assertEquals(await (await ask(server, "/related", { relatedTo: ["workflow-1"] })).json(), found);
  const client = new EventoDBClient({ url: server.url, token: server.token });
  assertEquals(await client.related({ relatedTo: ["workflow-1"] }), found);
});

Deno.test("GET /related and /export refuse what cannot be followed, and say why", async () => {
  await using server = await startWithMessages();
  for (const endpoint of ["/related", "/export"]) {
    for (
      const [query, said] of [
        ["relatedTo=workflow-7", 'There is no stream "workflow-7"'],
        ["relatedTo=workflow-1&eventsMax=3", "has more than 3 events"],
        ["relatedTo=order-1&excludeStream=order-1", "that stream is excluded"],
        ["relatedTo=order-1&link=data", "data"],
        ["relatedTo=order-1&stopAt=a-1", "is the name of a stream"],
      ] as const
    ) {
      const response = await ask(server, `${endpoint}?${query}`);
      const { error } = await response.json();
      assertEquals([response.status, error.code], [400, "INVALID_REQUEST"], query);
      assertStringIncludes(error.message, said);
    }
  }
  const response = await ask(server, "/related?stream=order-1");
  assertEquals(response.status, 400);
  assertStringIncludes((await response.json()).error.message, "relatedTo");
  const client = new EventoDBClient({ url: server.url, token: server.token });
  const error = await assertRejects(
    () => client.related({ relatedTo: ["workflow-1"], eventsMax: 3 }),
    EventoDBError,
    "more than 3 events",
  );
  assertEquals(error.code, "INVALID_REQUEST");
  assertEquals(error.details?.eventsMax, 3);
});

Deno.test("exportEvents() lets a server follow links, and does it itself where that cannot", async () => {
  await using server = await startWithMessages();
  const { url, token } = server;
  const slices: Slice[] = [
    { relatedTo: ["workflow-1"] },
    { relatedTo: ["workflow-*"], depth: 1, types: ["H*"], excludeStreams: ["order-2"] },
    { relatedTo: ["größe-1"], links: ["data.order=order-{}"], since: "2025-07-01T00:00:02Z" },
    { relatedTo: ["workflow-1"], to: 4, streams: ["order-*"] },
  ];
  const exported = async (slice: Slice, features: readonly string[]) => {
    const paths: string[] = [];
    let closure: Closure | undefined;
    const send = async (request: Request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/version") return Response.json({ version: "1.0.0", features });
      paths.push(pathname);
      return await fetch(request);
    };
    const client = new EventoDBClient({ url, token, fetch: send });
    const onRelated = (found: Closure) => closure = found;
    const chunks = exportChunks(await serverSource(client), { ...slice, onRelated });
    const text = await new Response(bytesOf(chunks)).text();
    const { streams, ...rest } = closure!;
    return { text, paths, closure: { ...rest, streams: [...streams].sort() } };
  };
  for (const slice of slices) {
    const by = await exported(slice, ["export", "select", "relate"]);
    assertEquals(by.paths.includes("/related"), true);
    for (const features of [["export", "select"], ["export"], []]) {
      const { text, paths, closure } = await exported(slice, features);
      assertEquals([text, closure], [by.text, by.closure]);
      assertEquals(paths.includes("/related"), false);
    }
    const direct = exportEvents({ url, token }, slice);
    assertEquals(await new Response(direct).text(), by.text);
  }
});

Deno.test("client.related() takes white space before a response, and an error in it", async () => {
  const respond = (body: string) => () => Promise.resolve(new Response(body, { status: 200 }));
  const clientOf = (body: string) =>
    new EventoDBClient({ url: "http://127.0.0.1:9", fetch: respond(body) });
  const slice = { relatedTo: ["a-1"] };
  const found = {
    globalPosition: 1,
    streams: ["a-1"],
    events: 1,
    reasons: [],
    oddValues: [],
    stopAtUnmatched: [],
  };
  assertEquals(await clientOf(`\n\n${JSON.stringify(found)}\n`).related(slice), found);
  const failed = JSON.stringify({ error: { code: "INVALID_REQUEST", message: "too many" } });
  const error = await assertRejects(
    () => clientOf(`\n${failed}`).related(slice),
    EventoDBError,
    "too many",
  );
  assertEquals(error.code, "INVALID_REQUEST");
  for (const body of ["{}", "[]", '{"streams":1,"events":1}', "<html>"]) {
    const foreign = await assertRejects(() => clientOf(body).related(slice), EventoDBError);
    assertEquals(foreign.code, "UNEXPECTED_ANSWER");
  }
});
