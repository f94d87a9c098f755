import { gzipSync } from "node:zlib";
import {
  createHandler,
  exportEvents,
  importEvents,
  namespaceReader,
  verifyNamespace,
} from "../../mod.ts";
import { createToken } from "../../src/auth/create_token.ts";
import { hashToken } from "../../src/auth/token_hash.ts";
import { verificationsMax } from "../../src/http/limits.ts";
import { formatRecord, formatRecords } from "../../src/record/format.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { NS } from "../contract/support.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { cliPath, type CliProcess, startCli } from "../support/cli.ts";
import { recordBody, sampleMessages } from "../support/events.ts";
import { testPostgres } from "../support/postgres.ts";

const messages = [...sampleMessages({ count: 2_500 })];
const lines = messages.map((message) => `${formatRecord(message)}\n`);
const postgres = await testPostgres();
const token = createToken(NS);

interface Bench extends AsyncDisposable {
  store: Store;
  /** Sends a request to `/verify`. */
  send(init?: RequestInit & { query?: string }): Promise<Response>;
  /** The events of the response, parsed. */
  events(init?: RequestInit & { query?: string }): Promise<Record<string, unknown>[]>;
  /** The last of them. */
  found(init?: RequestInit): Promise<Found>;
}

interface Found {
  done?: true;
  error?: string;
  message?: string;
  ok: boolean;
  events: number;
  counts: Record<string, number>;
  problems: { kind: string; line?: number; message: string }[];
}

