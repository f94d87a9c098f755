/**
 * An import into SQLite: batches go to a loader, and what it has committed becomes the namespace's.
 *
 * @module
 */

import type { ImportCount } from "../../../import_result.ts";
import { Packed, packedNumbers, type PackedRecords } from "../../../record/packed_records.ts";
import type { ImportWork } from "../../import_unit.ts";
import { ImportedPositions } from "../../imported_positions.ts";
import type { BatchLoader } from "./batch_loader.ts";

/** What the import's file is to the namespace. */
export interface ImportTarget {
  /** It replaces the namespace's file. */
  replaces: boolean;
  /** Makes what the loader has committed the namespace's, in one transaction. */
  publish(): void;
  /** Removes what a failed import may have left. */
  discard(): Promise<void>;
  /** Releases the namespace. */
  release(): void;
}

/** An import into a namespace of a SQLite store. */
export class SqliteImport implements ImportWork {
  /** The worker takes one request after another, and is never to wait for one. */
  readonly isPipelined = true;
  readonly #loader: BatchLoader;
  readonly #target: ImportTarget;
  readonly positions: ImportedPositions = new ImportedPositions();

  /** @param loader Loads the batches; the import disposes of it. */
  constructor(loader: BatchLoader, target: ImportTarget) {
    this.#loader = loader;
    this.#target = target;
  }

  get replaces(): boolean {
    return this.#target.replaces;
  }

  async write(batch: PackedRecords): Promise<ImportCount> {
    const { skippedLines, ...count } = await this.#loader.write(batch);
    const skipped = new Set(skippedLines);
    const { length, numbers } = batch;
    for (let i = 0; i < length; i++) {
      const at = i * packedNumbers;
      if (skipped.has(numbers[at + Packed.line]!)) continue;
      this.positions.add(numbers[at + Packed.globalPosition]!);
    }
    return count;
  }

  check(): Promise<void> {
    return this.#loader.check();
  }

  async commit(announce: () => void): Promise<void> {
    announce();
    await this.#loader.commit();
    this.#target.publish();
  }

  async release(isCommitted: boolean): Promise<void> {
    try {
      if (isCommitted) return;
      await this.#loader[Symbol.asyncDispose]();
      await this.#target.discard();
    } finally {
      this.#target.release();
    }
  }
}
