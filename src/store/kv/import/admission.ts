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
import { isLeftOut, KeyHolders } from "../../conflict.ts";
import { ImportedLines } from "../../imported_lines.ts";
import type { Database } from "../database.ts";
import {
  completeMessage,
  fetchMessage,
  fetchNear,
  type Location,
  versionsOf,
} from "../read/fetch.ts";
import { kvReadFetchMax, kvStreamsKeptMax } from "../limits.ts";
import { idKey, idsKey, messagesKey, streamKey } from "../schema.ts";
import type { LayerWriter } from "../layers/layer_writer.ts";
import { decodeMessage, type StoredMessage } from "../message_value.ts";
import { BloomFilter } from "./bloom_filter.ts";

export interface AdmissionOptions {
  layer: number;
  writer: LayerWriter;
  /** The layers that the import adds to; none when it replaces them. */
  existing: readonly number[];
  /** The highest global position in those. */
  existingHighest: number;
  skipsExisting: boolean;
}

/** A holder of a key: a record of the same batch, a message that was read, or where one lies. */
type Holder = ImportRecord | Location & { stored?: StoredMessage };

/** A look in a layer for who has the keys of some records: the holders are put to those that are known. */
interface Search {
  layer: number;
  records: readonly ImportRecord[];
  holders: KeyHolders<Holder>;
}

/** Who has the keys of a batch's records. */
interface Found {
  holders: KeyHolders<Holder>;
  /** The records that are there already, all eight fields. */
  identical: Set<ImportRecord>;
  /** A key may come twice within the batch. */
  hasRepetitions: boolean;
}

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

  /** @throws {EventoDBError} `POSITION_EXISTS` or `MESSAGE_ID_EXISTS` for the first that is refused. */
  async admit(batch: readonly ImportRecord[]): Promise<readonly ImportRecord[]> {
    const { holders, identical, hasRepetitions } = await this.#find(batch);
    const admitted: ImportRecord[] = [];
    const isFree = holders.isEmpty && !hasRepetitions;
    for (const record of batch) {
      if (!isFree && (identical.has(record) || await this.#isLeftOut(record, holders))) continue;
      if (hasRepetitions) holders.setAll(record, record);
      this.#lines.note(record.globalPosition, record.line);
      admitted.push(record);
    }
    return admitted;
  }

  async #isLeftOut(record: ImportRecord, holders: KeyHolders<Holder>): Promise<boolean> {
    const taken = holders.firstOf(record);
    if (taken === undefined) return false;
    const holder = await this.#messageOf(taken.holder);
    if (holder === undefined) throw new Error("An index names a message that is not there");
    const { skipsExisting } = this.#options;
    return isLeftOut(record, { key: taken.key, holder }, skipsExisting, this.#lines);
  }

  async #messageOf(holder: Holder): Promise<Message | undefined> {
    if ("id" in holder) return holder;
    const { layer, stored } = holder;
    return stored === undefined
      ? await fetchMessage(this.#database, holder)
      : await completeMessage(this.#database, layer, stored);
  }

  async #find(batch: readonly ImportRecord[]): Promise<Found> {
    const holders = new KeyHolders<Holder>();
    const repeated = this.#perhapsRepeated(batch);
    const hasRepetitions = repeated.length > 0;
    const { layer, existing, existingHighest, skipsExisting } = this.#options;
    if (hasRepetitions) await this.#findInLayer({ layer, records: repeated, holders });
    if (existing.length === 0) return { holders, identical: new Set(), hasRepetitions };
    const old = batch.filter(({ globalPosition }) => globalPosition <= existingHighest);
    for (const layer of existing) {
      await this.#findGlobalPositions({ layer, records: old, holders });
    }
    const identical = await this.#findIdentical(skipsExisting ? old : [], holders);
    // Whose global position is held by its very self needs no look at its other keys.
    const others = batch.filter((record) => !identical.has(record));
    for (const layer of existing) await this.#findIndexed({ layer, records: others, holders });
    return { holders, identical, hasRepetitions };
  }

  async #findIdentical(
    records: readonly ImportRecord[],
    holders: KeyHolders<Holder>,
  ): Promise<Set<ImportRecord>> {
    const identical = new Set<ImportRecord>();
    for (const record of records) {
      const holder = holders.get("global position", record);
      if (holder === undefined || "id" in holder || holder.layer === this.#options.layer) continue;
      const message = await this.#messageOf(holder);
      if (message !== undefined && differences(record, message).length === 0) identical.add(record);
    }
    return identical;
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
  async #findInLayer(search: Search): Promise<void> {
    const { layer, records, holders } = search;
    const { writer } = this.#options;
    await writer.settle();
    await this.#findGlobalPositions(search);
    await this.#findIndexed(search);
    const wanted = new KeyHolders<ImportRecord>();
    for (const record of records) wanted.setAll(record, record);
    for (const { id, stream, position, globalPosition } of writer.waiting) {
      const location = { layer, globalPosition: Number(globalPosition.value) };
      for (const key of ["stream position", "id"] as const) {
        const keys = { id, stream, position };
        if (wanted.get(key, keys) !== undefined) holders.set(key, keys, location);
      }
    }
  }

  async #findGlobalPositions({ layer, records, holders }: Search): Promise<void> {
    const positions = records.map(({ globalPosition }) => globalPosition);
    for (let start = 0; start < positions.length; start += kvReadFetchMax) {
      const some = positions.slice(start, start + kvReadFetchMax);
      const found = await fetchNear<number, Uint8Array>(this.#database, messagesKey(layer), some);
      for (const globalPosition of some) {
        const value = found.get(globalPosition);
        if (value === undefined) continue;
        const stored = decodeMessage(value, globalPosition);
        holders.set("global position", { globalPosition }, { layer, globalPosition, stored });
      }
    }
  }

  async #findIndexed(search: Search): Promise<void> {
    await Promise.all([this.#findIds(search), this.#findPositions(search)]);
  }

  async #findIds({ layer, records, holders }: Search): Promise<void> {
    const ids = [...new Set(records.map(({ id }) => id))];
    const note = (id: string, { value }: Deno.KvU64) =>
      holders.set("id", { id }, { layer, globalPosition: Number(value) });
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
    const entries = await this.#database.getMany<Deno.KvU64[]>(ids.map((id) => idKey(layer, id)));
    for (const [index, { value }] of entries.entries()) {
      if (value !== null) note(ids[index]!, value);
    }
  }

  async #highestPositions(
    layer: number,
    streams: readonly string[],
  ): Promise<Map<string, number>> {
    if (this.#positions.size > kvStreamsKeptMax) this.#positions.clear();
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

  async #findPositions({ layer, records, holders }: Search): Promise<void> {
    const streams = [...new Set(records.map(({ stream }) => stream))];
    const highest = await this.#highestPositions(layer, streams);
    // Above a stream's highest position there is nothing to look up.
    const old = records.filter(({ stream, position }) => position <= (highest.get(stream) ?? -1));
    const entries = await this.#database.getMany<Deno.KvU64[]>(
      old.map(({ stream, position }) => [...streamKey(layer, stream), position]),
    );
    for (const [index, { value }] of entries.entries()) {
      if (value === null) continue;
      const location = { layer, globalPosition: Number(value.value) };
      holders.set("stream position", old[index]!, location);
    }
  }
}