/** A handler over a store with all messages, in the namespace that the token opens. */
async function setUp(
  url = "sqlite://memory",
  change: (store: Store) => Store = (store) => store,
): Promise<Bench> {
  await using undo = new AsyncDisposableStack();
  const store = undo.use(await openStore(url));
  await store.createNamespace({
    id: NS,
    tokenHash: hashToken(token),
    description: "",
    metadata: null,
  });
  await importEvents(recordBody(messages), { store, namespace: NS });
  const handler = undo.use(createHandler({ store: change(store), importSlotWaitMs: 100 }));
  const send: Bench["send"] = ({ query = "", headers, ...init } = {}) =>
    handler(
      new Request(`http://localhost/verify${query}`, {
        ...init,
        headers: { Authorization: `Bearer ${token}`, ...headers },
      }),
    );
  const events: Bench["events"] = async (init) => eventsIn(await (await send(init)).text());
  const resources = undo.move();
  return {
    store,
    send,
    events,
    found: async (init) => (await events(init)).at(-1) as unknown as Found,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function eventsIn(text: string): Record<string, unknown>[] {
  return text.split("\n\n").filter((each) => each.startsWith("data: "))
    .map((each) => JSON.parse(each.slice("data: ".length)));
}

const post = (body: BodyInit, headers?: Record<string, string>) => ({
  method: "POST",
  body,
  headers,
});

for (
  const [name, url] of [
    ["SQLite", () => "sqlite://memory"],
    ["Postgres", () => postgres.createDatabase()],
    ["Deno KV", () => "kv://memory"],
  ] as [string, () => string | Promise<string>][]
) {
  Deno.test(`GET /verify finds what eventodb verify --url does (${name})`, async () => {
    await using bench = await setUp(await url());
    const { store } = bench;
    const response = await bench.send();
    assertEquals([response.status, response.headers.get("Content-Type")], [
      200,
      "text/event-stream",
    ]);
    const events = eventsIn(await response.text());
    const expected = await verifyNamespace(namespaceReader({ store, namespace: NS }));
    assertEquals(events.at(-1), { done: true, ...expected } as unknown);
    assertEquals([expected.ok, expected.events], [true, messages.length]);
    assert(events.length > 1);
    for (const event of events.slice(0, -1)) assertEquals(Object.keys(event), ["events"]);
  });

  Deno.test(`POST /verify holds a file against the namespace (${name})`, async () => {
    await using bench = await setUp(await url());
    const { store } = bench;
    const text = await new Response(exportEvents({ store, namespace: NS })).text();
    const whole = await bench.found(post(text));
    assertEquals([whole.done, whole.ok, whole.events, whole.counts], [
      true,
      true,
      messages.length,
      {},
    ]);
    const other = lines[3]!.replace(/"type":"[^"]*"/, '"type":"Changed"');
    const extra = formatRecord({
      ...messages[0]!,
      id: "new",
      stream: "new-1",
      globalPosition: 99_999,
    });
    const found = await bench.found(
      post([lines[1], "no record\n", other, lines[3], `${extra}\n`].join("")),
    );
    assertEquals([found.done, found.ok, found.events], [true, false, 4]);
    assertEquals(found.problems.filter(({ line }) => line).map(({ kind, line }) => [kind, line]), [
      ["bad_line", 2],
      ["differs", 3],
      ["position_twice", 4],
      ["stream_position_twice", 4],
      ["id_twice", 4],
      ["missing_in_store", 5],
    ]);
    assertEquals(found.counts.next_write, 2);
  });
}

Deno.test("GET /verify names what listings say wrongly", async () => {
  await using bench = await setUp("sqlite://memory", (store) =>
    new Proxy(store, {
      get(target, property) {
        if (property === "listCategories") {
          return async (id: string) =>
            (await target.listCategories(id)).map((each) => ({ ...each, messageCount: 1 }));
        }
        const value = Reflect.get(target, property);
        return typeof value === "function" ? value.bind(target) : value;
      },
    }));
  const { done, ok, problems } = await bench.found();
  assertEquals([done, ok, problems[0]?.kind], [true, false, "counter"]);
  assertMatch(problems[0]!.message, /^ns\.categories says messageCount 1 of /);
});

Deno.test("POST /verify takes gzip data, said to be or not, and a byte order mark", async () => {
  await using bench = await setUp();
  const text = `\ufeff${lines.slice(0, 50).join("")}`;
  const packed = gzipSync(text);
  for (
    const init of [
      post(text),
      post(packed, { "Content-Encoding": "gzip" }),
      post(packed, { "Content-Encoding": "x-gzip" }),
      post(packed),
    ]
  ) {
    const { ok, events } = await bench.found(init);
    assertEquals([ok, events], [true, 50]);
  }
});

Deno.test("POST /verify says what is wrong with a body that is not a file of events", async () => {
  await using bench = await setUp();
  const packed = gzipSync(lines.join(""));
  for (
    const [init, code, said] of [
      [post(""), "INVALID_RECORD", "it holds no record"],
      [post("\n \n"), "INVALID_RECORD", "it holds no record"],
      [post(gzipSync("")), "INVALID_RECORD", "it holds no record"],
      [post(JSON.stringify(messages.slice(0, 2))), "INVALID_JSON", "it is a JSON array"],
      [post("PK\x03\x04zipped"), "INVALID_JSON", "Cannot verify the body: it is"],
      [
        post(packed.subarray(0, packed.length - 9)),
        "INVALID_REQUEST",
        "the gzip data is cut short",
      ],
      [post(lines[0]!, { "Content-Encoding": "gzip" }), "INVALID_REQUEST", "is not gzip data"],
    ] as const
  ) {
    const { error, message } = await bench.found(init);
    assertEquals(error, code);
    assertStringIncludes(message!, said);
  }
  // What is only wrong here and there is told of line by line.
  const { ok, problems, counts } = await bench.found(post(`${lines[0]}{}\n${"{".repeat(99)}\n`));
  assertEquals([ok, counts, problems.map(({ line }) => line)], [false, { bad_line: 2 }, [2, 3]]);
});

Deno.test("/verify refuses what it does not know, and who may not", async () => {
  await using bench = await setUp();
  const other = createToken("other");
  for (
    const [init, status, said] of [
      [{ query: "?complete=true" }, 400, 'there is no parameter "complete". Its only parameter'],
      [{ ...post("x"), query: "?stream=a" }, 400, 'there is no parameter "stream"'],
      [post("x", { "Content-Encoding": "br" }), 415, "Cannot verify a body with Content-Encoding"],
      [{ headers: { Authorization: `Bearer ${other}` } }, 403, ""],
      [{ headers: { Authorization: "" } }, 401, ""],
      [{ headers: { Origin: "http://elsewhere.example" } }, 403, ""],
      [{ headers: { "Sec-Fetch-Site": "cross-site" } }, 403, ""],
      [{ method: "PUT", body: "x" }, 405, ""],
    ] as const
  ) {
    const response = await bench.send(init);
    const text = await response.text();
    assertEquals(response.status, status, text);
    assertStringIncludes(JSON.parse(text).error.message, said);
  }
  assertEquals(
    (await bench.events({ query: `?token=${token}`, headers: { Authorization: "" } })).at(-1)?.ok,
    true,
  );
});

/** A body that begins, and goes on or breaks off when it is told to. */
function openBody() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  controller.enqueue(new TextEncoder().encode(lines[0]));
  return { ...post(body), controller };
}

Deno.test("/verify runs so many at a time, says what has come in, and ends with its client", async () => {
  await using bench = await setUp();
  const open = Array.from({ length: verificationsMax }, openBody);
  const responses = await Promise.all(open.map((init) => bench.send(init)));
  const refused = await bench.send();
  assertEquals([refused.status, refused.headers.get("Retry-After")], [503, "5"]);
  assertStringIncludes(await refused.text(), `running ${verificationsMax} verifications`);

  const [first, ...others] = responses.map(({ body }) => body!.getReader());
  const { value } = await first!.read();
  assertEquals(new TextDecoder().decode(value), `: received ${lines[0]!.length}\n\n`);
  await first!.cancel();
  // The slot is free once the body has been let go.
  let again = await bench.send();
  for (let i = 0; again.status === 503 && i < 100; i++) again = await bench.send();
  assertEquals(eventsIn(await again.text()).at(-1)?.ok, true);

  for (const { controller } of open.slice(1)) controller.error(new Error("gone"));
  for (const reader of others) {
    let text = "";
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      text += new TextDecoder().decode(read.value);
    }
    assertEquals(eventsIn(text), [
      { error: "INVALID_REQUEST", message: "The request's body ended early" },
    ]);
  }
  assertEquals((await bench.found()).ok, true);
});

