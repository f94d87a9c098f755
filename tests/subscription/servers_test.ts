/**
 * Two server processes on one database: what one writes, subscribers of the other hear of.
 *
 * @module
 */

import { join } from "node:path";
import { createToken } from "../../src/auth/create_token.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { type CliProcess, startCli } from "../support/cli.ts";
import { testPostgres } from "../support/postgres.ts";
import { rpc } from "../support/server.ts";

const postgres = await testPostgres();
const token = createToken("default");

/** A server process. */
interface Server {
  url: string;
  token: string;
  process: CliProcess;
}

async function start(stack: AsyncDisposableStack, dbUrl: string): Promise<Server> {
  const process = stack.use(
    startCli(["serve", "--port", "0", "--db-url", dbUrl], { env: { EVENTODB_TOKEN: token } }),
  );
  const [url] = await process.sees(/http:\/\/127\.0\.0\.1:\d+/);
  return { url, token, process };
}

/** Reads global positions from a subscription until there are so many. */
async function subscribe(
  stack: AsyncDisposableStack,
  { url }: Server,
  query = "all=true&position=1",
) {
  const abort = new AbortController();
  stack.defer(() => abort.abort());
  const { signal } = abort;
  const response = await fetch(`${url}/subscribe?${query}&token=${token}`, { signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const places = () => [...text.matchAll(/^id: (\d+)\n\n/gm)].map(([, place]) => Number(place));
  return async (count: number): Promise<number[]> => {
    while (places().length < count) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
    return places();
  };
}

function write({ url }: Server, stream = "a-1"): Promise<unknown> {
  return rpc({ url, token }, "stream.write", stream, { type: "Tested", data: {} });
}

async function importPlaces({ url }: Server, places: number[]): Promise<void> {
  const body = places.map((gpos) =>
    JSON.stringify({
      id: crypto.randomUUID(),
      stream: `i-${gpos}`,
      type: "T",
      pos: 0,
      gpos,
      data: {},
      meta: null,
      time: "2025-01-01T00:00:00Z",
    })
  ).join("\n");
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/import`, { method: "POST", headers, body });
  assert((await response.text()).includes('"done":true'));
}

/** Waits until a server follows the others: of an import before that, nobody can tell it. */
async function listening(url: string): Promise<void> {
  for (;;) {
    const found = await postgres.run(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE 'LISTEN%' AND state = 'idle'`,
      url,
    );
    if (found.length > 0) return;
  }
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const backends: Record<string, (stack: AsyncDisposableStack) => Promise<string>> = {
  postgres: () => postgres.createDatabase(),
  kv: async (stack) => {
    const folder = await Deno.makeTempDir({ prefix: "eventodb-" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    return `kv://${join(folder, "shared.kv")}`;
  },
};

for (const [backend, makeUrl] of Object.entries(backends)) {
  Deno.test(`a subscriber of one server hears of every write through either (${backend})`, async () => {
    await using stack = new AsyncDisposableStack();
    const url = await makeUrl(stack);
    const one = await start(stack, url);
    const other = await start(stack, url);
    await write(one);
    const until = await subscribe(stack, other);
    const ofCategory = await subscribe(stack, other, "category=b");
    await until(1);
    await Promise.all([one, other, one, other].map(async (server, writer) => {
      for (let n = 0; n < 20; n++) await write(server, `${writer % 2 ? "a" : "b"}-${n % 3}`);
    }));
    assertEquals(await until(81), range(81));
    const places = await ofCategory(40);
    assertEquals(places, places.toSorted((a, b) => a - b));
    await write(one, `${"long name ".repeat(100)}-1`);
    assertEquals((await until(82)).at(-1), 82);
  });
}

Deno.test("a server that loses its ear to Postgres misses nothing", async () => {
  await using stack = new AsyncDisposableStack();
  const url = await postgres.createDatabase();
  const one = await start(stack, url);
  const other = await start(stack, url);
  const until = await subscribe(stack, other);
  await write(one);
  await until(1);
  let terminated = 0;
  for (let round = 0; round < 5; round++) {
    const ended = await postgres.run(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
      url,
    );
    terminated += ended.length;
    for (let n = 0; n < 10; n++) await write(one);
    assertEquals(await until(1 + (round + 1) * 10), range(1 + (round + 1) * 10));
  }
  assert(terminated >= 1, "no connection was there to be killed");
});

Deno.test("an import through one server pokes below the position of the other's subscriber", async () => {
  await using stack = new AsyncDisposableStack();
  const url = await postgres.createDatabase();
  const one = await start(stack, url);
  const other = await start(stack, url);
  await importPlaces(one, [5_000]);
  const until = await subscribe(stack, other, "all=true&position=2");
  await until(1);
  await listening(url);
  await write(one);
  await until(2);
  // Many runs, so that one notice cannot hold them.
  const places = range(1_000).map((n) => n * 4);
  await importPlaces(one, places);
  await write(one);
  assertEquals(await until(1_003), [5_000, 5_001, ...places, 5_002]);
});

Deno.test("a namespace that one server deletes ends the other's subscriptions properly", async () => {
  await using stack = new AsyncDisposableStack();
  const url = await postgres.createDatabase();
  const one = await start(stack, url);
  const other = await start(stack, url);
  const created = await rpc<{ token: string }>(one, "ns.create", "short-lived");
  const response = await fetch(`${other.url}/subscribe?category=a&token=${created.token}`);
  const text = response.text();
  await rpc(one, "ns.delete", "short-lived");
  assertEquals(await text, ": ready\n\n");
});
