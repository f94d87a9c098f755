import { exportEvents, importEvents } from "../../mod.ts";
import type { Log, LogFields } from "../../src/log.ts";
import type { Message } from "../../src/message.ts";
import { formatRecords } from "../../src/record/format.ts";
import { categoryOf } from "../../src/stream_name.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { recordBody, sampleMessages } from "../support/events.ts";
import { RawConnection } from "../support/raw_http.ts";
import { rpc, startServer, type TestServer, withToken } from "../support/server.ts";

const messages = [...sampleMessages({ count: 2500 })];

async function startWith(
  history: readonly Message[],
  options: Parameters<typeof startServer>[0] = {},
): Promise<TestServer> {
  const server = await startServer(options);
  await importEvents(recordBody(history), { url: server.url, token: server.token });
  return server;
}

function get(
  { url, token }: Pick<TestServer, "url" | "token">,
  query = "",
  headers: Record<string, string> = {},
): Promise<Response> {
  const bearer = { Authorization: `Bearer ${token}` };
  return fetch(`${url}/export?${query}`, { headers: { ...bearer, ...headers } });
}

Deno.test("GET /export gives everything as it was imported, and says where it ends", async () => {
  await using server = await startWith(messages);
  const response = await get(server);
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Content-Type"), "application/x-ndjson");
  const last = messages.at(-1)!.globalPosition;
  assertEquals(response.headers.get("X-EventoDB-Global-Position"), String(last));
  assert(await response.text() === formatRecords(messages));
});

Deno.test("GET /export filters by category, time and position, all at once", async () => {
  await using server = await startWith(messages);
  const [since, until] = [messages[500]!.time, messages[2000]!.time];
  const [position, to] = [messages[600]!.globalPosition, messages[1900]!.globalPosition];
  const wanted = messages.filter(({ stream, globalPosition }, index) =>
    ["account", "größe:command"].includes(categoryOf(stream)) &&
    globalPosition >= position && globalPosition <= to && index >= 500 && index < 2000
  );
  const query = new URLSearchParams({
    categories: "account,größe:command",
    since,
    until,
    position: `${position}`,
    to: `${to}`,
  });
  assert(wanted.length > 100);
  assert(await (await get(server, `${query}`)).text() === formatRecords(wanted));
  const apart = "categories=account&categories=gr%C3%B6%C3%9Fe:command";
  query.delete("categories");
  assert(await (await get(server, `${apart}&${query}`)).text() === formatRecords(wanted));
});

Deno.test("GET /export takes lists of names with spaces, and names with commas by themselves", async () => {
  const names = ["a", "b,c", " d", "e"];
  const history = names.map((name, index) => ({
    ...messages[index]!,
    stream: `${name}-1`,
    position: 0,
    globalPosition: index + 1,
  }));
  await using server = await startWith(history);
  const positions = async (query: string) => {
    const text = await (await get(server, query)).text();
    return [...text.matchAll(/"gpos":(\d+)/g)].map(([, position]) => Number(position));
  };
  assertEquals(await positions("categories=a,%20e%20"), [1, 4]);
  assertEquals(await positions("category=b%2Cc"), [2]);
  assertEquals(await positions("category=b%2Cc&category=%20d&categories=%20a"), [1, 2, 3]);
  assertEquals(await positions("categories=b,c"), []);
  const { url, token } = server;
  const exported = await new Response(exportEvents({ url, token }, { categories: names })).text();
  assertEquals(exported, formatRecords(history));
  const some = exportEvents({ url, token }, { categories: ["b,c"] });
  assertEquals(await new Response(some).text(), formatRecords([history[1]!]));
  for (const query of ["category=", "categories=a,,b", "categories=%20", "category=a%00"]) {
    const response = await get(server, query);
    const { error } = await response.json();
    assertEquals([response.status, error.code], [400, "INVALID_REQUEST"], query);
    assertStringIncludes(error.message, `"${query.split("=")[0]}"`);
  }
});

Deno.test("GET /export takes a position below the first for the first", async () => {
  await using server = await startWith(messages.slice(0, 3));
  for (const position of ["0", "-1", "-99999999999999999999"]) {
    const response = await get(server, `position=${position}`);
    assert(await response.text() === formatRecords(messages.slice(0, 3)));
  }
});

Deno.test("GET /export takes dates, and times with an offset", async () => {
  await using server = await startWith(messages);
  const { time } = messages[1000]!;
  const day = time.slice(0, 10);
  const ofDay = messages.filter((message) => message.time.slice(0, 10) >= day);
  assert(await (await get(server, `since=${day}`)).text() === formatRecords(ofDay));
  const shifted = encodeURIComponent(`${day}T02:00:00+02:00`);
  assert(await (await get(server, `since=${shifted}`)).text() === formatRecords(ofDay));
});

Deno.test("GET /export of nothing is an empty response", async () => {
  await using server = await startServer();
  for (const query of ["", "categories=none", "categories=account-1", "since=2999-01-01"]) {
    const response = await get(server, query);
    assertEquals([response.status, await response.text()], [200, ""]);
  }
});

