import { EventoDBClient, EventoDBError, type Poke, type Retry } from "../../mod.ts";
import { retryDelayMaxMs } from "../../src/client/limits.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { failure, html } from "../support/failing_server.ts";
import { pokeText, startPokeServer } from "../support/poke_server.ts";

/** A client that does not wait long, and the retries that it tells of. */
function clientOf(url: string, retries = 5) {
  const told: Retry[] = [];
  const client = new EventoDBClient({
    url,
    token: "ns_x",
    retries,
    retryDelayMs: 1,
    onRetry: (retry) => told.push(retry),
  });
  return { client, told };
}

/** Takes so many pokes, and leaves. */
async function take(pokes: AsyncIterable<Poke>, count: number): Promise<Poke[]> {
  const taken: Poke[] = [];
  for await (const poke of pokes) {
    if (taken.push(poke) === count) break;
  }
  return taken;
}

const poke = (stream: string, position: number, globalPosition: number): Poke => ({
  stream,
  position,
  globalPosition,
});

Deno.test("subscribeToCategory() says what it wants, and who it is", async () => {
  await using server = startPokeServer();
  const { client } = clientOf(server.url);
  const taking = take(
    client.subscribeToCategory("größe:command", {
      position: 7,
      correlation: "workflow",
      consumerGroup: { member: 1, size: 2 },
    }),
    1,
  );
  const connection = await server.accept();
  assertEquals(connection.query, {
    category: "größe:command",
    correlation: "workflow",
    consumer: "1",
    size: "2",
    position: "7",
  });
  assertEquals(connection.headers.get("Authorization"), "Bearer ns_x");
  connection.send(`: ready\n\n${pokeText("größe:command-1", 0, 7)}`);
  assertEquals(await taking, [poke("größe:command-1", 0, 7)]);
  await connection.left;
});

Deno.test("subscriptions begin with the first message by default", async () => {
  await using server = startPokeServer();
  const { client } = clientOf(server.url);
  for (
    const [pokes, query] of [
      [client.subscribeToStream("a-1+x"), { stream: "a-1+x", position: "0" }],
      [client.subscribeToCategory("a"), { category: "a", position: "0" }],
      // From 0 on is from now on, to a server.
      [client.subscribeToAll(), { all: "true", position: "1" }],
      [client.subscribeToAll({ position: 0 }), { all: "true", position: "1" }],
    ] as const
  ) {
    const taking = take(pokes, 1);
    const connection = await server.accept();
    assertEquals(connection.query, query);
    connection.send(pokeText("a-1", 0, 1));
    await taking;
  }
});

Deno.test("subscribeToAll() from now on asks for no position, and reconnects to where it began", async () => {
  await using server = startPokeServer();
  const { client } = clientOf(server.url);
  const pokes = client.subscribeToAll({ from: "now" });
  const asked = pokes.next();
  const first = await server.accept();
  assertEquals(first.query, { all: "true" });
  for (const part of [": ready\n", "\ni", "d: 4", "7\n", "\n"]) first.send(part);
  first.end();
  const second = await server.accept();
  assertEquals(second.query, { all: "true", position: "48" });
  second.send(pokeText("a-1", 0, 50));
  assertEquals((await asked).value, poke("a-1", 0, 50));
  second.end();
  const rest = take(pokes, 1);
  const third = await server.accept();
  assertEquals(third.query.position, "51");
  third.send(pokeText("a-1", 1, 51));
  assertEquals(await rest, [poke("a-1", 1, 51)]);

  // A server that does not tell its place is asked as before until the first poke.
  const others = client.subscribeToAll({ from: "now" });
  const waiting = take(others, 1);
  const fourth = await server.accept();
  fourth.send(": ready\n\n");
  fourth.end();
  const fifth = await server.accept();
  assertEquals(fifth.query, { all: "true" });
  fifth.send(pokeText("a-1", 2, 60));
  assertEquals(await waiting, [poke("a-1", 2, 60)]);
});

Deno.test("subscribeToAll() refuses to begin both now and at a position", async () => {
  const { client } = clientOf("http://127.0.0.1:1");
  const pokes = client.subscribeToAll({ from: "now", position: 3 });
  const error = await assertRejects(() => pokes.next(), EventoDBError, "use only one");
  assertEquals(error.code, "INVALID_REQUEST");
});

for (const how of ["end", "cut"] as const) {
  Deno.test(`a subscription whose connection was ${how === "end" ? "ended" : "cut"} goes on after the last poke`, async () => {
    await using server = startPokeServer();
    const { client, told } = clientOf(server.url);
    const ofCategory = client.subscribeToCategory("a");
    const asked = ofCategory.next();
    const first = await server.accept();
    first.send(pokeText("a-1", 0, 4) + pokeText("a-2", 0, 9));
    assertEquals((await asked).value, poke("a-1", 0, 4));
    first[how]();
    assertEquals((await ofCategory.next()).value, poke("a-2", 0, 9));
    const askedAgain = ofCategory.next();
    const second = await server.accept();
    assertEquals(second.query.position, "10");
    second.send(pokeText("a-1", 1, 12));
    assertEquals((await askedAgain).value, poke("a-1", 1, 12));
    await ofCategory.return!();

    const ofStream = client.subscribeToStream("a-1");
    const askedForStream = ofStream.next();
    const third = await server.accept();
    third.send(pokeText("a-1", 5, 40));
    assertEquals((await askedForStream).value, poke("a-1", 5, 40));
    third[how]();
    const rest = take(ofStream, 1);
    const fourth = await server.accept();
    assertEquals(fourth.query.position, "6");
    fourth.send(pokeText("a-1", 6, 41));
    assertEquals(await rest, [poke("a-1", 6, 41)]);
    assertEquals(told.map(({ error }) => error.code), ["CONNECTION_FAILED", "CONNECTION_FAILED"]);
  });
}

