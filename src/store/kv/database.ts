/**
 * Deno KV with retries and deadlines: reads of any number of keys, atomic operations that are packed close to their
 * limits, retries while another process has the file locked, a deadline for every response, and errors that say
 * what to do.
 *
 * @module
 */

import {
  kvAtomicBytesMax,
  kvAtomicKeyBytesMax,
  kvChecksMax,
  kvFieldsBytesMax,
  kvGetsInFlightMax,
  kvGetsMax,
  kvListMax,
  kvMutationsMax,
  kvResponseMs,
  kvRetryMs,
} from "./limits.ts";
import type { FileIdentity } from "../file_identity.ts";
import { within } from "../../waiting.ts";
import { OutcomeUnknown, storeClosed } from "../refusals.ts";
import {
  backendError,
  diskFull,
  isCut,
  isFull,
  isLocked,
  isUncertain,
  NoResponse,
} from "./errors.ts";
import type { Reserve } from "./reserve.ts";
import { pause } from "./wait.ts";
import { EventoDBError } from "../../errors.ts";
import { keyBytes } from "./schema.ts";

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

export class Database implements Disposable {
  /** What it is called in errors. */
  readonly name: string;
  readonly isRemote: boolean;
  readonly #kv: Deno.Kv;
  readonly reserve: Reserve | undefined;
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
    this.reserve = reserve;
    this.name = name;
    this.isRemote = isRemote;
  }

  get connections(): number {
    return this.#isClosed ? 0 : 1;
  }

  /** Says what to call to have garbage collected before something is refused because the disk is full. */
  collectWith(collect: () => Promise<void>): void {
    this.#collect = collect;
  }

  get<T>(key: Deno.KvKey): Promise<Deno.KvEntryMaybe<T>> {
    return this.#ask(() => this.#kv.get<T>(key), true);
  }

  /** Looks up keys, in their order. Up to ten of them are of one snapshot. */
  async getMany<T extends readonly unknown[]>(
    keys: readonly [...{ [K in keyof T]: Deno.KvKey }],
  ): Promise<{ [K in keyof T]: Deno.KvEntryMaybe<T[K]> }> {
    const entries: Deno.KvEntryMaybe<unknown>[] = [];
    const waveKeys = kvGetsMax * kvGetsInFlightMax;
    for (let start = 0; start < keys.length; start += waveKeys) {
      const wave: Promise<Deno.KvEntryMaybe<unknown>[]>[] = [];
      for (let at = start; at < Math.min(start + waveKeys, keys.length); at += kvGetsMax) {
        const some: readonly Deno.KvKey[] = keys.slice(at, at + kvGetsMax);
        wave.push(this.#ask(() => this.#kv.getMany<unknown[]>(some), true));
      }
      for (const some of await Promise.all(wave)) entries.push(...some);
    }
    return entries as { [K in keyof T]: Deno.KvEntryMaybe<T[K]> };
  }

  /** Lists entries, as of one snapshot: at most 1,000. */
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
      if (this.reserve === undefined || !isFull(error)) throw error;
      await this.reserve.release();
      return await commit();
    }
  }

  async #checkSpace({ bytes, waits }: Growth): Promise<void> {
    if (this.reserve === undefined || await this.reserve.allows(bytes)) return;
    if (waits) await this.#collect();
    if (!waits || !await this.reserve.allows(0)) throw diskFull(this.name);
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

/** The lowest key above another one. */
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

/** Bytes of a number as V8 writes it, at most. */
const numberBytes = 11;
/** Bytes of a 64-bit counter. */
const counterBytes = 8;

export class Pack {
  readonly #operation: Deno.AtomicOperation;
  readonly #database: Database;
  #checks = 0;
  #mutations = 0;
  #bytes = 0;
  #keyBytes = 0;

  constructor(database: Database, checks: readonly Deno.AtomicCheck[] = []) {
    this.#database = database;
    this.#operation = database.atomic();
    if (!checks.every((check) => this.tryCheck(check))) throw tooLarge();
  }

