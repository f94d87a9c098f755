import { heartbeatMs } from "../../src/limits.ts";
import { createToken } from "../../src/auth/create_token.ts";
import { createLog } from "../../src/log.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { RawConnection } from "../support/raw_http.ts";
import { rpc, startServer, type TestServer } from "../support/server.ts";

/** What came of a subscription: text, and its events. */
class Subscription implements AsyncDisposable {
  readonly response: Response;
  text = "";
  readonly #reader: ReadableStreamDefaultReader<string>;

  private constructor(response: Response) {
    this.response = response;
    this.#reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(
    { url, token }: Pick<TestServer, "url" | "token">,
    query: string,
    headers: HeadersInit = { Authorization: `Bearer ${token}` },
  ): Promise<Subscription> {
    return new Subscription(await fetch(`${url}/subscribe?${query}`, { headers }));
  }

  get places(): number[] {
    return [...this.text.matchAll(/^id: (\d+)$/gm)].map(([, place]) => Number(place));
  }

  /** Reads until the text holds something, or to the end; resolves to whether it has ended. */
  async until(wanted: string): Promise<boolean> {
    while (!this.text.includes(wanted)) {
      const { value, done } = await this.#reader.read();
      if (done) return true;
      this.text += value;
    }
    return false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }
}

async function write(server: TestServer, stream: string, metadata?: unknown): Promise<void> {
  await rpc(server, "stream.write", stream, { type: "Tested", data: {}, metadata });
}

Deno.test("GET /subscribe says that it is ready, then gives what is there, then what comes", async () => {
  await using server = await startServer();
  await write(server, 'a-"\n'.replace("\n", "ü"));
  await using subscription = await Subscription.open(server, "all=true&position=1");
  const { status, headers } = subscription.response;
  assertEquals([status, headers.get("Content-Type")], [200, "text/event-stream"]);
  await subscription.until("id: 1\n\n");
  await write(server, "b-1");
  await subscription.until("id: 2\n\n");
  assertEquals(
    subscription.text,
    ": ready\n\n" +
      'event: poke\ndata: {"stream":"a-\\"ü","position":0,"globalPosition":1}\nid: 1\n\n' +
      'event: poke\ndata: {"stream":"b-1","position":0,"globalPosition":2}\nid: 2\n\n',
  );
});

