import config from "../../deno.json" with { type: "json" };
import { createToken } from "../../src/auth/create_token.ts";
import { createHandler } from "../../src/http/handler.ts";
import { createLog } from "../../src/log.ts";
import { openStore } from "../../src/store/open.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "../support/assert.ts";
import { call, startServer } from "../support/server.ts";

Deno.test("/health and /version respond without a token", async () => {
  await using server = await startServer();
  const health = await fetch(`${server.url}/health`);
  assertEquals(await health.json(), { status: "ok" });
  const version = await (await fetch(`${server.url}/version`)).json();
  assertEquals(version.version, config.version);
  assertEquals(version.features, [
    ...["import-atomic", "import-gzip", "export", "select", "relate"],
    ...["search", "verify"],
  ]);
});

Deno.test("HEAD responds as GET does, without a body", async () => {
  await using server = await startServer();
  const url = `${server.url}/health`;
  const response = await fetch(url, { method: "HEAD" });
  assertEquals([response.status, await response.text()], [200, ""]);
  const got = await fetch(url);
  await got.body?.cancel();
  for (const name of ["Content-Type", "Content-Length", "Cache-Control"]) {
    assertEquals(response.headers.get(name), got.headers.get(name), name);
  }
});

Deno.test("an unknown path is NOT_FOUND", async () => {
  await using server = await startServer();
  for (const path of ["/", "/rpc/", "/RPC", "/health/x", "/%2e%2e/etc"]) {
    const response = await fetch(server.url + path);
    assertEquals(response.status, 404);
    assertEquals((await response.json()).error.code, "NOT_FOUND");
  }
});

Deno.test("a path may begin with several slashes, as behind a base URL that ends in one", async () => {
  await using server = await startServer();
  const headers = { Authorization: `Bearer ${server.token}` };
  const statuses: Record<string, number> = {};
  for (const path of ["/health", "/version", "/export", "/subscribe?stream=a"]) {
    for (const slashes of ["/", "///"]) {
      const response = await fetch(server.url + slashes + path, { headers });
      await response.body?.cancel();
      statuses[slashes + path] = response.status;
    }
  }
  for (const [path, body] of [["//rpc", '["sys.version"]'], ["////import", ""]] as const) {
    const response = await fetch(server.url + path, { method: "POST", headers, body });
    await response.text();
    statuses[path] = response.status;
  }
  assertEquals(Object.values(statuses), Array(10).fill(200), JSON.stringify(statuses));
  // Also where a page of any origin may read it; only leading slashes are dropped.
  const refused = await fetch(`${server.url}//subscribe`);
  assertEquals([refused.status, refused.headers.get("Access-Control-Allow-Origin")], [401, "*"]);
  await refused.body?.cancel();
  for (const path of ["//", "//rpc//", "/x//rpc"]) {
    const response = await fetch(server.url + path, { method: "POST", headers });
    assertEquals([response.status, (await response.json()).error.code], [404, "NOT_FOUND"], path);
  }
});

Deno.test("every endpoint takes the token from the query too, and shows it in no log", async () => {
  const lines: string[] = [];
  const log = createLog({ level: "debug", format: "json", sink: (line) => lines.push(line) });
  await using server = await startServer({ log });
  const requests = [
    ["POST", "/rpc", '["stream.version","a-1"]'],
    ["POST", "/import", ""],
    ["GET", "/export", undefined],
    ["GET", "/subscribe?stream=a-1", undefined],
  ] as const;
  const wrong = createToken("default");
  const cases: [inQuery: string, inHeader: string | undefined, status: number][] = [
    [server.token, undefined, 200],
    ["", undefined, 401],
    ["ns_wrong", undefined, 401],
    [wrong, undefined, 403],
    // The header wins.
    [wrong, `Bearer ${server.token}`, 200],
    [server.token, `Bearer ${wrong}`, 403],
    // A header that has none leaves it to the query.
    [server.token, "Basic eDp5", 200],
  ];
  for (const [method, path, body] of requests) {
    for (const [token, Authorization, status] of cases) {
      const separator = path.includes("?") ? "&" : "?";
      const response = await fetch(`${server.url}${path}${separator}token=${token}`, {
        method,
        body,
        headers: Authorization === undefined ? {} : { Authorization },
      });
      await response.body?.cancel();
      assertEquals(response.status, status, `${path} ${token} ${Authorization}`);
    }
  }
  for (const path of ["/nowhere", "/health", "//rpc"]) {
    await (await fetch(`${server.url}${path}?token=${server.token}`)).body?.cancel();
  }
  await server.server.shutdown();
  assert(lines.filter((line) => line.includes('"path":"/export"')).length === cases.length);
  assert(!lines.join("").includes("ns_"), lines.join(""));
});

Deno.test("a wrong HTTP method is refused, and the right one named", async () => {
  await using server = await startServer();
  for (
    const [method, path, allowed] of [
      ["GET", "/rpc", "POST"],
      ["PUT", "/import", "POST"],
      ["POST", "/health", "GET, HEAD"],
      ["DELETE", "/version", "GET, HEAD"],
      ["OPTIONS", "/rpc", "POST"],
    ]
  ) {
    const response = await fetch(server.url + path, { method });
    assertEquals([response.status, response.headers.get("Allow")], [405, allowed]);
    assertEquals((await response.json()).error.code, "INVALID_REQUEST");
  }
});

