import { EventoDBClient, EventoDBError, type Message, type ParsedMessage } from "../../mod.ts";
import { pageCharsMax } from "../../src/limits.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { type Fault, type SeenRequest, startFailingServer } from "../support/failing_server.ts";
import { lineOf } from "../support/history.ts";
import { startServer } from "../support/server.ts";

/** A real server with so many messages in three streams, behind one that fails by a plan. */
async function startWith(
  count: number,
  plan: (request: SeenRequest) => Fault | undefined = () => undefined,
) {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startServer());
  const failing = undo.use(startFailingServer(server.url, plan));
  const client = new EventoDBClient({ url: failing.url, token: server.token, retryDelayMs: 1 });
  const lines = Array.from({ length: count }, (_, n) =>
    lineOf(n + 1, {
      stream: `a-${n % 3}`,
      pos: Math.floor(n / 3),
      gpos: 10 * (n + 1),
      data: { n },
      meta: n % 2 === 0 ? { correlationStreamName: "w-1" } : null,
    }));
  await client.upload(new Blob(lines).stream());
  failing.seen.length = 0;
  const resources = undo.move();
  return {
    client,
    failing,
    token: server.token,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const places = (messages: (Message | ParsedMessage)[]) =>
  messages.map(({ globalPosition }) => globalPosition);

const tens = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => 10 * (from + n));

Deno.test("readCategory() gives everything in order, a page at a time", async () => {
  await using test = await startWith(250);
  const messages = await Array.fromAsync(test.client.readCategory("a", { batchSize: 100 }));
  assertEquals(places(messages), tens(1, 250));
  assertEquals(messages[3]!.data, { n: 3 });
  const asked = test.failing.seen.map(({ args }) => args[1] as { position: number });
  // The last one finds nothing, which is the end.
  assertEquals(asked.map(({ position }) => position), [1, 1001, 2001, 2501]);
});

Deno.test("readCategory() reads from a position, correlated, for a member, or all", async () => {
  await using test = await startWith(60);
  const { client } = test;
  const read = (...args: Parameters<typeof client.readCategory>) =>
    Array.fromAsync(client.readCategory(...args)).then(places);
  assertEquals(await read("a", { position: 591 }), [600]);
  assertEquals(await read("", { position: 590, batchSize: 1 }), [590, 600]);
  assertEquals(await read("none"), []);
  assertEquals((await read("a", { correlation: "w", batchSize: 7 })).length, 30);
  const members = [0, 1].map((member) =>
    read("a", { consumerGroup: { member, size: 2 }, batchSize: 7 })
  );
  assertEquals((await Promise.all(members)).flat().sort((a, b) => a - b), tens(1, 60));
});

Deno.test("readStream() gives a stream by position, raw where asked", async () => {
  await using test = await startWith(30);
  const messages = await Array.fromAsync(
    test.client.readStream("a-1", { position: 2, batchSize: 3, raw: true }),
  );
  assertEquals(messages.map(({ position }) => position), [2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals([messages[0]!.stream, messages[0]!.data], ["a-1", '{"n":7}']);
});

Deno.test("readCategory() goes on after the last message when a page breaks off", async () => {
  await using test = await startWith(
    300,
    ({ number, method }) =>
      method === "category.get" && number <= 2 ? { cutAfter: 5_000 } : undefined,
  );
  const messages = await Array.fromAsync(test.client.readCategory("a"));
  assertEquals(places(messages), tens(1, 300));
  const [first, second, third] = test.failing.seen.map(({ args }) =>
    (args[1] as { position: number }).position
  );
  assert(first === 1 && second! > first && third! > second!, `${first}, ${second}, ${third}`);
});

Deno.test("readCategory() throws what a server refuses", async () => {
  await using test = await startWith(1);
  const reading = test.client.readCategory("a", { consumerGroup: { member: 2, size: 2 } });
  const error = await assertRejects(() => reading.next(), EventoDBError);
  assertEquals(error.code, "INVALID_REQUEST");
});

Deno.test("readCategory() can be left anywhere, and asks for one page ahead at most", async () => {
  await using test = await startWith(100);
  for await (const { globalPosition } of test.client.readCategory("a", { batchSize: 10 })) {
    if (globalPosition === 50) break;
  }
  assert(test.failing.seen.length <= 2, `${test.failing.seen.length} requests`);
});

Deno.test("readCategory() ends with the reason of its signal", async () => {
  await using test = await startWith(100);
  const abort = new AbortController();
  const reason = new Error("enough");
  const reading = test.client.readCategory("a", { batchSize: 10, signal: abort.signal });
  await reading.next();
  abort.abort(reason);
  assertEquals(await Array.fromAsync(reading).catch((error) => error), reason);
});

Deno.test("readCategory() holds no more of large messages than a page may", async () => {
  await using server = await startServer();
  const { url, token } = server;
  const client = new EventoDBClient({ url, token });
  const large = { text: "x".repeat(1_000_000) };
  for (let n = 0; n < 12; n++) await client.streamWrite("a-1", { type: "Large", data: large });
  const sizes: number[] = [];
  let arrived = 0;
  const counting = new EventoDBClient({
    url,
    token,
    async fetch(request) {
      sizes.push(JSON.parse(await request.clone().text())[2].batchSize);
      return await fetch(request);
    },
  });
  for await (const message of counting.readCategory("a")) {
    assertEquals(message.position, arrived++);
  }
  assertEquals(arrived, 12);
  // Once it is known how large they are, only as many are asked for as a page holds.
  const fits = Math.ceil(pageCharsMax / 1_000_000);
  assertEquals(sizes[0], 1000);
  assertEquals(sizes[1], fits);
});

Deno.test("readCategory() calls the page ahead off when it is left", async () => {
  await using test = await startWith(20);
  const asked: Request[] = [];
  const client = new EventoDBClient({
    url: test.failing.url,
    token: test.token,
    fetch(request) {
      asked.push(request);
      // The second page never comes.
      return asked.length === 1 ? fetch(request) : new Promise(() => {});
    },
  });
  for await (const { globalPosition } of client.readCategory("a", { batchSize: 10 })) {
    if (globalPosition === 20) break;
  }
  assertEquals(asked.map(({ signal }) => signal.aborted), [true, true]);
});

Deno.test("readStream() refuses a server that goes back instead of reading for ever", async () => {
  await using test = await startWith(
    6,
    ({ method }) =>
      // As if the server did not know where to begin.
      method === "stream.get" ? { change: (text) => text.replace(/",\d,/g, '",0,') } : undefined,
  );
  const error = await assertRejects(
    () => Array.fromAsync(test.client.readStream("a-1")),
    EventoDBError,
    "sent position 0, which is not above 0",
  );
  assertEquals(error.code, "UNEXPECTED_ANSWER");
});
