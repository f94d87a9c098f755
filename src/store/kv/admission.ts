/**
 * Which records of an import may go in: those whose global position, stream position and id nobody
 * has, neither the namespace nor an earlier line.
 *
 * @module
 */

import type { Message } from "../../message.ts";
import type { ImportRecord } from "../store.ts";
import { clashError, differences, type TakenKey } from "../clash.ts";
import { ImportedLines } from "../imported_lines.ts";
import type { Database } from "./database.ts";
import { completeMessage, fetchMessage, fetchStored, type Place } from "./fetch.ts";
import { idKey, streamKey } from "./keys.ts";
import type { LayerWriter } from "./layer_writer.ts";
import type { StoredMessage } from "./message_value.ts";
import { Seen } from "./seen.ts";

/** What records are compared with. */
export interface AdmissionOptions {
  /** The layer that the import fills. */
  layer: number;
  /** What puts records into it. */
  writer: LayerWriter;
  /** The layers that the import adds to; none when it replaces them. */
  existing: readonly number[];
  /** The highest global position in those. */
  existingHighest: number;
  /** Leave out records that are there already. */
  skipsExisting: boolean;
}

/** A holder of a key: a record of the same batch, a message that was read, or where one lies. */
type Holder = ImportRecord | Place & { stored?: StoredMessage };

/** Admits records, batch by batch. */
export class Admission {
  readonly #database: Database;
  readonly #options: AdmissionOptions;
  readonly #seen = new Seen();
  /** Which lines the records stood on that were admitted. */
  readonly #lines = new ImportedLines();
  #highest = 0;

  /**
   * @param database The database.
   * @param options What records are compared with.
   */
  constructor(database: Database, options: AdmissionOptions) {
    this.#database = database;
    this.#options = options;
  }

  /**
   * Admits the records of a batch.
   *
   * @param batch Records in the order of the file.
   * @returns Those that are to be put in.
   * @throws {EventoDBError} `POSITION_EXISTS` or `MESSAGE_ID_EXISTS` for the first that is refused.
   */
  async admit(batch: readonly ImportRecord[]): Promise<readonly ImportRecord[]> {
    const holders = await this.#findHolders(batch);
    if (holders.isEmpty) {
      for (const { globalPosition, line } of batch) this.#lines.note(globalPosition, line);
      return batch;
    }
    const admitted: ImportRecord[] = [];
    for (const record of batch) {
      if (await this.#isSkipped(record, holders)) continue;
      holders.add(record);
      this.#lines.note(record.globalPosition, record.line);
      admitted.push(record);
    }
    return admitted;
  }

  async #isSkipped(record: ImportRecord, holders: Holders): Promise<boolean> {
    for (const [key, holder] of holders.of(record)) {
      const message = await this.#messageOf(holder);
      if (message === undefined) throw new Error("An index names a message that is not there");
      if (
        this.#options.skipsExisting && key === "global position" &&
        differences(record, message).length === 0
      ) return true;
      const holderLine = this.#lines.lineOf(message.globalPosition);
      throw clashError(record, { key, holder: message, holderLine });
    }
    return false;
  }

  async #messageOf(holder: Holder): Promise<Message | undefined> {
    if ("id" in holder) return holder;
    const { layer, stored } = holder;
    return stored === undefined
      ? await fetchMessage(this.#database, holder)
      : await completeMessage(this.#database, layer, stored);
  }

  async #findHolders(batch: readonly ImportRecord[]): Promise<Holders> {
    const holders = new Holders();
    const repeated = this.#perhapsRepeated(batch);
    const { layer, existing, existingHighest } = this.#options;
    if (repeated.length > 0) {
      holders.hasRepetitions = true;
      await this.#findInLayer(layer, repeated, holders);
    }
    for (const layer of existing) {
      const old = batch.filter(({ globalPosition }) => globalPosition <= existingHighest);
      await this.#findGlobalPositions(layer, old, holders);
      await this.#findIndexed(layer, batch, holders);
    }
    return holders;
  }

