/**
 * Writes: a group is one atomic operation.
 *
 * It is checked against the namespace's head. Every change of a namespace changes its head, so what
 * was read of ids and versions still holds when the operation is committed.
 *
 * @module
 */

import { correlationCategory } from "../correlation.ts";
import type { EventoDBError } from "../../errors.ts";
import { NO_STREAM, type WriteResult } from "../../message.ts";
import { categoryOf } from "../../stream_name.ts";
import { nowTime } from "../../now.ts";
import { idTaken, writeRefusal } from "../refusals.ts";
import type { AppendedMessage } from "../store.ts";
import type { GroupOutcome, GroupWriter, RequestedWrite } from "../write_queue.ts";
import { type Database, Pack, raise, set, sum } from "./database.ts";
import { fetchStored, type Location, versionsOf } from "./read/fetch.ts";
import { type Head, isHeld, type State } from "./head.ts";
import type { Namespace } from "./namespace.ts";
import {
  categoryKey,
  counterKey,
  idKey,
  messageKey,
  stateKey,
  streamKey,
  versionKey,
} from "./schema.ts";
import { encodeHeader, encodeMessage } from "./message_value.ts";
import { PendingChunks } from "./message_chunks.ts";
import { kvMutationsMax } from "./limits.ts";
import { writesPerCommitMax } from "../limits.ts";
import { Attempts, pause } from "./wait.ts";

export class KvWriter implements GroupWriter {
  /** So many fit an operation, with six changes each: no more are looked at for one. */
  readonly writesMax: number = Math.min(writesPerCommitMax, Math.floor(kvMutationsMax / 6));
  readonly #namespace: Namespace;
  readonly #attempts: Attempts;
  /** The head after the last operation; another server may have changed it since. */
  #head: Head | undefined;

  constructor(namespace: Namespace) {
    this.#namespace = namespace;
    this.#attempts = new Attempts("write to", namespace.id);
  }

  async write(group: readonly RequestedWrite[]): Promise<GroupOutcome | "importing" | "again"> {
    const head = this.#head ?? await this.#namespace.head();
    this.#head = undefined;
    if (isHeld(head.lease)) return "importing";
    await using writing = await WriteGroup.prepare(this.#namespace, head, group);
    if (!await writing.commit()) {
      await this.#attempts.next();
      return "again";
    }
    this.#attempts.reset();
    this.#head = writing.headAfter;
    const { outcomes, appended } = writing;
    const { value: { globalPosition: previous }, versionstamp: before } = head.state;
    const after = writing.headAfter?.state.versionstamp;
    return {
      outcomes,
      appended,
      previous,
      own: after === undefined ? undefined : { before, after },
    };
  }

  pause(times: number): Promise<void> {
    return pause(times);
  }
}

type Holder = WriteResult & { stream: string };

/** Some writes on their way into the database. Disposed of without a commit, they leave nothing. */
class WriteGroup implements AsyncDisposable {
  /**
   * What becomes of the writes, in their order. There are fewer of them than writes when not all fit
   * into the operation.
   */
  readonly outcomes: (WriteResult | EventoDBError)[] = [];
  readonly appended: AppendedMessage[] = [];
  /** The head after the commit, where it is known. */
  headAfter: Head | undefined;
  readonly #database: Database;
  readonly #head: Head;
  readonly #state: State;
  readonly #pack: Pack;
  readonly #setState: (state: State) => void;
  readonly #versions = new Map<string, number>();
  readonly #holders = new Map<string, Holder>();
  /** The global positions of the ids that are appended. */
  readonly #appendedIds = new Map<string, number>();
  /** Chunks that the operation makes a message's. */
  #chunks: PendingChunks[] = [];
  /** Chunks that did not fit it. */
  readonly #spare: PendingChunks[] = [];
  #isSuperseded = false;

  private constructor({ database, id }: Namespace, head: Head) {
    this.#database = database;
    this.#head = head;
    this.#state = { ...head.state.value };
    this.#pack = new Pack(database, [head.layout, head.state, head.lease]);
    this.#setState = this.#pack.reserve(stateKey(id));
  }