Deno.test("GET /export is compressed for those who ask for it", async () => {
  await using server = await startWith(messages);
  for (
    const [accepted, compressed] of [
      ["gzip", true],
      ["br;q=1.0, gzip;q=0.5", true],
      ["*", true],
      ["identity", false],
      ["gzip;q=0, *", false],
      ["x-gzip", true],
      ["identity, gzip;q=0", false],
    ] as const
  ) {
    using connection = await RawConnection.open(server);
    const host = `Host: test\r\nAuthorization: Bearer ${server.token}\r\nConnection: close`;
    await connection.send(
      `HEAD /export HTTP/1.1\r\n${host}\r\nAccept-Encoding: ${accepted}\r\n\r\n`,
    );
    const head = (await connection.readUntil((text) => text.includes("\r\n\r\n"))).toLowerCase();
    assertEquals(head.includes("content-encoding: gzip"), compressed, accepted);
    assertStringIncludes(head, "vary: accept-encoding");
  }
  // fetch() decompresses by itself.
  const response = await get(server, "", { "Accept-Encoding": "gzip" });
  assert(await response.text() === formatRecords(messages));
});

Deno.test("GET /export refuses parameters that make no sense, and names them", async () => {
  await using server = await startServer();
  for (
    const [query, said] of [
      ["since=yesterday", "since"],
      ["until=2025-02-30", "until"],
      ["since=2025-07-02&until=2025-07-01", "ends before it begins"],
      ["position=1.5", '"position"'],
      ["position=", '"position"'],
      ["to=9007199254740992", '"to"'],
      ["categories=", '"categories"'],
      ["categroies=a", 'there is no parameter "categroies"'],
      ["since=2025-01-01&since=2025-01-02", '"since" is given twice'],
      ["categories=a,,b", '"categories"'],
    ] as const
  ) {
    const response = await get(server, query);
    const { error } = await response.json();
    assertEquals([response.status, error.code], [400, "INVALID_REQUEST"]);
    assertStringIncludes(error.message, said);
  }
});

Deno.test("GET /export needs a token, and gives only what it opens", async () => {
  await using server = await startWith(messages);
  for (const [token, status] of [["nonsense", 401], [`ns_bm9uZQ_${"0".repeat(64)}`, 403]]) {
    const response = await get(withToken(server, String(token)));
    await response.body?.cancel();
    assertEquals(response.status, status);
  }
  const { token } = await rpc<{ token: string }>(server, "ns.create", "other");
  assertEquals(await (await get(withToken(server, token))).text(), "");
});

Deno.test("GET /export gives nothing that is written after it began", async () => {
  await using server = await startWith(messages);
  const reader = (await get(server)).body!.getReader();
  const first = await reader.read();
  await rpc(server, "stream.write", "late-1", { type: "Late", data: {} });
  let bytes = first.value!.length;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    bytes += next.value.length;
  }
  assertEquals(bytes, new TextEncoder().encode(formatRecords(messages)).length);
});

/** More than fits into the buffers between a server and a reader that does not read. */
const large = messages.map((message) => ({ ...message, data: `{"text":"${"x".repeat(8_000)}"}` }));

/** Asks for an export and reads no more than its beginning. */
async function beginExport(server: TestServer): Promise<RawConnection> {
  const connection = await RawConnection.open(server);
  const bearer = `Authorization: Bearer ${server.token}`;
  await connection.send(`GET /export HTTP/1.1\r\nHost: test\r\n${bearer}\r\n\r\n`);
  await connection.readUntil((text) => text.includes("\r\n\r\n"));
  return connection;
}

Deno.test("GET /export that fails midway is cut, and never ends as if it were whole", async () => {
  await using server = await startWith(large);
  using connection = await beginExport(server);
  await importEvents(recordBody(messages.slice(0, 1)), server, { force: true });
  const rest = await connection.readUntil(() => false).catch(() => "");
  assert(!rest.endsWith("\r\n0\r\n\r\n"));
});

/** A log that resolves to why an answer was cut. */
function cutLog(): { log: Log; reason: Promise<unknown> } {
  const { promise: reason, resolve } = Promise.withResolvers<unknown>();
  const write = (_level: unknown, _message: unknown, fields: LogFields = {}) => {
    if (fields.cut !== undefined) resolve(fields.cut);
  };
  return { log: { enabled: () => true, write }, reason };
}

Deno.test("GET /export lets go of what it reads when its client has gone, or does not read", async () => {
  const gone = cutLog();
  await using server = await startWith(large, { log: gone.log });
  (await beginExport(server))[Symbol.dispose]();
  assertEquals(await gone.reason, "the client disconnected");

  const stalled = cutLog();
  await using other = await startWith(large, { log: stalled.log, readerStallMs: 100 });
  using _connection = await beginExport(other);
  assertEquals(await stalled.reason, "the client has read nothing for 0.1 s");
});

Deno.test("GET /export does not hold up a server that is stopping", async () => {
  const server = await startWith(large, { shutdownMs: 100 });
  using connection = await beginExport(server);
  await server[Symbol.asyncDispose]();
  const rest = await connection.readUntil(() => false).catch(() => "");
  assert(!rest.endsWith("\r\n0\r\n\r\n"));
});
