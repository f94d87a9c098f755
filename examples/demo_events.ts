/**
 * What the services of the demo write: tasks of customers, and one story that ends with a wrong result. Each event
 * says in its metadata what caused it, in the fields of Message DB and Eventide.
 *
 * @module
 */

import type { EventoDBClient } from "@eventodb/cli";

/** An event that was written. */
interface Written {
  stream: string;
  position: number;
  globalPosition: number;
}

/** Twenty tasks, each with an email. */
export async function writeTasks(client: EventoDBClient): Promise<void> {
  for (let task = 1; task <= 20; task++) {
    const requested = await write(client, `workflow-${task}`, "TaskRequested", { task });
    await write(client, `email-${task}`, "Sent", { to: `user${task}@example.com` }, requested);
  }
}

/**
 * The story of `workflow-123`: what it asked for, what the others did, and its share of 1.5.
 *
 * @returns The global position of its last event.
 */
export async function writeStory(client: EventoDBClient): Promise<number> {
  const story = (
    stream: string,
    type: string,
    data: Record<string, unknown>,
    cause?: Written,
  ) => write(client, stream, type, data, cause, "workflow-123");
  const requested = await story("workflow-123", "TaskRequested", { task: "process" });
  await story("email-123", "Sent", { to: "user@example.com" }, requested);
  const created = await story("order-456", "Created", { amount: 100 }, requested);
  const completed = await story("workflow-123", "TaskCompleted", { result: "ok" }, created);
  const reserved = await story("inventory-7", "Reserved", { order: 456 }, created);
  const result = await story("workflow-123", "FinalResult", { share: 1.5 }, completed);
  const refused = await story("payment-9", "PayoutRefused", { order: 456, share: 1.5 }, result);
  await story("inventory-7", "Released", { order: 456, reserved: reserved.position }, refused);
  const warned = await story("email-123", "WarningSent", { to: "team@example.com" }, refused);
  return warned.globalPosition;
}

async function write(
  client: EventoDBClient,
  stream: string,
  type: string,
  data: Record<string, unknown>,
  cause?: Written,
  correlation?: string,
): Promise<Written> {
  const metadata = cause && {
    ...(correlation !== stream && { correlationStreamName: correlation }),
    causationMessageStreamName: cause.stream,
    causationMessagePosition: cause.position,
    causationMessageGlobalPosition: cause.globalPosition,
  };
  return { stream, ...await client.streamWrite(stream, { type, data, metadata }) };
}
