import { createHandler, openStore, serve } from "../../server.ts";
import { isLoopback } from "../../src/http/browsers.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { RawConnection } from "../support/raw_http.ts";
import { startServer, type TestServer } from "../support/server.ts";

/** The status of a request by hand, and its headers. */
async function ask(
  server: Pick<TestServer, "port">,
  path: string,
  headers: Record<string, string>,
  { method = "GET", body = "" } = {},
): Promise<{ status: number; head: string; body: string }> {
  using connection = await RawConnection.open(server);
  const lines = Object.entries({ Connection: "close", ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  await connection.send(
    `${method} ${path} HTTP/1.1\r\n${lines.join("")}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  const answer = await connection.readUntil((text) =>
    path.startsWith("/subscribe") && text.includes("\r\n\r\n")
  );
  const [head, ...rest] = answer.split("\r\n\r\n");
  return { status: Number(head!.split(" ")[1]), head: head!.toLowerCase(), body: rest.join("") };
}

const call = { method: "POST", body: '["ns.list"]' };

Deno.test("in test mode a page that points a name of its own here is refused", async () => {
  await using server = await startServer({ testMode: true });
  const { port } = server;
  const passes = async (host: string, path = "/rpc") => {
    const { status, body } = await ask(server, path, { Host: host }, path === "/rpc" ? call : {});
    assert(status === 200 || status === 403, `${host}: ${status}`);
    if (status === 403) assertEquals(JSON.parse(body).error.code, "AUTH_UNAUTHORIZED");
    return status === 200;
  };
  for (
    const host of [
      `localhost:${port}`,
      "localhost",
      "LOCALHOST",
      "localhost.",
      "shop.localhost:80",
      `127.0.0.1:${port}`,
      "127.1",
      "127.9.9.9:1",
      `[::1]:${port}`,
      "[0:0:0:0:0:0:0:1]",
      "[::ffff:127.0.0.1]",
    ]
  ) {
    assert(await passes(host), host);
  }
  for (
    const host of [
      `evil.example:${port}`,
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "notlocalhost",
      "192.168.1.5",
      "0.0.0.0",
      "[::2]",
    ]
  ) {
    assert(!await passes(host), host);
    for (const path of ["/health", "/version"]) assert(await passes(host, path));
    // Its own page is no better: this is how a name is rebound.
    const { status } = await ask(server, "/rpc", { Host: host, Origin: `http://${host}` }, call);
    assertEquals(status, 403);
  }
  const { status, body } = await ask(server, "/export", { Host: "evil.example" });
  assertEquals(status, 403);
  assertStringIncludes(JSON.parse(body).error.message, "--allowed-host evil.example");
});

Deno.test("in test mode the names of --host, --allowed-host and --public-url are known", async () => {
  await using server = await startServer({
    testMode: true,
    hostname: "0.0.0.0",
    allowedHosts: ["Eventodb:8080", "fe80::1"],
    publicUrl: "https://events.example.com/base",
  });
  for (const host of ["0.0.0.0", "eventodb", "eventodb:1", "[fe80::1]:1", "events.example.com"]) {
    assertEquals((await ask(server, "/rpc", { Host: host }, call)).status, 200, host);
  }
  assertEquals((await ask(server, "/rpc", { Host: "other" }, call)).status, 403);
  await using open = await startServer({ testMode: true, allowedHosts: ["*"] });
  assertEquals((await ask(open, "/rpc", { Host: "other" }, call)).status, 200);
});

Deno.test("with tokens any Host will do, since a page has none", async () => {
  await using server = await startServer();
  const headers = { Host: "evil.example", Authorization: `Bearer ${server.token}` };
  assertEquals((await ask(server, "/rpc", headers, call)).status, 200);
});

Deno.test("pages of other origins are refused, with and without test mode, on every path", async () => {
  for (const testMode of [true, false]) {
    await using server = await startServer({ testMode, corsOrigins: ["http://localhost:5173/"] });
    const { port } = server;
    const Host = `localhost:${port}`;
    const Authorization = `Bearer ${server.token}`;
    const foreign = [
      "http://evil.example",
      "http://localhost:5174",
      `http://localhost:${port}.evil.example`,
      `http://127.0.0.1:${port}`,
      "null",
      "file://",
      "nonsense",
      "",
    ];
    const requests: [string, object?][] = [
      ["/rpc", call],
      ["/import", { method: "POST" }],
      ["/export"],
      ["/export", { method: "HEAD" }],
      ["/health"],
      ["/version"],
      ["/nowhere"],
      ["/rpc", { method: "OPTIONS" }],
    ];
    for (const Origin of foreign) {
      for (const [path, options] of requests) {
        const answer = await ask(server, path, { Host, Origin, Authorization }, options);
        assertEquals(answer.status, 403, `${path} of ${Origin}`);
        assert(!answer.head.includes("access-control-allow"), answer.head);
      }
    }
    for (const Origin of [`http://localhost:${port}`, "http://localhost:5173"]) {
      const answer = await ask(server, "/rpc", { Host, Origin, Authorization }, call);
      assertEquals([answer.status, answer.body.includes("default")], [200, true]);
    }
  }
});

Deno.test("a request without Origin that a browser calls cross-site is refused", async () => {
  await using server = await startServer();
  const Authorization = `Bearer ${server.token}`;
  for (
    const [site, status] of [["cross-site", 403], ["same-site", 200], ["none", 200]] as const
  ) {
    for (const method of ["GET", "HEAD"]) {
      const headers = { Host: "localhost", "Sec-Fetch-Site": site, Authorization };
      assertEquals((await ask(server, "/export", headers, { method })).status, status);
    }
  }
});

Deno.test("GET /subscribe is open to every page that has a token, but not in test mode", async () => {
  const Origin = "http://evil.example";
  const Host = "localhost";
  const preflight = { Host, Origin, "Access-Control-Request-Method": "GET" };
  await using server = await startServer();
  const path = `/subscribe?all=true&token=${server.token}`;
  const opened = await ask(server, path, { Host, Origin });
  assertEquals(opened.status, 200);
  assertStringIncludes(opened.head, "access-control-allow-origin: *");
  const Authorization = `Bearer ${server.token}`;
  const paths = { Host, Authorization, "Sec-Fetch-Site": "cross-site" };
  assertEquals((await ask(server, "/subscribe?all=true", paths)).status, 200);
  assertEquals((await ask(server, "/subscribe?all=true", { Host, Origin })).status, 403);
  assertEquals((await ask(server, path, preflight, { method: "OPTIONS" })).status, 204);

  await using open = await startServer({ testMode: true });
  const refused = await ask(open, `/subscribe?all=true&token=${open.token}`, { Host, Origin });
  assertEquals([refused.status, refused.head.includes("access-control-allow")], [403, false]);
  assertEquals((await ask(open, "/subscribe", preflight, { method: "OPTIONS" })).status, 403);
});

Deno.test("behind a proxy that ends TLS the pages of --public-url are the server's own", async () => {
  await using server = await startServer({ publicUrl: "https://events.example.com:443/x" });
  const Authorization = `Bearer ${server.token}`;
  const own = { Host: "127.0.0.1:8080", Origin: "https://events.example.com", Authorization };
  assertEquals((await ask(server, "/rpc", own, call)).status, 200);
  const other = { ...own, Origin: "http://events.example.com" };
  assertEquals((await ask(server, "/rpc", other, call)).status, 403);
});

Deno.test("a preflight for a machine of a private network is answered for named origins", async () => {
  await using server = await startServer({ testMode: true, corsOrigins: ["https://app.example"] });
  const headers = {
    Host: "localhost",
    Origin: "https://app.example",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Private-Network": "true",
  };
  const { status, head } = await ask(server, "/rpc", headers, { method: "OPTIONS" });
  assertEquals(status, 204);
  assertStringIncludes(head, "access-control-allow-private-network: true");
});

Deno.test("in test mode a call over HTTP/2 says by which name it calls", async () => {
  await using server = await startServer({ testMode: true });
  using client = Deno.createHttpClient({ http1: false, http2: true });
  const response = await fetch(`http://localhost:${server.port}/rpc`, { client, ...call });
  assertEquals(response.status, 200);
  await response.body?.cancel();
  await using store = await openStore("sqlite://memory");
  await using handler = createHandler({ store, testMode: true });
  // HTTP/2 has no Host header: the name is in the URL, and counts when it came over a connection.
  const request = () => new Request("http://evil.example/rpc", call);
  assertEquals((await handler(request(), {})).status, 403);
  assertEquals((await handler(request())).status, 200);
});

Deno.test("serve() refuses origins, hosts and a public URL that are none before it opens anything", async () => {
  const dataDir = `${await Deno.makeTempDir({ prefix: "eventodb-test-" })}/data`;
  for (
    const [options, said] of [
      [{ corsOrigins: ["localhost:5173"] }, "Cannot use the origin"],
      [{ corsOrigins: ["http://localhost:5173/page"] }, "Cannot use the origin"],
      [{ corsOrigins: ["null"] }, "Cannot use the origin"],
      [{ publicUrl: "events.example.com" }, "Cannot use the public URL"],
      [{ allowedHosts: ["http://eventodb"] }, "Cannot use the allowed host"],
    ] as const
  ) {
    const error = await assertRejects(() => serve({ port: 0, dataDir, ...options }), Error);
    assertStringIncludes(error.message, said);
  }
  await assertRejects(() => Deno.stat(dataDir), Deno.errors.NotFound);
  await Deno.remove(dataDir.slice(0, -5));
});

Deno.test("isLoopback() knows the names of this machine", () => {
  for (const host of ["localhost", "a.localhost", "127.0.0.1", "127.255.0.1", "::1", "[::1]"]) {
    assert(isLoopback(host), host);
  }
  for (const host of ["0.0.0.0", "::", "127.0.0.1.x", "localhost.x", "128.0.0.1", "10.0.0.1"]) {
    assert(!isLoopback(host), host);
  }
});
