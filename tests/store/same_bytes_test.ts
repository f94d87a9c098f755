/**
 * One file of events, into every backend and out of it again: the same bytes from all of them.
 *
 * @module
 */

import { join } from "node:path";
import { exportEvents, importEvents } from "../../mod.ts";
import type { Message } from "../../src/message.ts";
import { openStore } from "../../src/store/open.ts";
import { create, messageOf, NS, record } from "../contract/support.ts";
import { assertEquals } from "../support/assert.ts";
import { recordBody, sampleMessages } from "../support/events.ts";
import { testPostgres } from "../support/postgres.ts";

const postgres = await testPostgres();

/** What is hard to keep: large payloads, numbers and keys that a parser would change, no metadata. */
function hardMessages(from: number): Message[] {
  const payloads = [
    `{"text":"${"測".repeat(300_000)}"}`,
    '{"n":9007199254740993,"e":1e400,"z":1.0,"a":"\\u0000","a":"\\ud800"}',
    '{"b":{},"a":[1,[2,[3]]]}',
  ];
  return payloads.map((data, index) =>
    messageOf(record({
      globalPosition: from + index * 10,
      stream: index === 0 ? "hard" : "hard-größe+1",
      position: index * 5,
      data,
      metadata: index === 1 ? '{"correlationStreamName":"account-7"}' : null,
      time: index === 2 ? "2025-07-15T10:00:00Z" : "2025-07-15T10:00:00.123456789Z",
    }))
  );
}

/** Imports in three parts, each in its own way, and gives exports of several kinds. */
async function throughStore(url: string, messages: readonly Message[]): Promise<string[]> {
  await using store = await openStore(url);
  await create(store, NS);
  const place = { store, namespace: NS };
  // Into an empty namespace, beside what is there, and once more over all of it.
  await importEvents(recordBody(messages.slice(0, 1_500)), place);
  await importEvents(recordBody(messages.slice(1_500, 2_000)), place);
  const { imported, skipped } = await importEvents(recordBody(messages), place, {
    existing: "skip",
  });
  assertEquals([imported, skipped], [messages.length - 2_000, 2_000]);
  const exports: string[] = [];
  for (
    const filter of [
      {},
      { categories: ["account", "größe:command", "rare", "hard"] },
      { categories: ["order"] },
      { since: "2024-01-02T00:00:00Z", until: "2024-06-01T00:00:00Z" },
    ]
  ) exports.push(await new Response(exportEvents(place, filter)).text());
  await importEvents(recordBody(messages.slice(500)), place, { force: true });
  exports.push(await new Response(exportEvents(place, {})).text());
  return exports;
}

Deno.test("an import and an export give the same bytes on every backend", async () => {
  const sample = [...sampleMessages({ count: 3_000 })];
  const messages = [...sample, ...hardMessages((sample.at(-1)?.globalPosition ?? 0) + 7)];
  const folder = await Deno.makeTempDir({ prefix: "eventodb-" });
  try {
    const sent = await new Response(recordBody(messages)).text();
    const sentAgain = await new Response(recordBody(messages.slice(500))).text();
    const expected = await throughStore("sqlite://memory", messages);
    assertEquals([expected[0] === sent, expected.at(-1) === sentAgain], [true, true]);
    for (
      const url of [
        `sqlite://${join(folder, "events.db")}`,
        await postgres.createDatabase(),
        "kv://memory",
        `kv://${join(folder, "events.kv")}`,
      ]
    ) {
      const exports = await throughStore(url, messages);
      assertEquals(exports.map((text, index) => text === expected[index]), exports.map(() => true));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