Deno.test("a subscription joins pokes that arrive in pieces, also within a character", async () => {
  await using server = startPokeServer();
  const { client } = clientOf(server.url);
  const taking = take(client.subscribeToStream("ü-😀"), 1);
  const connection = await server.accept();
  for (const byte of new TextEncoder().encode(pokeText("ü-😀", 0, 1))) {
    connection.send(new Uint8Array([byte]));
  }
  assertEquals(await taking, [poke("ü-😀", 0, 1)]);
});

Deno.test("a subscription throws what a server refuses, also later", async () => {
  const refusals = [
    [400, "INVALID_REQUEST"],
    [401, "AUTH_REQUIRED"],
    [403, "AUTH_UNAUTHORIZED"],
    [404, "NAMESPACE_NOT_FOUND"],
  ] as const;
  for (const [status, code] of refusals) {
    await using server = startPokeServer((number) =>
      number === 1 ? undefined : failure(status, code)
    );
    const { client } = clientOf(server.url);
    const pokes = client.subscribeToAll();
    const waiting = pokes.next();
    (await server.accept()).end();
    const error = await assertRejects(() => waiting, EventoDBError);
    assertEquals([error.status, error.code], [status, code]);
    assertEquals(await pokes.next(), { value: undefined, done: true });
    assertEquals(server.requests, 2);
  }
});

Deno.test("a subscription gives up when its first connection fails after all retries", async () => {
  await using server = startPokeServer(() => failure(503));
  const { client } = clientOf(server.url, 2);
  const error = await assertRejects(() => client.subscribeToAll().next(), EventoDBError);
  assertEquals(error.status, 503);
  assertEquals(server.requests, 3);
});

Deno.test("a subscription that was connected once goes on trying, later and later", async () => {
  await using server = startPokeServer((number) =>
    number > 1 && number < 20 ? failure(503) : undefined
  );
  const told: Retry[] = [];
  const client = new EventoDBClient({
    url: server.url,
    retries: 1,
    retryDelayMs: 0.001,
    onRetry: (retry) => told.push(retry),
  });
  const taking = take(client.subscribeToAll(), 1);
  (await server.accept()).end();
  (await server.accept()).send(pokeText("a-1", 0, 1));
  await taking;
  assertEquals(told.map(({ attempt }) => attempt), told.map((_, i) => i + 1));
  told.forEach(({ delayMs }, i) =>
    assert(delayMs >= 0.001 * 2 ** i && delayMs <= Math.min(0.002 * 2 ** i, retryDelayMaxMs))
  );
});

Deno.test("a subscription takes a connection that brings nothing for dead", async () => {
  await using server = startPokeServer();
  const { client, told } = clientOf(server.url);
  const taking = take(client.subscribeToAll({ idleTimeoutMs: 500 }), 1);
  const first = await server.accept();
  first.send(": ready\n\n");
  await first.left;
  (await server.accept()).send(pokeText("a-1", 0, 1));
  assertEquals((await taking).length, 1);
  assertStringIncludes(told[0]!.error.message, "has sent nothing for 0.5 s");
});

Deno.test("a subscription ends on return() while it waits, and lets its connection go", async () => {
  await using server = startPokeServer();
  const pokes = clientOf(server.url).client.subscribeToAll();
  const waiting = pokes.next();
  const connection = await server.accept();
  assertEquals(await pokes.return!(), { value: undefined, done: true });
  assertEquals(await waiting, { value: undefined, done: true });
  await connection.left;
  assertEquals(server.requests, 1);
});

Deno.test("a subscription ends when its signal aborts, and lets its connection go", async () => {
  await using server = startPokeServer();
  const abort = new AbortController();
  const { client } = clientOf(server.url);
  const pokes = client.subscribeToAll({ signal: abort.signal });
  const all = Array.fromAsync(pokes);
  const connection = await server.accept();
  connection.send(pokeText("a-1", 0, 1));
  abort.abort();
  assertEquals((await all).length <= 1, true);
  await connection.left;
  assertEquals(await Array.fromAsync(client.subscribeToAll({ signal: abort.signal })), []);
  assertEquals(server.requests, 1);
});

Deno.test("a subscription ends when its signal aborts between two connections", async () => {
  await using server = startPokeServer();
  const abort = new AbortController();
  const client = new EventoDBClient({
    url: server.url,
    retryDelayMs: 10_000,
    onRetry: () => abort.abort(),
  });
  const all = Array.fromAsync(client.subscribeToAll({ signal: abort.signal }));
  (await server.accept()).end();
  assertEquals(await all, []);
});

Deno.test("a subscription says what came when it is not a response of EventoDB's", async () => {
  await using server = startPokeServer(() => html());
  const { client } = clientOf(server.url);
  await assertRejects(
    () => client.subscribeToAll().next(),
    EventoDBError,
    "Welcome to the proxy",
  );
  assertEquals(server.requests, 1);
});

Deno.test("a subscription refuses a poke that is none, and passes other events over", async () => {
  await using server = startPokeServer();
  const { client } = clientOf(server.url);
  for (const data of ["7", "null", "{", '{"stream":"a-1","position":"0","globalPosition":1}']) {
    const next = client.subscribeToAll().next();
    const connection = await server.accept();
    connection.send(`event: other\ndata: x\n\n: comment\n\nevent: poke\ndata: ${data}\n\n`);
    const error = await assertRejects(() => next, EventoDBError);
    assertEquals(error.code, "UNEXPECTED_ANSWER");
    await connection.left;
  }
});
