/**
 * Fills a layer: many messages, in few atomic operations that are packed close to their limits.
 *
 * Messages go in as they come. Their entries by id and by stream, which fall all over the key space,
 * are collected and written in key order: Deno KV's file is a B-tree whose pages are written again
 * with every operation that touches them, so that entries one by one cost far more.
 *
 * @module
 */

import { kvAtomicsInFlightMax, kvIndexCharsMax, kvIndexEntriesMax } from "../limits.ts";
import { categoryOf } from "../../../stream_name.ts";
import { type Database, Pack, raise, set } from "../database.ts";
import { categoryKey, chunksKey, idKey, messageKey, streamKey, versionKey } from "../schema.ts";
import { encodeHeader, type MessageHeader } from "../message_value.ts";

/** A message that is ready to be put in. */
export interface LayerMessage extends MessageHeader {
  id: string;
  position: number;
  globalPosition: number;
  value: Uint8Array<ArrayBuffer>;
}

/** What the indexes by id and by stream say of a message. */
export interface IndexedMessage {
  id: string;
  stream: string;
  position: number;
  /** As a value. */
  globalPosition: Deno.KvU64;
}

/** Thrown when what the operations are checked against has changed. */
export class Superseded extends Error {
  override readonly name = "Superseded";
}

export class LayerWriter {
  readonly #database: Database;
  readonly #layer: number;
  readonly #checks: readonly Deno.AtomicCheck[];
  readonly #isRead: boolean;
  readonly #underWay = new Set<Promise<void>>();
  #pack: Pack;
  #waiting: IndexedMessage[] = [];
  #waitingChars = 0;
  #failure: unknown;

  /**
   * @param checks What every operation is checked against.
   * @param isRead The layer is read meanwhile: others' layers are folded into it.
   */
  constructor(
    database: Database,
    layer: number,
    checks: readonly Deno.AtomicCheck[],
    isRead: boolean,
  ) {
    this.#database = database;
    this.#layer = layer;
    this.#checks = checks;
    this.#isRead = isRead;
    this.#pack = this.#newPack();
  }

  /**
   * Puts a message in. It may lie in memory for a while; putting it in twice does no harm.
   *
   * @throws {Superseded} A check of this operation or of an earlier one did not hold.
   */
  async put(message: LayerMessage): Promise<void> {
    const { id, stream, position, globalPosition, value } = message;
    await this.add(
      set(messageKey(this.#layer, globalPosition), value),
      set([...categoryKey(this.#layer, categoryOf(stream)), globalPosition], encodeHeader(message)),
    );
    this.#waiting.push({
      id,
      stream,
      position,
      globalPosition: new Deno.KvU64(BigInt(globalPosition)),
    });
    this.#waitingChars += id.length + stream.length;
    if (
      this.#waiting.length >= kvIndexEntriesMax || this.#waitingChars >= kvIndexCharsMax
    ) await this.#putIndexes();
  }

  async putChunks(chunks: string, values: readonly Uint8Array[]): Promise<void> {
    for (const [index, value] of values.entries()) {
      await this.add(set([...chunksKey(this.#layer, chunks), index], value));
    }
  }

  /** The messages whose index entries are still in memory. */
  get waiting(): readonly IndexedMessage[] {
    return this.#waiting;
  }

  /** Waits until all messages are in the database; their index entries may still be in memory. */
  async settle(): Promise<void> {
    await this.#commit();
    await Promise.all(this.#underWay);
    this.#check();
  }

  /** Waits until everything is in the database. */
  async flush(): Promise<void> {
    await this.#putIndexes();
    await this.settle();
  }

  /** Waits for what is under way, whatever becomes of it. */
  async abandon(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #putIndexes(): Promise<void> {
    const layer = this.#layer;
    // An index must never name a message that is not there, in a layer that is read.
    if (this.#isRead) await this.settle();
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingChars = 0;
    waiting.sort(byId);
    for (const { id, globalPosition } of waiting) {
      await this.add(set(idKey(layer, id), globalPosition));
    }
    waiting.sort(byStream);
    const versions: IndexedMessage[] = [];
    for (const message of waiting) {
      const { stream, position, globalPosition } = message;
      await this.add(set([...streamKey(layer, stream), position], globalPosition));
      if (versions.at(-1)?.stream === stream) versions.pop();
      versions.push(message);
    }
    for (const { stream, position } of versions) {
      await this.add(raise(versionKey(layer, stream), position));
    }
  }

  /** Makes any change, along with what is put in. Made twice, it must do no harm. */
  async add(...mutations: Deno.KvMutation[]): Promise<void> {
    if (this.#pack.tryAdd(...mutations)) return;
    await this.#commit();
    this.#pack.add(...mutations);
  }

  /** Sends the operation off, once one more may be under way. */
  async #commit(): Promise<void> {
    while (this.#underWay.size >= kvAtomicsInFlightMax) await Promise.race(this.#underWay);
    this.#check();
    if (this.#pack.isEmpty) return;
    const committing: Promise<void> = this.#pack.commit({
      waits: !this.#isRead,
      isRepeatable: true,
    }).then(
      (versionstamp) => {
        if (versionstamp === null) this.#failure ??= new Superseded();
      },
      (error) => {
        this.#failure ??= error;
      },
    ).finally(() => this.#underWay.delete(committing));
    this.#underWay.add(committing);
    this.#pack = this.#newPack();
  }

  #newPack(): Pack {
    return new Pack(this.#database, this.#checks);
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

function byId(a: IndexedMessage, b: IndexedMessage): number {
  return a.id < b.id ? -1 : 1;
}

function byStream(a: IndexedMessage, b: IndexedMessage): number {
  if (a.stream === b.stream) return a.position - b.position;
  return a.stream < b.stream ? -1 : 1;
}
