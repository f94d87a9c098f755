import { gunzipSync } from "node:zlib";
import { createHandler, openStore, serve } from "../../server.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { runCli, startCli } from "../support/cli.ts";
import { loadedModules } from "../support/loaded_modules.ts";
import { RawConnection } from "../support/raw_http.ts";
import { startServer, type TestServer } from "../support/server.ts";

const decoder = new TextDecoder();

/** A request whose headers are all its own. */
async function ask(
  server: Pick<TestServer, "port">,
  path: string,
  headers: Record<string, string> = {},
  { method = "GET", body = "" } = {},
): Promise<{ status: number; headers: Headers; body: string }> {
  using connection = await RawConnection.open(server);
  const lines = Object.entries({
    Host: `localhost:${server.port}`,
    Connection: "close",
    ...headers,
  })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  await connection.send(
    `${method} ${path} HTTP/1.1\r\n${lines.join("")}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  const [head, ...rest] = (await connection.readUntil(() => false)).split("\r\n\r\n");
  const [status, ...fields] = head!.split("\r\n");
  return {
    status: Number(status!.split(" ")[1]),
    headers: new Headers(fields.map((line) => line.split(/:\s*(.*)/s, 2) as [string, string])),
    body: rest.join("\r\n\r\n"),
  };
}

/** The paths that a document names, as a browser at its address resolves them. */
async function filesOf(url: string): Promise<string[]> {
  const document = await (await fetch(url)).text();
  return [...document.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) =>
    new URL(path!, url).href
  );
}

Deno.test("GET /ui is a document that may do nothing but load its own files and call its server", async () => {
  await using server = await startServer();
  const response = await fetch(`${server.url}/ui`);
  assertEquals(response.status, 200);
  assertStringIncludes(await response.text(), "<title>EventoDB</title>");
  const names = [
    "content-type",
    "cache-control",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "vary",
    "access-control-allow-origin",
    "set-cookie",
  ];
  assertEquals(names.map((name) => response.headers.get(name)), [
    "text/html; charset=utf-8",
    "no-cache",
    "nosniff",
    "DENY",
    "no-referrer",
    "same-origin",
    "same-origin",
    "Accept-Encoding",
    null,
    null,
  ]);
  const policy = response.headers.get("content-security-policy")!.split("; ").toSorted();
  assertEquals(policy, [
    "base-uri 'none'",
    "connect-src 'self'",
    "default-src 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "img-src 'self'",
    "require-trusted-types-for 'script'",
    "script-src 'self'",
    "style-src 'self'",
    "trusted-types 'none'",
  ]);
});

Deno.test("the page's files are kept forever, and come compressed to those who take it", async () => {
  await using server = await startServer();
  const types: Record<string, string> = {
    js: "text/javascript; charset=utf-8",
    css: "text/css; charset=utf-8",
    svg: "image/svg+xml",
  };
  const files = await filesOf(`${server.url}/ui`);
  assertEquals(files.length, 3);
  for (const url of files) {
    const { pathname } = new URL(url);
    const plain = await ask(server, pathname);
    assertEquals([plain.status, plain.headers.get("content-type")], [
      200,
      types[pathname.split(".").at(-1)!]!,
    ]);
    assertEquals(plain.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assertEquals(plain.headers.get("x-content-type-options"), "nosniff");
    assertEquals(plain.headers.get("content-encoding"), null);
    assertEquals(plain.headers.get("vary"), "Accept-Encoding");

    using client = Deno.createHttpClient({});
    const headers = { "Accept-Encoding": "gzip" };
    const compressed = await fetch(url, { headers, client });
    const text = await compressed.text();
    assertEquals(
      new TextEncoder().encode(text).length,
      Number(plain.headers.get("content-length")),
    );
    const head = await ask(server, pathname, headers, { method: "HEAD" });
    assertEquals([head.status, head.body], [200, ""]);
    assertEquals(head.headers.get("content-encoding"), "gzip");
    assert(Number(head.headers.get("content-length")) < text.length);
  }
  // Byte for byte, not as fetch has unpacked it.
  await using store = await openStore("sqlite://memory");
  await using handler = createHandler({ store, ui: true });
  const [plain, packed] = await Promise.all(["identity", "br, gzip;q=0.5"].map(async (accepted) => {
    const headers = { "Accept-Encoding": accepted };
    const response = await handler(new Request("http://localhost/ui", { headers }));
    return await response.bytes();
  }));
  assertEquals(decoder.decode(gunzipSync(packed!)), decoder.decode(plain));
});

Deno.test("/ui says that nothing has changed, whatever a proxy made of the validator", async () => {
  await using server = await startServer();
  const { headers } = await ask(server, "/ui");
  const etag = headers.get("etag")!;
  const strong = etag.replace("W/", "");
  for (const known of [etag, strong, `"other", ${strong}`, "*"]) {
    const answer = await ask(server, "/ui", { "If-None-Match": known });
    assertEquals([answer.status, answer.body], [304, ""], known);
    assertEquals(answer.headers.get("etag"), etag);
    assertMatch(answer.headers.get("content-security-policy")!, /default-src 'none'/);
  }
  for (const other of ['"other"', "", strong.replaceAll('"', "")]) {
    assertEquals((await ask(server, "/ui", { "If-None-Match": other })).status, 200, other);
  }
});

Deno.test("/ui has one address, and no files but its own", async () => {
  await using server = await startServer();
  for (const path of ["/ui/", "/ui/?token=x"]) {
    const { status, headers } = await ask(server, path);
    assertEquals([status, headers.get("location")], [308, "../ui"]);
    // Something else may be on this port tomorrow.
    assertEquals(headers.get("cache-control"), "no-cache");
  }
  // A base URL that ends in a slash.
  assertEquals((await ask(server, "//ui")).status, 200);
  for (const url of await filesOf(`${server.url}//ui`)) {
    const response = await fetch(url);
    assertEquals(response.status, 200, url);
    await response.body?.cancel();
  }
  for (
    const path of [
      "/ui/page.000000000000.js",
      "/ui/../rpc/x",
      "/ui/%2e%2e/deno.json",
      "/ui//",
      "/uix",
    ]
  ) {
    const { status, body, headers } = await ask(server, path);
    assertEquals([status, JSON.parse(body).error.code], [404, "NOT_FOUND"], path);
    assertEquals(headers.get("cache-control")?.includes("immutable") ?? false, false);
  }
  const gone = await ask(server, "/ui/page.000000000000.js");
  assertStringIncludes(JSON.parse(gone.body).error.message, "load the page again");
  for (const method of ["POST", "PUT", "DELETE"]) {
    const { status, headers } = await ask(server, "/ui", {}, { method });
    assertEquals([status, headers.get("allow")], [405, "GET, HEAD"]);
  }
});

