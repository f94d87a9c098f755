import { createToken } from "../../src/auth/create_token.ts";
import { createLog, type LogLevel } from "../../src/log.ts";
import { assert, assertEquals, assertFalse, assertStringIncludes } from "../support/assert.ts";
import { call, post, rpc, startServer, withToken } from "../support/server.ts";

function jsonLog(level: LogLevel) {
  const lines: string[] = [];
  const log = createLog({ level, format: "json", sink: (line) => lines.push(line) });
  const requests = () =>
    lines.map((line) => JSON.parse(line)).filter((line) => line.message === "request");
  return { log, lines, requests };
}

Deno.test("a request's line names method, path, rpc method, namespace, status and time", async () => {
  const { log, requests } = jsonLog("debug");
  await using server = await startServer({ log });
  await rpc(server, "stream.version", "a-1");
  const [{ time: _time, ms, ...line }] = requests();
  assertEquals(line, {
    level: "debug",
    message: "request",
    method: "POST",
    path: "/rpc",
    rpc: "stream.version",
    namespace: "default",
    status: 200,
  });
  assert(typeof ms === "number" && ms >= 0);
});

Deno.test("at info, the log has refusals and what changes namespaces, not every read", async () => {
  const { log, requests } = jsonLog("info");
  await using server = await startServer({ log });
  await rpc(server, "stream.version", "a-1");
  await rpc(server, "ns.create", "other");
  await call(server, "stream.version", "");
  assertEquals(
    requests().map((line) => [line.rpc, line.status, line.code]),
    [["ns.create", 200, undefined], ["stream.version", 400, "INVALID_REQUEST"]],
  );
});

Deno.test("the log has neither tokens nor payloads nor queries", async () => {
  const { log, lines } = jsonLog("debug");
  await using server = await startServer({ log });
  const other = createToken("default");
  await rpc(server, "stream.write", "a-1", { type: "T", data: { card: "4111-1111" } });
  await call(server, "stream.write", "a-1", { type: "T", data: "4111-1111" });
  await post(server, '["4111-1111"]');
  await call(withToken(server, other), "sys.version");
  await (await fetch(`${server.url}/nowhere?token=${other}&card=4111-1111`)).text();
  await rpc(server, "ns.create", "mine", { token: createToken("mine") });
  assertEquals(lines.filter((line) => line.includes("4111")), []);
  assertEquals(lines.filter((line) => /[0-9a-f]{64}/.test(line)), []);
  assertFalse(lines.some((line) => line.includes("?")));
  assertStringIncludes(lines.join(""), "/nowhere");
});
