/**
 * The chunks of a message that is too large for a value: written first, under a key that is not read, with a note;
 * the message's own operation then takes the note away. Chunks whose note stays are an orphan's, and are collected.
 *
 * @module
 */

import { type Database, Pack, remove, set } from "./database.ts";
import { chunksKey, garbageLayerKey, pendingChunksKey } from "./schema.ts";
import { type Chunks, cutPayload, type Payload } from "./message_value.ts";

/** A note of chunks that wait for their message. */
export interface PendingNote {
  layer: number;
  /** When the first one was written, in milliseconds since 1970. */
  since: number;
}

export class PendingChunks {
  /** What the message's value refers to. */
  readonly reference: Chunks;
  readonly #database: Database;
  readonly #layer: number;
  readonly #versionstamp: string;

  private constructor(
    database: Database,
    layer: number,
    reference: Chunks,
    versionstamp: string,
  ) {
    this.#database = database;
    this.#layer = layer;
    this.reference = reference;
    this.#versionstamp = versionstamp;
  }

  /** Writes the chunks of a payload; `undefined` when the layer is no longer in use. */
  static async write(
    database: Database,
    layer: number,
    payload: Payload,
  ): Promise<PendingChunks | undefined> {
    const values = cutPayload(payload);
    const reference = { chunks: crypto.randomUUID(), count: values.length };
    const note: PendingNote = { layer, since: Date.now() };
    const key = pendingChunksKey(reference.chunks);
    const inUse = { key: garbageLayerKey(layer), versionstamp: null };
    const versionstamp = await new Pack(database, [inUse]).add(set(key, note)).commit();
    if (versionstamp === null) return undefined;
    const pending = new PendingChunks(database, layer, reference, versionstamp);
    let pack = new Pack(database, [inUse, pending.check]);
    for (const [index, value] of values.entries()) {
      const chunk = set([...chunksKey(layer, reference.chunks), index], value);
      if (pack.tryAdd(chunk)) continue;
      if (await pack.commit({ waits: true }) === null) return undefined;
      pack = new Pack(database, [inUse, pending.check]).add(chunk);
    }
    return await pack.commit({ waits: true }) === null ? undefined : pending;
  }

  /** That the chunks have not been collected. */
  get check(): Deno.AtomicCheck {
    return { key: pendingChunksKey(this.reference.chunks), versionstamp: this.#versionstamp };
  }

  /** What makes them the message's, in its own operation. */
  get release(): Deno.KvMutation {
    return remove(pendingChunksKey(this.reference.chunks));
  }

  /** Takes the chunks away again, or leaves that to the collector. */
  async discard(): Promise<void> {
    try {
      await discardChunks(this.#database, this.#layer, this.reference.chunks, this.check);
    } catch {
      // The note is still there.
    }
  }
}

/** Deletes chunks that wait for their message, unless it has come. */
export async function discardChunks(
  database: Database,
  layer: number,
  chunks: string,
  check: Deno.AtomicCheck,
): Promise<void> {
  // From here on, the message cannot come any more. The note is the last to go.
  const note = set(check.key, { layer, since: 0 } satisfies PendingNote);
  const versionstamp = await new Pack(database, [check]).add(note).commit();
  if (versionstamp === null) return;
  for await (const page of database.listAll(chunksKey(layer, chunks))) {
    const pack = new Pack(database);
    for (const { key } of page) pack.add(remove(key));
    await pack.commit();
  }
  await new Pack(database, [{ key: check.key, versionstamp }]).add(remove(check.key)).commit();
}
