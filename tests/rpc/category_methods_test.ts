import { isMemberOf } from "../../src/group_member.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { call, rpc, startServer, type TestServer } from "../support/server.ts";

type Row = [string, string, string, number, number, unknown, unknown, string];

async function withMessages(): Promise<TestServer> {
  const server = await startServer();
  const write = (stream: string, correlationStreamName?: string) =>
    rpc(server, "stream.write", stream, {
      type: "T",
      data: {},
      metadata: correlationStreamName === undefined ? null : { correlationStreamName },
    });
  await write("account-1");
  await write("account-2", "workflow-7");
  await write("order-1", "workflow");
  await write("account", "workflows-1");
  await write("account-1+retry");
  return server;
}

async function globals(server: TestServer, category: string, options?: unknown): Promise<number[]> {
  return (await rpc<Row[]>(server, "category.get", category, options)).map((row) => row[4]);
}

Deno.test("category.get gives messages of eight fields, by global position", async () => {
  await using server = await withMessages();
  const [message] = await rpc<Row[]>(server, "category.get", "order");
  assertEquals(message!.length, 8);
  assertEquals(message!.slice(1, 5), ["order-1", "T", 0, 3]);
  assertEquals(await globals(server, "account"), [1, 2, 4, 5]);
  assertEquals(await globals(server, ""), [1, 2, 3, 4, 5]);
});

Deno.test("category.get begins at the higher of position and globalPosition", async () => {
  await using server = await withMessages();
  assertEquals(await globals(server, "", { position: 4 }), [4, 5]);
  assertEquals(await globals(server, "", { globalPosition: 4 }), [4, 5]);
  assertEquals(await globals(server, "", { position: 5, globalPosition: 2 }), [5]);
  assertEquals(await globals(server, "", { position: 0 }), [1, 2, 3, 4, 5]);
  assertEquals(await globals(server, "", { position: -1 }), [1, 2, 3, 4, 5]);
});

Deno.test("category.get finds nothing in a category with a - or without messages", async () => {
  await using server = await withMessages();
  assertEquals(await globals(server, "account-1"), []);
  assertEquals(await globals(server, "accoun"), []);
});

Deno.test("category.get keeps what is correlated with a category", async () => {
  await using server = await withMessages();
  assertEquals(await globals(server, "", { correlation: "workflow" }), [2, 3]);
  assertEquals(await globals(server, "account", { correlation: "workflow" }), [2]);
  assertEquals(await globals(server, "", { correlation: "workflow-7" }), []);
});

Deno.test("category.get shares streams out among a group, and counts after that", async () => {
  await using server = await withMessages();
  const all: number[] = [];
  for (const member of [0, 1]) {
    const consumerGroup = { member, size: 2 };
    const rows = await rpc<Row[]>(server, "category.get", "account", { consumerGroup });
    assert(rows.every((row) => isMemberOf(row[1], consumerGroup)));
    all.push(...rows.map((row) => row[4]));
    assertEquals(
      await globals(server, "account", { consumerGroup, batchSize: 1 }),
      rows.slice(0, 1).map((row) => row[4]),
    );
  }
  // The stream without an id belongs to nobody.
  assertEquals(all.sort(), [1, 2, 5]);
});

Deno.test("category.get shares out by Message DB's hash of the cardinal id", async () => {
  await using server = await startServer();
  // The members come from the MD5s of "a", "abc", "123" and "ü", computed elsewhere.
  const memberOfThree = { "g-a": 0, "g-abc": 2, "g-abc+x": 2, "g-123": 1, "g-ü": 2 };
  for (const stream of [...Object.keys(memberOfThree), "g", "g-", "g-+x"]) {
    await rpc(server, "stream.write", stream, { type: "T", data: {} });
  }
  for (const member of [0, 1, 2]) {
    const consumerGroup = { member, size: 3 };
    const rows = await rpc<Row[]>(server, "category.get", "g", { consumerGroup });
    const expected = Object.entries(memberOfThree).filter(([, its]) => its === member);
    assertEquals(rows.map((row) => row[1]), expected.map(([stream]) => stream));
  }
});

Deno.test("category.get takes empty and null options for absent ones", async () => {
  await using server = await startServer();
  for (let n = 0; n < 3; n++) {
    await rpc(server, "stream.write", `account-${n}`, { type: "T", data: {} });
  }
  const options = {
    position: null,
    globalPosition: null,
    batchSize: 0,
    correlation: "",
    consumerGroup: {},
    unknown: [{}],
  };
  for (
    const each of [
      options,
      { ...options, consumerGroup: null, correlation: null, batchSize: null },
      { consumerGroup: { member: 0, size: 1 } },
      { position: -5, globalPosition: -9007199254740993, batchSize: -1 },
    ]
  ) {
    const messages = await rpc<unknown[]>(server, "category.get", "account", each);
    assertEquals(messages.length, 3, JSON.stringify(each));
  }
  assertEquals(await rpc(server, "category.get", "account-1"), []);
});

const wrong: [options: unknown, said: string][] = [
  [{ consumerGroup: { member: 0 } }, 'there is no "size"'],
  [{ consumerGroup: { size: 2 } }, 'there is no "member"'],
  [{ consumerGroup: { member: null, size: 2 } }, 'there is no "member"'],
  [{ consumerGroup: { member: 2, size: 2 } }, '"member" must be less than the size 2, got 2'],
  [{ consumerGroup: { member: -1, size: 2 } }, '"member" must be at least 0, got -1'],
  [{ consumerGroup: { member: 0, size: 0 } }, '"size" must be at least 1, got 0'],
  [{ consumerGroup: { member: 0.5, size: 2 } }, '"member" must be an integer'],
  [{ consumerGroup: "0/2" }, '"consumerGroup" must be an object, got "0/2"'],
  [{ batchSize: 10_001 }, '"batchSize" must be an integer from -1 to 10000, got 10001'],
  [{ position: "1" }, '"position" must be an integer'],
  [{ globalPosition: 2 ** 53 }, '"globalPosition" must be at most 9007199254740991'],
  [{ correlation: 7 }, '"correlation" must be a string, got 7'],
  ["x", '"options" must be an object, got "x"'],
];
for (const [options, said] of wrong) {
  Deno.test(`category.get refuses ${JSON.stringify(options)}`, async () => {
    await using server = await startServer();
    const answer = await call(server, "category.get", "account", options);
    assertEquals([answer.status, answer.error?.code], [400, "INVALID_REQUEST"]);
    assertStringIncludes(answer.error!.message, said);
  });
}

Deno.test("category.get wants a string for a category", async () => {
  await using server = await startServer();
  for (const category of [1, {}, ["a"]]) {
    const answer = await call(server, "category.get", category);
    assertEquals([answer.status, answer.error?.code], [400, "INVALID_REQUEST"]);
    assertStringIncludes(answer.error!.message, '"category" must be a string');
  }
});