Deno.test("GET /subscribe takes each of its filters, also under their other names", async () => {
  await using server = await startServer();
  for (let n = 0; n < 8; n++) {
    await write(server, `a-${n % 4}`, n === 5 ? { correlationStreamName: "flow-1" } : undefined);
  }
  await write(server, "b-1");
  const group = (member: number) =>
    rpc<[string, string, string, number, number][]>(server, "category.get", "a", {
      consumerGroup: { member, size: 2 },
    });
  const members = (await Promise.all([group(0), group(1)])).map((messages) =>
    messages.map(([, , , , globalPosition]) => globalPosition)
  );
  const cases: [query: string, places: number[]][] = [
    ["stream=a-1", [2, 6]],
    ["stream=a-1&position=1", [6]],
    ["category=a&position=7", [7, 8]],
    ["all=true&position=8", [8, 9]],
    ["all=true&position=1", [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ["category=a&position=-5", [1, 2, 3, 4, 5, 6, 7, 8]],
    ["stream=a-1&position=-99999999999999999999", [2, 6]],
    // As clients write what they do not ask for.
    ["stream=a-1&category=&all=&position=&consumer=&size=&correlation=", [2, 6]],
    ["stream=&category=a&position=7&consumer=&size=&consumerGroupMember=&token=", [7, 8]],
    ["category=&all=true&position=8&consumerGroupSize=", [8, 9]],
    ["category=a&consumer=&consumerGroupMember=0&size=2", members[0]!],
    ["category=a&consumer=0&size=2", members[0]!],
    ["category=a&consumerGroupMember=1&consumerGroupSize=2", members[1]!],
    ["category=a&correlation=flow", [6]],
  ];
  for (const [query, places] of cases) {
    await using subscription = await Subscription.open(server, query);
    await subscription.until(`id: ${places.at(-1)}\n\n`);
    assertEquals(subscription.places, places, query);
  }
});

Deno.test("GET /subscribe goes on after the Last-Event-ID, a stream too", async () => {
  await using server = await startServer();
  for (let n = 0; n < 6; n++) await write(server, `a-${n % 2}`);
  const headers = { Authorization: `Bearer ${server.token}`, "Last-Event-ID": "3" };
  await using all = await Subscription.open(server, "all=true&position=2", headers);
  await all.until("id: 6\n\n");
  assertEquals(all.places, [4, 5, 6]);
  await using stream = await Subscription.open(server, "stream=a-0&position=1", headers);
  await stream.until("id: 5\n\n");
  assertEquals(stream.places, [5]);
});

Deno.test("GET /subscribe to all without a position, or from 0 on, begins now", async () => {
  await using server = await startServer({ files: true });
  for (let n = 0; n < 3; n++) await write(server, "a-1");
  for (
    const query of ["all=true", "all=true&position=", "all=true&position=0", "all=true&position=-3"]
  ) {
    const before = (await rpc<unknown[]>(server, "stream.get", "a-1")).length;
    await using subscription = await Subscription.open(server, query);
    // The place comes with it, so that a reconnect right after loses nothing.
    await subscription.until(`id: ${before}\n\n`);
    assertEquals(subscription.text, `: ready\n\nid: ${before}\n\n`, query);
    await write(server, "a-1");
    await subscription.until(`id: ${before + 1}\n\n`);
    assertEquals(subscription.places, [before, before + 1], query);
    assertStringIncludes(subscription.text, `"globalPosition":${before + 1}}`);
    const headers = { Authorization: `Bearer ${server.token}`, "Last-Event-ID": `${before}` };
    await using again = await Subscription.open(server, query, headers);
    await again.until(`id: ${before + 1}\n\n`);
    assertEquals(again.places, [before + 1], query);
  }
});

Deno.test("GET /subscribe to all from now on pokes for what an import brings, wherever it is", async () => {
  await using server = await startServer({ files: true });
  const importLines = async (places: number[], query = "") => {
    const body = places.map((gpos) =>
      `{"id":"i-${gpos}","stream":"i-${gpos}","type":"T","pos":0,"gpos":${gpos},"data":{},"meta":null,` +
      '"time":"2025-01-01T00:00:00Z"}\n'
    ).join("");
    const headers = { Authorization: `Bearer ${server.token}` };
    const response = await fetch(`${server.url}/import${query}`, { method: "POST", headers, body });
    assertStringIncludes(await response.text(), '"done":true');
  };
  await importLines([10, 20]);
  await using subscription = await Subscription.open(server, "all=true");
  await subscription.until("id: 20\n\n");
  await importLines([5, 15, 30]);
  await subscription.until("id: 30\n\n");
  await importLines([7, 8], "?force=true");
  await subscription.until("id: 8\n\n");
  assertEquals(subscription.places, [20, 5, 15, 30, 7, 8]);
});

Deno.test("GET /subscribe refuses what it cannot make out, as any page may read", async () => {
  await using server = await startServer();
  const cases: [query: string, said: string][] = [
    ["", "exactly one of"],
    ["stream=a-1&category=a", "exactly one of"],
    ["category=a&all=true", "exactly one of"],
    ["all=yes", '"all" must be'],
    ["stream=", "exactly one of"],
    ["stream=a&category=b&all=", "exactly one of"],
    ["category=a&consumer=0&size=", 'there is no "size"'],
    ["stream=a&stream=b", '"stream" is given 2 times'],
    ["all=true&position=x", '"position" must be an integer'],
    ["all=true&position=1.5", '"position" must be an integer'],
    ["all=true&position=9007199254740992", '"position" must be at most 9007199254740991'],
    ["category=a&consumer=0", 'there is no "size"'],
    ["category=a&size=2", 'there is no "consumer"'],
    ["category=a&consumer=2&size=2", '"consumer" must be less than the size 2'],
    ["category=a&consumer=-1&size=2", '"consumer" must be at least 0'],
    ["category=a&consumer=0&size=0", '"size" must be at least 1'],
    ["stream=a-1&consumer=0&size=2", '"consumer" is for a category'],
    ["stream=a-1&correlation=flow", '"correlation" is for a category'],
  ];
  for (const [query, said] of cases) {
    const response = await fetch(`${server.url}/subscribe?${query}&token=${server.token}`);
    const { error } = await response.json();
    assertEquals([response.status, error.code], [400, "INVALID_REQUEST"], query);
    assertStringIncludes(error.message, said);
    assertEquals(response.headers.get("Access-Control-Allow-Origin"), "*");
  }
  const odd = await fetch(`${server.url}/subscribe?all=true&token=${server.token}`, {
    headers: { "Last-Event-ID": "latest" },
  });
  assertEquals([odd.status, (await odd.json()).error.code], [400, "INVALID_REQUEST"]);
});

Deno.test("GET /subscribe takes the token from the query, and shows it in no log", async () => {
  const lines: string[] = [];
  const log = createLog({ level: "debug", format: "json", sink: (line) => lines.push(line) });
  await using server = await startServer({ log });
  for (const token of [server.token, createToken("default"), "ns_wrong"]) {
    const response = await fetch(`${server.url}/subscribe?all=true&token=${token}`);
    assertEquals(response.status, token === server.token ? 200 : token === "ns_wrong" ? 401 : 403);
    await response.body?.cancel();
  }
  const without = await fetch(`${server.url}/subscribe?all=true`);
  assertEquals([without.status, (await without.json()).error.code], [401, "AUTH_REQUIRED"]);
  await server.server.shutdown();
  assertEquals(lines.filter((line) => line.includes("/subscribe")).length, 4);
  assert(!lines.join("").includes("ns_"), lines.join(""));
});

Deno.test("GET /subscribe may be read by pages of any origin, and responds to their preflight", async () => {
  await using server = await startServer();
  const preflight = await fetch(`${server.url}/subscribe`, {
    method: "OPTIONS",
    headers: {
      Origin: "http://localhost:5173",
      "Access-Control-Request-Method": "GET",
      "Access-Control-Request-Headers": "authorization, last-event-id",
    },
  });
  assertEquals(preflight.status, 204);
  assertEquals(preflight.headers.get("Access-Control-Allow-Origin"), "*");
  assertMatch(preflight.headers.get("Access-Control-Allow-Headers") ?? "", /Last-Event-ID/);
  await using subscription = await Subscription.open(server, "all=true");
  assertEquals(subscription.response.headers.get("Access-Control-Allow-Origin"), "*");
  const post = await fetch(`${server.url}/subscribe`, { method: "POST" });
  assertEquals([post.status, post.headers.get("Access-Control-Allow-Origin")], [405, "*"]);
  await post.body?.cancel();
  const rpcAnswer = await fetch(`${server.url}/health`, { headers: { Origin: "http://x" } });
  assertEquals(rpcAnswer.headers.get("Access-Control-Allow-Origin"), null);
  await rpcAnswer.body?.cancel();
});

Deno.test("GET /subscribe sends each event whole, in one chunk", async () => {
  await using server = await startServer();
  for (let n = 0; n < 40; n++) await write(server, `${"ü".repeat(400)}-${n}`);
  using connection = await RawConnection.open(server);
  await connection.send(
    `GET /subscribe?all=true&position=1&token=${server.token} HTTP/1.1\r\nHost: test\r\n\r\n`,
  );
  const existing = await connection.readUntil((text) => text.includes("id: 40\n\n"));
  await Promise.all(Array.from({ length: 40 }, (_, n) => write(server, `b-${n}`)));
  const live = await connection.readUntil((text) => text.includes("id: 80\n\n"));
  const body = new TextEncoder().encode(
    (existing + live).split("\r\n\r\n").slice(1).join("\r\n\r\n"),
  );
  const chunks = chunksOf(body);
  const events = chunks.flatMap((chunk) => chunk.split(/(?<=\n\n)/));
  assertEquals(chunks.filter((chunk) => !chunk.endsWith("\n\n")), []);
  assertEquals(events.filter((event) => event.startsWith("event: poke\n")).length, 80);
});

function chunksOf(body: Uint8Array): string[] {
  const decoder = new TextDecoder();
  const chunks: string[] = [];
  for (let at = 0; at < body.length;) {
    const lineEnd = body.indexOf(13, at);
    if (lineEnd < 0) break;
    const length = parseInt(decoder.decode(body.subarray(at, lineEnd)), 16);
    const start = lineEnd + 2;
    if (start + length > body.length) break;
    chunks.push(decoder.decode(body.subarray(start, start + length)));
    at = start + length + 2;
  }
  return chunks;
}

Deno.test("GET /subscribe ends properly when its namespace is deleted", async () => {
  await using server = await startServer();
  const { token } = await rpc<{ token: string }>(server, "ns.create", "other");
  await using subscription = await Subscription.open({ url: server.url, token }, "all=true");
  await subscription.until(": ready");
  await rpc(server, "ns.delete", "other");
  assert(await subscription.until("never"));
});

Deno.test("a server shuts down at once under open subscriptions, and ends them properly", async () => {
  await using server = await startServer({ shutdownMs: 3_600_000 });
  for (let n = 0; n < 1_000; n++) await write(server, "a-1");
  const subscriptions = await Promise.all(
    Array.from({ length: 20 }, () => Subscription.open(server, "all=true&position=1")),
  );
  using deaf = await RawConnection.open(server);
  await deaf.send(
    `GET /subscribe?all=true&position=1&token=${server.token} HTTP/1.1\r\nHost: test\r\n\r\n`,
  );
  await subscriptions[0]!.until("id: 1000\n\n");
  const down = server.server.shutdown();
  for (const subscription of subscriptions) {
    // Neither an error nor a cut: `read` would throw.
    assert(await subscription.until("never"));
  }
  await down;
});

Deno.test("POST /import pokes once it has committed, also below a subscriber's position", async () => {
  await using server = await startServer({ files: true });
  const lines = (...places: number[]) =>
    places.map((gpos) =>
      JSON.stringify({
        id: crypto.randomUUID(),
        stream: `i-${gpos}`,
        type: "T",
        pos: 0,
        gpos,
        data: {},
        meta: null,
        time: "2025-01-01T00:00:00Z",
      }) + "\n"
    ).join("");
  const importLines = async (body: string, query = "") => {
    const headers = { Authorization: `Bearer ${server.token}` };
    const response = await fetch(`${server.url}/import${query}`, { method: "POST", headers, body });
    return await response.text();
  };
  await importLines(lines(10, 20));
  await using subscription = await Subscription.open(server, "all=true&position=4");
  await subscription.until("id: 20\n\n");
  await importLines(lines(1, 3, 5, 15, 16, 30));
  assertStringIncludes(await importLines(lines(40, 40)), "POSITION_EXISTS");
  await write(server, "a-1");
  await subscription.until("id: 31\n\n");
  assertEquals(subscription.places, [10, 20, 5, 15, 16, 30, 31]);
});

Deno.test("GET /subscribe ends when the token that opened it is replaced", async () => {
  await using server = await startServer();
  const { token } = await rpc<{ token: string }>(server, "ns.create", "shop");
  await using own = await Subscription.open({ url: server.url, token }, "all=true");
  await using other = await Subscription.open(server, "all=true");
  assertEquals(await own.until(": ready"), false);
  assertEquals(await other.until(": ready"), false);
  const start = performance.now();
  await rpc(server, "ns.rotateToken", "shop");
  assert(await own.until("never"));
  // At once, and not at the next heartbeat, when other servers notice.
  assert(performance.now() - start < heartbeatMs * 0.6);
  const again = await fetch(`${server.url}/subscribe?all=true&token=${token}`);
  assertEquals([again.status, (await again.json()).error.code], [403, "AUTH_UNAUTHORIZED"]);
  await write(server, "a-1");
  assertEquals(await other.until("event: poke"), false);
});
