/**
 * Fills a layer: many messages, in few atomic operations that are packed close to their limits.
 *
 * Messages go in as they come. Their entries by id and by stream, which fall all over the key space,
 * are collected and written in key order: Deno KV's file is a B-tree whose pages are written again
 * with every operation that touches them, so that entries one by one cost three times as much.
 *
 * @module
 */

import { kvAtomicsInFlightMax, kvIndexCharsMax, kvIndexEntriesMax } from "../../limits.ts";
import { categoryOf } from "../../stream_name.ts";
import type { Database } from "./database.ts";
import { categoryKey, idKey, messageKey, piecesKey, streamKey, versionKey } from "./keys.ts";
import { encodeHeader, type MessageHeader } from "./message_value.ts";
import { type Mutation, Pack, raise, set } from "./pack.ts";

/** A message that is ready to be put in. */
export interface LayerMessage extends MessageHeader {
  id: string;
  position: number;
  globalPosition: number;
  /** The message as a value. */
  value: Uint8Array<ArrayBuffer>;
}

/** Thrown when what the operations are checked against has changed. */
export class Superseded extends Error {
  override readonly name = "Superseded";
}

/** Writes messages into one layer. */
export class LayerWriter {
  readonly #database: Database;
  readonly #layer: number;
  readonly #checks: readonly Deno.AtomicCheck[];
  readonly #underWay = new Set<Promise<void>>();
  #pack: Pack;
  #ids = new Map<string, number>();
  #positions = new Map<string, number>();
  #indexChars = 0;
  #failure: unknown;

  /**
   * @param database The database.
   * @param layer The layer's number.
   * @param checks What every operation is checked against.
   */
  constructor(database: Database, layer: number, checks: readonly Deno.AtomicCheck[]) {
    this.#database = database;
    this.#layer = layer;
    this.#checks = checks;
    this.#pack = this.#newPack();
  }

  /**
   * Puts a message in. It may lie in memory for a while.
   *
   * @param message The message. Putting it in twice does no harm.
   * @throws {Superseded} A check of this operation or of an earlier one did not hold.
   */
  async put(message: LayerMessage): Promise<void> {
    const { id, stream, position, globalPosition, value } = message;
    await this.#add(
      set(messageKey(this.#layer, globalPosition), value),
      set([...categoryKey(this.#layer, categoryOf(stream)), globalPosition], encodeHeader(message)),
    );
    this.#ids.set(id, globalPosition);
    this.#positions.set(positionName(stream, position), globalPosition);
    this.#indexChars += id.length + stream.length;
    if (this.#ids.size >= kvIndexEntriesMax || this.#indexChars >= kvIndexCharsMax) {
      await this.#putIndexes();
    }
  }

  /** Puts the pieces of a message's payload in. */
  async putPieces(pieces: string, values: readonly Uint8Array[]): Promise<void> {
    for (const [index, value] of values.entries()) {
      await this.#add(set([...piecesKey(this.#layer, pieces), index], value));
    }
  }

  /** Makes any other change, along with what is put in. */
  async change(...mutations: Mutation[]): Promise<void> {
    await this.#add(...mutations);
  }

  /** The global position of the message with an id, while that entry is still in memory. */
  waitingId(id: string): number | undefined {
    return this.#ids.get(id);
  }

  /** The same for a position in a stream. */
  waitingPosition(stream: string, position: number): number | undefined {
    return this.#positions.get(positionName(stream, position));
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
    // An index must never name a message that is not there: the layer may be read meanwhile.
    await this.settle();
    // What is not needed for a moment is not kept twice.
    const ids = [...this.#ids].sort(byKey);
    this.#ids = new Map();
    for (const [id, globalPosition] of ids) {
      await this.#add(set(idKey(layer, id), globalPosition));
    }
    const positions = [...this.#positions].sort(byKey);
    this.#positions = new Map();
    this.#indexChars = 0;
    const versions = new Map<string, number>();
    for (const [name, globalPosition] of positions) {
      const [stream, position] = parsePositionName(name);
      versions.set(stream, Math.max(versions.get(stream) ?? 0, position));
      await this.#add(set([...streamKey(layer, stream), position], globalPosition));
    }
    for (const [stream, version] of versions) {
      await this.#add(raise(versionKey(layer, stream), version));
    }
  }

  async #add(...mutations: Mutation[]): Promise<void> {
    if (this.#pack.tryAdd(...mutations)) return;
    await this.#commit();
    this.#pack.add(...mutations);
  }

  /** Sends the operation off, once there is room for one more under way. */
  async #commit(): Promise<void> {
    while (this.#underWay.size >= kvAtomicsInFlightMax) await Promise.race(this.#underWay);
    this.#check();
    if (this.#pack.isEmpty) return;
    const committing: Promise<void> = this.#pack.commit().then((versionstamp) => {
      if (versionstamp === null) this.#failure ??= new Superseded();
    }, (error) => {
      this.#failure ??= error;
    }).finally(() => this.#underWay.delete(committing));
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

function byKey([a]: [string, number], [b]: [string, number]): number {
  return a < b ? -1 : 1;
}

/** No stream name has U+0000 in it. */
function positionName(stream: string, position: number): string {
  return `${stream}\0${position}`;
}

function parsePositionName(name: string): [stream: string, position: number] {
  const end = name.indexOf("\0");
  return [name.slice(0, end), Number(name.slice(end + 1))];
}
