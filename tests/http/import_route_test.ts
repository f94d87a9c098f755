import { createToken } from "../../src/auth/create_token.ts";
import { importsWaitingMax } from "../../src/http/limits.ts";
import { createLog } from "../../src/log.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import {
  eventsOf,
  type ImportEvent,
  importMessages,
  lineOf,
  linesStream,
  runImport,
  sendImport,
  uuidOf,
} from "../support/history.ts";
import { RawConnection } from "../support/raw_http.ts";
import { call, post, rpc, startServer, type TestServer, withToken } from "../support/server.ts";

async function globals(server: Pick<TestServer, "url" | "token">): Promise<number[]> {
  const rows = await rpc<unknown[][]>(server, "category.get", "", { batchSize: -1 });
  return rows.map((row) => Number(row[4]));
}

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}

Deno.test("/import keeps ids, positions, times and payloads as they are", async () => {
  await using server = await startServer({ files: true });
  const record = `{"id":"${uuidOf(7)}","stream":"workflow-123","type":"TaskRequested","pos":3,` +
    `"gpos":47,"data":{ "n": 9007199254740993, "x":1.0 },"meta":{"b":1,"a":1e400},` +
    `"time":"2025-07-15T12:00:00.100+02:00"}`;
  const end = await runImport(server, record);
  assertMatch(end.elapsed!, /^\d+\.\d+s$/);
  assertEquals(Object.keys(end), ["done", "imported", "elapsed"]);
  assertEquals(
    (await post(server, '["category.get",""]')).text,
    `[["${uuidOf(7)}","workflow-123","TaskRequested",3,47,` +
      `{"n":9007199254740993,"x":1.0},{"b":1,"a":1e400},"2025-07-15T10:00:00.1Z"]]`,
  );
  assertEquals(
    await rpc(server, "stream.write", "workflow-123", { type: "T", data: {} }),
    { position: 4, globalPosition: 48 },
  );
});

Deno.test("/import reports progress while the body still comes in", async () => {
  await using server = await startServer({ files: true });
  const more = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      for await (const chunk of linesStream(2500)) controller.enqueue(chunk);
      await more.promise;
      controller.enqueue(new TextEncoder().encode(lineOf(2501)));
      controller.close();
    },
  });
  const response = await sendImport(server, body);
  const events: ImportEvent[] = [];
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    events.push(...eventsOf(chunk));
    if (events.length >= 2) more.resolve();
  }
  assertEquals(events[0], { imported: 1000, gpos: 1000 });
  assertEquals(events[1], { imported: 2000, gpos: 2000 });
  assertEquals([events.at(-1)?.done, events.at(-1)?.imported], [true, 2501]);
});

Deno.test("/import finishes with 0 for an empty body", async () => {
  await using server = await startServer();
  for (const body of [null, "", "\n\n\r\n"]) {
    const end = await runImport(server, body);
    assertEquals([end.done, end.imported], [true, 0]);
  }
});

const refused: [what: string, lines: string, code: string, line: number][] = [
  ["a line that is not JSON", `${lineOf(1)}\nnope\n`, "INVALID_JSON", 3],
  ["a record with a wrong field", lineOf(1) + lineOf(2, { gpos: 0 }), "INVALID_RECORD", 2],
  ["a global position twice", lineOf(1) + lineOf(2, { gpos: 1 }), "POSITION_EXISTS", 2],
  ["a stream position twice", lineOf(1) + lineOf(2, { pos: 0 }), "POSITION_EXISTS", 2],
  ["an id twice", lineOf(1) + lineOf(2, { id: uuidOf(1) }), "MESSAGE_ID_EXISTS", 2],
];
for (const [what, lines, code, line] of refused) {
  Deno.test(`/import refuses ${what}, names the line and imports nothing`, async () => {
    await using server = await startServer({ files: true });
    const end = await runImport(server, lines);
    assertEquals([end.error, end.line], [code, line]);
    assertEquals(await globals(server), []);
    // Nothing is left behind that would stand in the way.
    await importMessages(server, 3);
  });
}

