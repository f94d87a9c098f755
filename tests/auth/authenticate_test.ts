import { createToken } from "../../src/auth/create_token.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { call, post, rpc, startServer, withToken } from "../support/server.ts";

const version = JSON.stringify(["sys.version"]);

Deno.test("authenticate() asks for a token where there is none", async () => {
  await using server = await startServer();
  for (const Authorization of ["", `Basic ${server.token}`, "Bearer "]) {
    const answer = await post(server, version, { Authorization });
    assertEquals([answer.status, answer.error?.code], [401, "AUTH_REQUIRED"]);
    assertEquals(answer.headers.get("WWW-Authenticate"), "Bearer");
  }
  assertEquals((await post(server, version, {})).error?.code, "AUTH_REQUIRED");
});

Deno.test("authenticate() refuses a malformed token", async () => {
  await using server = await startServer();
  for (const token of ["x", "ns_ZGVmYXVsdA_", `${server.token}0`, `${server.token} x`]) {
    const answer = await call(withToken(server, token), "sys.version");
    assertEquals([answer.status, answer.error?.code], [401, "AUTH_INVALID_TOKEN"]);
  }
});

Deno.test("authenticate() takes Bearer in any case", async () => {
  await using server = await startServer();
  const answer = await post(server, version, { Authorization: `bearer ${server.token}` });
  assertEquals(answer.status, 200);
});

Deno.test("authenticate() says the same of a wrong token and of an unknown namespace", async () => {
  await using server = await startServer();
  const wrong = await call(withToken(server, createToken("default")), "sys.version");
  const unknown = await call(withToken(server, createToken("nowhere")), "sys.version");
  assertEquals([wrong.status, wrong.error?.code], [403, "AUTH_UNAUTHORIZED"]);
  assertEquals(unknown.text, wrong.text);
});

Deno.test("authenticate() never repeats a token in a response", async () => {
  await using server = await startServer();
  for (const token of [createToken("default"), `${server.token}f`]) {
    const answer = await call(withToken(server, token), "sys.version");
    assert(!answer.text.includes(token.slice(-64)));
  }
});

Deno.test("authenticate() opens the namespace that stands in the token, and no other", async () => {
  await using server = await startServer();
  const { token } = await rpc<{ token: string }>(server, "ns.create", "other");
  await rpc(server, "stream.write", "a-1", { type: "T", data: {} });
  assertEquals(await rpc(withToken(server, token), "stream.get", "a-1"), []);
  assertEquals((await rpc<unknown[]>(server, "stream.get", "a-1")).length, 1);
});

Deno.test("authenticate() in test mode lets a call without a usable token act on default", async () => {
  await using server = await startServer({ testMode: true });
  for (const Authorization of ["", "Bearer nonsense"]) {
    const answer = await post(server, JSON.stringify(["ns.list"]), { Authorization });
    assertEquals(answer.status, 200);
    assertEquals(answer.headers.get("X-EventoDB-Token"), server.token);
  }
});

Deno.test("authenticate() in test mode returns the token also when the call fails", async () => {
  await using server = await startServer({ testMode: true });
  const answer = await post(server, JSON.stringify(["no.such"]), {});
  assertEquals(answer.status, 404);
  assertEquals(answer.headers.get("X-EventoDB-Token"), server.token);
});

Deno.test("authenticate() in test mode takes any well-formed token of a namespace that exists", async () => {
  await using server = await startServer({ testMode: true });
  await rpc(server, "ns.create", "other");
  const answer = await call(withToken(server, createToken("other")), "ns.info", "other");
  assertEquals(answer.status, 200);
  assertEquals(answer.headers.get("X-EventoDB-Token"), null);
});

Deno.test("authenticate() in test mode finds no namespace that does not exist", async () => {
  await using server = await startServer({ testMode: true });
  const answer = await call(withToken(server, createToken("nowhere")), "stream.get", "a-1");
  assertEquals([answer.status, answer.error?.code], [404, "NAMESPACE_NOT_FOUND"]);
  assertStringIncludes(answer.error!.message, '"nowhere"');
});
