import { ensureDefaultNamespace } from "../../src/auth/default_namespace.ts";
import { createToken } from "../../src/auth/create_token.ts";
import { createHandler } from "../../src/http/handler.ts";
import { rpcBodyBytesMax } from "../../src/limits.ts";
import { largeBodiesWaitingMax } from "../../src/http/limits.ts";
import { createLog } from "../../src/log.ts";
import { openStore } from "../../src/store/open.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { importMessages } from "../support/history.ts";
import { RawConnection } from "../support/raw_http.ts";
import { call, post, rpc, startServer } from "../support/server.ts";

type Row = [string, string, number, number, { n: number; text: string }, unknown, string];

Deno.test("/rpc refuses a body that is too large by its length, before it comes", async () => {
  await using server = await startServer();
  using raw = await RawConnection.open(server);
  await raw.send(
    `POST /rpc HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token}\r\n` +
      `Content-Length: ${rpcBodyBytesMax + 1}\r\n\r\n[`,
  );
  const answer = await raw.readUntil((text) => text.includes("REQUEST_TOO_LARGE"));
  assertStringIncludes(answer, "HTTP/1.1 413 ");
});

Deno.test("/rpc refuses a body that is too large while it comes", async () => {
  await using server = await startServer();
  const body = new Blob(['["stream.version","', "x".repeat(rpcBodyBytesMax), '"]']).stream();
  const answer = await post(server, body);
  assertEquals([answer.status, answer.error?.code], [413, "REQUEST_TOO_LARGE"]);
});

Deno.test("/rpc takes a body up to the limit", async () => {
  await using server = await startServer();
  const name = "x".repeat(rpcBodyBytesMax - '["stream.version",""]'.length);
  const answer = await post(server, JSON.stringify(["stream.version", name]));
  assertEquals([answer.status, answer.error?.code], [400, "INVALID_REQUEST"]);
  assertStringIncludes(answer.error!.message, "1,024");
});

Deno.test("/rpc says that it takes no compressed body", async () => {
  await using server = await startServer();
  const call = new Blob(['["sys.version"]']).stream();
  const body = await new Response(call.pipeThrough(new CompressionStream("gzip"))).bytes();
  const headers = { Authorization: `Bearer ${server.token}` };
  const answer = await post(server, body, { ...headers, "Content-Encoding": "gzip" });
  assertEquals([answer.status, answer.error?.code], [415, "INVALID_REQUEST"]);
  assertStringIncludes(answer.error!.message, 'Content-Encoding "gzip": send it uncompressed');
  const plain = { ...headers, "Content-Encoding": "identity" };
  assertEquals((await post(server, '["sys.version"]', plain)).status, 200);
});

Deno.test("/rpc gives a body up that sends nothing more", async () => {
  await using server = await startServer({ bodyStallMs: 50 });
  using raw = await RawConnection.open(server);
  await raw.sendHead(server, "/rpc");
  await raw.sendChunk('["stream.version",');
  const answer = await raw.readUntil((text) => text.includes("}}"));
  assertStringIncludes(answer, "HTTP/1.1 408 ");
  assertStringIncludes(answer, '"INVALID_REQUEST"');
});

Deno.test("/rpc gives a small body up that does not come whole", async () => {
  await using server = await startServer({ bodyStallMs: 50 });
  using raw = await RawConnection.open(server);
  await raw.send(
    `POST /rpc HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token}\r\n` +
      'Content-Length: 30\r\n\r\n["stream.version",',
  );
  const answer = await raw.readUntil((text) => text.includes("}}"));
  assertStringIncludes(answer, "HTTP/1.1 408 ");
});

Deno.test("/rpc does not believe a length that stands beside chunks", async () => {
  await using server = await startServer();
  using raw = await RawConnection.open(server);
  await raw.sendHead(server, "/rpc", "Content-Length: 10");
  const answer = raw.readUntil((text) => text.includes("}}"));
  const chunk = new Uint8Array(1024 * 1024).fill(0x20);
  for (let sent = 0; sent <= rpcBodyBytesMax; sent += chunk.length) {
    // A server that has answered closes the connection, whatever is still on its way.
    await raw.sendChunk(chunk).catch(() => {});
  }
  assert(/HTTP\/1\.1 (400|413) /.test(await answer.catch(() => "HTTP/1.1 400 ")));
});

Deno.test("/rpc joins a body that comes in pieces, also within a character", async () => {
  await using server = await startServer();
  using raw = await RawConnection.open(server);
  await raw.sendHead(server, "/rpc");
  for (const byte of new TextEncoder().encode('["stream.version","é-😀"]')) {
    await raw.sendChunk(Uint8Array.of(byte));
  }
  await raw.sendChunk("");
  assertStringIncludes(await raw.readUntil((text) => text.includes("null")), "200 OK");
});

Deno.test("/rpc goes on after clients that left in the middle of a body", async () => {
  await using server = await startServer();
  for (let i = 0; i < 10; i++) {
    using raw = await RawConnection.open(server);
    await raw.sendHead(server, "/rpc");
    await raw.sendChunk('["stream.version",');
  }
  assertEquals(await rpc(server, "stream.version", "a-1"), null);
});

Deno.test("/rpc sends a small response whole, with its length", async () => {
  await using server = await startServer();
  const answer = await post(server, '["stream.get","a-1"]');
  assertEquals([answer.headers.get("Content-Length"), answer.text], ["2", "[]"]);
  assertEquals(answer.headers.get("Content-Type"), "application/json");
});

