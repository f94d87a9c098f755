import { createToken } from "../../src/auth/create_token.ts";
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
import type { ImportUnit, Store } from "../../src/store/store.ts";
import { importMessages, lineOf, runImport } from "../support/history.ts";
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
  await using folder = await tempDir();
  const dataDir = `${folder.path}/data`;
  for (const token of ["secret-7", createToken("other")]) {
    const start = serve({ port, dataDir, token });
    const error = await assertRejects(() => start, EventoDBError);
    assertEquals(error.code, "INVALID_REQUEST");
    assertFalse(error.message.includes(token));
  }
  await assertRejects(() => Deno.stat(dataDir), Deno.errors.NotFound);
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
  assertEquals((await store.listNamespaces()).map(({ namespace }) => namespace), ["default"]);
});

Deno.test("shutdown() ends the server once, however often it is called", async () => {
  const server = await serve({ port: 0, dbUrl: "sqlite://memory" });
  await Promise.all([server.shutdown(), server.shutdown()]);
  await server.finished;
  await server[Symbol.asyncDispose]();
  await assertRejects(() => fetch(`${server.url}/health`));
});

/** A store whose imports wait before they commit, until they are let go. */
async function gatedStore() {
  const folder = await tempDir();
  const options = { dataDir: folder.path };
  const store = await openStore("sqlite://eventodb.db", options);
  const waiting = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const gated = new Proxy(store, {
    get(target, key) {
      if (key === "beginImport") {
        return async (...args: Parameters<Store["beginImport"]>): Promise<ImportUnit> => {
          const unit = await target.beginImport(...args);
          return {
            write: (batch) => unit.write(batch),
            check: () => unit.check(),
            async commit() {
              waiting.resolve();
              await gate.promise;
              await unit.commit();
            },
            [Symbol.asyncDispose]: () => unit[Symbol.asyncDispose](),
          };
        };
      }
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return {
    store: gated,
    waiting: waiting.promise,
    letGo: gate.resolve,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("shutdown() frees the port at once and lets a running import finish", async () => {
  await using gated = await gatedStore();
  await using server = await startServer({ store: gated.store });
  const importing = runImport(server, lineOf(1));
  await gated.waiting;
  const down = server.server.shutdown();
  (await listenSoon(server.port)).close();
  gated.letGo();
  assertEquals((await importing).imported, 1);
  await down;
  assertEquals((await gated.store.namespaceInfo("default")).messageCount, 1);
});

Deno.test("shutdown() rolls back an import that still comes in, and says so", async () => {
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

Deno.test("shutdown() breaks off a response that is not taken in time", async () => {
  await using server = await startServer({ files: true, shutdownMs: 100 });
  await importMessages(server, 20_000, 1000);
  using raw = await RawConnection.open(server);
  await raw.sendHead(server, "/rpc");
  await raw.sendChunk('["category.get","",{"batchSize":-1}]');
  await raw.sendChunk("");
  await raw.readUntil((text) => text.includes("[["));
  await server.server.shutdown();
  assertFalse((await raw.readUntil(() => false)).endsWith("0\r\n\r\n"));
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
  // Nobody listens any more.
  await assertRejects(() => RawConnection.open(server), Deno.errors.ConnectionRefused);
});

Deno.test("shutdown() ends also after a request with a Host header that is none", async () => {
  await using server = await startServer();
  using raw = await RawConnection.open(server);
  await raw.send("GET /health HTTP/1.1\r\nHost: a b<>\r\n\r\n");
  const answer = await raw.readUntil((text) => text.includes("}}"));
  assertStringIncludes(answer, "HTTP/1.1 400 ");
  assertStringIncludes(answer, "INVALID_REQUEST");
  await server.server.shutdown();
});

Deno.test("shutdown() lets a successor take over port and data at once", async () => {
  await using server = await startServer({ files: true });
  await rpc(server, "stream.write", "a-1", { type: "T", data: {} });
  const down = server.server.shutdown();
  (await listenSoon(server.port)).close();
  await using next = await startServer({
    dataDir: server.dataDir,
    token: server.token,
    port: server.port,
  });
  assertEquals(await rpc(next, "stream.version", "a-1"), 0);
  await down;
});

Deno.test("shutdown() lets a successor wait for data that is still in use", async () => {
  await using server = await startServer({ files: true, shutdownMs: 300 });
  await importMessages(server, 20_000, 1000);
  using raw = await RawConnection.open(server);
  await raw.sendHead(server, "/rpc");
  await raw.sendChunk('["category.get","",{"batchSize":-1}]');
  await raw.sendChunk("");
  await raw.readUntil((text) => text.includes("[["));
  const down = server.server.shutdown();
  await using next = await startServer({ dataDir: server.dataDir, token: server.token });
  assertEquals(await rpc(next, "stream.version", "load-1"), 19_999);
  await down;
});
