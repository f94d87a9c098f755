import { createToken } from "../../src/auth/token.ts";
import { EventoDBError } from "../../src/errors.ts";
import { serve } from "../../src/http/serve.ts";
import { openStore } from "../../src/store/open.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "../support/assert.ts";
import { lineOf } from "../support/history.ts";
import { RawConnection } from "../support/raw_http.ts";
import { call, rpc, startServer } from "../support/server.ts";

async function tempDir() {
  const path = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Tries to take a port until it is free. */
async function listenSoon(port: number): Promise<Deno.TcpListener> {
  while (true) {
    try {
      return Deno.listen({ hostname: "127.0.0.1", port });
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

Deno.test("serve() listens on this machine only, on a free port for 0", async () => {
  await using server = await serve({ port: 0, dbUrl: "sqlite://memory" });
  assertEquals(server.hostname, "127.0.0.1");
  assertEquals(server.url, `http://127.0.0.1:${server.port}`);
  assertEquals((await (await fetch(`${server.url}/health`)).json()).status, "ok");
});

Deno.test("serve() gives the default namespace's token on the first start only", async () => {
  await using folder = await tempDir();
  const options = { port: 0, dbUrl: "sqlite://eventodb.db", dataDir: folder.path };
  let token: string;
  {
    await using first = await serve(options);
    token = first.defaultToken!;
    assertMatch(token, /^ns_ZGVmYXVsdA_/);
    await rpc({ url: first.url, token }, "stream.write", "a-1", { type: "T", data: {} });
  }
  await using second = await serve(options);
  assertEquals(second.defaultToken, undefined);
  assertEquals(await rpc({ url: second.url, token }, "stream.version", "a-1"), 0);
});

Deno.test("serve() makes the token it is given that of default, also on an existing store", async () => {
  await using folder = await tempDir();
  const options = { port: 0, dbUrl: "sqlite://eventodb.db", dataDir: folder.path };
  let lost: string;
  {
    await using first = await serve(options);
    lost = first.defaultToken!;
  }
  const token = createToken("default");
  await using second = await serve({ ...options, token });
  assertEquals(second.defaultToken, undefined);
  assertEquals(await rpc({ url: second.url, token }, "stream.get", "a-1"), []);
  assertEquals((await call({ url: second.url, token: lost }, "sys.version")).status, 403);
});

Deno.test("serve() refuses a token that is none of default's, and leaves the port free", async () => {
  const port = freePort();
  for (const token of ["secret-7", createToken("other")]) {
    const start = serve({ port, dbUrl: "sqlite://memory", token });
    const error = await assertRejects(() => start, EventoDBError);
    assertEquals(error.code, "INVALID_REQUEST");
    assertFalse(error.message.includes(token));
  }
  (await listenSoon(port)).close();
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("serve() says when the port is taken, and makes no token that nobody sees", async () => {
  await using folder = await tempDir();
  const options = { dbUrl: "sqlite://eventodb.db", dataDir: folder.path };
  {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr;
    const error = await assertRejects(() => serve({ ...options, port }), EventoDBError);
    assertEquals(error.code, "BACKEND_ERROR");
    assertStringIncludes(error.message, `Cannot listen on 127.0.0.1:${port}: the port is in use`);
  }
  await using server = await serve({ ...options, port: 0 });
  assert(server.defaultToken !== undefined);
});

for (const port of [-1, 65_536, 1.5, NaN]) {
  Deno.test(`serve() refuses port ${port}`, async () => {
    const start = serve({ port, dbUrl: "sqlite://memory" });
    const error = await assertRejects(() => start, EventoDBError);
    assertEquals(error.code, "INVALID_REQUEST");
    assertStringIncludes(error.message, `port ${port}`);
  });
}

Deno.test("serve() says when the address is not this machine's", async () => {
  const start = serve({ hostname: "192.0.2.1", port: 0, dbUrl: "sqlite://memory" });
  const error = await assertRejects(() => start, EventoDBError);
  assertStringIncludes(error.message, "Cannot listen on 192.0.2.1:0: this machine does not have");
});

Deno.test("serve() refuses a data folder that another server uses", async () => {
  await using server = await startServer({ files: true });
  const start = serve({ port: 0, dbUrl: "sqlite://eventodb.db", dataDir: server.dataDir });
  const error = await assertRejects(() => start, EventoDBError);
  assertEquals(error.code, "BACKEND_ERROR");
  assertStringIncludes(error.message, server.dataDir!);
});

Deno.test("serve() leaves a store open that it was given", async () => {
  await using store = await openStore("sqlite://memory");
  {
    await using server = await serve({ port: 0, store });
    assert(server.defaultToken !== undefined);
  }
  assertEquals((await store.listNamespaces()).map(({ id }) => id), ["default"]);
});

Deno.test("shutdown() ends the server once, however often it is called", async () => {
  const server = await serve({ port: 0, dbUrl: "sqlite://memory" });
  await Promise.all([server.shutdown(), server.shutdown()]);
  await server.finished;
  await server[Symbol.asyncDispose]();
  await assertRejects(() => fetch(`${server.url}/health`));
});

Deno.test("shutdown() frees the port at once and lets a running import finish", async () => {
  await using server = await startServer({ files: true });
  using raw = await RawConnection.open(server);
  await raw.sendHead(server, "/import");
  await raw.sendChunk(lineOf(1));
  await raw.readUntil((text) => text.includes("\r\n\r\n"));
  const down = server.server.shutdown();
  (await listenSoon(server.port)).close();
  await raw.sendChunk(lineOf(2));
  await raw.sendChunk("");
  assertStringIncludes(await raw.readUntil((text) => text.includes("done")), '"imported":2');
  await down;
  await using again = await startServer({ dataDir: server.dataDir, token: server.token });
  assertEquals((await rpc<unknown[]>(again, "category.get", "")).length, 2);
});

Deno.test("shutdown() rolls back an import that does not finish in time", async () => {
  await using server = await startServer({ files: true, shutdownMs: 100 });
  using raw = await RawConnection.open(server);
  await raw.sendHead(server, "/import");
  await raw.sendChunk(lineOf(1));
  await raw.readUntil((text) => text.includes("\r\n\r\n"));
  const down = server.server.shutdown();
  const text = await raw.readUntil((text) => text.includes('"error"'));
  assertStringIncludes(text, "IMPORT_FAILED");
  assertStringIncludes(text, "shutting down");
  await down;
  await using again = await startServer({ dataDir: server.dataDir, token: server.token });
  assertEquals(await rpc(again, "category.get", ""), []);
});

Deno.test("shutdown() waits neither for half a request nor for a client that does not leave", async () => {
  await using server = await startServer({ files: true, shutdownMs: 100 });
  using headers = await RawConnection.open(server);
  await headers.send("POST /rpc HT");
  using body = await RawConnection.open(server);
  await body.sendHead(server, "/rpc");
  await body.sendChunk('["stream.');
  using idle = await RawConnection.open(server);
  await idle.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
  await idle.readUntil((text) => text.includes('"ok"'));
  await server.server.shutdown();
});

Deno.test("shutdown() lets a successor take over port and data while it ends", async () => {
  await using server = await startServer({ files: true });
  await rpc(server, "stream.write", "a-1", { type: "T", data: {} });
  using raw = await RawConnection.open(server);
  await raw.sendHead(server, "/import");
  await raw.sendChunk(lineOf(7));
  await raw.readUntil((text) => text.includes("\r\n\r\n"));
  const down = server.server.shutdown();
  (await listenSoon(server.port)).close();
  const successor = startServer({
    dataDir: server.dataDir,
    token: server.token,
    port: server.port,
  });
  await raw.sendChunk("");
  await down;
  await using next = await successor;
  assertEquals((await rpc<unknown[]>(next, "category.get", "")).length, 2);
});
