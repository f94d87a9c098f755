import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { call, post, rpc, startServer } from "../support/server.ts";

type Row = [string, string, number, number, unknown, unknown, string];
const event = { type: "Deposited", data: { amount: 1 } };
const uuid = "550E8400-E29B-41D4-A716-446655440000";

Deno.test("stream.write returns both positions, stream.get what was written", async () => {
  await using server = await startServer({ files: true });
  await rpc(server, "stream.write", "other-1", event);
  const metadata = { correlationStreamName: "workflow-1" };
  const written = await rpc(server, "stream.write", "account-1", { ...event, metadata }, {
    id: uuid,
  });
  assertEquals(written, { position: 0, globalPosition: 2 });
  const [[id, type, position, globalPosition, data, meta, time]] = await rpc<[Row]>(
    ...[server, "stream.get", "account-1"] as const,
  );
  assertEquals(
    [id, type, position, globalPosition, data, meta],
    [uuid.toLowerCase(), "Deposited", 0, 2, event.data, metadata],
  );
  assertMatch(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
});

Deno.test("stream.write makes a version 7 UUID where none is given", async () => {
  await using server = await startServer();
  await rpc(server, "stream.write", "a-1", { ...event, metadata: null }, { id: null });
  const [[id, , , , , metadata]] = await rpc<[Row]>(server, "stream.get", "a-1");
  assertMatch(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assertEquals(metadata, null);
});

Deno.test("stream.write takes a UUID in any spelling, and makes one where the id is empty", async () => {
  await using server = await startServer();
  const lower = uuid.toLowerCase();
  await rpc(server, "stream.write", "a-1", event, { id: `{${uuid}}` });
  for (const id of [uuid, lower, uuid.replaceAll("-", ""), `urn:uuid:${lower}`, `{${lower}}`]) {
    const again = await call(server, "stream.write", "a-1", event, { id });
    assertEquals([again.error?.code, again.error?.details?.position], ["MESSAGE_ID_EXISTS", 0], id);
  }
  await rpc(server, "stream.write", "a-1", event, { id: "", expectedVersion: null });
  const [[first], [second]] = await rpc<[Row, Row]>(server, "stream.get", "a-1");
  assertEquals(first, lower);
  assertMatch(second, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
});

Deno.test("stream.get takes no more than the default where the batch size is 0", async () => {
  await using server = await startServer();
  const lines = Array.from(
    { length: 1_001 },
    (_, n) =>
      `{"id":"i-${n}","stream":"a-1","type":"T","pos":${n},"gpos":${n + 1},"data":{},"meta":null,` +
      '"time":"2025-01-01T00:00:00Z"}\n',
  ).join("");
  const headers = { Authorization: `Bearer ${server.token}` };
  await (await fetch(`${server.url}/import`, { method: "POST", headers, body: lines })).text();
  for (const [batchSize, count] of [[0, 1_000], [-1, 1_001]]) {
    const messages = await rpc<Row[]>(server, "stream.get", "a-1", { batchSize });
    assertEquals(messages.length, count);
    assertEquals((await rpc<Row[]>(server, "category.get", "a", { batchSize })).length, count);
  }
  assertEquals((await rpc<Row[]>(server, "stream.get", "a-1", { batchSize: 1 }))[0]![0], "i-0");
});

Deno.test("stream.write keeps a payload as it was written, white space aside", async () => {
  await using server = await startServer({ files: true });
  const data = '{"b":1.0,"a":9007199254740993,"n":1e400,"z":"\\u0000\\ud800\\/","a":-0,"ü":"é"}';
  const spaced = data.replaceAll(":", " :\t").replaceAll(",", "\n, ");
  const metadata = '{"x":0.10,"x":[1E5,{}]}';
  const body = `["stream.write","a-1",{"metadata": ${metadata},"type":"T","data" : ${spaced} }]`;
  assertEquals((await post(server, body)).text, '{"position":0,"globalPosition":1}');
  for (const method of ['["stream.get","a-1"]', '["stream.last","a-1"]', '["category.get","a"]']) {
    assertStringIncludes((await post(server, method)).text, `,${data},${metadata},"20`);
  }
});

Deno.test("stream.write takes a message of one MiB", async () => {
  await using server = await startServer({ files: true });
  const text = "x".repeat(1024 * 1024);
  await rpc(server, "stream.write", "a-1", { type: "T", data: { text } });
  const [message] = await rpc<Row[]>(server, "stream.get", "a-1");
  assertEquals(message![4], { text });
});

Deno.test("stream.write takes names with any character but U+0000", async () => {
  await using server = await startServer();
  for (
    const name of ["account", "a-1+retry", "a-b-c", "a:b", 'q"\\', "ü-😀", "a\nb", "x".repeat(1024)]
  ) {
    await rpc(server, "stream.write", name, { type: name, data: {} });
    const [message] = await rpc<Row[]>(server, "stream.get", name);
    assertEquals(message![1], name);
  }
});

Deno.test("stream.write checks the expected version, and names both", async () => {
  await using server = await startServer();
  const write = (expectedVersion: number | null) =>
    call(server, "stream.write", "a-1", event, { expectedVersion });
  assertEquals((await write(0)).error?.details, { expected: 0, actual: -1 });
  assertEquals((await write(-1)).status, 200);
  const again = await write(-1);
  assertEquals([again.status, again.error?.code], [409, "STREAM_VERSION_CONFLICT"]);
  assertEquals(again.error?.details, { expected: -1, actual: 0 });
  assertEquals((await write(0)).status, 200);
  assertEquals((await write(null)).status, 200);
});

Deno.test("stream.write refuses an id that is there, before it looks at the version", async () => {
  await using server = await startServer();
  await rpc(server, "stream.write", "a-1", event, { id: uuid });
  const again = await call(server, "stream.write", "b-1", event, {
    id: uuid.toLowerCase(),
    expectedVersion: 7,
  });
  assertEquals([again.status, again.error?.code], [409, "MESSAGE_ID_EXISTS"]);
  assertEquals(again.error?.details, { stream: "a-1", position: 0, globalPosition: 1 });
  assertEquals(await rpc(server, "stream.get", "b-1"), []);
});

const nested = (depth: number) => "[".repeat(depth - 1) + "]".repeat(depth - 1);
const wrong: [what: string, args: string, said: string][] = [
  ["no stream", "", '"stream" must be a string, got nothing'],
  ["null for a stream", 'null,{"type":"T","data":{}}', '"stream" must be a string, got null'],
  ["a number for a stream", '7,{"type":"T","data":{}}', '"stream" must be a string, got 7'],
  ["an empty stream name", '"",{"type":"T","data":{}}', '"stream" is empty'],
  ["U+0000 in a stream name", '"a\\u0000",{"type":"T","data":{}}', '"stream" contains'],
  ["half of a surrogate pair in a name", '"a\\ud800",{"type":"T","data":{}}', '"stream" contains'],
  ["a name that is too long", `"${"é".repeat(513)}",{"type":"T","data":{}}`, "1,026"],
  ["no message", '"a-1"', '"message" must be an object, got nothing'],
  ["an array for a message", '"a-1",[]', '"message" must be an object, got []'],
  ["no type", '"a-1",{"data":{}}', '"type" must be a string, got nothing'],
  ["an empty type", '"a-1",{"type":"","data":{}}', '"type" is empty'],
  ["no data", '"a-1",{"type":"T"}', '"data" must be an object, got nothing'],
  ["null for data", '"a-1",{"type":"T","data":null}', '"data" must be an object, got null'],
  ["an array for data", '"a-1",{"type":"T","data":[1]}', '"data" must be an object, got [1]'],
  ["a string for data", '"a-1",{"type":"T","data":"{}"}', '"data" must be an object, got "{}"'],
  [
    "the last of repeated data",
    '"a-1",{"type":"T","data":{},"data":1}',
    '"data" must be an object',
  ],
  ["a string for metadata", '"a-1",{"type":"T","data":{},"metadata":""}', '"metadata" must be'],
  [
    "data nested too deep",
    `"a-1",{"type":"T","data":{"x":${nested(1001)}}}`,
    "1000 deep, got 1001",
  ],
  [
    "metadata nested too deep",
    `"a-1",{"type":"T","data":{},"metadata":{"x":${nested(1001)}}}`,
    "deep",
  ],
  ["a list of options", '"a-1",{"type":"T","data":{}},[]', '"options" must be an object'],
  [
    "an id that is no UUID",
    '"a-1",{"type":"T","data":{}},{"id":"7"}',
    '"id" must be a UUID, got "7"',
  ],
  ["a number for an id", '"a-1",{"type":"T","data":{}},{"id":7}', '"id" must be a string, got 7'],
  ["a version of -2", '"a-1",{"type":"T","data":{}},{"expectedVersion":-2}', "at least -1, got -2"],
  ["half a version", '"a-1",{"type":"T","data":{}},{"expectedVersion":0.5}', "integer"],
  ["a version as text", '"a-1",{"type":"T","data":{}},{"expectedVersion":"0"}', "integer"],
  [
    "a version of 2^53",
    '"a-1",{"type":"T","data":{}},{"expectedVersion":9007199254740992}',
    "9007199254740991",
  ],
];
for (const [what, args, said] of wrong) {
  Deno.test(`stream.write refuses ${what}`, async () => {
    await using server = await startServer();
    const answer = await post(server, `["stream.write"${args && ","}${args}]`);
    assertEquals([answer.status, answer.error?.code], [400, "INVALID_REQUEST"]);
    assertStringIncludes(answer.error!.message, "Cannot call stream.write: ");
    assertStringIncludes(answer.error!.message, said);
    assertEquals(await rpc(server, "category.get", ""), []);
  });
}

Deno.test("stream.write takes data that is nested 1,000 deep", async () => {
  await using server = await startServer();
  const data = `{"x":${nested(1000)}}`;
  await post(server, `["stream.write","a-1",{"type":"T","data":${data}}]`);
  assertStringIncludes((await post(server, '["stream.get","a-1"]')).text, data);
});

Deno.test("stream.write cuts a long value short in its message", async () => {
  await using server = await startServer();
  const answer = await call(server, "stream.write", "a-1", { type: "T", data: "x".repeat(1e6) });
  assert(answer.text.length < 300, answer.text.slice(0, 400));
});

Deno.test("stream.get pages by position and by batch size", async () => {
  await using server = await startServer();
  for (let i = 0; i < 5; i++) await rpc(server, "stream.write", "a-1", event);
  const positions = async (options?: unknown) =>
    (await rpc<Row[]>(server, "stream.get", "a-1", options)).map((message) => message[2]);
  assertEquals(await positions(), [0, 1, 2, 3, 4]);
  assertEquals(await positions(null), [0, 1, 2, 3, 4]);
  assertEquals(await positions({ position: 2, batchSize: 2 }), [2, 3]);
  assertEquals(await positions({ position: null, batchSize: null }), [0, 1, 2, 3, 4]);
  assertEquals(await positions({ position: -7 }), [0, 1, 2, 3, 4]);
  for (const low of ["-1", "-1.0", "-9007199254740993", "-9223372036854775808"]) {
    const call = `["stream.get","a-1",{"position":${low},"globalPosition":${low}}]`;
    assertEquals(((await post(server, call)).body as Row[]).length, 5, low);
  }
  assertEquals(await positions({ globalPosition: 4 }), [3, 4]);
  assertEquals(await positions({ position: 9 }), []);
  assertEquals(await positions({ batchSize: 0 }), [0, 1, 2, 3, 4]);
  assertEquals(await positions({ batchSize: -1 }), [0, 1, 2, 3, 4]);
  assertEquals(await positions({ batchSize: 10_000 }), [0, 1, 2, 3, 4]);
});

for (const batchSize of [-2, 10_001, 1.5, "10", 1e300]) {
  Deno.test(`stream.get refuses a batchSize of ${JSON.stringify(batchSize)}`, async () => {
    await using server = await startServer();
    const answer = await call(server, "stream.get", "a-1", { batchSize });
    assertEquals([answer.status, answer.error?.code], [400, "INVALID_REQUEST"]);
    assertStringIncludes(answer.error!.message, `"batchSize"`);
    assertStringIncludes(answer.error!.message, `got ${JSON.stringify(batchSize)}`);
  });
}

Deno.test("stream.last gives the last message, or the last of a type, or null", async () => {
  await using server = await startServer();
  assertEquals(await rpc(server, "stream.last", "a-1"), null);
  for (const type of ["A", "B", "A"]) await rpc(server, "stream.write", "a-1", { type, data: {} });
  assertEquals((await rpc<Row>(server, "stream.last", "a-1"))[2], 2);
  assertEquals((await rpc<Row>(server, "stream.last", "a-1", { type: "B" }))[2], 1);
  assertEquals(await rpc(server, "stream.last", "a-1", { type: "C" }), null);
  for (const type of ["", null]) {
    assertEquals((await rpc<Row>(server, "stream.last", "a-1", { type }))[2], 2);
  }
});

Deno.test("stream.version is null, then the position of the last message", async () => {
  await using server = await startServer();
  assertEquals(await rpc(server, "stream.version", "a-1"), null);
  await rpc(server, "stream.write", "a-1", event);
  assertEquals(await rpc(server, "stream.version", "a-1"), 0);
});
