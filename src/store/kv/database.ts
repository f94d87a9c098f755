/**
 * Deno KV with retries and deadlines: reads of any number of keys, retries while another process has
 * the file locked, a deadline for every response, and errors that say what to do.
 *
 * @module
 */

import { kvGetsInFlightMax, kvGetsMax, kvListMax, kvResponseMs, kvRetryMs } from "./limits.ts";
import type { FileIdentity } from "../file_identity.ts";
import { within } from "../../waiting.ts";
import { storeClosed } from "../refusals.ts";
import { backendError, diskFull, isCut, isFull, isLocked, NoResponse } from "./errors.ts";
import type { Reserve } from "./reserve.ts";
import { pause } from "./wait.ts";

/** How a database is used. */
export interface DatabaseOptions {
  /** What it is called in errors. */
  name: string;
  /** It is on another machine, or may be: the response to a commit may be lost on the way. */
  isRemote?: boolean;
  /** Space on the disk that is reserved for what frees space; only for a file. */
  reserve?: Reserve;
  /** Its file, where it is one. */
  file?: FileIdentity;
  /** It is closed with this object. Default: true. */
  isOwned?: boolean;
}

/** How much an operation may make the database grow. */
export interface Growth {
  /** In bytes, at most. */
  bytes: number;
  /** It waits for garbage to be collected before it is refused because the disk is full. */
  waits: boolean;
  /** Done twice, it does the same as once. */
  isRepeatable?: boolean;
}

/** An open Deno KV. */
export class Database implements Disposable {
  /** What it is called in errors. */
  readonly name: string;
  /** Whether it is on another machine. */
  readonly isRemote: boolean;
  readonly #kv: Deno.Kv;
  readonly #reserve: Reserve | undefined;
  readonly #isOwned: boolean;
  readonly #file: FileIdentity | undefined;
  #collect: () => Promise<void> = () => Promise.resolve();
  #isClosed = false;
  /** Requests that Deno KV has not responded to. */
  #pending = 0;

  constructor(
    kv: Deno.Kv,
    { name, isRemote = false, reserve, file, isOwned = true }: DatabaseOptions,
  ) {
    this.#kv = kv;
    this.#isOwned = isOwned;
    this.#file = file;
    this.#reserve = reserve;
    this.name = name;
    this.isRemote = isRemote;
  }

  /** How many connections there are. */
  get connections(): number {
    return this.#isClosed ? 0 : 1;
  }

  /** Space on the disk that is reserved for what frees space; absent where there is no file. */
  get reserve(): Reserve | undefined {
    return this.#reserve;
  }

  /** Says what to call to have garbage collected before something is refused because the disk is full. */
  collectWith(collect: () => Promise<void>): void {
    this.#collect = collect;
  }

  /** Looks up a key. */
  get<T>(key: Deno.KvKey): Promise<Deno.KvEntryMaybe<T>> {
    return this.#ask(() => this.#kv.get<T>(key), true);
  }

