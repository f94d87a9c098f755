import { EventoDBClient, EventoDBError, rawJson, type Retry } from "../../mod.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import {
  failure,
  type Fault,
  html,
  type SeenRequest,
  startFailingServer,
} from "../support/failing_server.ts";
import { startServer } from "../support/server.ts";

/** A client of a server that fails by a plan, in front of a real one. */
async function startFailing(
  plan: (request: SeenRequest) => Fault | undefined,
  options: { retries?: number; timeoutMs?: number } = {},
) {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startServer());
  const failing = undo.use(startFailingServer(server.url, plan));
  const retries: Retry[] = [];
  const { token } = server;
  const client = new EventoDBClient({
    url: failing.url,
    token,
    retryDelayMs: 1,
    onRetry: (retry) => retries.push(retry),
    ...options,
  });
  const direct = new EventoDBClient({ url: server.url, token });
  const resources = undo.move();
  return {
    client,
    direct,
    failing,
    retries,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const message = { type: "Opened", data: { a: 1 }, metadata: { b: 2 } };

Deno.test("EventoDBClient tries a read again after 500, 503 and 429", async () => {
  const statuses = [500, 503, 429];
  await using test = await startFailing(({ number }) => {
    const status = statuses[number - 1];
    return status === undefined ? undefined : { answer: failure(status) };
  });
  assertEquals(await test.client.streamVersion("account-1"), null);
  assertEquals(test.failing.seen.length, 4);
  assertEquals(test.retries.map(({ attempt }) => attempt), [1, 2, 3]);
  assertEquals(test.retries.map(({ error }) => error.status), statuses);
});

Deno.test("EventoDBClient waits longer before each retry", async () => {
  await using test = await startFailing(
    ({ number }) => number <= 3 ? { answer: failure(500) } : undefined,
  );
  await test.client.systemHealth();
  // From 1 ms on, doubled each time, and stretched by at most as much again.
  test.retries.forEach(({ delayMs }, i) => assert(delayMs >= 2 ** i && delayMs <= 2 ** (i + 1)));
});

Deno.test("EventoDBClient comes back when a busy server says", async () => {
  await using test = await startFailing(({ number }) => {
    const busy = failure(503);
    busy.headers.set("Retry-After", "1");
    return number === 1 ? { answer: busy } : undefined;
  });
  const started = performance.now();
  await test.client.systemHealth();
  assertEquals(test.retries.map(({ delayMs }) => delayMs), [1000]);
  assert(performance.now() - started >= 990);
});

Deno.test("EventoDBClient gives up after as many retries as it was given", async () => {
  await using test = await startFailing(() => ({ answer: failure(500) }), { retries: 2 });
  const error = await assertRejects(() => test.client.systemHealth(), EventoDBError);
  assertEquals(error.code, "BACKEND_ERROR");
  assertEquals(test.failing.seen.length, 3);
});

Deno.test("EventoDBClient never tries a request again that was refused", async () => {
  for (const status of [400, 401, 403, 404, 409, 413]) {
    await using test = await startFailing(() => ({ answer: failure(status, "INVALID_REQUEST") }));
    await assertRejects(() => test.client.systemHealth(), EventoDBError);
    await assertRejects(() => test.client.streamWrite("a-1", message), EventoDBError);
    assertEquals(test.failing.seen.length, 2);
  }
});

Deno.test("EventoDBClient tries a response again that was cut or ended in the middle", async () => {
  const faults: Fault[] = [{ cutAfter: 0 }, { cutAfter: 40 }, { endAfter: 40 }, { endAfter: 0 }];
  await using test = await startFailing(({ number, method }) =>
    method === "stream.get" ? faults[number - 1] : undefined
  );
  await test.direct.streamWrite("account-1", message);
  const messages = await test.client.streamGet("account-1");
  assertEquals(messages.map(({ data }) => data), [message.data]);
  assertEquals(test.retries.map(({ error }) => error.code), faults.map(() => "CONNECTION_FAILED"));
});

Deno.test("EventoDBClient gives up a response that stalls, and tries again", async () => {
  const faults: Fault[] = [{ stallAfter: 0 }, { stallAfter: 30 }];
  await using test = await startFailing(
    ({ number }) => faults[number - 1],
    { timeoutMs: 100 },
  );
  await test.direct.streamWrite("account-1", message);
  assertEquals((await test.client.streamGet("account-1")).length, 1);
  assertStringIncludes(test.retries[0]!.error.message, "has sent nothing for 0.1 s");
});

Deno.test("EventoDBClient says what came when it is not a response of EventoDB's", async () => {
  await using test = await startFailing(() => ({ answer: html() }));
  for (
    const call of [
      () => test.client.version(),
      () => test.client.streamGet("account-1"),
      () => test.client.streamVersion("account-1"),
      () => test.client.streamLast("account-1"),
      () => test.client.upload(new Blob([]).stream()),
    ]
  ) {
    const error = await assertRejects(call, EventoDBError, "Welcome to the proxy");
    assertEquals(error.code, "UNEXPECTED_ANSWER");
    assertStringIncludes(error.message, "200 OK, text/html");
  }
  assertEquals(test.retries, []);
});

Deno.test("related() refuses streams that are not names", async () => {
  for (const streams of ['"account-1"', '["account-1",7]']) {
    await using test = await startFailing(() => ({
      answer: new Response(`{"streams":${streams},"events":1}`),
    }));
    const error = await assertRejects(
      () => test.client.related({ relatedTo: ["account-1"] }),
      EventoDBError,
    );
    assertEquals(error.code, "UNEXPECTED_ANSWER");
  }
});

Deno.test("EventoDBClient tries a proxy's 502 again once the server has responded", async () => {
  await using test = await startFailing(
    ({ number }) => number === 2 ? { answer: html(502) } : undefined,
  );
  await test.client.version();
  await test.client.version();
  assertEquals(test.retries.map(({ error }) => error.status), [502]);
});

Deno.test("EventoDBClient takes a proxy at its word as long as no server has responded", async () => {
  for (const [status, meaning] of [[502, "cannot reach it"], [503, "unavailable"]] as const) {
    await using test = await startFailing(() => ({ answer: html(status) }));
    const error = await assertRejects(() => test.client.version(), EventoDBError, meaning);
    assertEquals([error.code, error.status], ["UNEXPECTED_ANSWER", status]);
    await assertRejects(() => test.client.subscribeToAll().next(), EventoDBError, meaning);
    assertEquals([test.failing.seen.length, test.retries.length], [2, 0]);
  }
});

Deno.test("EventoDBClient tries a proxy's 502 again from the start when the number of retries is given", async () => {
  await using test = await startFailing(() => ({ answer: html(502) }), { retries: 2 });
  await assertRejects(() => test.client.version(), EventoDBError);
  assertEquals(test.failing.seen.length, 3);
});

Deno.test("EventoDBClient names the address that a server redirects to", async () => {
  await using test = await startFailing(() => ({
    answer: new Response(null, { status: 301, headers: { Location: "https://other/rpc?x=1" } }),
  }));
  const error = await assertRejects(() => test.client.systemHealth(), EventoDBError);
  assertStringIncludes(error.message, "it redirects to https://other/rpc.");
});

Deno.test("EventoDBClient refuses a response that is not UTF-8", async () => {
  await using test = await startFailing(() => ({
    answer: new Response(new Uint8Array([0x5b, 0x22, 0xff, 0x22, 0x5d])),
  }));
  const error = await assertRejects(() => test.client.streamGet("a-1"), EventoDBError, "UTF-8");
  assertEquals(error.code, "UNEXPECTED_ANSWER");
});

Deno.test("EventoDBClient says that a server cannot be reached, and why", async () => {
  // A port that was free a moment ago.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const client = new EventoDBClient({ url: `http://127.0.0.1:${port}`, retries: 0 });
  const error = await assertRejects(() => client.version(), EventoDBError);
  assertEquals(error.code, "CONNECTION_FAILED");
  assertEquals(error.message, `Cannot reach http://127.0.0.1:${port}: Connection refused`);
});

Deno.test("EventoDBClient ends a call with the reason of its signal, also between retries", async () => {
  const reason = new Error("enough");
  const abort = new AbortController();
  await using test = await startFailing(() => ({ answer: failure(500) }));
  const client = new EventoDBClient({
    url: test.failing.url,
    retryDelayMs: 60_000,
    onRetry: () => abort.abort(reason),
  });
  const { signal } = abort;
  assertEquals(await client.systemHealth({ signal }).catch((error) => error), reason);
  assertEquals(await client.systemHealth({ signal }).catch((error) => error), reason);
});

Deno.test("streamWrite() writes once when the response to the first attempt is lost", async () => {
  const id = "{550E8400-E29B-41D4-A716-446655440000}";
  for (const options of [{}, { expectedVersion: -1 }, { id }, { id: "" }]) {
    await using test = await startFailing(
      ({ number }) => number === 1 ? { cutAfter: 5 } : undefined,
    );
    const written = await test.client.streamWrite("account-1", message, options);
    assertEquals(written, { position: 0, globalPosition: 1 });
    assertEquals((await test.direct.streamGet("account-1")).length, 1);
    assertEquals(test.retries.length, 1);
  }
});

Deno.test("streamWrite() takes a version conflict for success when its own message caused it", async () => {
  await using test = await startFailing(({ number }) => {
    if (number === 1) return { cutAfter: 0 };
    // A server that looks at the version before it looks at the id.
    return number === 2 ? { answer: failure(409, "STREAM_VERSION_CONFLICT") } : undefined;
  });
  const written = await test.client.streamWrite("account-1", message, { expectedVersion: -1 });
  assertEquals(written, { position: 0, globalPosition: 1 });
});

Deno.test("streamWrite() knows its message again when the server has written the payload in another form", async () => {
  const spelled = '{"b":{"y":1,"x":[2,1]},"a":1.0}';
  const data = rawJson(spelled);
  for (const [found, isSame] of [['{"a":1,"b":{"x":[2,1],"y":1}}', true], ["{}", false]] as const) {
    await using test = await startFailing(({ number, method }) => {
      if (number === 1) return { cutAfter: 0 };
      return method === "stream.get"
        ? { change: (text) => text.replace(spelled, found) }
        : undefined;
    });
    const writing = test.client.streamWrite("account-1", { type: "Opened", data });
    const outcome = await writing.catch((error) => error.code);
    assertEquals(outcome, isSame ? { position: 0, globalPosition: 1 } : "MESSAGE_ID_EXISTS");
  }
});

Deno.test("streamWrite() fails when the id on the server belongs to another message", async () => {
  const id = crypto.randomUUID();
  for (const other of [{ ...message, data: { a: 2 } }, { ...message, type: "Other" }]) {
    await using test = await startFailing(
      ({ number }) => number === 1 ? { answer: failure(500) } : undefined,
    );
    await test.direct.streamWrite("account-1", other, { id });
    const error = await assertRejects(
      () => test.client.streamWrite("account-1", message, { id }),
      EventoDBError,
    );
    assertEquals(error.code, "MESSAGE_ID_EXISTS");
  }
});