  get isEmpty(): boolean {
    return this.#mutations === 0;
  }

  /** Adds something that has to hold; `false` where it does not fit. */
  tryCheck(check: Deno.AtomicCheck): boolean {
    const size = keyBytes(check.key);
    if (
      this.#checks === kvChecksMax || this.#bytes + size > kvAtomicBytesMax ||
      this.#keyBytes + size > kvAtomicKeyBytesMax
    ) return false;
    this.#operation.check(check);
    this.#checks++;
    this.#bytes += size;
    this.#keyBytes += size;
    return true;
  }

  /** Counts the bytes of a key whose value, of a few fields, is known only in the end. */
  reserve(key: Deno.KvKey): (value: object) => void {
    const size = keyBytes(key);
    this.#mutations++;
    this.#bytes += 2 * size + kvFieldsBytesMax;
    this.#keyBytes += size;
    return (value) => {
      this.#operation.set(key, value);
    };
  }

  /** Adds changes, all of them; `false` and none where they do not fit. */
  tryAdd(...mutations: Deno.KvMutation[]): boolean {
    let bytes = this.#bytes;
    let keysBytes = this.#keyBytes;
    for (const mutation of mutations) {
      const size = keyBytes(mutation.key);
      keysBytes += size;
      // Deno KV counts the key of what is set once more with its value.
      bytes += mutation.type === "delete" ? size : 2 * size + valueBytes(mutation.value);
    }
    if (
      this.#mutations + mutations.length > kvMutationsMax || bytes > kvAtomicBytesMax ||
      keysBytes > kvAtomicKeyBytesMax
    ) return false;
    this.#operation.mutate(...mutations);
    this.#mutations += mutations.length;
    this.#bytes = bytes;
    this.#keyBytes = keysBytes;
    return true;
  }

  /** Adds changes that are known to fit; keys and values of a few fields always do. */
  add(...mutations: Deno.KvMutation[]): this {
    if (!this.tryAdd(...mutations)) throw tooLarge();
    return this;
  }

  /** Resolves to the versionstamp, or to `null` when a check did not hold. */
  commit(growth?: Omit<Growth, "bytes">): Promise<string | null> {
    return this.#database.commit(
      this.#operation,
      growth && { bytes: this.#bytes, ...growth },
    );
  }

  /**
   * Commits it; where the response may have been lost, finds out whether it was done.
   *
   * @param find Finds what was committed; `null` when it was not.
   * @throws {OutcomeUnknown} It may have been committed or not.
   */
  async commitOnce<T>(
    find: () => Promise<T | null>,
    growth?: Omit<Growth, "bytes">,
  ): Promise<string | T | null> {
    const { isRemote } = this.#database;
    try {
      const versionstamp = await this.commit(growth);
      // The client of a remote database repeats a commit whose response was lost. It then finds in the
      // way what it has committed itself.
      return versionstamp === null && isRemote ? await find() : versionstamp;
    } catch (error) {
      if (!(error instanceof EventoDBError) || !isRemote && !isUncertain(error)) throw error;
      const found = await find().catch(() => null);
      if (found === null) throw new OutcomeUnknown(error);
      return found;
    }
  }
}

export function set(key: Deno.KvKey, value: unknown): Deno.KvMutation {
  return { type: "set", key, value };
}

export function remove(key: Deno.KvKey): Deno.KvMutation {
  return { type: "delete", key };
}

export function sum(key: Deno.KvKey, value: number): Deno.KvMutation {
  return { type: "sum", key, value: new Deno.KvU64(BigInt(value)) };
}

export function raise(key: Deno.KvKey, value: number): Deno.KvMutation {
  return { type: "max", key, value: new Deno.KvU64(BigInt(value)) };
}

function valueBytes(value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value === "number") return numberBytes;
  return value instanceof Deno.KvU64 ? counterBytes : kvFieldsBytesMax;
}

function tooLarge(): Error {
  return new Error("An atomic operation is too large");
}
