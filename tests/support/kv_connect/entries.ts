/**
 * An ordered map of bytes to values, with Deno KV's atomic operations: what a KV Connect server keeps.
 *
 * @module
 */

import { Buffer } from "node:buffer";

type Bytes = Uint8Array<ArrayBuffer>;

/** What is kept under a key. */
export interface Entry {
  key: Bytes;
  value: Bytes;
  /** How the value is encoded; {@linkcode LE64} is a counter. */
  encoding: number;
  versionstamp: Bytes;
}

/** The encoding of a 64-bit counter. */
export const LE64 = 2;

/** What is done to a key. */
export const Mutation = { set: 1, delete: 2, sum: 3, max: 4, min: 5 } as const;

/** A change. */
export interface Change {
  key: Bytes;
  type: number;
  value: Bytes;
  encoding: number;
}

/** A condition: the key has this versionstamp; an empty one means that it is not there. */
export interface Check {
  key: Bytes;
  versionstamp: Bytes;
}

/** Part of the keys. */
export interface Range {
  start: Bytes;
  end: Bytes;
  limit: number;
  reverse: boolean;
}

/** Entries in the order of their keys. */
export class Entries {
  /** By key, each byte a character: in the order of the bytes. */
  readonly #entries = new Map<string, Entry>();
  /** The keys in order, but for those that were added since. */
  #keys: string[] = [];
  #added: string[] = [];
  #version = 0n;

  /** Reads a range. */
  read({ start, end, limit, reverse }: Range): Entry[] {
    const keys = this.#ordered();
    const [first, last] = [this.#indexOf(text(start)), this.#indexOf(text(end))];
    const found: Entry[] = [];
    for (let n = 0; n < last - first && found.length < limit; n++) {
      const entry = this.#entries.get(keys[reverse ? last - 1 - n : first + n]!);
      // A key that was deleted stays among the keys until they are put in order again.
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }

  /** Makes changes, if all checks hold; returns the versionstamp, or `undefined`. */
  write(checks: readonly Check[], changes: readonly Change[]): Bytes | undefined {
    for (const { key, versionstamp } of checks) {
      const now = this.#entries.get(text(key))?.versionstamp ?? new Uint8Array();
      if (text(now) !== text(versionstamp)) return undefined;
    }
    const versionstamp = new Uint8Array(10);
    new DataView(versionstamp.buffer).setBigUint64(0, ++this.#version);
    for (const change of changes) this.#change(change, versionstamp);
    return versionstamp;
  }

  #change({ key, type, value, encoding }: Change, versionstamp: Bytes): void {
    const name = text(key);
    const old = this.#entries.get(name);
    if (type === Mutation.delete) {
      this.#entries.delete(name);
      return;
    }
    if (old === undefined) this.#added.push(name);
    const kept = type === Mutation.set || old === undefined
      ? value
      : combined(type, counter(old.value), counter(value));
    this.#entries.set(name, { key, value: kept.slice(), encoding, versionstamp });
  }

  #ordered(): string[] {
    if (this.#added.length === 0) return this.#keys;
    const keys = new Set([...this.#keys, ...this.#added]);
    this.#keys = [...keys].filter((key) => this.#entries.has(key)).sort();
    this.#added = [];
    return this.#keys;
  }

  #indexOf(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function text(bytes: Bytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

function counter(value: Bytes): bigint {
  return new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0, true);
}

function combined(type: number, old: bigint, value: bigint): Bytes {
  const bytes = new Uint8Array(8);
  const now = type === Mutation.sum
    ? old + value
    : (type === Mutation.max) === (old > value)
    ? old
    : value;
  new DataView(bytes.buffer).setBigUint64(0, now, true);
  return bytes;
}
