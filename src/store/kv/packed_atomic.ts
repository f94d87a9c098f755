/**
 * An atomic operation that is packed close to its limits. Deno KV refuses one that is too large as a
 * whole, so every byte is counted before it goes in.
 *
 * @module
 */

import {
  kvAtomicBytesMax,
  kvAtomicKeyBytesMax,
  kvChecksMax,
  kvFieldsBytesMax,
  kvMutationsMax,
} from "./limits.ts";
import { EventoDBError } from "../../errors.ts";
import { OutcomeUnknown } from "../outcome_unknown.ts";
import type { Database, Growth } from "./database.ts";
import { isUncertain } from "./errors.ts";
import { keyBytes } from "./schema.ts";

/** Bytes of a number as V8 writes it, at most. */
const numberBytes = 11;
/** Bytes of a 64-bit counter. */
const counterBytes = 8;

/** A change that a pack may hold. */
export type Mutation = Deno.KvMutation;

/** A growing atomic operation. */
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

  /** Whether there is no change in it. */
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

  /**
   * Counts the bytes of a change whose value is known only in the end.
   *
   * @param key The key that it sets, to a value of a few fields.
   */
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
  tryAdd(...mutations: Mutation[]): boolean {
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
  add(...mutations: Mutation[]): this {
    if (!this.tryAdd(...mutations)) throw tooLarge();
    return this;
  }

  /**
   * Commits it.
   *
   * @returns The versionstamp, or `null` when a check did not hold.
   */
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

/** Sets a key. */
export function set(key: Deno.KvKey, value: unknown): Mutation {
  return { type: "set", key, value };
}

/** Deletes a key. */
export function remove(key: Deno.KvKey): Mutation {
  return { type: "delete", key };
}

/** Adds to a counter. */
export function sum(key: Deno.KvKey, value: number): Mutation {
  return { type: "sum", key, value: new Deno.KvU64(BigInt(value)) };
}

/** Raises a counter to a value. */
export function raise(key: Deno.KvKey, value: number): Mutation {
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
