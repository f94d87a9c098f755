import { EventoDBClient, EventoDBError } from "../../mod.ts";
import { elementCharsMax } from "../../src/limits.ts";
import {
  errorBodyBytesMax,
  messagesCharsMax,
  responseCharsMax,
  versionCharsMax,
} from "../../src/client/limits.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { runCli } from "../support/cli.ts";
import { type EndlessResponse, startEndlessServer } from "../support/endless_server.ts";

/** What is on its way in buffers when the client leaves. */
const onItsWayBytes = 16 * 1024 * 1024;

const id = "550e8400-e29b-41d4-a716-446655440000";
const message = `["${id}","a-1","T",0,1,{},null,"2025-07-15T10:00:00Z"]`;

Deno.test("EventoDBClient leaves a response that does not end", async () => {
  const cases: [EndlessResponse, (client: EventoDBClient) => Promise<unknown>, number][] = [
    [{ repeat: '{"version":"' }, (client) => client.version(), versionCharsMax],
    [{ repeat: " " }, (client) => client.version(), versionCharsMax],
    [{ repeat: "x", status: 500 }, (client) => client.version(), errorBodyBytesMax],
    [
      { beginning: '{"error":{"code":"', repeat: "x", status: 400 },
      (client) => client.streamVersion("a-1"),
      errorBodyBytesMax,
    ],
    [{ repeat: "1" }, (client) => client.streamVersion("a-1"), responseCharsMax],
    [{ repeat: " " }, (client) => client.streamLast("a-1"), responseCharsMax],
    [{ repeat: " " }, (client) => client.categoryGet("a"), elementCharsMax],
    [
      { beginning: `[${message}]`, repeat: "\n" },
      (client) => client.categoryGet("a"),
      elementCharsMax,
    ],
    [{ beginning: "[", repeat: "[" }, (client) => client.categoryGet("a"), elementCharsMax],
    [
      { repeat: "x", type: "text/html" },
      (client) => client.upload(new Blob([]).stream()),
      errorBodyBytesMax,
    ],
    [
      { beginning: "data: ", repeat: "x", type: "text/event-stream" },
      (client) => client.subscribeToAll().next(),
      1024 * 1024,
    ],
    [
      { repeat: "foo\n", type: "text/event-stream" },
      (client) => client.subscribeToAll().next(),
      1024 * 1024,
    ],
    [
      { beginning: "data: ", repeat: "x", type: "text/event-stream" },
      (client) => client.upload(new Blob([]).stream()),
      1024 * 1024,
    ],
  ];
  for (const [response, call, most] of cases) {
    await using server = startEndlessServer(() => response);
    const client = new EventoDBClient({ url: server.url, retries: 0 });
    const error = await assertRejects(() => call(client), EventoDBError);
    assert(["UNEXPECTED_ANSWER", "OUTCOME_UNKNOWN"].includes(error.code), error.message);
    assert(server.sentBytes < most + onItsWayBytes, `${error.message}: ${server.sentBytes} bytes`);
  }
});

Deno.test("categoryGet() says what to do when the messages are too many for one array", async () => {
  await using server = startEndlessServer(() => ({
    beginning: `[${message}`,
    repeat: `,["${id}","a-1","T",0,1,{"x":"${"x".repeat(60_000)}"},null,"2025-07-15T10:00:00Z"]`,
  }));
  const client = new EventoDBClient({ url: server.url });
  const error = await assertRejects(
    () => client.categoryGet("a", { batchSize: -1, raw: true }),
    EventoDBError,
    "or read page by page with readStream or readCategory",
  );
  assertEquals(error.code, "UNEXPECTED_ANSWER");
  assert(server.sentBytes < messagesCharsMax + onItsWayBytes);
});

Deno.test("readStream() takes no more of a response than the messages that it asked for", async () => {
  let position = 0;
  await using server = startEndlessServer(() => ({
    beginning: "[",
    repeat: Array.from(
      { length: 100_000 },
      () => `["${id}","T",${position++},${position},{},null,"2025-07-15T10:00:00Z"],`,
    ).join(""),
  }));
  const client = new EventoDBClient({ url: server.url });
  const first = await client.readStream("a-1", { batchSize: 10 }).next();
  assertEquals(first.value?.position, 0);
  assert(server.sentBytes < onItsWayBytes + 10_000_000);
});

Deno.test("eventodb names what a server that never stops sends, and calls it no bug of its own", async () => {
  for (const repeat of ["x", '["a"],']) {
    await using server = startEndlessServer(() => ({ repeat }));
    const { status, stderr } = await runCli(["ns", "info", "--url", server.url]);
    assertEquals(status, 1);
    assertMatch(stderr, /Cannot use the response of .*: it is longer than 67,108,864 characters/);
    assert(!stderr.includes("bug"), stderr);
  }
});
