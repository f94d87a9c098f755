/**
 * What a service expects of its event store, over a real port and with the client that it uses.
 */

import { cardinalIdOf, categoryOf, EventoDBClient, EventoDBError } from "../../mod.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { linesStream } from "../support/history.ts";
import { startServer } from "../support/server.ts";

async function start() {
  const server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token });
  return { client, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const range = (count: number) => Array.from({ length: count }, (_, n) => n);

Deno.test("of 100 writers that expect the same version, exactly one gets each position", async () => {
  await using test = await start();
  for (let version = -1; version < 4; version++) {
    const outcomes = await Promise.allSettled(
      range(100).map((writer) =>
        test.client.streamWrite("account-1", { type: "Written", data: { writer } }, {
          expectedVersion: version,
        })
      ),
    );
    const won = outcomes.flatMap((outcome) => outcome.status === "fulfilled" ? outcome.value : []);
    const lost = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? outcome.reason as EventoDBError : []
    );
    assertEquals(won.map(({ position }) => position), [version + 1]);
    assertEquals(lost.map(({ code }) => code), Array(99).fill("STREAM_VERSION_CONFLICT"));
    assertEquals(lost[0]!.details, { expected: version, actual: version + 1 });
  }
  const positions = (await test.client.streamGet("account-1")).map(({ position }) => position);
  assertEquals(positions, [0, 1, 2, 3, 4]);
});

Deno.test("100 writers that read, decide and try again all succeed", async () => {
  await using test = await start();
  const { client } = test;
  const increment = async () => {
    while (true) {
      const last = await client.streamLast("counter-1");
      const message = { type: "Counted", data: { count: Number(last?.data?.count ?? 0) + 1 } };
      try {
        return await client.streamWrite("counter-1", message, {
          expectedVersion: last?.position ?? -1,
        });
      } catch (error) {
        assert(error instanceof EventoDBError);
        assertEquals(error.code, "STREAM_VERSION_CONFLICT");
      }
    }
  };
  await Promise.all(range(100).map(increment));
  assertEquals((await client.streamLast("counter-1"))?.data, { count: 100 });
  assertEquals(await client.streamVersion("counter-1"), 99);
});

Deno.test("writes to many streams at once lose and double nothing", async () => {
  await using test = await start();
  const { client } = test;
  const written = await Promise.all(
    range(1_000).map((n) => client.streamWrite(`order-${n % 100}`, { type: "T", data: { n } })),
  );
  const all = await Array.fromAsync(client.readCategory("order", { batchSize: 300 }));
  const numbers = all.map(({ data }) => Number(data?.n));
  assertEquals(numbers.toSorted((a, b) => a - b), range(1_000));
  for (const { data, position, globalPosition } of all) {
    assertEquals(written[Number(data?.n)], { position, globalPosition });
  }
  for (const n of range(100)) assertEquals(await client.streamVersion(`order-${n}`), 9);
});

Deno.test("a message of 1 MiB comes back as it was", async () => {
  await using test = await start();
  const { client } = test;
  const data = { text: "ü😀\n".repeat(100_000) };
  const bytes = new TextEncoder().encode(JSON.stringify(data)).length;
  data.text += "x".repeat(1024 * 1024 - bytes);
  await client.streamWrite("file-1", { type: "Stored", data });
  assertEquals(new TextEncoder().encode(JSON.stringify(data)).length, 1024 * 1024);
  assertEquals((await client.streamLast("file-1"))?.data, data);
  assertEquals((await client.categoryGet("file"))[0]!.data, data);
});

Deno.test("10,000 messages come in one page, and no more than that", async () => {
  await using test = await start();
  const { client } = test;
  await client.upload(linesStream(10_001));
  const ofCategory = await client.categoryGet("load", { batchSize: 10_000 });
  assertEquals(ofCategory.length, 10_000);
  assertEquals(ofCategory.at(-1)?.globalPosition, 10_000);
  assertEquals((await client.streamGet("load-1", { batchSize: 10_000 })).length, 10_000);
  assertEquals((await client.categoryGet("", { batchSize: -1 })).length, 10_001);
  const error = await assertRejects(
    () => client.categoryGet("load", { batchSize: 10_001 }),
    EventoDBError,
  );
  assertEquals(error.code, "INVALID_REQUEST");
  assert(error.message.includes("batchSize"));
});

