import { EventoDBClient, EventoDBError, type Retry } from "../../../mod.ts";
import { firstContactMs } from "../../../src/client/limits.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../../support/assert.ts";
import { lastJson, runCli } from "../../support/cli.ts";
import { lineOf } from "../../support/history.ts";
import { startServer } from "../../support/server.ts";

const certificate = (name: string) =>
  Deno.readTextFileSync(new URL(`../../support/tls/${name}`, import.meta.url));

/** Something that responds to every request in the same way. */
function respondWith(response: () => Response, options: Partial<Deno.TlsCertifiedKeyPem> = {}) {
  let requests = 0;
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    ...options as Deno.TlsCertifiedKeyPem,
  }, async (request) => {
    requests++;
    await request.body?.cancel();
    return response();
  });
  return {
    authority: `localhost:${server.addr.port}`,
    get requests() {
      return requests;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function html(status: number, text = "<h1>Proxy</h1>"): () => Response {
  return () => new Response(text, { status, headers: { "Content-Type": "text/html" } });
}

/** An address where nobody listens. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

const key = certificate("server.key");
const cert = certificate("server.crt");

Deno.test("eventodb names a certificate that is not trusted at once, and takes it with DENO_CERT", async () => {
  await using server = respondWith(() =>
    Response.json({ error: { code: "X", message: "hm" } }, {
      status: 400,
    }), { key, cert });
  const url = `https://${server.authority}`;
  const { status, stderr } = await runCli(["ns", "info", "--url", url]);
  assertEquals(status, 1);
  assertMatch(stderr, /its TLS certificate is not trusted.*DENO_CERT=ca\.pem.*DENO_TLS_CA_STORE/);
  assert(!stderr.includes("Trying again") && !stderr.includes("is running"), stderr);
  const file = new URL("../../support/tls/server.crt", import.meta.url).pathname;
  const trusted = await runCli(["ns", "info", "--url", url], { env: { DENO_CERT: file } });
  assertEquals(trusted.stderr, "error: hm (X)\n");
});

Deno.test("eventodb names https: to a port without TLS and http: to one with it at once", async () => {
  await using plain = respondWith(html(200));
  await using tls = respondWith(html(200), { key, cert });
  const toPlain = await runCli(["ns", "list", "--url", `https://${plain.authority}`]);
  assertMatch(
    toPlain.stderr,
    new RegExp(`does not speak TLS .*Perhaps the address is http://${plain.authority}`),
  );
  const toTls = await runCli(["ns", "list", "--url", `http://${tls.authority}`]);
  assertMatch(
    toTls.stderr,
    new RegExp(`does not speak HTTP .*Perhaps the address is https://${tls.authority}`),
  );
  for (const { status, stderr } of [toPlain, toTls]) {
    assertEquals(status, 1);
    assertMatch(stderr, /\nCheck the scheme and the port of --url\n$/);
    assert(!stderr.includes("Trying again"), stderr);
  }
});

Deno.test("eventodb knows the responses of TLS ports, proxies and web servers at once", async () => {
  const cases: [() => Response, RegExp][] = [
    [
      html(400, "The plain HTTP request was sent to HTTPS port"),
      /That port speaks TLS: use https:\/\/localhost:\d+ /,
    ],
    [
      () => new Response("Client sent an HTTP request to an HTTPS server.\n", { status: 400 }),
      /That port speaks TLS/,
    ],
    [html(502), /A proxy in front of the server cannot reach it/],
    [html(503), /says that it is unavailable/],
    [html(504), /A proxy in front of the server cannot reach it/],
    [html(407), /A proxy requires a user name/],
    [html(413), /does not accept a body of this size \(nginx: client_max_body_size\)/],
    [html(401), /requires a login/],
    [html(200), /What is there is a web page/],
  ];
  await Promise.all(cases.map(async ([response, says]) => {
    await using server = respondWith(response);
    const url = `http://${server.authority}`;
    const { status, stderr } = await runCli(["export", "--all", "--url", url]);
    assertEquals([status, server.requests], [1, 1], stderr);
    assertMatch(stderr, says);
  }));
});

Deno.test("EventoDBClient gives a server that has never responded 3 s, unless the number of retries is given", async () => {
  const addresses = [`http://127.0.0.1:${freePort()}`, "http://no-such-host.invalid"];
  for (const url of addresses) {
    const retries: Retry[] = [];
    const onRetry = (retry: Retry) => retries.push(retry);
    const client = new EventoDBClient({ url, onRetry });
    const error = await assertRejects(() => client.version(), EventoDBError);
    assertEquals(error.code, "CONNECTION_FAILED");
    assert(retries.length < 5);
    // To learn that a host is unknown may take longer than that.
    if (url === addresses[0]) assert(retries.length >= 1);
    assert(retries.reduce((sum, { delayMs }) => sum + delayMs, 0) <= firstContactMs);
  }
  const url = addresses[0]!;
  let attempts = 0;
  const told = new EventoDBClient({ url, retries: 7, retryDelayMs: 1, onRetry: () => attempts++ });
  await assertRejects(() => told.version(), EventoDBError);
  assertEquals(attempts, 7);
});

Deno.test("EventoDBClient tries as before once the server has responded", async () => {
  const retries: Retry[] = [];
  const server = await startServer();
  const client = new EventoDBClient({
    url: server.url,
    retryDelayMs: 1,
    onRetry: (retry) => retries.push(retry),
  });
  await client.version();
  await server[Symbol.asyncDispose]();
  await assertRejects(() => client.version(), EventoDBError, "Connection refused");
  assertEquals(retries.length, 5);
});

Deno.test("eventodb takes --retries, and says which proxy of the environment is in the way", async () => {
  await using proxy = respondWith(html(502));
  const run = (...more: string[]) =>
    runCli(["ns", "list", "--url", "http://events.invalid:8080", ...more], {
      env: { HTTP_PROXY: `http://user:secret@${proxy.authority}` },
    });
  const { status, stderr } = await run();
  assertEquals([status, proxy.requests], [1, 1]);
  assertMatch(stderr, /HTTP_PROXY is set: Deno sends requests to events\.invalid:8080 through/);
  assertMatch(stderr, /Set NO_PROXY=events\.invalid to go without it/);
  assert(!stderr.includes("secret"), stderr);
  await run("--retries", "1");
  assertEquals(proxy.requests, 3);
  const wrong = await run("--retries", "some");
  assertEquals(wrong.status, 2);
  assertMatch(wrong.stderr, /--retries must be an integer from 0 to 1000000, got "some"/);
});

Deno.test("eventodb says that a proxy does not let it through to an https: address", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  let connections = 0;
  const refusing = (async () => {
    for await (const connection of listener) {
      connections++;
      await connection.read(new Uint8Array(4096));
      await connection.write(new TextEncoder().encode("HTTP/1.1 403 Forbidden\r\n\r\n"));
      // Whoever closes before all has been read may take the response back.
      await connection.closeWrite();
      while (await connection.read(new Uint8Array(4096)).catch(() => null) !== null);
      connection.close();
    }
  })();
  const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
  const args = ["ns", "list", "--url", "https://events.invalid"];
  const { status, stderr } = await runCli(args, { env });
  assertEquals([status, connections], [1, 1], stderr);
  assertMatch(stderr, /the proxy of this network does not let the connection through/);
  assertMatch(stderr, /HTTPS_PROXY is set: Deno sends requests to events\.invalid through/);
  listener.close();
  await refusing;
});

Deno.test("eventodb keeps a path of the address, and says so where the server does not know it", async () => {
  await using server = await startServer();
  const behind = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    if (!pathname.startsWith("/events/")) return new Response(null, { status: 404 });
    const { method, headers, body } = request;
    return fetch(`${server.url}${pathname.slice(7)}${search}`, { method, headers, body });
  });
  const env = { EVENTODB_TOKEN: server.token };
  const url = `http://127.0.0.1:${behind.addr.port}/events/`;
  const { stdout } = await runCli(["ns", "info", "--url", url, "--json"], { env });
  assertEquals(lastJson(stdout).namespace, "default");
  for (const command of [["ns", "info"], ["export", "--all", "-o", "-"], ["import"]]) {
    const { status, stderr } = await runCli([...command, "--url", `${server.url}/api`], {
      env,
      stdin: lineOf(1),
    });
    assertEquals(status, 1);
    assertMatch(
      stderr,
      /Check --url: its path \/api is put before .*\(\/api\/\w+\)\. Leave it out/,
    );
    assert(!stderr.includes("all or nothing"), stderr);
  }
  await behind.shutdown();
});

Deno.test("eventodb refuses an address with a password or a query, and repeats neither", async () => {
  const wrong = [
    "http://me:secret@localhost:1",
    "http://localhost:1?token=secret",
    "ftp://me:secret@x",
  ];
  for (const url of wrong) {
    for (const command of [["ns", "list"], ["export", "--all"], ["import"]]) {
      const { status, stdout, stderr } = await runCli([...command, "--url", url], { stdin: "" });
      assertEquals([status, stdout], [2, ""]);
      assert(!stderr.includes("secret"), stderr);
    }
    const error = await assertRejects(
      () => Promise.resolve().then(() => new EventoDBClient({ url })),
      EventoDBError,
    );
    assertEquals([error.code, error.message.includes("secret")], ["INVALID_REQUEST", false]);
  }
});