Deno.test("/rpc streams 10,000 messages, and all of them for a batchSize of -1", async () => {
  await using server = await startServer({ files: true });
  await importMessages(server, 12_345);
  for (const method of ["stream.get", "category.get"]) {
    const name = method === "stream.get" ? "load-1" : "load";
    for (const [batchSize, count] of [[10_000, 10_000], [-1, 12_345]] as const) {
      const answer = await post(server, JSON.stringify([method, name, { batchSize }]));
      assertEquals(answer.headers.get("Content-Length"), null);
      const globals = (answer.body as Row[]).map((row) => row.at(-4));
      assertEquals(globals, Array.from({ length: count }, (_, i) => i + 1));
    }
  }
});

Deno.test("/rpc breaks a response off when its reader takes nothing", async () => {
  const cut = Promise.withResolvers<string>();
  const log = createLog({
    format: "json",
    sink(line) {
      const fields = JSON.parse(line);
      if (fields.cut !== undefined) cut.resolve(fields.cut);
    },
  });
  await using server = await startServer({ files: true, readerStallMs: 100, log });
  await importMessages(server, 20_000, 1000);
  using raw = await RawConnection.open(server);
  await raw.sendHead(server, "/rpc");
  await raw.sendChunk('["category.get","",{"batchSize":-1}]');
  await raw.sendChunk("");
  assertEquals(await cut.promise, "the client has read nothing for 0.1 s");
  const text = await raw.readUntil(() => false);
  assert(text.startsWith("HTTP/1.1 200 OK"));
  assert(!text.endsWith("0\r\n\r\n"), "the answer looks complete");
});

Deno.test("/rpc breaks the connection off when reading fails midway", async () => {
  await using server = await startServer();
  await importMessages(server, 20_000, 1000); // More than the buffers between the two hold.
  const response = await fetch(`${server.url}/rpc`, {
    method: "POST",
    headers: { Authorization: `Bearer ${server.token}` },
    body: '["category.get","",{"batchSize":-1}]',
  });
  assertEquals(response.status, 200);
  await importMessages(server, 10, 10, "force=true");
  await assertRejects(() => response.text());
});

Deno.test("/rpc gives the memory of a large body that hardly comes in to one that does", async () => {
  await using server = await startServer({ bodySlowMs: 200 });
  using slow = await RawConnection.open(server);
  await slow.send([
    "POST /rpc HTTP/1.1",
    "Host: test",
    `Authorization: Bearer ${server.token}`,
    `Content-Length: ${rpcBodyBytesMax}`,
    "\r\n",
  ].join("\r\n"));
  const said = slow.readUntil((text) => text.includes("}}"));
  let isOver = false;
  said.finally(() => isOver = true).catch(() => {});
  const trickle = (async () => {
    while (!isOver) {
      await slow.send(" ").catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  // Nobody else wants its memory for a while.
  await new Promise((resolve) => setTimeout(resolve, 600));
  assertEquals(isOver, false);
  const data = { text: "x".repeat(1024 * 1024) };
  let answer;
  // A server that the machine keeps from its work takes longer to find a body slow.
  do {
    answer = await call(server, "stream.write", "a-1", { type: "T", data });
  } while (answer.status === 503);
  assertEquals(answer.body, { position: 0, globalPosition: 1 });
  const text = await said;
  assertStringIncludes(text, "408 Request Timeout");
  assertStringIncludes(text, "less than 16 KiB/s");
  await trickle;
});

Deno.test("/rpc takes any number of small calls at once that do not say their length", async () => {
  await using store = await openStore("sqlite://memory");
  const token = createToken("default");
  await ensureDefaultNamespace(store, token);
  await using handler = createHandler({ store });
  const body = JSON.stringify(["stream.write", "a-1", { type: "T", data: {} }]);
  const calls = Array.from({ length: 2 * largeBodiesWaitingMax }, () => {
    const headers = { Authorization: `Bearer ${token}` };
    return handler(new Request("http://localhost/rpc", { method: "POST", headers, body }));
  });
  const statuses = (await Promise.all(calls)).map(({ status }) => status);
  assertEquals(statuses, statuses.map(() => 200));
});

Deno.test("/rpc lets one body of unknown length that does not end keep no other waiting", async () => {
  await using server = await startServer();
  using first = await RawConnection.open(server);
  await first.sendHead(server, "/rpc");
  await first.sendChunk('["stream.version",');
  const bodyOf = (text: string) => new Blob([text]).stream();
  assertEquals((await post(server, bodyOf('["stream.version","a-1"]'))).body, null);
  // One that is large has the memory that the first has not asked for.
  const data = { text: "x".repeat(1024 * 1024) };
  const large = JSON.stringify(["stream.write", "a-1", { type: "T", data }]);
  assertEquals((await post(server, bodyOf(large))).body, { position: 0, globalPosition: 1 });
  assertEquals((await rpc<unknown[]>(server, "stream.last", "a-1"))[4], data);
  await first.sendChunk('"a-1"]');
  await first.sendChunk("");
  assertStringIncludes(await first.readUntil((text) => text.endsWith("\r\n\r\n0")), "200 OK");
});

Deno.test("/rpc gives a small body of unknown length up that does not come whole", async () => {
  await using server = await startServer({ bodyStallMs: 300 });
  using raw = await RawConnection.open(server);
  await raw.sendHead(server, "/rpc");
  let isOver = false;
  const said = raw.readUntil((text) => text.includes("}}")).finally(() => isOver = true);
  while (!isOver) {
    await raw.sendChunk(" ").catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assertStringIncludes(await said, "HTTP/1.1 408 ");
});