  /** Decides on writes, and puts those that land into an operation. */
  static async prepare(
    namespace: Namespace,
    head: Head,
    writes: readonly RequestedWrite[],
  ): Promise<WriteGroup> {
    const group = new WriteGroup(namespace, head);
    await Promise.all([group.#readVersions(writes), group.#readHolders(writes)]);
    for (const write of writes) {
      const outcome = group.#refusal(write) ?? await group.#append(write);
      if (outcome === undefined) break;
      group.outcomes.push(outcome);
    }
    if (group.appended.length > 0) group.#setState(group.#state);
    return group;
  }

  /** Also one that writes nothing, to know that its refusals are right; `false` when the head has changed. */
  async commit(): Promise<boolean> {
    if (this.#isSuperseded) return false;
    const { isRemote } = this.#database;
    // Found in the database, they have a versionstamp that is not known.
    const find = async () => isRemote && await this.#isThere() ? undefined : null;
    const growth = this.appended.length > 0 ? { waits: true } : undefined;
    const versionstamp = await this.#pack.commitOnce(find, growth);
    if (versionstamp === null) return false;
    this.#chunks = [];
    if (versionstamp !== undefined) {
      const { layout, lease, state } = this.#head;
      this.headAfter = this.appended.length === 0
        ? this.#head
        : { layout, lease, state: { key: state.key, value: this.#state, versionstamp } };
    }
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const chunks of [...this.#chunks, ...this.#spare]) await chunks.discard();
  }

  async #isThere(): Promise<boolean> {
    const [layer] = this.#head.layout.value.layers;
    const ids = [...this.#appendedIds];
    const entries = await this.#database.getMany<Deno.KvU64[]>(ids.map(([id]) => idKey(layer, id)));
    return ids.length > 0 &&
      entries.every(({ value }, index) => value?.value === BigInt(ids[index]![1]));
  }

  async #readVersions(writes: readonly RequestedWrite[]): Promise<void> {
    const streams = [...new Set(writes.map(({ stream }) => stream))];
    const versions = await versionsOf(this.#database, this.#head.layout.value.layers, streams);
    for (const [index, stream] of streams.entries()) {
      this.#versions.set(stream, versions[index] ?? NO_STREAM);
    }
  }

  async #readHolders(writes: readonly RequestedWrite[]): Promise<void> {
    const { layers } = this.#head.layout.value;
    const ids = [...new Set(writes.map(({ message }) => message.id))];
    const entries = await this.#database.getMany<Deno.KvU64[]>(
      ids.flatMap((id) => layers.map((layer) => idKey(layer, id))),
    );
    const locations: Location[] = entries.flatMap(({ value }, index) =>
      value === null
        ? []
        : [{ layer: layers[index % layers.length]!, globalPosition: Number(value.value) }]
    );
    for (const holder of await fetchStored(this.#database, locations)) {
      // One that is not there any more shows in the commit's check.
      if (holder !== undefined) this.#holders.set(holder.id, holder);
    }
  }

  #refusal({ stream, message, expectedVersion }: RequestedWrite): EventoDBError | undefined {
    const holder = this.#holders.get(message.id);
    if (holder !== undefined) return idTaken(message.id, holder);
    return writeRefusal(
      stream,
      expectedVersion,
      this.#versions.get(stream)!,
      this.#state.highWater,
    );
  }

  /** Puts a write into the operation; `undefined` when it does not fit. */
  async #append({ stream, message }: RequestedWrite): Promise<WriteResult | undefined> {
    const [layer] = this.#head.layout.value.layers;
    const version = this.#versions.get(stream)!;
    const position = version + 1;
    const globalPosition = this.#state.highWater + 1;
    const correlation = correlationCategory(message.metadata);
    const written = { ...message, stream, position, globalPosition, time: nowTime() };
    let value = encodeMessage(written, correlation);
    let chunks: PendingChunks | undefined;
    if (value === undefined) {
      chunks = await PendingChunks.write(this.#database, layer, message);
      this.#isSuperseded ||= chunks === undefined;
      value = chunks && encodeMessage(written, correlation, chunks.reference);
      if (chunks === undefined || value === undefined) return undefined;
      if (!this.#pack.tryCheck(chunks.check)) {
        this.#spare.push(chunks);
        return undefined;
      }
    }
    const category = categoryOf(stream);
    const reference = new Deno.KvU64(BigInt(globalPosition));
    const fits = this.#pack.tryAdd(
      set(messageKey(layer, globalPosition), value),
      set(
        [...categoryKey(layer, category), globalPosition],
        encodeHeader({ stream, time: written.time, correlation }),
      ),
      set([...streamKey(layer, stream), position], reference),
      set(idKey(layer, message.id), reference),
      raise(versionKey(layer, stream), position),
      sum(counterKey(layer, category, "messages"), 1),
      ...version === NO_STREAM ? [sum(counterKey(layer, category, "streams"), 1)] : [],
      ...chunks === undefined ? [] : [chunks.release],
    );
    if (chunks !== undefined) (fits ? this.#chunks : this.#spare).push(chunks);
    if (!fits) return undefined;
    const state = this.#state;
    state.messages++;
    if (version === NO_STREAM) state.streams++;
    state.highWater = state.globalPosition = globalPosition;
    state.lastActivity = written.time;
    const appended = { stream, position, globalPosition, correlation };
    this.#versions.set(stream, position);
    this.#holders.set(message.id, appended);
    this.#appendedIds.set(message.id, globalPosition);
    this.appended.push(appended);
    return { position, globalPosition };
  }
}