Deno.test("/import refuses what the namespace holds, unless it may replace or skip it", async () => {
  await using server = await startServer({ files: true });
  await importMessages(server, 3);
  assertEquals((await runImport(server, lineOf(3))).error, "POSITION_EXISTS");
  const skipped = await runImport(server, linesStream(5), "existing=skip");
  assertEquals([skipped.imported, skipped.skipped], [2, 3]);
  assertEquals(await globals(server), [1, 2, 3, 4, 5]);
  assertEquals((await runImport(server, lineOf(9), "force=true")).imported, 1);
  assertEquals(await globals(server), [9]);
});

for (
  const [query, said] of [
    ["force=1", '"force" must be true or false, got "1"'],
    ["force=", '"force" must be true or false, got ""'],
    ["existing=replace", '"existing" must be skip, got "replace"'],
    ["force=true&existing=skip", "use only one of them"],
    ["force=true&force=false", '"force" is given twice'],
    ["allowEmpty=yes", '"allowEmpty" must be true or false, got "yes"'],
    ["forced=true", 'there is no parameter "forced"'],
    ["Existing=skip", 'there is no parameter "Existing". Its parameters are force, existing'],
  ] as const
) {
  Deno.test(`/import refuses ?${query}`, async () => {
    await using server = await startServer();
    const response = await sendImport(server, lineOf(1), query);
    const { error } = await response.json();
    assertEquals([response.status, error.code], [400, "INVALID_REQUEST"]);
    assertStringIncludes(error.message, said);
    assertEquals(await globals(server), []);
  });
}

Deno.test("/import and /export take the parameter token for granted", async () => {
  await using server = await startServer();
  const query = `token=${server.token}`;
  assertEquals((await runImport(server, lineOf(1), query)).done, true);
  const response = await fetch(`${server.url}/export?${query}`, {
    headers: { Authorization: `Bearer ${server.token}` },
  });
  assertEquals([response.status, await response.text()], [200, lineOf(1)]);
});

Deno.test("/import empties a namespace only where that is allowed", async () => {
  await using server = await startServer({ files: true });
  await importMessages(server, 2);
  for (const nothing of ["", "\n\n"]) {
    const end = await runImport(server, nothing, "force=true");
    assertEquals(end.error, "IMPORT_FAILED");
    assertStringIncludes(end.message!, "allowEmpty=true");
    assertEquals(await globals(server), [1, 2]);
  }
  const end = await runImport(server, "", "force=true&allowEmpty=true");
  assertEquals([end.done, end.imported], [true, 0]);
  assertEquals(await globals(server), []);
});

Deno.test("/import takes force=false for what it says", async () => {
  await using server = await startServer();
  await importMessages(server, 1);
  assertEquals((await runImport(server, lineOf(2), "force=false")).done, true);
  assertEquals(await globals(server), [1, 2]);
});

Deno.test("/import wants a token, and imports into its namespace only", async () => {
  await using server = await startServer();
  const wrong = await sendImport(withToken(server, createToken("default")), lineOf(1));
  assertEquals([wrong.status, (await wrong.json()).error.code], [403, "AUTH_UNAUTHORIZED"]);
  const { token } = await rpc<{ token: string }>(server, "ns.create", "debug");
  await importMessages(withToken(server, token), 2);
  assertEquals(await globals(server), []);
  assertEquals(await globals(withToken(server, token)), [1, 2]);
});

Deno.test("/import understands gzip, also of several members", async () => {
  await using server = await startServer();
  const parts = [await gzip(lineOf(1)), await gzip(lineOf(2))];
  const end = await runImport(server, new Blob(parts), "", { "Content-Encoding": "gzip" });
  assertEquals([end.done, end.imported], [true, 2]);
});

