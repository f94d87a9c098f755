import { createToken } from "../../src/auth/create_token.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "../support/assert.ts";
import { call, rpc, startServer, type TestServer, withToken } from "../support/server.ts";

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
const event = { type: "T", data: {} };

async function create(server: TestServer, namespace: string) {
  const { token } = await rpc<{ token: string }>(server, "ns.create", namespace);
  return withToken(server, token);
}

Deno.test("ns.create makes a namespace and a token that opens it", async () => {
  await using server = await startServer({ files: true });
  const made = await rpc<Record<"token" | "createdAt", string>>(server, "ns.create", "debug", {
    description: "a bug",
    metadata: { ticket: 1 },
  });
  assertEquals(Object.keys(made), ["namespace", "token", "createdAt"]);
  assertMatch(made.createdAt, time);
  const own = withToken(server, made.token);
  assertEquals(await rpc(own, "stream.write", "a-1", event), { position: 0, globalPosition: 1 });
});

Deno.test("ns.create keeps the token that it is given", async () => {
  await using server = await startServer();
  const token = createToken("debug");
  assertEquals(
    (await rpc<{ token: string }>(server, "ns.create", "debug", { token })).token,
    token,
  );
  assertEquals(await rpc(withToken(server, token), "stream.get", "a-1"), []);
});

Deno.test("ns.create refuses a token of another namespace, without repeating it", async () => {
  await using server = await startServer();
  for (const token of [createToken("other"), "secret-7", ""]) {
    const answer = await call(server, "ns.create", "debug", { token });
    assertEquals([answer.status, answer.error?.code], [400, "INVALID_REQUEST"]);
    assertStringIncludes(answer.error!.message, '"token" must be "ns_ZGVidWc_"');
    assertFalse(token !== "" && answer.text.includes(token));
  }
});

Deno.test("ns.rotateToken gives a namespace another token, and ends the old one at once", async () => {
  await using server = await startServer({ files: true });
  const old = await create(server, "debug");
  await rpc(old, "stream.write", "a-1", event);
  const made = await rpc<{ token: string }>(server, "ns.rotateToken", "debug");
  assertEquals(Object.keys(made), ["namespace", "token"]);
  const refused = await call(old, "stream.version", "a-1");
  assertEquals([refused.status, refused.error?.code], [403, "AUTH_UNAUTHORIZED"]);
  assertEquals(await rpc(withToken(server, made.token), "stream.version", "a-1"), 0);

  const token = createToken("debug");
  assertEquals(await rpc(server, "ns.rotateToken", "debug", { token }), {
    namespace: "debug",
    token,
  });
  assertEquals(await rpc(withToken(server, token), "stream.version", "a-1"), 0);
});

Deno.test("ns.rotateToken replaces the administrator's own token too", async () => {
  await using server = await startServer();
  const made = await rpc<{ token: string }>(server, "ns.rotateToken", "default");
  assertEquals((await call(server, "ns.list")).status, 403);
  assertEquals((await call(withToken(server, made.token), "ns.list")).status, 200);
});

Deno.test("ns.rotateToken is the administrator's alone, and refuses what is wrong", async () => {
  await using server = await startServer();
  const own = await create(server, "debug");
  const cases: [Pick<TestServer, "url" | "token">, unknown[], number, string][] = [
    [own, ["debug"], 403, "AUTH_UNAUTHORIZED"],
    [own, ["default"], 403, "AUTH_UNAUTHORIZED"],
    [own, ["none"], 403, "AUTH_UNAUTHORIZED"],
    [server, ["none"], 404, "NAMESPACE_NOT_FOUND"],
    [server, [], 400, "INVALID_REQUEST"],
    [server, ["debug", { token: createToken("other") }], 400, "INVALID_REQUEST"],
    [server, ["debug", { token: "secret" }], 400, "INVALID_REQUEST"],
  ];
  for (const [caller, args, status, code] of cases) {
    const answer = await call(caller, "ns.rotateToken", ...args);
    assertEquals([answer.status, answer.error?.code], [status, code]);
    assertFalse(answer.text.includes("secret"));
  }
  assertEquals((await call(own, "stream.version", "a-1")).status, 200);
});

Deno.test("ns.create refuses a namespace that is there", async () => {
  await using server = await startServer();
  await create(server, "debug");
  for (const id of ["debug", "default"]) {
    const answer = await call(server, "ns.create", id);
    assertEquals([answer.status, answer.error?.code], [409, "NAMESPACE_EXISTS"]);
  }
});

Deno.test("ns.create keeps namespaces apart whatever they are called", async () => {
  await using server = await startServer({ files: true });
  const ids = ["../x", "a/b", "ü", "CON", "con", ".", "a\\b", "a\nb", "%2e", "n".repeat(255)];
  for (const [i, id] of ids.entries()) {
    const own = await create(server, id);
    for (let n = 0; n <= i; n++) await rpc(own, "stream.write", "a-1", event);
  }
  for (const [i, id] of ids.entries()) {
    const info = await rpc<{ messageCount: number }>(server, "ns.info", id);
    assertEquals(info.messageCount, i + 1);
  }
});

for (const id of ["", "n".repeat(256), "n".repeat(1000), "a\0", "\ud800", 7, null, ["a"]]) {
  const shown = JSON.stringify(id).slice(0, 20);
  Deno.test(`ns.create, ns.info and ns.delete refuse the id ${shown}`, async () => {
    await using server = await startServer();
    for (const method of ["ns.create", "ns.info", "ns.delete"]) {
      const answer = await call(server, method, id);
      assertEquals([answer.status, answer.error?.code], [400, "INVALID_REQUEST"]);
      assertStringIncludes(answer.error!.message, `${method}: "namespace"`);
    }
  });
}

