/**
 * Copies of stores that were written in Go, whose messages have other bounds than ours.
 *
 * @module
 */

import { EventoDBError, exportEvents, importEvents } from "../../mod.ts";
import type { Message } from "../../src/message.ts";
import { formatRecords } from "../../src/record/format.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { startGoServer } from "../support/go_server.ts";
import { rpc, startServer } from "../support/server.ts";

function messageAt(globalPosition: number, fields: Partial<Message> = {}): Message {
  return {
    id: `00000000-0000-4000-8000-${String(globalPosition).padStart(12, "0")}`,
    stream: `order-${globalPosition}`,
    type: "Ordered",
    position: 0,
    globalPosition,
    data: '{"n":9007199254740993}',
    metadata: null,
    time: "2025-07-15T10:00:00.123456789Z",
    ...fields,
  };
}

/** What a store written in Go may hold beside UUIDs, and ours keeps. */
const kept: Partial<Message>[] = [
  { id: "order-42" },
  { id: "550e8400e29b41d4a716446655440000" },
  { id: "{550e8400-e29b-41d4-a716-446655440000}" },
  { id: "urn:uuid:550e8400-e29b-41d4-a716-446655440000" },
  { id: "550E8400-E29B-41D4-A716-446655440000" },
  { id: 'a "quoted" \\ id' },
];

/** What only they hold. */
const refused: [fields: Partial<Message>, said: string][] = [
  [{ globalPosition: 0 }, '"gpos" must be at least 1, got 0'],
  [{ type: "" }, '"type" is empty'],
  [{ stream: `order-${"x".repeat(2_000)}` }, '"stream" is 2,006 bytes long'],
  [{ id: "x".repeat(256) }, '"id" is 256 bytes long'],
  [{ id: "" }, '"id" is empty'],
];

Deno.test("exportEvents() copies a Go store's message ids as they are, into every kind of store", async () => {
  const messages = Array.from({ length: 2_500 }, (_, n) => messageAt(n + 1, kept[n]));
  await using go = startGoServer(messages);
  await using server = await startServer({ files: true });
  const place = { url: server.url, token: server.token };
  for (const options of [{}, { categories: ["order"] }]) {
    const lines = await new Response(exportEvents({ url: go.url }, options)).text();
    assertEquals(lines, formatRecords(messages));
  }
  await importEvents(exportEvents({ url: go.url }), place);
  assertEquals(await new Response(exportEvents(place)).text(), formatRecords(messages));
});

Deno.test("exportEvents() leaves nothing of a Go store out, and an import names the line it refuses", async () => {
  for (const [fields, said] of refused) {
    const odd = messageAt(fields.globalPosition ?? 7, fields);
    const messages = [odd, messageAt(3), messageAt(9), messageAt(12)]
      .sort((a, b) => a.globalPosition - b.globalPosition);
    await using go = startGoServer(messages);
    for (const options of [{}, { categories: ["order"] }]) {
      const lines = await new Response(exportEvents({ url: go.url }, options)).text();
      assertEquals(lines, formatRecords(messages));
    }
    await using server = await startServer();
    const { url, token } = server;
    const importing = () => importEvents(exportEvents({ url: go.url }), { url, token });
    const error = await assertRejects(importing, EventoDBError);
    assertEquals([error.code, error.line], ["INVALID_RECORD", messages.indexOf(odd) + 1]);
    assertStringIncludes(error.message, said);
    assertEquals(await new Response(exportEvents({ url, token })).text(), "");
  }
});

Deno.test("exportEvents() reads a Go store from the position that was asked for", async () => {
  const messages = [0, 1, 5, 9].map((n) => messageAt(n));
  await using go = startGoServer(messages);
  const positions = async (position?: number) =>
    [...(await new Response(exportEvents({ url: go.url }, { from: position })).text())
      .matchAll(/"gpos":(\d+)/g)].map(([, position]) => Number(position));
  assertEquals(await positions(), [0, 1, 5, 9]);
  assertEquals(await positions(0), [0, 1, 5, 9]);
  assertEquals(await positions(1), [1, 5, 9]);
  assertEquals(await positions(6), [9]);
});

Deno.test("exportEvents() takes no empty name for a category: to a Go server it means all", async () => {
  await using go = startGoServer([messageAt(1)]);
  await using server = await startServer();
  const { url, token } = server;
  await rpc(server, "stream.write", "-1", { type: "T", data: {} });
  for (const place of [{ url: go.url }, { url, token }]) {
    const exporting = () => new Response(exportEvents(place, { categories: [""] })).text();
    const error = await assertRejects(exporting, EventoDBError, "is empty");
    assertEquals(error.code, "INVALID_REQUEST");
  }
});