Deno.test("/import refuses gzip that is cut short or damaged, and imports nothing", async () => {
  await using server = await startServer({ files: true });
  const whole = await gzip(Array.from({ length: 2000 }, (_, i) => lineOf(i + 1)).join(""));
  const damaged = whole.slice();
  damaged[damaged.length - 6]! ^= 0xff; // In the checksum: every line has come out by then.
  for (
    const [body, said] of [
      [whole.slice(0, -3), "cut short"],
      [whole.slice(0, 5), "cut short"],
      [damaged, "damaged"],
      [new TextEncoder().encode(lineOf(1)), "not gzip data"],
    ] as const
  ) {
    const end = await runImport(server, body, "", { "Content-Encoding": "gzip" });
    assertEquals(end.error, "IMPORT_FAILED");
    assertStringIncludes(end.message!, said);
    assertEquals(await globals(server), []);
  }
});

Deno.test("/import refuses a Content-Encoding that it does not know", async () => {
  await using server = await startServer();
  const response = await sendImport(server, lineOf(1), "", { "Content-Encoding": "br" });
  assertEquals([response.status, (await response.json()).error.code], [415, "INVALID_REQUEST"]);
});

/** A log of requests, of those that an operator sees. */
function requestLog() {
  const lines: string[] = [];
  const log = createLog({ format: "json", sink: (line) => lines.push(line) });
  const requests = (forget = false) =>
    (forget ? lines.splice(0) : lines).map((line) => JSON.parse(line))
      .filter((line) => line.message === "request" && line.path === "/import");
  return { log, requests };
}

function levelAndCode({ level, code, error }: Record<string, string>) {
  return [level, code, error];
}

/** An import that sends a byte now and then, until the server has had enough. */
class Trickle implements Disposable {
  /** What the server has said so far. */
  heard = "";
  /** Resolves when the server has begun the import. */
  readonly begun: Promise<void>;
  /** Resolves to what the server has said when it has said all. */
  readonly ended: Promise<string>;
  #isOver = false;

