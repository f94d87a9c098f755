/**
 * The import as a unit of work: it fills a layer that is not read, until one atomic operation makes
 * the layer the namespace's.
 *
 * @module
 */

import { correlationCategory } from "../../correlation.ts";
import { EventoDBError } from "../../../errors.ts";
import { kvCategoriesMax, kvImportedRunsMax } from "../limits.ts";
import type { Message } from "../../../message.ts";
import { categoryOf } from "../../../stream_name.ts";
import { namespaceNotFound } from "../../refusals.ts";
import { ImportedPositions } from "../../imported_positions.ts";
import type { ImportWork } from "../../import_unit.ts";
import type { ImportCount } from "../../../import_result.ts";
import type { ImportMode } from "../../store.ts";
import { type PackedRecords, unpackRecords } from "../../../record/packed_records.ts";
import { Admission } from "./admission.ts";
import { type Database, Pack, raise, remove, set } from "../database.ts";
import type { Head, Layout, State } from "../head.ts";
import type { Namespace } from "../namespace.ts";
import { counterKey, fitsKey, garbageLayerKey, versionsKey } from "../schema.ts";
import { LayerWriter, Superseded } from "../layers/layer_writer.ts";
import { HeldLease } from "./lease.ts";
import { cutPayload, encodeMessage } from "../message_value.ts";
import { versionsOf } from "../read/fetch.ts";

/** What an import has written so far. */
type Tally = Pick<State, "messages" | "globalPosition" | "lastActivity">;

export class KvImport implements ImportWork {
  readonly #namespace: Namespace;
  readonly #database: Database;
  readonly #lease: HeldLease;
  readonly #head: Head;
  readonly #isForced: boolean;
  /** The layers that this one is added to; none when it replaces them. */
  readonly #existing: readonly number[];
  readonly #writer: LayerWriter;
  readonly #admission: Admission;
  readonly positions: ImportedPositions = new ImportedPositions();
  /** How many messages of each category came since counters were put in. */
  readonly #counts = new Map<string, number>();
  readonly #tally: Tally = { messages: 0, globalPosition: 0, lastActivity: null };