Deno.test("ns.create refuses wrong options", async () => {
  await using server = await startServer();
  for (const options of [{ description: 1 }, { metadata: [] }, { description: "\0" }, []]) {
    const answer = await call(server, "ns.create", "debug", options);
    assertEquals([answer.status, answer.error?.code], [400, "INVALID_REQUEST"]);
  }
});

Deno.test("ns.create, ns.list and others' ns.info and ns.delete are the administrator's", async () => {
  await using server = await startServer();
  const own = await create(server, "debug");
  const calls: [string, ...string[]][] = [
    ["ns.create", "more"],
    ["ns.list"],
    ["ns.info", "default"],
    ["ns.info", "nowhere"],
    ["ns.delete", "default"],
    ["ns.delete", "nowhere"],
  ];
  for (const [method, ...args] of calls) {
    const answer = await call(own, method, ...args);
    assertEquals([answer.status, answer.error?.code], [403, "AUTH_UNAUTHORIZED"]);
  }
});

Deno.test("ns.info shows a namespace's own token what is in it", async () => {
  await using server = await startServer();
  const own = await create(server, "debug");
  const before = await rpc<Record<string, unknown>>(own, "ns.info", "debug");
  assertEquals(Object.keys(before), [
    "namespace",
    "description",
    "createdAt",
    "messageCount",
    "streamCount",
    "lastActivity",
    "globalPosition",
  ]);
  assertEquals([before.description, before.lastActivity, before.globalPosition], ["", null, 0]);
  for (const stream of ["a-1", "a-2", "a-1"]) await rpc(own, "stream.write", stream, event);
  const after = await rpc<Record<string, unknown>>(server, "ns.info", "debug");
  assertEquals([after.messageCount, after.streamCount, after.globalPosition], [3, 2, 3]);
  assertMatch(String(after.lastActivity), time);
});

Deno.test("ns.info and ns.delete say when there is no such namespace", async () => {
  await using server = await startServer();
  for (const method of ["ns.info", "ns.delete"]) {
    const answer = await call(server, method, "nowhere");
    assertEquals([answer.status, answer.error?.code], [404, "NAMESPACE_NOT_FOUND"]);
  }
});

Deno.test("ns.delete counts the messages and ends the token", async () => {
  await using server = await startServer({ files: true });
  const own = await create(server, "debug");
  await rpc(own, "stream.write", "a-1", event);
  const deleted = await rpc<Record<string, unknown>>(own, "ns.delete", "debug");
  assertEquals([deleted.namespace, deleted.messagesDeleted], ["debug", 1]);
  assertMatch(String(deleted.deletedAt), time);
  assertEquals((await call(own, "stream.get", "a-1")).error?.code, "AUTH_UNAUTHORIZED");
});

Deno.test("ns.delete never deletes default", async () => {
  for (const testMode of [false, true]) {
    await using server = await startServer({ testMode });
    const answer = await call(server, "ns.delete", "default");
    assertEquals([answer.status, answer.error?.code], [403, "AUTH_UNAUTHORIZED"]);
  }
});

Deno.test("ns.list names every namespace", async () => {
  await using server = await startServer();
  await rpc(server, "ns.create", "debug", { description: "a bug" });
  await rpc(server, "stream.write", "a-1", event);
  const list = await rpc<Record<string, unknown>[]>(server, "ns.list");
  assertEquals(
    list.map((row) => [row.namespace, row.description, row.messageCount]),
    [["debug", "a bug", 0], ["default", "", 1]],
  );
  assertEquals(Object.keys(list[0]!), ["namespace", "description", "createdAt", "messageCount"]);
});

Deno.test("ns.streams pages through streams by name", async () => {
  await using server = await startServer();
  for (const stream of ["b-1", "a-2", "a-1", "a-1", "é-1"]) {
    await rpc(server, "stream.write", stream, event);
  }
  const names = async (options?: unknown) =>
    (await rpc<{ stream: string }[]>(server, "ns.streams", options)).map((row) => row.stream);
  assertEquals(await names(), ["a-1", "a-2", "b-1", "é-1"]);
  assertEquals(await names({ prefix: "a-" }), ["a-1", "a-2"]);
  assertEquals(await names({ limit: 2 }), ["a-1", "a-2"]);
  assertEquals(await names({ limit: 2, cursor: "a-2" }), ["b-1", "é-1"]);
  const first = (await rpc<Record<string, unknown>[]>(server, "ns.streams"))[0]!;
  assertEquals(Object.keys(first), ["stream", "version", "lastActivity"]);
  assertEquals(first.version, 1);
  assert(time.test(String(first.lastActivity)));
});

for (
  const options of [{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { prefix: 1 }, { cursor: {} }]
) {
  Deno.test(`ns.streams refuses ${JSON.stringify(options)}`, async () => {
    await using server = await startServer();
    const answer = await call(server, "ns.streams", options);
    assertEquals([answer.status, answer.error?.code], [400, "INVALID_REQUEST"]);
    assertStringIncludes(answer.error!.message, `"${Object.keys(options)[0]}"`);
  });
}

Deno.test("ns.categories counts streams and messages", async () => {
  await using server = await startServer();
  for (const stream of ["b-1", "a-2", "a-1", "a-1"]) {
    await rpc(server, "stream.write", stream, event);
  }
  assertEquals(await rpc(server, "ns.categories"), [
    { category: "a", streamCount: 2, messageCount: 3 },
    { category: "b", streamCount: 1, messageCount: 1 },
  ]);
});
