import { EventoDBClient, EventoDBError, rawJson } from "../../mod.ts";
import { createToken } from "../../src/auth/create_token.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "../support/assert.ts";
import { startServer, type TestServer } from "../support/server.ts";

function clientOf({ url, token }: Pick<TestServer, "url" | "token">): EventoDBClient {
  return new EventoDBClient({ url, token });
}

Deno.test("EventoDBClient writes a message and gets it back with its payloads parsed", async () => {
  await using server = await startServer();
  const client = clientOf(server);
  const id = "550E8400-E29B-41D4-A716-446655440000";

  const written = await client.streamWrite("account-123", {
    type: "Deposited",
    data: { amount: 10 },
    metadata: { correlationStreamName: "workflow-1" },
  }, { id });

  assertEquals(written, { position: 0, globalPosition: 1 });
  const [message] = await client.streamGet("account-123");
  assertEquals({ ...message, time: "" }, {
    id: id.toLowerCase(),
    stream: "account-123",
    type: "Deposited",
    position: 0,
    globalPosition: 1,
    data: { amount: 10 },
    metadata: { correlationStreamName: "workflow-1" },
    time: "",
  });
  assertMatch(message!.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

Deno.test("EventoDBClient hands payloads on as they are stored when asked for raw ones", async () => {
  await using server = await startServer();
  const client = clientOf(server);
  const data = '{"n":9007199254740993,"f":1.0,"e":1e400,"a":1,"a":2}';

  await client.streamWrite("account-1", {
    type: "Set",
    data: rawJson(` ${data} `),
    metadata: rawJson('{"x":"\\u0000"}'),
  });

  for (
    const message of [
      (await client.streamGet("account-1", { raw: true }))[0],
      (await client.categoryGet("account", { raw: true }))[0],
      await client.streamLast("account-1", { raw: true }),
    ]
  ) {
    assertEquals(message?.data, data);
    assertEquals(message?.metadata, '{"x":"\\u0000"}');
  }
});

Deno.test("rawJson() refuses what is not JSON", () => {
  assertThrows(() => rawJson("{"), SyntaxError);
});

Deno.test("EventoDBClient gets from a position on, as many as asked for", async () => {
  await using server = await startServer();
  const client = clientOf(server);
  for (let n = 0; n < 5; n++) await client.streamWrite("account-1", { type: "T", data: { n } });

  const some = await client.streamGet("account-1", { position: 1, batchSize: 2 });
  assertEquals(some.map(({ position }) => position), [1, 2]);
  const later = await client.streamGet("account-1", { globalPosition: 4 });
  assertEquals(later.map(({ globalPosition }) => globalPosition), [4, 5]);
  const ofCategory = await client.categoryGet("account", { position: 3, batchSize: -1 });
  assertEquals(ofCategory.map(({ globalPosition }) => globalPosition), [3, 4, 5]);
});

Deno.test("EventoDBClient filters a category by correlation and by consumer group", async () => {
  await using server = await startServer();
  const client = clientOf(server);
  for (let n = 0; n < 8; n++) {
    const metadata = n < 3 ? { correlationStreamName: "workflow-9" } : null;
    await client.streamWrite(`account-${n}`, { type: "T", data: {}, metadata });
  }

  const correlated = await client.categoryGet("account", { correlation: "workflow" });
  assertEquals(correlated.length, 3);
  const members = await Promise.all(
    [0, 1].map((member) => client.categoryGet("account", { consumerGroup: { member, size: 2 } })),
  );
  assertEquals(members.flat().length, 8);
  assert(members.every((messages) => messages.length > 0));
});

Deno.test("EventoDBClient gets a stream's version and its last message", async () => {
  await using server = await startServer();
  const client = clientOf(server);
  assertEquals(await client.streamVersion("account-1"), null);
  assertEquals(await client.streamLast("account-1"), null);

  await client.streamWrite("account-1", { type: "Opened", data: {} }, { expectedVersion: -1 });
  await client.streamWrite("account-1", { type: "Closed", data: {} }, { expectedVersion: 0 });

  assertEquals(await client.streamVersion("account-1"), 1);
  assertEquals((await client.streamLast("account-1"))?.type, "Closed");
  assertEquals((await client.streamLast("account-1", { type: "Opened" }))?.position, 0);
});

Deno.test("EventoDBClient makes, shows, lists and deletes namespaces", async () => {
  await using server = await startServer();
  const admin = clientOf(server);

  const created = await admin.namespaceCreate("local/ü", {
    description: "for a bug",
    metadata: { owner: "me" },
  });
  const own = clientOf({ url: server.url, token: created.token });
  await own.streamWrite("account-1", { type: "Opened", data: {} });
  await own.streamWrite("order-1", { type: "Created", data: {} });

  const info = await own.namespaceInfo("local/ü");
  assertEquals(
    [info.namespace, info.description, info.messageCount, info.streamCount, info.globalPosition],
    ["local/ü", "for a bug", 2, 2, 2],
  );
  const list = await admin.namespaceList();
  assertEquals(list.map(({ namespace }) => namespace), ["default", "local/ü"]);
  assertEquals(
    (await own.namespaceStreams({ prefix: "acc", limit: 1 })).map(({ stream }) => stream),
    ["account-1"],
  );
  assertEquals(
    (await own.namespaceCategories()).map(({ category }) => category),
    ["account", "order"],
  );
  assertEquals((await admin.namespaceDelete("local/ü")).messagesDeleted, 2);
});

Deno.test("EventoDBClient takes a token that was made beforehand", async () => {
  await using server = await startServer();
  const token = createToken("mine");
  assertEquals((await clientOf(server).namespaceCreate("mine", { token })).token, token);
});

Deno.test("EventoDBClient asks for version, features and health", async () => {
  await using server = await startServer();
  const client = clientOf(server);
  const { version, features } = await client.version();
  assertEquals(version, await client.systemVersion());
  assert(features.includes("import-atomic"));
  const health = await client.systemHealth();
  assertEquals([health.status, health.backend], ["ok", "sqlite"]);
});

Deno.test("EventoDBClient throws the server's error with its code, status and details", async () => {
  await using server = await startServer();
  const client = clientOf(server);
  await client.streamWrite("account-1", { type: "Opened", data: {} });

  const error = await assertRejects(
    () => client.streamWrite("account-1", { type: "Again", data: {} }, { expectedVersion: 7 }),
    EventoDBError,
  );
  assertEquals(error.code, "STREAM_VERSION_CONFLICT");
  assertEquals(error.status, 409);
  assertEquals(error.details, { expected: 7, actual: 0 });
});

Deno.test("EventoDBClient throws MESSAGE_ID_EXISTS when the first attempt finds the id taken", async () => {
  await using server = await startServer();
  const client = clientOf(server);
  const id = crypto.randomUUID();
  await client.streamWrite("account-1", { type: "Opened", data: {} }, { id });
  const error = await assertRejects(
    () => client.streamWrite("account-1", { type: "Opened", data: {} }, { id }),
    EventoDBError,
  );
  assertEquals(error.code, "MESSAGE_ID_EXISTS");
});

Deno.test("EventoDBClient never shows a token that cannot be one", () => {
  const error = assertThrows(
    () => new EventoDBClient({ url: "http://localhost", token: "ns_secret\n" }),
    EventoDBError,
  );
  assertEquals(error.message.includes("secret"), false);
});

Deno.test("EventoDBClient refuses an address that is none", () => {
  for (const url of ["localhost:8080", "ftp://localhost", ""]) {
    assertThrows(() => new EventoDBClient({ url }), EventoDBError, "must be a URL such as");
  }
});

Deno.test("EventoDBClient keeps the path of its address, for a server behind a proxy", async () => {
  const paths: string[] = [];
  const client = new EventoDBClient({
    url: "http://proxy.example/events/",
    fetch: ({ url }) => {
      paths.push(url);
      return Promise.resolve(Response.json({ version: "1.0.0" }));
    },
  });
  assertEquals(await client.version(), { version: "1.0.0", features: [] });
  assertEquals(paths, ["http://proxy.example/events/version"]);
});

Deno.test("EventoDBClient makes a new id for each message", async () => {
  await using server = await startServer();
  const client = clientOf(server);
  await client.streamWrite("account-1", { type: "Opened", data: {} });
  await client.streamWrite("account-1", { type: "Closed", data: {} });
  const [first, second] = await client.streamGet("account-1");
  assertNotEquals(first!.id, second!.id);
  assertMatch(first!.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
});