  private constructor(
    namespace: Namespace,
    [lease, head]: [HeldLease, Head],
    { force = false, existing }: ImportMode,
  ) {
    const { database } = namespace;
    this.#namespace = namespace;
    this.#database = database;
    this.#lease = lease;
    this.#head = head;
    this.#isForced = force;
    const { messages, globalPosition } = head.state.value;
    this.#existing = force || messages === 0 ? [] : head.layout.value.layers;
    this.#writer = new LayerWriter(database, lease.layer, [lease.layerCheck], false);
    this.#admission = new Admission(database, {
      layer: lease.layer,
      writer: this.#writer,
      existing: this.#existing,
      existingHighest: globalPosition,
      skipsExisting: existing === "skip",
    });
  }

  /** From here on, writes to the namespace wait. */
  static async begin(namespace: Namespace, mode: ImportMode): Promise<KvImport> {
    return new KvImport(namespace, await HeldLease.take(namespace), mode);
  }

  get replaces(): boolean {
    return this.#existing.length === 0;
  }

  async write(packed: PackedRecords): Promise<ImportCount> {
    const batch = unpackRecords(packed);
    const bad = batch.find(({ stream }) => !fitsKey(stream));
    const before = bad === undefined ? batch : batch.slice(0, batch.indexOf(bad));
    const admitted = await this.#admission.admit(before);
    // What is wrong with the records before it comes first.
    if (bad !== undefined) {
      const { stream, line } = bad;
      throw new EventoDBError(
        "INVALID_RECORD",
        `Cannot import line ${line}: "stream" is too long for a key of Deno KV ` +
          `(${stream.length} characters)`,
        { line },
      );
    }
    for (const record of admitted) {
      await this.#put(record);
      this.positions.add(record.globalPosition);
    }
    if (this.#counts.size >= kvCategoriesMax) await this.#raiseCounters("messages", this.#counts);
    return { imported: admitted.length, skipped: batch.length - admitted.length };
  }

  async #put(message: Message): Promise<void> {
    const { id, stream, position, globalPosition, time, metadata } = message;
    const correlation = correlationCategory(metadata);
    let value = encodeMessage(message, correlation);
    if (value === undefined) {
      const values = cutPayload(message);
      await this.#writer.putChunks(id, values);
      value = encodeMessage(message, correlation, { chunks: id, count: values.length });
    }
    if (value === undefined) throw new Error("The names of a message do not fit a value");
    await this.#writer.put({ id, stream, position, globalPosition, time, correlation, value });
    const category = categoryOf(stream);
    this.#counts.set(category, (this.#counts.get(category) ?? 0) + 1);
    this.#tally.messages++;
    if (globalPosition <= this.#tally.globalPosition) return;
    this.#tally.globalPosition = globalPosition;
    this.#tally.lastActivity = time;
  }

  /**
   * Adds to the layer's counters, which only this import changes. They are raised to their new value
   * rather than added to: an operation that the client repeats must not count twice.
   */
  async #raiseCounters(what: "messages" | "streams", counts: Map<string, number>): Promise<void> {
    const counters = [...counts].map(([category, count]) => ({
      key: counterKey(this.#lease.layer, category, what),
      count,
    }));
    counts.clear();
    await this.#writer.settle();
    const before = await this.#database.getMany<Deno.KvU64[]>(counters.map(({ key }) => key));
    for (const [index, { key, count }] of counters.entries()) {
      await this.#writer.add(raise(key, Number(before[index]?.value?.value ?? 0) + count));
    }
  }

  async commit(announce: () => void): Promise<void> {
    await this.#raiseCounters("messages", this.#counts);
    await this.#writer.flush();
    const streams = await this.#countStreams();
    await this.#writer.flush();
    const { layout, state } = this.#head;
    const isKept = this.#tally.messages > 0 || this.#isForced;
    const leaseCheck = await this.#lease.stop();
    const pack = new Pack(this.#database, [leaseCheck, this.#lease.layerCheck, layout, state])
      .add(remove(leaseCheck.key));
    if (isKept) {
      pack.add(
        set(layout.key, this.#nextLayout()),
        set(state.key, this.#nextState(streams)),
        remove(this.#lease.layerCheck.key),
      );
      if (this.replaces) {
        for (const layer of layout.value.layers) pack.add(set(garbageLayerKey(layer), {}));
      }
    } else pack.add(set(this.#lease.layerCheck.key, {}));
    announce();
    if (await pack.commitOnce(() => this.#findCommit()) === null) throw new Superseded();
  }

  async release(isCommitted: boolean): Promise<void> {
    if (isCommitted) return;
    await this.#writer.abandon();
    try {
      await this.#lease.release();
    } catch {
      // It runs out by itself, and what it was for is collected.
    }
  }

  async causeOf(error: unknown): Promise<unknown> {
    return error instanceof Superseded ? await this.#supersededFailure() : error;
  }

  /** The layout shows whether it was committed. */
  async #findCommit(): Promise<string | null> {
    const layout = await this.#namespace.layout();
    return layout.value.layers.includes(this.#lease.layer) ? layout.versionstamp : null;
  }

  #nextLayout(): Layout {
    const { layer } = this.#lease;
    const { namespace, generation, imported } = this.#head.layout.value;
    const [first, ...others] = this.#existing;
    if (first === undefined) return { namespace, generation: layer, layers: [layer] };
    // The smaller ones are folded into the first one later.
    const isLarger = this.#tally.messages > this.#head.state.value.messages;
    const layers: Layout["layers"] = isLarger
      ? [layer, first, ...others]
      : [first, ...others, layer];
    const note = { layer, before: imported?.layer ?? 0, runs: this.#lateRuns() };
    return { namespace, generation, layers, imported: note };
  }

  /** The positions below those that were there: a reader that is further on would not find them. */
  #lateRuns(): [number, number][] {
    const late = new ImportedPositions(kvImportedRunsMax);
    for (const [first, last] of this.positions) {
      if (first > this.#head.state.value.globalPosition) break;
      late.add(first, last);
    }
    return [...late];
  }

  #nextState(streams: number): State {
    const old = this.#head.state.value;
    const { messages, globalPosition, lastActivity } = this.#tally;
    const highWater = Math.max(old.highWater, globalPosition);
    if (this.replaces) {
      return { messages, streams, globalPosition, highWater, lastActivity };
    }
    const isHigher = globalPosition > old.globalPosition;
    return {
      messages: old.messages + messages,
      streams: old.streams + streams,
      globalPosition: isHigher ? globalPosition : old.globalPosition,
      highWater,
      lastActivity: isHigher ? lastActivity : old.lastActivity,
    };
  }

  /** Counts the streams that the namespace did not have, and adds them to the layer's counters. */
  async #countStreams(): Promise<number> {
    const { layer } = this.#lease;
    let streams = 0;
    const counts = new Map<string, number>();
    for await (const page of this.#database.listAll<Deno.KvU64>(versionsKey(layer))) {
      const names = page.map(({ key }) => key.at(-1) as string);
      const versions = this.replaces ? [] : await versionsOf(this.#database, this.#existing, names);
      for (const [index, name] of names.entries()) {
        if ((versions[index] ?? null) !== null) continue;
        const category = categoryOf(name);
        counts.set(category, (counts.get(category) ?? 0) + 1);
        streams++;
      }
      if (counts.size >= kvCategoriesMax) await this.#raiseCounters("streams", counts);
    }
    await this.#raiseCounters("streams", counts);
    return streams;
  }

  async #supersededFailure(): Promise<EventoDBError> {
    try {
      const { value } = await this.#namespace.layout();
      if (value.namespace !== this.#head.layout.value.namespace) {
        return namespaceNotFound(this.#namespace.id);
      }
    } catch (error) {
      if (error instanceof EventoDBError) return error;
    }
    return new EventoDBError(
      "IMPORT_FAILED",
      `The import into the namespace ${
        JSON.stringify(this.#namespace.id)
      } did not renew its lease for so long ` +
        "that other servers released it: run it again",
    );
  }
}
