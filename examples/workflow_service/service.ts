/**
 * A small service. It follows the category `workflow` with a consumer group of two, keeps what it
 * learns in its own SQLite file, and starts the next step of a workflow whose task is completed.
 *
 * Others write to the same streams: who completes a task, and who draws the final result, are services
 * of their own.
 *
 * Run it with `deno run --allow-all examples/workflow_service/service.ts`.
 *
 * @module
 */

import {
  cardinalIdOf,
  consume,
  EventoDBClient,
  EventoDBError,
  type ParsedMessage,
} from "@eventodb/cli";
import { ServiceDatabase } from "./database.ts";

/** What the service runs with. */
export interface ServiceOptions {
  /** The event store. */
  client: EventoDBClient;
  /** Its own database. */
  database: ServiceDatabase;
  /** Ends it, once it has finished what it has in hand. */
  signal?: AbortSignal;
  /** The highest share that a final result may have. */
  shareMax?: number;
  /** Told of each message that has been handled. */
  onHandled?: (message: ParsedMessage) => void;
}

const members = [0, 1];

/** Runs the service until its signal aborts, or until it meets a message that it cannot handle. */
export async function runService(options: ServiceOptions): Promise<void> {
  const { client, database, signal } = options;
  // A member that fails ends the other one as well: a supervisor starts both again.
  const failed = new AbortController();
  const ended = AbortSignal.any(signal ? [signal, failed.signal] : [failed.signal]);
  let failure: { error: unknown } | undefined;
  await Promise.all(members.map(async (member) => {
    try {
      await consume(client, "workflow", (message) => handle(message, member, options), {
        consumerGroup: { member, size: members.length },
        positionStore: database.positionStore(member),
        signal: ended,
      });
    } catch (error) {
      failure ??= { error };
      failed.abort();
    }
  }));
  if (failure !== undefined) throw failure.error;
}

/** Handles a message. It may come twice, and is then without effect. */
async function handle(
  message: ParsedMessage,
  member: number,
  { client, database, shareMax = 1, onHandled }: ServiceOptions,
): Promise<void> {
  const id = cardinalIdOf(message.stream);
  if (message.type === "TaskCompleted") await startNextStep(client, message.stream);
  database.change(member, message.globalPosition, () => {
    switch (message.type) {
      case "TaskRequested":
        return database.request(id, String(message.data?.task));
      case "TaskCompleted":
        return database.update(id, "completed");
      case "NextStepStarted":
        return database.update(id, "next step");
      case "FinalResult": {
        const share = Number(message.data?.share);
        if (!(share <= shareMax)) throw new Error(`a share of ${share} is above ${shareMax}`);
        return database.update(id, "done", share);
      }
    }
  });
  onHandled?.(message);
}

/** Starts the next step, once for each task that was completed. */
async function startNextStep(client: EventoDBClient, stream: string): Promise<void> {
  while (true) {
    // The stream itself decides, not the projection, which may be behind.
    let pending = 0;
    let version = -1;
    for await (const { type, position } of client.readStream(stream)) {
      if (type === "TaskCompleted") pending++;
      if (type === "NextStepStarted") pending--;
      version = position;
    }
    if (pending <= 0) return;
    try {
      const nextStep = { type: "NextStepStarted", data: {} };
      await client.streamWrite(stream, nextStep, { expectedVersion: version });
      return;
    } catch (error) {
      // Somebody has written to the stream in between: decide again.
      if (!(error instanceof EventoDBError && error.code === "STREAM_VERSION_CONFLICT")) {
        throw error;
      }
    }
  }
}

if (import.meta.main) {
  const client = new EventoDBClient({
    url: Deno.env.get("EVENTODB_URL") ?? "http://localhost:8080",
    token: Deno.env.get("EVENTODB_TOKEN"),
  });
  using database = new ServiceDatabase(Deno.env.get("DATABASE") ?? "workflows.db");
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, onSignal);
  await runService({
    client,
    database,
    signal: stop.signal,
    onHandled: ({ globalPosition, stream, type }) => console.log(globalPosition, stream, type),
  });
  // A listener would keep the process alive.
  for (const signal of signals) Deno.removeSignalListener(signal, onSignal);
}