Deno.test("/ui responds only to names that the server is known by, with and without tokens", async () => {
  for (const testMode of [false, true]) {
    await using server = await startServer({
      testMode,
      ui: true,
      allowedHosts: ["eventodb"],
      publicUrl: "https://events.example.com",
    });
    for (const host of ["localhost", "127.0.0.1:1", "[::1]", "eventodb:80", "events.example.com"]) {
      assertEquals((await ask(server, "/ui", { Host: host })).status, 200, host);
    }
    // A name of somebody else's that leads here: its page would be the server's own to a browser.
    for (const host of ["evil.example", "localhost.evil.example", "192.168.1.5:8080"]) {
      const { status, body } = await ask(server, "/ui", { Host: host });
      assertEquals(status, 403, host);
      assertStringIncludes(JSON.parse(body).error.message, "--allowed-host");
      assertEquals((await ask(server, "/ui/page.js", { Host: host })).status, 403);
    }
    // HTTP/2 has the name in the URL.
    using client = Deno.createHttpClient({ http1: false, http2: true });
    const response = await fetch(`http://localhost:${server.port}/ui`, { client });
    assertEquals(response.status, 200);
    await response.body?.cancel();
    await using store = await openStore("sqlite://memory");
    await using handler = createHandler({ store, testMode, ui: true });
    assertEquals((await handler(new Request("http://evil.example/ui"), {})).status, 403);
  }
});

