import { EventoDBClient, EventoDBError, type Poke } from "../../mod.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { startServer } from "../support/server.ts";

/** Takes so many pokes, and leaves. */
async function take(pokes: AsyncIterable<Poke>, count: number): Promise<Poke[]> {
  const taken: Poke[] = [];
  for await (const poke of pokes) {
    if (taken.push(poke) === count) break;
  }
  return taken;
}

const globalPositions = (pokes: Poke[]) => pokes.map(({ globalPosition }) => globalPosition);

async function start() {
  const server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token, retryDelayMs: 1 });
  const write = (stream: string, metadata: Record<string, unknown> | null = null) =>
    client.streamWrite(stream, { type: "T", data: {}, metadata });
  return { client, server, write, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

Deno.test("subscribeToStream() pokes for what is there, then for what comes", async () => {
  await using test = await start();
  for (const stream of ["a-1", "a-2", "a-1"]) await test.write(stream);
  const pokes = test.client.subscribeToStream("a-1", { position: 1 });
  assertEquals((await pokes.next()).value, { stream: "a-1", position: 1, globalPosition: 3 });
  const next = pokes.next();
  await test.write("a-2");
  await test.write("a-1");
  assertEquals((await next).value, { stream: "a-1", position: 2, globalPosition: 5 });
  await pokes.return!();
});

Deno.test("subscribeToAll() from now on leaves out what is there, and loses nothing in between", async () => {
  await using test = await start();
  await test.write("a-1");
  // Each connection ends right after it has begun: what is written then comes by the next one.
  let connections = 0;
  const client = new EventoDBClient({
    url: test.server.url,
    token: test.server.token,
    retryDelayMs: 1,
    async fetch(request) {
      const response = await fetch(request);
      if (++connections > 1) return response;
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      let begun = "";
      while (!begun.includes("id: 1\n\n")) begun += (await reader.read()).value;
      await reader.cancel();
      await test.write("b-1");
      return new Response(begun, response);
    },
  });
  const pokes = client.subscribeToAll({ from: "now" });
  assertEquals((await pokes.next()).value, { stream: "b-1", position: 0, globalPosition: 2 });
  assertEquals(connections, 2);
  await pokes.return!();
  assertEquals(globalPositions(await take(test.client.subscribeToAll(), 2)), [1, 2]);
});

Deno.test("subscribeToCategory() and subscribeToAll() poke through their filters", async () => {
  await using test = await start();
  const { client } = test;
  for (let n = 1; n <= 20; n++) {
    await test.write(`a-${n % 5}`, n % 2 === 0 ? { correlationStreamName: "w-1" } : null);
    await test.write("other-1");
  }
  assertEquals(
    globalPositions(await take(client.subscribeToCategory("a", { position: 30 }), 5)),
    [31, 33, 35, 37, 39],
  );
  assertEquals(globalPositions(await take(client.subscribeToAll({ position: 38 }), 3)), [
    38,
    39,
    40,
  ]);
  assertEquals(
    globalPositions(await take(client.subscribeToAll({ correlation: "w" }), 2)),
    [3, 7],
  );
  for (const member of [0, 1]) {
    const consumerGroup = { member, size: 2 };
    const own = await client.categoryGet("a", { consumerGroup, correlation: "w" });
    const pokes = client.subscribeToCategory("a", { consumerGroup, correlation: "w" });
    assertEquals(
      globalPositions(await take(pokes, own.length)),
      own.map(({ globalPosition }) => globalPosition),
    );
  }
});

Deno.test("a subscription goes on when its server is started again", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const first = await startServer({ dataDir: folder });
    const { port, token, url } = first;
    const client = new EventoDBClient({ url, token, retryDelayMs: 1 });
    const write = () => client.streamWrite("a-1", { type: "T", data: {} });
    const pokes = client.subscribeToCategory("a");
    await write();
    await write();
    const taken = [(await pokes.next()).value as Poke];
    await first[Symbol.asyncDispose]();
    await using _second = await startServer({ dataDir: folder, port, token });
    await write();
    await write();
    taken.push(...await take(pokes, 3));
    assertEquals(globalPositions(taken), [1, 2, 3, 4]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a subscription throws once its namespace has been deleted", async () => {
  await using test = await start();
  const { token } = await test.client.namespaceCreate("gone");
  const own = new EventoDBClient({ url: test.server.url, token, retryDelayMs: 1 });
  await own.streamWrite("a-1", { type: "T", data: {} });
  const pokes = own.subscribeToAll();
  await pokes.next();
  const next = pokes.next();
  await test.client.namespaceDelete("gone");
  const error = await assertRejects(() => next, EventoDBError);
  assertEquals([error.status, error.code], [403, "AUTH_UNAUTHORIZED"]);
});

Deno.test("a subscription throws what the server does not take", async () => {
  await using test = await start();
  const pokes = test.client.subscribeToCategory("");
  const error = await assertRejects(() => pokes.next(), EventoDBError);
  assertEquals([error.status, error.code], [400, "INVALID_REQUEST"]);
});