  constructor(server: Pick<TestServer, "token" | "port">, beginning = "") {
    const begun = Promise.withResolvers<void>();
    this.begun = begun.promise;
    this.ended = (async () => {
      using raw = await RawConnection.open(server);
      await raw.sendHead(server, "/import");
      const reading = raw.readUntil((text) => {
        this.heard = text;
        if (text.includes("\r\n\r\n")) begun.resolve();
        return this.#isOver ||= text.includes('"error"');
      });
      if (beginning !== "") await raw.sendChunk(beginning);
      while (!this.#isOver) {
        // Once it is over, the server may have closed the connection.
        await raw.sendChunk(" ").catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      await raw.sendChunk("").catch(() => {});
      return await reading;
    })();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
  }
}

/** Begins an import that waits for more, and resolves once the server has begun it too. */
async function pendingImport(
  server: TestServer,
  lines = lineOf(1),
  query = "",
): Promise<RawConnection> {
  const raw = await RawConnection.open(server);
  await raw.sendHead(server, `/import${query}`);
  await raw.sendChunk(lines);
  await raw.readUntil((text) => text.includes("\r\n\r\n"));
  return raw;
}

Deno.test("/import refuses a second import into a namespace before it takes any of it", async () => {
  await using server = await startServer({ files: true });
  using first = await pendingImport(server);
  const second = await sendImport(server, lineOf(2));
  assertEquals([second.status, (await second.json()).error.code], [409, "IMPORT_IN_PROGRESS"]);
  await first.sendChunk("");
  assertStringIncludes(await first.readUntil((text) => text.includes("done")), '"imported":1');
  assertEquals(await globals(server), [1]);
});

Deno.test("/import runs so many at the same time and no more", async () => {
  await using server = await startServer({ files: true, importsMax: 1, importSlotWaitMs: 20 });
  const { token } = await rpc<{ token: string }>(server, "ns.create", "debug");
  const other = withToken(server, token);
  {
    using _first = await pendingImport(server);
    const second = await sendImport(other, lineOf(1));
    const { error } = await second.json();
    assertEquals([second.status, error.code], [503, "BACKEND_ERROR"]);
    assertEquals(second.headers.get("Retry-After"), "5");
    assertStringIncludes(error.message, "running 1 import");
  }
  // The first client has left: its place becomes free.
  while (
    (await sendImport(other, lineOf(1)).then(async (r) => [await r.text(), r.status]))[1] !== 200
  );
  assertEquals(await globals(other), [1]);
});

Deno.test("/import gives the slots of those who hardly send anything to those who wait", async () => {
  const { log, requests } = requestLog();
  await using server = await startServer({ files: true, importsMax: 2, bodySlowMs: 300, log });
  const names = ["slow-1", "slow-2", "other-1", "other-2"];
  const [slow1, slow2, other1, other2] = await Promise.all(names.map(async (name) => {
    const { token } = await rpc<{ token: string }>(server, "ns.create", name);
    return { ...withToken(server, token), port: server.port };
  }));
  const trickles = [slow1!, slow2!].map((place) => new Trickle(place));
  try {
    await Promise.all(trickles.map((trickle) => trickle.begun));
    // Nobody waits, so that nobody is in a hurry.
    await new Promise((resolve) => setTimeout(resolve, 600));
    assertEquals(trickles.map(({ heard }) => heard.includes("error")), [false, false]);
    await Promise.all([other1!, other2!].map((place) => importMessages(place, 3)));
    for (const trickle of trickles) {
      assertStringIncludes(await trickle.ended, '"error":"IMPORT_FAILED"');
      assertStringIncludes(trickle.heard, "less than 16 KiB/s");
    }
    for (const place of [slow1!, slow2!]) assertEquals(await globals(place), []);
    assertEquals(requests().filter(({ code }) => code !== undefined).map(levelAndCode), [
      ["info", "IMPORT_FAILED", undefined],
      ["info", "IMPORT_FAILED", undefined],
    ]);
  } finally {
    for (const trickle of trickles) trickle[Symbol.dispose]();
    await Promise.all(trickles.map(({ ended }) => ended));
  }
});

Deno.test("/import gives the memory for long lines of one that hardly sends anything to another", async () => {
  await using server = await startServer({ files: true, bodySlowMs: 300 });
  const { token } = await rpc<{ token: string }>(server, "ns.create", "other");
  const other = withToken(server, token);
  const long = lineOf(1, { data: { text: "x".repeat(5 * 1024 * 1024) } });
  using trickle = new Trickle(server, long.slice(0, -10));
  try {
    await trickle.begun;
    // Longer lines than it has room for fail once they have waited for a while; and until the slow one's line is
    // long, there is nothing to wait for.
    for (let isOver = false; !isOver;) {
      const { error } = await runImport(other, long, "force=true");
      isOver = error === undefined && trickle.heard.includes('"error"');
    }
    assertStringIncludes(await trickle.ended, "less than 16 KiB/s");
  } finally {
    trickle[Symbol.dispose]();
    await trickle.ended;
  }
  assertEquals([await globals(server), await globals(other)], [[], [1]]);
});

Deno.test("/import takes no slot from one that is slow for a short time only", async () => {
  await using server = await startServer({
    files: true,
    importsMax: 1,
    bodySlowMs: 400,
    importSlotWaitMs: 60_000,
  });
  const { token } = await rpc<{ token: string }>(server, "ns.create", "other");
  using raw = await pendingImport(server);
  const waiting = sendImport(withToken(server, token), lineOf(1));
  const end = performance.now() + 1_200;
  for (let n = 2; performance.now() < end; n++) {
    await raw.sendChunk(lineOf(n, { data: { text: "x".repeat(16 * 1024) } }));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await raw.sendChunk("");
  assertStringIncludes(await raw.readUntil((text) => /done|error/.test(text)), '"done":true');
  const response = await waiting;
  assertEquals([response.status, eventsOf(await response.text()).at(-1)?.done], [200, true]);
});

Deno.test("/import lets so many wait and no more, also where they leave", async () => {
  await using server = await startServer({ files: true, importsMax: 1 });
  const { token } = await rpc<{ token: string }>(server, "ns.create", "debug");
  const other = { ...withToken(server, token), port: server.port };
  using first = await pendingImport(server);
  {
    const waiting: RawConnection[] = [];
    const refused = Promise.withResolvers<string>();
    try {
      for (let i = 0; i <= importsWaitingMax; i++) {
        const raw = await RawConnection.open(server);
        waiting.push(raw);
        await raw.sendHead(other, "/import");
        // Only one of them is told anything as long as the first goes on.
        raw.readUntil((text) => text.includes("}}")).then(refused.resolve, () => {});
      }
      const text = await refused.promise;
      assertStringIncludes(text, "503 Service Unavailable");
      assertMatch(text, /retry-after: \d+/i);
      assertStringIncludes(text, '"code":"BACKEND_ERROR"');
    } finally {
      for (const raw of waiting) raw[Symbol.dispose]();
    }
  }
  await first.sendChunk("");
  assertStringIncludes(await first.readUntil((text) => text.includes("done")), '"imported":1');
  // Whoever has left gets no slot, so that this one does.
  assertEquals((await runImport(other, lineOf(1))).done, true);
});

Deno.test("/import says every 2 s how much has come in", async () => {
  await using server = await startServer({ files: true });
  using raw = await pendingImport(server);
  await raw.sendChunk(lineOf(2));
  const bytes = lineOf(1).length + lineOf(2).length;
  const text = await raw.readUntil((text) => text.includes("\n\n"));
  assertStringIncludes(text, `: received ${bytes}\n\n`);
  await raw.sendChunk("");
  assertStringIncludes(await raw.readUntil((text) => text.includes("done")), '"imported":2');
});

Deno.test("/import leaves nothing behind when its client leaves in the middle", async () => {
  await using server = await startServer({ files: true });
  const lines = Array.from({ length: 3000 }, (_, i) => lineOf(i + 1)).join("");
  {
    using raw = await pendingImport(server, lines);
    await raw.readUntil((text) => text.includes('"imported":2000'));
  }
  // The next one is let in as soon as the rollback is over.
  let status = 409;
  while (status === 409) {
    const response = await sendImport(server, lineOf(5000));
    await response.text();
    status = response.status;
  }
  assertEquals([status, await globals(server)], [200, [5000]]);
});

Deno.test("/import gives up on a body that sends nothing more, and rolls back", async () => {
  await using server = await startServer({ files: true, bodyStallMs: 100 });
  using raw = await RawConnection.open(server);
  await raw.sendHead(server, "/import");
  await raw.sendChunk(lineOf(1));
  const text = await raw.readUntil((text) => text.includes('"error"'));
  assertStringIncludes(text, '"error":"IMPORT_FAILED"');
  assertStringIncludes(text, "nothing for 0.1 s");
  assertEquals(await globals(server), []);
});

Deno.test("/import has the same code in the log as for the client, and a stack only for its own faults", async () => {
  const { log, requests } = requestLog();
  await using server = await startServer({ files: true, bodyStallMs: 100, log });
  const last = async () => {
    while (requests().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    return requests(true).map(levelAndCode);
  };
  const gzipped = { "Content-Encoding": "gzip" };
  const whole = await gzip(lineOf(1));
  const sent: [body: BodyInit, query: string, headers: Record<string, string>, code: string][] = [
    ["nope", "", {}, "INVALID_JSON"],
    ["", "force=true", {}, "IMPORT_FAILED"],
    [whole.slice(0, -3), "", gzipped, "IMPORT_FAILED"],
    [lineOf(1), "", gzipped, "IMPORT_FAILED"],
  ];
  for (const [body, query, headers, code] of sent) {
    assertEquals((await runImport(server, body, query, headers)).error, code);
    assertEquals(await last(), [["info", code, undefined]]);
  }
  {
    using stalled = await pendingImport(server);
    const text = await stalled.readUntil((text) => text.includes('"error"'));
    assertStringIncludes(text, '"error":"IMPORT_FAILED"');
    assertEquals(await last(), [["info", "IMPORT_FAILED", undefined]]);
  }
  {
    using broken = await pendingImport(server);
    await broken.send("this is no chunk\r\n");
    await broken.readUntil(() => false);
  }
  {
    using _left = await pendingImport(server);
  }
  for (let cuts = 0; cuts < 2;) {
    for (const [level, code, error] of await last()) {
      assertEquals([level, code, error], ["info", "IMPORT_FAILED", undefined]);
      cuts++;
    }
  }
});

/** Deno 2.8.0 to 2.8.2 close the connection of a client that is still sending, and the error with it. */
const closesEarly = /^2\.8\.[0-2]$/.test(Deno.version.deno);

Deno.test("/import reports an early error to a client that is still sending", {
  ignore: closesEarly,
}, async () => {
  await using server = await startServer();
  const lines = linesStream(20_000, 5000);
  const body = new Blob(["nope\n"]).stream().pipeThrough(
    new TransformStream({
      async flush(controller) {
        for await (const chunk of lines) controller.enqueue(chunk);
      },
    }),
  );
  const end = await runImport(server, body);
  assertEquals([end.error, end.line], ["INVALID_JSON", 1]);
});

Deno.test("/import reports an early error to a client that reads only after it has sent all", {
  ignore: closesEarly,
}, async () => {
  await using server = await startServer();
  using raw = await RawConnection.open(server);
  await raw.sendHead(server, "/import");
  await raw.sendChunk("nope\n");
  const chunk = new Uint8Array(1 << 20);
  for (let i = 0; i < 32; i++) await raw.sendChunk(chunk);
  await raw.sendChunk("");
  assertStringIncludes(await raw.readUntil((text) => text.includes("error")), "INVALID_JSON");
});

Deno.test("/import sends each event whole, in one chunk", async () => {
  await using server = await startServer({ files: true });
  using raw = await pendingImport(server, await new Response(linesStream(3000)).text());
  await raw.sendChunk("");
  const text = await raw.readUntil((text) => text.endsWith("0\r\n\r\n"));
  const chunks = text.split(/\r\n[0-9a-f]+\r\n|^[0-9a-f]+\r\n/m).filter((part) => part !== "");
  assert(chunks.length >= 2);
  // The platform may put two events into one chunk, but never a part of one.
  for (const chunk of chunks.slice(1, -1)) assertMatch(chunk, /^(data: \{.*\}\n\n)+$/);
});

Deno.test("/import lets a write wait, and refuses it after a while rather than lose it", async () => {
  await using server = await startServer({ files: true });
  using raw = await pendingImport(server);
  const write = call(server, "stream.write", "a-1", { type: "T", data: {} });
  await raw.sendChunk("");
  assertEquals((await write).body, { position: 0, globalPosition: 2 });
  assertEquals(await globals(server), [1, 2]);
});

Deno.test("/import ends with its client, however much there is still to unpack", async () => {
  await using server = await startServer({ files: true });
  // 16 GiB of line ends: a minute's work.
  const blank = await gzip("\n".repeat(32 * 1024 * 1024));
  const leave = new AbortController();
  const response = await fetch(`${server.url}/import`, {
    method: "POST",
    headers: { Authorization: `Bearer ${server.token}`, "Content-Encoding": "gzip" },
    body: new Blob(Array(512).fill(blank)),
    signal: leave.signal,
  });
  assertEquals(response.status, 200);
  leave.abort();
  await response.text().catch(() => {});
  const start = performance.now();
  let status = 409;
  while (status === 409) {
    const next = await sendImport(server, lineOf(1));
    await next.text();
    status = next.status;
  }
  assertEquals(status, 200);
  assert(performance.now() - start < 15_000);
});