Deno.test("links lead to /ui from other sites; frames, scripts and calls from there do not", async () => {
  for (const testMode of [false, true]) {
    await using server = await startServer({ testMode });
    const Authorization = `Bearer ${server.token}`;
    const site = (mode: string, dest: string, site = "cross-site") => ({
      "Sec-Fetch-Site": site,
      "Sec-Fetch-Mode": mode,
      "Sec-Fetch-Dest": dest,
    });
    const script = new URL((await filesOf(`${server.url}/ui`)).at(-1)!).pathname;
    const navigation = site("navigate", "document");
    assertEquals((await ask(server, "/ui", navigation)).status, 200);
    assertEquals((await ask(server, "/ui/", navigation)).status, 308);
    for (
      const foreign of [
        site("navigate", "iframe"),
        site("navigate", "frame"),
        site("navigate", "object"),
        site("no-cors", "script"),
        site("no-cors", "image"),
        site("cors", "empty"),
        { "Sec-Fetch-Site": "cross-site" },
      ]
    ) {
      for (const path of ["/ui", script]) {
        assertEquals((await ask(server, path, foreign)).status, 403, JSON.stringify(foreign));
      }
    }
    const call = { method: "POST", body: '["ns.list"]' };
    assertEquals((await ask(server, "/rpc", { ...navigation, Authorization }, call)).status, 403);
    for (const path of ["/export", "/ui"]) {
      const Origin = "https://evil.example";
      const foreign = await ask(server, path, { Origin, Authorization });
      assertEquals([foreign.status, foreign.headers.get("access-control-allow-origin")], [
        403,
        null,
      ]);
    }
    // The page itself: what it loads, and what it calls.
    const own = site("no-cors", "script", "same-origin");
    assertEquals((await ask(server, script, own)).status, 200);
    const Origin = `http://localhost:${server.port}`;
    const headers = { ...site("cors", "empty", "same-origin"), Origin, Authorization };
    assertEquals((await ask(server, "/rpc", headers, call)).status, 200);
  }
});

Deno.test("a page is served where it was asked for: on loopback, by --ui, by createHandler({ ui })", async () => {
  const isServed = async ({ port, uiUrl }: { port: number; uiUrl?: string }) => {
    const { status } = await ask({ port }, "/ui");
    assert(status === 200 || status === 404);
    assertEquals(uiUrl !== undefined, status === 200);
    return status === 200;
  };
  const options = { port: 0, dbUrl: "sqlite://memory" };
  for (
    const [more, expected] of [
      [{}, true],
      [{ hostname: "localhost" }, true],
      [{ ui: false }, false],
      [{ hostname: "0.0.0.0" }, false],
      [{ hostname: "0.0.0.0", ui: true }, true],
    ] as const
  ) {
    await using server = await serve({ ...options, ...more });
    assertEquals(await isServed(server), expected, JSON.stringify(more));
    assert(server.uiUrl === undefined || server.uiUrl === `${server.url}/ui`);
  }
  await using store = await openStore("sqlite://memory");
  for (const ui of [undefined, false, true]) {
    await using handler = createHandler({ store, ui });
    const { status } = await handler(new Request("http://localhost/ui"));
    assertEquals(status, ui ? 200 : 404);
  }
});

Deno.test("eventodb serve says where its page is, and takes --ui, --no-ui and EVENTODB_UI", async () => {
  const serveArgs = ["serve", "--test-mode", "--port", "0"];
  for (
    const [args, env, isServed] of [
      [[], {}, true],
      [["--no-ui"], {}, false],
      [["--no-ui"], { EVENTODB_UI: "true" }, false],
      [["--host", "0.0.0.0"], {}, false],
      [["--host", "0.0.0.0", "--ui"], {}, true],
      [["--host", "0.0.0.0"], { EVENTODB_UI: "true" }, true],
    ] as const
  ) {
    await using server = startCli([...serveArgs, ...args], { env });
    const [line, url] = await server.sees(/listening url=(\S+).*\n/);
    const response = await fetch(`${url}/ui`);
    await response.body?.cancel();
    const told = /page=(\S+)/.exec(line)?.[1];
    assertEquals([response.status, told], isServed ? [200, `${url}/ui`] : [404, undefined]);
  }
  const both = await runCli([...serveArgs, "--ui", "--no-ui"]);
  assertEquals([both.status, both.stdout], [2, ""]);
  assertStringIncludes(both.stderr, "--ui and --no-ui contradict each other");
});

Deno.test("a server has nothing of the page in memory before somebody asks for it", async () => {
  const pageOf = async (args: string[], paths: string[]) => {
    const { names } = await loadedModules(async (env) => {
      await using server = startCli(["serve", "--test-mode", "--port", "0", ...args], { env });
      const [, url] = await server.sees(/listening url=(\S+)/);
      for (const path of paths) await (await fetch(url + path)).body?.cancel();
      server.process.kill("SIGTERM");
      await server.ended;
    });
    assert(names.some((name) => name.endsWith("/src/http/serve.ts")), names.join("\n"));
    return names.filter((name) => name.includes("/src/page/") || /preact|htm/.test(name));
  };
  assertEquals(await pageOf(["--no-ui"], ["/ui", "/health"]), []);
  assertEquals(await pageOf([], ["/health", "/uix"]), []);
  assert((await pageOf([], ["/ui"])).some((name) => name.endsWith("/src/page/files.ts")));
});