Deno.test("no error repeats a token that is in the wrong part of a request", async () => {
  await using server = await startServer();
  for (const [path, body] of [[`/x/${server.token}`, ""], ["/rpc", `["${server.token}"]`]]) {
    const headers = { Authorization: `Bearer ${server.token}` };
    const response = await fetch(server.url + path, { method: "POST", headers, body });
    const text = await response.text();
    assertEquals(response.status, 404);
    assertStringIncludes(text, "ns_…");
    assertEquals(text.includes(server.token.slice(-40)), false);
  }
});

const origin = "http://localhost:5173";
const preflight = { Origin: origin, "Access-Control-Request-Method": "POST" };

Deno.test("a browser's preflight is answered for the origins that were named", async () => {
  await using server = await startServer({ corsOrigins: [origin] });
  const response = await fetch(`${server.url}/rpc`, { method: "OPTIONS", headers: preflight });
  await response.body?.cancel();
  assertEquals(response.status, 204);
  assertEquals(response.headers.get("Access-Control-Allow-Origin"), origin);
  assertEquals(response.headers.get("Access-Control-Allow-Methods"), "POST");
  assertEquals(response.headers.get("Vary"), "Origin");
  assertStringIncludes(response.headers.get("Access-Control-Allow-Headers")!, "Authorization");

  const other = { ...preflight, Origin: "http://localhost:5174" };
  const refused = await fetch(`${server.url}/rpc`, { method: "OPTIONS", headers: other });
  await refused.body?.cancel();
  assertEquals(refused.status, 403);
  assertEquals(refused.headers.get("Access-Control-Allow-Origin"), null);
});

Deno.test("a response may be read by the origins that were named, also when it is an error", async () => {
  await using server = await startServer({ corsOrigins: [origin] });
  for (const [path, status] of [["/health", 200], ["/nowhere", 404], ["/rpc", 405]] as const) {
    const response = await fetch(server.url + path, { headers: { Origin: origin } });
    await response.body?.cancel();
    assertEquals(response.status, status);
    assertEquals(response.headers.get("Access-Control-Allow-Origin"), origin);
    assertMatch(response.headers.get("Vary") ?? "", /\bOrigin$/);
  }
  const other = await fetch(`${server.url}/health`, { headers: { Origin: "http://evil.test" } });
  await other.body?.cancel();
  assertEquals(other.headers.get("Access-Control-Allow-Origin"), null);
});

Deno.test("no other origin may read a response when none was named", async () => {
  await using server = await startServer();
  const response = await fetch(`${server.url}/health`, { headers: { Origin: origin } });
  await response.body?.cancel();
  assertEquals(response.headers.get("Access-Control-Allow-Origin"), null);
  // Deno 2.8 names Accept-Encoding there.
  assertNotMatch(response.headers.get("Vary") ?? "", /\bOrigin\b/);
});

Deno.test("what nobody foresaw is a BACKEND_ERROR without a stack, and logged with one", async () => {
  const lines: [string, string, Record<string, unknown>][] = [];
  const log = {
    enabled: () => true,
    write: (level: string, message: string, fields = {}) => lines.push([level, message, fields]),
  };
  await using open = await openStore("sqlite://memory");
  const store = new Proxy(open, {
    get(target, key) {
      if (key === "connections") return () => Promise.reject(new TypeError("secret detail"));
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await using server = await startServer({ store, log });
  const answer = await call(server, "sys.health");
  assertEquals([answer.status, answer.error?.code], [500, "BACKEND_ERROR"]);
  assertFalse(answer.text.includes("secret detail"));
  const [level, , fields] = lines.find(([, , fields]) => fields.rpc === "sys.health")!;
  assertEquals(level, "error");
  assertStringIncludes(String(fields.error), "TypeError: secret detail\n    at ");
});

Deno.test("createHandler() responds inside another service", async () => {
  await using store = await openStore("sqlite://memory");
  await using handler = createHandler({ store, testMode: true });
  await using outer = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const url = new URL(request.url);
    if (!url.pathname.startsWith("/events/")) return new Response("mine");
    url.pathname = url.pathname.slice("/events".length);
    return handler(new Request(url, request));
  });
  const { port } = outer.addr;
  const response = await fetch(`http://127.0.0.1:${port}/events/rpc`, {
    method: "POST",
    body: '["stream.version","a-1"]',
  });
  assertEquals(await response.json(), null);
  const mine = await fetch(`http://127.0.0.1:${port}/x`);
  assertEquals(await mine.text(), "mine");
});

Deno.test("createHandler() in test mode makes default on demand", async () => {
  await using store = await openStore("sqlite://memory");
  await using handler = createHandler({ store, testMode: true });
  assertEquals(await store.findNamespace("default"), null);
  const ask = (headers: HeadersInit) =>
    handler(new Request("http://x/rpc", { method: "POST", body: '["sys.version"]', headers }));
  const [first, second] = await Promise.all([ask({}), ask({})]);
  assertEquals([first.status, second.status], [200, 200]);
  const token = first.headers.get("X-EventoDB-Token")!;
  assertEquals(second.headers.get("X-EventoDB-Token"), token);
  // Also without test mode, that token opens default.
  await using strict = createHandler({ store });
  const response = await strict(
    new Request("http://x/rpc", {
      method: "POST",
      body: '["sys.version"]',
      headers: { Authorization: `Bearer ${token}` },
    }),
  );
  assertEquals(response.status, 200);
});

Deno.test("createHandler() refuses requests once it is closed", async () => {
  await using store = await openStore("sqlite://memory");
  const handler = createHandler({ store });
  await handler.close(0);
  const response = await handler(new Request("http://x/health"));
  assertEquals(response.status, 503);
  assertEquals((await response.json()).error.code, "BACKEND_ERROR");
});