const names = [
  "größe-ä",
  "测试-账户😀",
  "account-123+retry",
  "account-123+retry+again",
  "account:command-123",
  "account:command:position-a:b",
  "a-b-c-d--e-",
  "a-",
  "-a",
  "-",
  "account",
  "+",
  ":",
  "a b\t-c\n/?#&%2F=\\'\"",
];

for (const name of names) {
  Deno.test(`the stream ${JSON.stringify(name)} is written, read, found in its category and poked for`, async () => {
    await using test = await start();
    const { client } = test;
    await client.streamWrite("other-1", { type: "Other", data: {} });
    await client.streamWrite(name, { type: "First", data: {} }, { expectedVersion: -1 });
    await client.streamWrite(name, { type: "Second", data: {} }, { expectedVersion: 0 });

    const types = ["First", "Second"];
    assertEquals(await client.streamVersion(name), 1);
    assertEquals((await client.streamLast(name))?.stream, name);
    assertEquals((await client.streamGet(name)).map(({ type }) => type), types);
    // A name that begins with a dash is of the category "", which a request takes for all.
    const ofCategory = await client.categoryGet(categoryOf(name));
    assertEquals(
      ofCategory.filter(({ stream }) => stream === name).map(({ type }) => type),
      types,
    );
    const members = await Promise.all(
      [0, 1, 2].map((member) =>
        client.categoryGet(categoryOf(name), { consumerGroup: { member, size: 3 } })
      ),
    );
    const shared = members.map((messages) => messages.filter(({ stream }) => stream === name));
    // A stream without an id belongs to no member, any other to exactly one.
    const expected = cardinalIdOf(name) === "" ? [0, 0, 0] : [0, 0, 2];
    assertEquals(shared.map(({ length }) => length).sort(), expected);
    const listed = await client.namespaceStreams({ prefix: name, limit: 1 });
    assertEquals(listed.map(({ stream, version }) => [stream, version]), [[name, 1]]);
    for await (const poke of client.subscribeToStream(name, { position: 1 })) {
      assertEquals(poke, { stream: name, position: 1, globalPosition: 3 });
      break;
    }
  });
}

Deno.test("streams of one cardinal id belong to the same member", async () => {
  await using test = await start();
  const { client } = test;
  const streams = ["account-123", "account-123+retry", "account:command-123"];
  for (const stream of streams) await client.streamWrite(stream, { type: "T", data: {} });
  const found: string[] = [];
  for (const member of range(5)) {
    const consumerGroup = { member, size: 5 };
    const own = await client.categoryGet("", { consumerGroup });
    if (own.length > 0) found.push(...own.map(({ stream }) => stream), `member ${member}`);
  }
  assertEquals(found.slice(0, 3), streams);
  assertEquals(found.length, 4);
});

Deno.test("a correlation finds its category, with an id and without one", async () => {
  await using test = await start();
  const { client } = test;
  const correlated = (correlationStreamName: unknown) =>
    client.streamWrite("order-1", {
      type: "Created",
      data: {},
      metadata: correlationStreamName === undefined ? null : { correlationStreamName },
    });
  for (
    const name of ["workflow-1", "workflow", "workflow-1+x", "workflows-1", "work", 7, undefined]
  ) await correlated(name);
  await client.streamWrite("order-2", { type: "Created", data: { correlationStreamName: "w" } });

  const found = async (correlation: string, category = "order") =>
    (await client.categoryGet(category, { correlation })).map(({ globalPosition }) =>
      globalPosition
    );
  assertEquals(await found("workflow"), [1, 2, 3]);
  assertEquals(await found("workflows"), [4]);
  assertEquals(await found("workflow", ""), [1, 2, 3]);
  assertEquals(await found("workflow", "none"), []);
});

Deno.test("the category with an empty name is all of them", async () => {
  await using test = await start();
  const { client } = test;
  for (const stream of ["a-1", "b-1", "c", "-d"]) {
    await client.streamWrite(stream, { type: "T", data: {} });
  }
  const streams = async (options = {}) =>
    (await client.categoryGet("", options)).map(({ stream }) => stream);
  assertEquals(await streams(), ["a-1", "b-1", "c", "-d"]);
  assertEquals(await streams({ position: 2, batchSize: 2 }), ["b-1", "c"]);
  assertEquals(await streams({ batchSize: 0 }), ["a-1", "b-1", "c", "-d"]);
});