Deno.test("GET /verify asks for nothing more once its client has left", async () => {
  for (const heldAt of ["readLines", "listCategories"]) {
    const calls: string[] = [];
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    await using bench = await setUp("sqlite://memory", (store) =>
      new Proxy(store, {
        get(target, property) {
          const value = Reflect.get(target, property);
          if (typeof value !== "function") return value;
          const method = value.bind(target);
          if (property !== "readLines" && !String(property).startsWith("list")) return method;
          const held = async () => {
            calls.push(String(property));
            if (property !== heldAt) return;
            reach();
            await released;
          };
          return property === "readLines"
            ? async function* (...args: unknown[]) {
              await held();
              yield* method(...args);
            }
            : async (...args: unknown[]) => {
              await held();
              return await method(...args);
            };
        },
      }));
    const left = await bench.send();
    await reached;
    await left.body!.cancel();
    release();
    const before = calls.length;
    assertEquals((await bench.found()).ok, true);
    const ofOne = calls.length - before;
    assertEquals((await bench.found()).ok, true);
    // What was left has come to its end by now.
    assertEquals(calls.length, before + 2 * ofOne);
    assert(ofOne > before);
  }
});

Deno.test("/verify says so when the namespace is replaced meanwhile", async () => {
  for (const init of [{}, post(lines.join(""))]) {
    await using bench = await setUp("sqlite://memory", (store) =>
      new Proxy(store, {
        get(target, property) {
          const value = Reflect.get(target, property);
          if (property !== "readLines") {
            return typeof value === "function" ? value.bind(target) : value;
          }
          return async function* (...args: Parameters<Store["readLines"]>) {
            for await (const page of target.readLines(...args)) {
              yield page;
              const place = { store: target, namespace: NS };
              await importEvents(recordBody(messages.slice(0, 10)), place, { force: true });
            }
          };
        },
      }));
    const found = await bench.found(init);
    assertEquals(found.error, "BACKEND_ERROR");
    assertStringIncludes(String(found.message), "replaced the messages");
  }
});

Deno.test("GET /version names the feature verify, and HEAD /verify has no body", async () => {
  await using bench = await setUp();
  assertEquals(await (await bench.send({ method: "HEAD" })).text(), "");
  assertEquals((await bench.found(post(formatRecords(messages.slice(0, 3))))).ok, true);
});

Deno.test("POST /verify says so where the server may not write a temporary file", async () => {
  const permissions = ["--no-prompt", "--allow-net=127.0.0.1"];
  await using serving = startCli(["serve", "--port", "0", "--test-mode", "--no-ui"], {
    permissions,
  });
  const [url] = await serving.sees(/http:\/\/127\.0\.0\.1:\d+/);
  const get = await fetch(`${url}/verify`);
  assertEquals(eventsIn(await get.text()).at(-1)?.ok, true);
  const response = await fetch(`${url}/verify`, post(lines[0]!));
  const [{ error, message } = {}] = eventsIn(await response.text());
  assertEquals(error, "BACKEND_ERROR");
  assertStringIncludes(String(message), "--allow-write for the system's folder of such files");
});

Deno.test({
  name: "POST /verify says why there can be no temporary file, and when there is no room for it",
  // Where the size of files cannot be limited by a shell.
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const served = ["serve", "--port", "0", "--test-mode", "--no-ui"];
    const verify = async (serving: CliProcess, body: string) => {
      const [url] = await serving.sees(/http:\/\/127\.0\.0\.1:\d+/);
      const response = await fetch(`${url}/verify`, post(body));
      return eventsIn(await response.text()).at(-1)!;
    };
    await using homeless = startCli(served, { env: { TMPDIR: "/nonexistent" } });
    assertEquals(await verify(homeless, lines[0]!), {
      error: "BACKEND_ERROR",
      message:
        "Cannot create a temporary file: No such file or directory (os error 2). Make room in " +
        "the system's folder for such files, or name another one in the environment variable TMPDIR",
    });

    // Blocks of 512 bytes or of 1 KiB: it depends on the shell.
    const limited = `trap "" XFSZ; ulimit -f 8192; exec "$@"`;
    const deno = [Deno.execPath(), "run", "--quiet", "--allow-all", cliPath];
    await using full = startCli(served, { program: ["/bin/sh", "-c", limited, "sh", ...deno] });
    const { error, message } = await verify(full, lines[0]!.repeat(2 ** 24 / lines[0]!.length));
    assertEquals(error, "BACKEND_ERROR");
    assertMatch(String(message), /^Cannot write a temporary file: .* \(os error \d+\)\. Make room/);
  },
});
