/**
 * Lines as large as they may be: into a server on each backend, out of it, and into the next one.
 *
 * @module
 */

import { EventoDBClient, EventoDBError, exportEvents, importEvents } from "../../mod.ts";
import { lineBytesMax } from "../../src/limits.ts";
import type { Message } from "../../src/message.ts";
import { formatRecord, formatRecords } from "../../src/record/format.ts";
import { messageOf, record } from "../contract/support.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { testPostgres } from "../support/postgres.ts";
import { startServer } from "../support/server.ts";

const postgres = await testPostgres();

/** A message whose line has so many bytes, in `data` or in `metadata`. */
function messageOfLine(globalPosition: number, bytes: number, field: "data" | "metadata"): Message {
  const encoder = new TextEncoder();
  const message = (text: string) =>
    messageOf(record({ globalPosition, stream: "large", position: globalPosition, [field]: text }));
  // Escapes and characters of several bytes, so that neither is what is counted.
  const unit = '\\"ü測\\\\';
  const room = bytes - encoder.encode(formatRecord(message('{"t":""}'))).length;
  const repeated = unit.repeat(Math.floor(room / encoder.encode(unit).length));
  const rest = "x".repeat(room - encoder.encode(repeated).length);
  return message(`{"t":"${repeated}${rest}"}`);
}

const messages = [
  messageOf(record({ globalPosition: 1 })),
  messageOfLine(5, lineBytesMax, "data"),
  messageOfLine(6, lineBytesMax, "metadata"),
  messageOf(record({ globalPosition: 9 })),
];
const lines = formatRecords(messages);

const backends: Record<string, () => Promise<string>> = {
  sqlite: () => Promise.resolve("sqlite://memory"),
  postgres: () => postgres.createDatabase(),
  kv: () => Promise.resolve("kv://memory"),
};

for (const [backend, database] of Object.entries(backends)) {
  Deno.test(`the largest lines come out of a server as they went in (${backend})`, async () => {
    await using server = await startServer({ dbUrl: await database() });
    const { url, token } = server;
    await importEvents(new Blob([lines]).stream(), { url, token });
    const exported = await new Response(exportEvents({ url, token })).text();
    // Not compared by what shows a difference of 32 MiB.
    assert(exported === lines);
    assert(
      await new Response(exportEvents({ url, token }, { since: "2025-01-01" })).text() === lines,
    );

    const again = await importEvents(new Blob([exported]).stream(), { url, token }, {
      existing: "skip",
    });
    assertEquals([again.imported, again.skipped], [0, messages.length]);
    const read = await new EventoDBClient({ url, token }).streamGet("large");
    assertEquals(read.map(({ position }) => position), [5, 6]);
  });

  Deno.test(`a line of one byte more is refused, and nothing of its file stays (${backend})`, async () => {
    await using server = await startServer({ dbUrl: await database() });
    const { url, token } = server;
    const larger = formatRecords([messages[0]!, messageOfLine(5, lineBytesMax + 1, "data")]);
    const error = await assertRejects(
      () => importEvents(new Blob([larger]).stream(), { url, token }),
      EventoDBError,
    );
    assertEquals(error.line, 2);
    assertEquals(await new Response(exportEvents({ url, token })).text(), "");
  });
}
