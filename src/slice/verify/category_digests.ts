/**
 * Which events each category has, as a count and a digest of their positions: enough to compare two readings of the
 * same events from two of different ones.
 *
 * @module
 */

import { bufferOf, keyOfBytes, keyOfName, type LineHead } from "../../record/line_head.ts";
import { Packed, packedNumbers, type PackedRecords } from "../../record/packed_records.ts";
import { categoryOf } from "../../stream_name.ts";

/** What is known of a category. */
export interface CategoryDigest {
  /** How many events. */
  events: number;
  /** Of their positions, in their order. */
  digest: number;
}

/** Digests of events that go by in ascending global position. */
export class CategoryDigests {
  readonly #categories = new Map<string, CategoryDigest>();

  /** Adds a batch. */
  addBatch({ length, bytes, numbers }: PackedRecords): void {
    const buffer = bufferOf(bytes);
    for (let at = 0; at < length * packedNumbers; at += packedNumbers) {
      const start = numbers[at + Packed.stream]!;
      const key = keyOfBytes(buffer, start, numbers[at + Packed.stream + 1]!);
      this.#add(key, numbers[at + Packed.position]!, numbers[at + Packed.globalPosition]!);
    }
  }

  /** Adds an event. @param head The beginning of its line. */
  add({ streamKey, position, globalPosition }: LineHead): void {
    this.#add(streamKey, position, globalPosition);
  }

  /** What is known of a category. @param category Its name. */
  of(category: string): CategoryDigest {
    return this.#categories.get(keyOfName(category)) ?? { events: 0, digest: 0 };
  }

  #add(streamKey: string, position: number, globalPosition: number): void {
    const key = categoryOf(streamKey);
    const found = this.#categories.get(key);
    const digest = Math.imul(Math.imul(found?.digest ?? 0, 31) + globalPosition, 31) + position | 0;
    if (found === undefined) this.#categories.set(key, { events: 1, digest });
    else {
      found.events++;
      found.digest = digest;
    }
  }
}
