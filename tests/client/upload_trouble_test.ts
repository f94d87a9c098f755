import { EventoDBClient, EventoDBError, type Retry, type UploadStandstill } from "../../mod.ts";
import { uploadKeptBytesMax } from "../../src/client/limits.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { startFailingServer } from "../support/failing_server.ts";
import { startHoldingProxy } from "../support/holding_proxy.ts";
import { lineOf, linesStream } from "../support/history.ts";
import { startServer } from "../support/server.ts";

function bytesOf(text: string): ReadableStream<Uint8Array> {
  return new Blob([text]).stream();
}

function busy(retryAfter = "1"): Response {
  return Response.json(
    { error: { code: "BACKEND_ERROR", message: "This server is running 1 import" } },
    { status: 503, headers: { "Retry-After": retryAfter } },
  );
}

function events(...sent: unknown[]): Response {
  return new Response(sent.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""), {
    headers: { "Content-Type": "text/event-stream" },
  });
}

Deno.test("upload() waits for a slot in a server that runs as many imports as it may", async () => {
  await using server = await startServer({ importsMax: 1, importSlotWaitMs: 1 });
  const { url, token } = server;
  const admin = new EventoDBClient({ url, token });
  const other = await admin.namespaceCreate("other");
  // An import that goes on as long as its body does.
  const { promise: end, resolve } = Promise.withResolvers<void>();
  const first = new EventoDBClient({ url, token: other.token }).upload(
    new ReadableStream({
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode(lineOf(1)));
        await end;
        controller.close();
      },
    }, { highWaterMark: 0 }),
  );
  const retries: Retry[] = [];
  const onRetry = (retry: Retry) => {
    retries.push(retry);
    resolve();
  };
  while (true) {
    // The first import has its place once a second one is refused.
    const client = new EventoDBClient({ url, token });
    const probe = client.upload(bytesOf(lineOf(1)), { placeWaitMs: 0, existing: "skip" });
    if (await probe.catch((error) => error) instanceof EventoDBError) break;
  }
  const count = 3000;
  const { imported, skipped } = await new EventoDBClient({ url, token, onRetry })
    .upload(linesStream(count), { existing: "skip" });
  assertEquals(imported + skipped, count);
  assertEquals((await first).imported, 1);
  assert(retries.length >= 1);
  assert(retries.every(({ error, delayMs }) => error.status === 503 && delayMs >= 1000));
});

Deno.test("upload() sends everything once more after a wait, however it is cut", async () => {
  await using server = await startServer();
  await using failing = startFailingServer(
    server.url,
    ({ number }) => number <= 2 ? { answer: busy("0") } : undefined,
  );
  const client = new EventoDBClient({ url: failing.url, token: server.token });
  const text = Array.from({ length: 200 }, (_, i) => lineOf(i + 1)).join("");
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const pieces = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(bytes.slice(at, at += 1000));
      if (at >= bytes.length) controller.close();
    },
  });
  assertEquals((await client.upload(pieces)).imported, 200);
  assertEquals(failing.seen.length, 3);
});

Deno.test("upload() ends its wait for a slot with the signal, and after a while", async () => {
  await using failing = startFailingServer("http://127.0.0.1:1", () => ({ answer: busy("60") }));
  const abort = new AbortController();
  const reason = new Error("enough");
  const client = new EventoDBClient({ url: failing.url, onRetry: () => abort.abort(reason) });
  const { signal } = abort;
  assertEquals(await client.upload(bytesOf(lineOf(1)), { signal }).catch((error) => error), reason);
  const plain = new EventoDBClient({ url: failing.url });
  const error = await assertRejects(
    () => plain.upload(bytesOf(lineOf(1)), { placeWaitMs: 1000 }),
    EventoDBError,
  );
  assertEquals([error.code, error.status], ["BACKEND_ERROR", 503]);
});