  /**
   * Looks up any number of keys. Up to ten of them are of one snapshot.
   *
   * @returns The entries, in the order of the keys.
   */
  async getMany<T>(keys: readonly Deno.KvKey[]): Promise<Deno.KvEntryMaybe<T>[]> {
    const entries: Deno.KvEntryMaybe<T>[] = [];
    const waveKeys = kvGetsMax * kvGetsInFlightMax;
    for (let start = 0; start < keys.length; start += waveKeys) {
      const wave: Promise<Deno.KvEntryMaybe<T>[]>[] = [];
      for (let at = start; at < Math.min(start + waveKeys, keys.length); at += kvGetsMax) {
        const some = keys.slice(at, at + kvGetsMax);
        wave.push(this.#ask(() => this.#kv.getMany<T[]>(some), true));
      }
      for (const some of await Promise.all(wave)) entries.push(...some);
    }
    return entries;
  }

  /**
   * Lists entries, as of one snapshot.
   *
   * @param limit Most entries, at most 1,000.
   */
  list<T>(
    selector: Deno.KvListSelector,
    limit: number = kvListMax,
    reverse = false,
  ): Promise<Deno.KvEntry<T>[]> {
    return this.#ask(async () => {
      const entries: Deno.KvEntry<T>[] = [];
      const list = this.#kv.list<T>(selector, { limit, batchSize: limit, reverse });
      for await (const entry of list) entries.push(entry);
      return entries;
    }, true);
  }

  /** Lists all entries under a key, some at a time. */
  async *listAll<T>(
    prefix: Deno.KvKey,
    limit: number = kvListMax,
  ): AsyncGenerator<Deno.KvEntry<T>[], void> {
    let page = await this.list<T>({ prefix }, limit);
    for (;;) {
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      if (page.length < limit) return;
      const start = nextKey(last.key);
      page = await this.list<T>({ prefix, start }, limit);
    }
  }

  /** Begins an atomic operation; {@linkcode Database.commit} ends it. */
  atomic(): Deno.AtomicOperation {
    return this.#kv.atomic();
  }

  /**
   * Commits an atomic operation.
   *
   * @param operation The operation; with checks, so that it may be tried again.
   * @param growth How much it makes the database grow; absent for one that frees space, or takes next
   * to none.
   * @returns The versionstamp of what it set, or `null` when a check did not hold.
   */
  async commit(operation: Deno.AtomicOperation, growth?: Growth): Promise<string | null> {
    const commit = async () => {
      if (growth !== undefined) await this.#checkSpace(growth);
      const result = await this.#ask(() => operation.commit(), growth?.isRepeatable);
      this.#file?.check();
      return result.ok ? result.versionstamp : null;
    };
    try {
      return await commit();
    } catch (error) {
      if (this.#reserve === undefined || !isFull(error)) throw error;
      await this.#reserve.release();
      return await commit();
    }
  }

  async #checkSpace({ bytes, waits }: Growth): Promise<void> {
    if (this.#reserve === undefined || await this.#reserve.allows(bytes)) return;
    if (waits) await this.#collect();
    if (!waits || !await this.#reserve.allows(0)) throw diskFull(this.name);
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#pending === 0) this.#close();
  }

  #close(): void {
    if (this.#isOwned) this.#kv.close();
  }

  /** Closing waits for what is under way, with the whole process: a lock must not stop that. */
  #settled(): void {
    this.#pending--;
    if (this.#isClosed && this.#pending === 0) this.#close();
  }

  async #ask<T>(request: () => Promise<T>, isRepeatable = false): Promise<T> {
    const start = performance.now();
    for (let attempt = 0;; attempt++) {
      if (this.#isClosed) throw storeClosed();
      this.#pending++;
      const response = request().finally(() => this.#settled());
      try {
        return await withDeadline(response, kvResponseMs, this.isRemote);
      } catch (error) {
        if (this.#isClosed) throw storeClosed();
        // What has had no response may yet be done, and is not done twice.
        const isRepeated = isLocked(error) && !(error instanceof NoResponse) ||
          isRepeatable && isCut(error);
        if (!isRepeated || performance.now() - start >= kvRetryMs) {
          throw backendError(error, this.name);
        }
      }
      await pause(attempt);
    }
  }
}

/**
 * The first key after another one.
 *
 * @returns The lowest key above it.
 */
export function nextKey(key: Deno.KvKey): Deno.KvKey {
  // An empty array of bytes is the lowest part there can be.
  return [...key, new Uint8Array()];
}

/**
 * Gives up on a response after a while: Deno KV itself tries forever, whether the network is gone or
 * another program has the file locked.
 *
 * @param ms How long it may take, in milliseconds.
 * @throws {NoResponse} There was none; what was asked for may still be done.
 */
export async function withDeadline<T>(
  response: Promise<T>,
  ms: number,
  isRemote: boolean,
): Promise<T> {
  const received = await within(response.then((value) => ({ value })), ms);
  if (received === undefined) throw new NoResponse(ms, isRemote);
  return received.value;
}
