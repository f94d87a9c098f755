/**
 * A service's own test: the real event store, in memory and in this process, without a port.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { createHandler, EventoDBClient, openStore } from "@eventodb/cli";
import { ServiceDatabase } from "./database.ts";
import { runService } from "./service.ts";

Deno.test("the service starts the next step of a completed task", async () => {
  await using store = await openStore("sqlite://memory");
  await using handler = createHandler({ store, testMode: true });
  const client = new EventoDBClient({ url: "http://in-process", fetch: handler });
  using database = new ServiceDatabase(":memory:");
  await client.streamWrite("workflow-1", { type: "TaskRequested", data: { task: "pack" } });
  await client.streamWrite("workflow-1", { type: "TaskCompleted", data: {} });

  const stop = new AbortController();
  const onHandled = ({ type }: { type: string }) => type === "NextStepStarted" && stop.abort();
  await runService({ client, database, signal: stop.signal, onHandled });

  assertEquals(database.workflows().map(({ id, status }) => [id, status]), [["1", "next step"]]);
});

Deno.test("the service starts the next step once, also when it handles everything again", async () => {
  await using store = await openStore("sqlite://memory");
  await using handler = createHandler({ store, testMode: true });
  const client = new EventoDBClient({ url: "http://in-process", fetch: handler });
  await client.streamWrite("workflow-1", { type: "TaskRequested", data: { task: "pack" } });
  await client.streamWrite("workflow-1", { type: "TaskCompleted", data: {} });

  for (let run = 0; run < 2; run++) {
    // A new database: whatever was known of positions is lost.
    using database = new ServiceDatabase(":memory:");
    const stop = new AbortController();
    const onHandled = ({ type }: { type: string }) => type === "NextStepStarted" && stop.abort();
    await runService({ client, database, signal: stop.signal, onHandled });
  }

  const types = (await client.streamGet("workflow-1")).map(({ type }) => type);
  assertEquals(types, ["TaskRequested", "TaskCompleted", "NextStepStarted"]);
});
