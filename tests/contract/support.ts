/**
 * What the contract's tests share: stores that are disposed of, messages, and whole reads.
 *
 * @module
 */

import { EventoDBError } from "../../src/errors.ts";
import { batchRecordsMax } from "../../src/limits.ts";
import type { ImportCount } from "../../src/import_result.ts";
import type { Message, NewMessage } from "../../src/message.ts";
import type { ImportMode, MessageQuery, Store, StreamQuery } from "../../src/store/store.ts";
import type { ImportRecord } from "../../src/record/import_record.ts";
import { packRecords } from "../../src/record/packed_records.ts";
import { assertRejects } from "../support/assert.ts";

/** Opens a new, empty store; disposed of, it leaves nothing behind. */
export type OpenStore = (options?: { importWaitMs?: number }) => Promise<Store>;

/** The namespace that most tests use. */
export const NS = "orders";

/** Makes a namespace. */
export async function create(store: Store, id: string): Promise<void> {
  await store.createNamespace({ id, tokenHash: "0".repeat(64), description: "", metadata: null });
}

/** Opens a store with an empty namespace {@linkcode NS}. */
export async function openWithNamespace(
  open: OpenStore,
  options?: { importWaitMs?: number },
): Promise<Store> {
  const store = await open(options);
  try {
    await create(store, NS);
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
  return store;
}

/** A message to be written. */
export function newMessage(fields: Partial<NewMessage> = {}): NewMessage {
  return { id: crypto.randomUUID(), type: "Tested", data: "{}", metadata: null, ...fields };
}

/** The UUID of a number: the same number, the same id. */
export function uuid(n: number): string {
  const digits = n.toString(16).padStart(15, "0");
  return `00000000-0000-4000-8${digits.slice(0, 3)}-${digits.slice(3)}`;
}

/** A record of an import; what is not given follows from its global position. */
export function record(
  fields: Partial<ImportRecord> & { globalPosition: number },
): ImportRecord {
  const { globalPosition: n } = fields;
  return {
    id: uuid(n),
    stream: `stream-${n}`,
    type: "Imported",
    position: 0,
    data: `{"n":${n}}`,
    metadata: null,
    time: "2025-07-15T10:00:00.123456789Z",
    line: n,
    ...fields,
  };
}

/** `count` records in `streams` streams of the category `category`, from global position 1 on. */
export function records(count: number, streams = 10, category = "stream"): ImportRecord[] {
  return Array.from({ length: count }, (_, index) =>
    record({
      globalPosition: index + 1,
      stream: `${category}-${index % streams}`,
      position: Math.floor(index / streams),
    }));
}

/** A record without its line: the message that a read gives back. */
export function messageOf({ line: _, ...message }: ImportRecord): Message {
  return message;
}

/** Imports records in batches, and commits. */
export async function importAll(
  store: Store,
  batch: readonly ImportRecord[],
  mode?: ImportMode,
  id = NS,
): Promise<ImportCount> {
  await using unit = await store.beginImport(id, mode);
  const sum = { imported: 0, skipped: 0 };
  for (let start = 0; start < batch.length; start += batchRecordsMax) {
    const { imported, skipped } = await unit.write(
      packRecords(batch.slice(start, start + batchRecordsMax)),
    );
    sum.imported += imported;
    sum.skipped += skipped;
  }
  await unit.commit();
  return sum;
}

/** Reads all messages that a query finds. */
export async function readAll(
  store: Store,
  query: Partial<MessageQuery> = {},
  id = NS,
): Promise<Message[]> {
  return (await Array.fromAsync(store.readMessages(id, { from: 0, limit: Infinity, ...query })))
    .flat();
}

/** The global positions of all messages that a query finds. */
export async function globalPositions(
  store: Store,
  query: Partial<MessageQuery> = {},
  id = NS,
): Promise<number[]> {
  return (await readAll(store, query, id)).map(({ globalPosition }) => globalPosition);
}

/** Reads a stream. */
export async function readStreamAll(
  store: Store,
  stream: string,
  query: Partial<StreamQuery> = {},
  id = NS,
): Promise<Message[]> {
  return (await Array.fromAsync(
    store.readStream(id, stream, { from: 0, limit: Infinity, ...query }),
  ))
    .flat();
}

/** Asserts that an operation is refused with a code. */
export async function assertCode(
  operation: () => Promise<unknown>,
  code: EventoDBError["code"],
  messageIncludes = "",
): Promise<EventoDBError> {
  const error = await assertRejects(operation, EventoDBError, messageIncludes);
  if (error.code !== code) throw new Error(`expected ${code}, got ${error.code}: ${error.message}`);
  return error;
}
