/**
 * Which records of an import may go in: those whose global position, stream position and id are
 * free, in the namespace and among earlier lines.
 *
 * @module
 */

import { isAscii } from "../../../ascii.ts";
import type { Message } from "../../../message.ts";
import type { ImportRecord } from "../../../record/import_record.ts";
import { differences } from "../../../record/differences.ts";
import { conflictError, type TakenKey } from "../../conflict.ts";
import { ImportedLines } from "../../imported_lines.ts";
import type { Database } from "../database.ts";
import { completeMessage, fetchMessage, fetchNear, type Location } from "../read/fetch.ts";
import { idKey, idsKey, messagesKey, streamKey } from "../schema.ts";
import type { LayerWriter } from "./layer_writer.ts";
import { decodeMessage, type StoredMessage } from "../message_value.ts";
import { versionsOf } from "../read/snapshot.ts";
import { BloomFilter } from "./bloom_filter.ts";

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
type Holder = ImportRecord | Location & { stored?: StoredMessage };

/** Admits records, batch by batch. */
export class Admission {
  readonly #database: Database;
  readonly #options: AdmissionOptions;
  readonly #seen = new BloomFilter();
  /** The highest positions of streams, by layer and name, where nothing changes while the import runs. */
  readonly #positions = new Map<string, number>();
  /** Which lines the records stood on that were admitted. */
  readonly #lines = new ImportedLines();
  #highest = 0;

  constructor(database: Database, options: AdmissionOptions) {
    this.#database = database;
    this.#options = options;
  }