  /** The records of which a key may have been in an earlier line. */
  #perhapsRepeated(batch: readonly ImportRecord[]): ImportRecord[] {
    return batch.filter(({ id, stream, position, globalPosition }) => {
      // In a file that ascends, as every export does, no global position comes twice.
      const isBehind = globalPosition <= this.#highest;
      if (!isBehind) this.#highest = globalPosition;
      const isPositionSeen = this.#seen.add(`${stream}\0${position}`);
      const isIdSeen = this.#seen.add(id);
      return isBehind || isPositionSeen || isIdSeen;
    });
  }

  /** Looks at the layer that is being filled, a part of which is still in memory. */
  async #findInLayer(
    layer: number,
    records: readonly ImportRecord[],
    holders: Holders,
  ): Promise<void> {
    const { writer } = this.#options;
    await writer.settle();
    await this.#findGlobalPositions(layer, records, holders);
    await this.#findIndexed(layer, records, holders);
    const ids = new Set(records.map(({ id }) => id));
    const positions = new Set(records.map(({ stream, position }) => placeName(stream, position)));
    for (const { id, stream, position, globalPosition } of writer.waiting) {
      const place = { layer, globalPosition: Number(globalPosition.value) };
      if (ids.has(id)) holders.byId.set(id, place);
      const name = placeName(stream, position);
      if (positions.has(name)) holders.byPosition.set(name, place);
    }
  }

  async #findGlobalPositions(
    layer: number,
    records: readonly ImportRecord[],
    holders: Holders,
  ): Promise<void> {
    const positions = records.map(({ globalPosition }) => globalPosition);
    const some = 200;
    for (let start = 0; start < positions.length; start += some) {
      const places = positions.slice(start, start + some)
        .map((globalPosition) => ({ layer, globalPosition }));
      for (const stored of await fetchStored(this.#database, places)) {
        if (stored === undefined) continue;
        const { globalPosition } = stored;
        holders.byGlobal.set(globalPosition, { layer, globalPosition, stored });
      }
    }
  }

  async #findIndexed(
    layer: number,
    records: readonly ImportRecord[],
    holders: Holders,
  ): Promise<void> {
    const [ids, positions] = await Promise.all([
      this.#database.getMany<Deno.KvU64>(records.map(({ id }) => idKey(layer, id))),
      this.#database.getMany<Deno.KvU64>(
        records.map(({ stream, position }) => [...streamKey(layer, stream), position]),
      ),
    ]);
    for (const [index, { id, stream, position }] of records.entries()) {
      const byId = ids[index].value;
      if (byId !== null) holders.byId.set(id, { layer, globalPosition: Number(byId.value) });
      const byPosition = positions[index].value;
      if (byPosition === null) continue;
      const place = { layer, globalPosition: Number(byPosition.value) };
      holders.byPosition.set(placeName(stream, position), place);
    }
  }
}

/** Who has the keys of a batch's records. */
class Holders {
  readonly byGlobal = new Map<number, Holder>();
  readonly byPosition = new Map<string, Holder>();
  readonly byId = new Map<string, Holder>();
  /** A key may come twice within the batch. */
  hasRepetitions = false;

  /** Nobody has any. */
  get isEmpty(): boolean {
    return !this.hasRepetitions &&
      this.byGlobal.size + this.byPosition.size + this.byId.size === 0;
  }

  /** Makes a record the holder of its keys. */
  add(record: ImportRecord): void {
    if (!this.hasRepetitions) return;
    this.byGlobal.set(record.globalPosition, record);
    this.byPosition.set(placeName(record.stream, record.position), record);
    this.byId.set(record.id, record);
  }

  /** Who has the keys of a record, the global position first. */
  *of({ globalPosition, stream, position, id }: ImportRecord): Generator<[TakenKey, Holder]> {
    const byGlobal = this.byGlobal.get(globalPosition);
    if (byGlobal !== undefined) yield ["global position", byGlobal];
    const byPosition = this.byPosition.get(placeName(stream, position));
    if (byPosition !== undefined) yield ["stream position", byPosition];
    const byId = this.byId.get(id);
    if (byId !== undefined) yield ["id", byId];
  }
}

function placeName(stream: string, position: number): string {
  return `${stream}\0${position}`;
}