Deno.test("upload() keeps no more than a bound of what it might have to send once more", async () => {
  // It responds only when it has read everything, as some proxies do.
  let taken = 0;
  const chunk = new Uint8Array(256 * 1024).fill(0x20);
  const total = 2 * uploadKeptBytesMax;
  const records = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken += chunk.length;
      controller.enqueue(chunk.slice());
      if (taken >= total) controller.close();
    },
  }, { highWaterMark: 0 });
  const late = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      await request.body?.pipeTo(new WritableStream());
      return busy();
    },
  );
  const client = new EventoDBClient({ url: `http://127.0.0.1:${late.addr.port}` });
  const error = await assertRejects(() => client.upload(records), EventoDBError);
  assertEquals([error.status, taken], [503, total]);
  await late.shutdown();
});

Deno.test("upload() does not believe a server that says that it is done with less than it was sent", async () => {
  const lines = Array.from({ length: 200 }, (_, i) => lineOf(i + 1)).join("\n") + " \r\n";
  const cases: [Record<string, unknown>, boolean][] = [
    [{ done: true, imported: 1 }, false],
    [{ done: true, imported: 201 }, false],
    [{ done: true, imported: 150, skipped: 49 }, false],
    [{ done: true }, false],
    [{ done: true, imported: 200 }, true],
    [{ done: true, imported: 150, skipped: 50 }, true],
  ];
  for (const [end, isRight] of cases) {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        await request.body?.pipeTo(new WritableStream());
        return events(end);
      },
    );
    const client = new EventoDBClient({ url: `http://127.0.0.1:${server.addr.port}` });
    const outcome = await client.upload(bytesOf(lines)).catch((error) => error);
    assertEquals(outcome instanceof EventoDBError, !isRight);
    if (outcome instanceof EventoDBError) {
      assertEquals(outcome.code, "OUTCOME_UNKNOWN");
      assert(outcome.message.startsWith("200 records were sent, but the server says that it has"));
      assertEquals(outcome.details?.sent, 200);
    }
    await server.shutdown();
  }
});

Deno.test("upload() ends with what a listener of the caller throws, and imports nothing", async () => {
  await using server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token });
  const reason = new RangeError("the listener is broken");
  const never = new ReadableStream<Uint8Array>({
    async start(controller) {
      for await (const chunk of linesStream(3000)) controller.enqueue(chunk);
    },
    pull: () => new Promise<void>(() => {}),
  });
  const onProgress = () => {
    throw reason;
  };
  assertEquals(await client.upload(never, { onProgress }).catch((error) => error), reason);
  // Once everything is sent, the server may have committed.
  const server2 = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      await request.body?.pipeTo(new WritableStream());
      return events({ imported: 1, gpos: 1 }, { done: true, imported: 1 });
    },
  );
  const other = new EventoDBClient({ url: `http://127.0.0.1:${server2.addr.port}` });
  const error = await assertRejects(
    () => other.upload(bytesOf(lineOf(1)), { onProgress }),
    EventoDBError,
  );
  assertEquals([error.code, error.cause], ["OUTCOME_UNKNOWN", reason]);
  await server2.shutdown();
  assertEquals((await client.namespaceInfo("default")).messageCount, 0);
});

Deno.test("upload() says within 10 s that something in between holds its bytes back", async () => {
  await using server = await startServer();
  await using proxy = startHoldingProxy(server.url, 64 * 1024);
  const client = new EventoDBClient({ url: proxy.url, token: server.token });
  const { promise: standstill, resolve } = Promise.withResolvers<UploadStandstill>();
  const started = performance.now();
  const uploading = client.upload(linesStream(20_000), { onStandstill: resolve });
  const { sentBytes, receivedBytes, hasResponded } = await standstill;
  const elapsedMs = performance.now() - started;
  // A busy machine adds to the ten seconds; the upload itself would be given up after ten minutes.
  assert(elapsedMs > 5_000 && elapsedMs < 60_000, `${elapsedMs} ms`);
  assert(hasResponded && receivedBytes !== undefined && receivedBytes < sentBytes);
  proxy.letGo();
  assertEquals((await uploading).imported, 20_000);
});

Deno.test("upload() says that the outcome is unknown where a browser does not say what failed", async () => {
  const client = new EventoDBClient({
    url: "http://in-process",
    fetch: async (request) => {
      await request.arrayBuffer();
      throw new TypeError("Failed to fetch");
    },
  });
  const error = await assertRejects(() => client.upload(bytesOf(lineOf(1))), EventoDBError);
  assertEquals(error.code, "OUTCOME_UNKNOWN");
});