  /**
   * Admits the records of a batch.
   *
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
      if (holders.identical.has(record) || await this.#isSkipped(record, holders)) continue;
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
      throw conflictError(record, { key, holder: message, holderLine });
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
    if (existing.length === 0) return holders;
    const old = batch.filter(({ globalPosition }) => globalPosition <= existingHighest);
    for (const layer of existing) await this.#findGlobalPositions(layer, old, holders);
    if (this.#options.skipsExisting) await this.#findIdentical(old, holders);
    // Whose global position is held by its very self needs no look at its other keys.
    const others = batch.filter((record) => !holders.identical.has(record));
    for (const layer of existing) await this.#findIndexed(layer, others, holders);
    return holders;
  }

  async #findIdentical(records: readonly ImportRecord[], holders: Holders): Promise<void> {
    for (const record of records) {
      const holder = holders.byGlobal.get(record.globalPosition);
      if (holder === undefined || "id" in holder || holder.layer === this.#options.layer) continue;
      const message = await this.#messageOf(holder);
      if (message !== undefined && differences(record, message).length === 0) {
        holders.identical.add(record);
      }
    }
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
    const positions = new Set(records.map(({ stream, position }) => keyOf(stream, position)));
    for (const { id, stream, position, globalPosition } of writer.waiting) {
      const location = { layer, globalPosition: Number(globalPosition.value) };
      if (ids.has(id)) holders.byId.set(id, location);
      const name = keyOf(stream, position);
      if (positions.has(name)) holders.byPosition.set(name, location);
    }
  }

  async #findGlobalPositions(
    layer: number,
    records: readonly ImportRecord[],
    holders: Holders,
  ): Promise<void> {
    const positions = records.map(({ globalPosition }) => globalPosition);
    for (let start = 0; start < positions.length; start += messagesAtOnce) {
      const some = positions.slice(start, start + messagesAtOnce);
      const found = await fetchNear<number, Uint8Array>(this.#database, messagesKey(layer), some);
      for (const globalPosition of some) {
        const value = found.get(globalPosition);
        if (value === undefined) continue;
        const stored = decodeMessage(value, globalPosition);
        holders.byGlobal.set(globalPosition, { layer, globalPosition, stored });
      }
    }
  }

  async #findIndexed(
    layer: number,
    records: readonly ImportRecord[],
    holders: Holders,
  ): Promise<void> {
    await Promise.all([
      this.#findIds(layer, records, holders),
      this.#findPositions(layer, records, holders),
    ]);
  }

  async #findIds(
    layer: number,
    records: readonly ImportRecord[],
    holders: Holders,
  ): Promise<void> {
    const ids = [...new Set(records.map(({ id }) => id))];
    const note = (id: string, { value }: Deno.KvU64) =>
      holders.byId.set(id, { layer, globalPosition: Number(value) });
    // Then their order in JavaScript is that of their bytes.
    if (ids.every(isAscii)) {
      // Ids that ascend with time have next to none of the older ones between them.
      for (
        const [id, value] of await fetchNear<string, Deno.KvU64>(this.#database, idsKey(layer), ids)
      ) {
        note(id, value);
      }
      return;
    }
    const entries = await this.#database.getMany<Deno.KvU64>(ids.map((id) => idKey(layer, id)));
    for (const [index, { value }] of entries.entries()) {
      if (value !== null) note(ids[index]!, value);
    }
  }

  async #highestPositions(
    layer: number,
    streams: readonly string[],
  ): Promise<Map<string, number>> {
    if (this.#positions.size > streamsKept) this.#positions.clear();
    const isFilling = layer === this.#options.layer;
    const asked = streams.filter((stream) => !this.#positions.has(`${layer} ${stream}`));
    const versions = await versionsOf(this.#database, [layer], asked);
    const found = new Map(asked.map((stream, index) => [stream, versions[index] ?? -1]));
    if (isFilling) return found;
    for (const [stream, position] of found) this.#positions.set(`${layer} ${stream}`, position);
    return new Map(
      streams.map((stream) => [stream, this.#positions.get(`${layer} ${stream}`) ?? -1]),
    );
  }

  async #findPositions(
    layer: number,
    records: readonly ImportRecord[],
    holders: Holders,
  ): Promise<void> {
    const streams = [...new Set(records.map(({ stream }) => stream))];
    const highest = await this.#highestPositions(layer, streams);
    // Above a stream's highest position there is nothing to look up.
    const old = records.filter(({ stream, position }) => position <= (highest.get(stream) ?? -1));
    const entries = await this.#database.getMany<Deno.KvU64>(
      old.map(({ stream, position }) => [...streamKey(layer, stream), position]),
    );
    for (const [index, { value }] of entries.entries()) {
      if (value === null) continue;
      const { stream, position } = old[index]!;
      holders.byPosition.set(keyOf(stream, position), {
        layer,
        globalPosition: Number(value.value),
      });
    }
  }
}

/** Most streams whose highest positions are remembered. */
const streamsKept = 10_000;

/** Most messages that are read at once, each of them up to the size of a value. */
const messagesAtOnce = 200;

/** Who has the keys of a batch's records. */
class Holders {
  readonly byGlobal = new Map<number, Holder>();
  readonly byPosition = new Map<string, Holder>();
  readonly byId = new Map<string, Holder>();
  /** The records that are there already, all eight fields. */
  readonly identical = new Set<ImportRecord>();
  /** A key may come twice within the batch. */
  hasRepetitions = false;

  /** Whether none of the keys is taken. */
  get isEmpty(): boolean {
    return !this.hasRepetitions &&
      this.byGlobal.size + this.byPosition.size + this.byId.size === 0;
  }

  /** Makes a record the holder of its keys. */
  add(record: ImportRecord): void {
    if (!this.hasRepetitions) return;
    this.byGlobal.set(record.globalPosition, record);
    this.byPosition.set(keyOf(record.stream, record.position), record);
    this.byId.set(record.id, record);
  }

  /** Who has the keys of a record, the global position first. */
  *of({ globalPosition, stream, position, id }: ImportRecord): Generator<[TakenKey, Holder]> {
    const byGlobal = this.byGlobal.get(globalPosition);
    if (byGlobal !== undefined) yield ["global position", byGlobal];
    const byPosition = this.byPosition.get(keyOf(stream, position));
    if (byPosition !== undefined) yield ["stream position", byPosition];
    const byId = this.byId.get(id);
    if (byId !== undefined) yield ["id", byId];
  }
}

function keyOf(stream: string, position: number): string {
  return `${stream}\0${position}`;
}
