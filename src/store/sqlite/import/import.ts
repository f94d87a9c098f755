/**
 * The import as a unit of work: batches go to a loader, and the namespace is let go in the end,
 * whatever the end is.
 *
 * @module
 */

import type { EventoDBError } from "../../../errors.ts";
import { ImportedPositions } from "../../imported_positions.ts";
import { Packed, packedNumbers, type PackedRecords } from "../../../record/packed_records.ts";
import { importEnded, importFailure } from "../../refusals.ts";
import type { ImportCount } from "../../../import_result.ts";
import type { ImportUnit } from "../../store.ts";
import type { ImportRecord } from "../../../record/import_record.ts";
import type { BatchLoader } from "./batch_loader.ts";

/** What an import does beside loading. */
export interface ImportEnds {
  /** What the loader is about to commit can be read soon. */
  announce(): void;
  /** Makes what the loader has committed the namespace's, in one moment. */
  publish(imported: ImportedPositions): void;
  /** What was announced did not come. */
  revoke(): void;
  /** Removes what a failed import may have left. */
  discard(): Promise<void>;
  /** Lets the namespace go; called once, after one of the two. */
  release(): void;
}

/** An import into a namespace of a SQLite store. */
export class SqliteImport implements ImportUnit {
  readonly #loader: BatchLoader;
  readonly #ends: ImportEnds;
  readonly #imported = new ImportedPositions();
  #failure: EventoDBError | undefined;
  #end: Promise<void> | undefined;

  /**
   * @param loader Loads the batches; the import disposes of it.
   * @param ends What to do in the end.
   */
  constructor(loader: BatchLoader, ends: ImportEnds) {
    this.#loader = loader;
    this.#ends = ends;
  }

  async write(batch: readonly ImportRecord[]): Promise<ImportCount> {
    this.#check();
    try {
      const { skippedLines, ...count } = await this.#loader.write(batch);
      const skipped = new Set(skippedLines);
      for (const { line, globalPosition } of batch) {
        if (!skipped.has(line)) this.#imported.add(globalPosition);
      }
      return count;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async writePacked(batch: PackedRecords): Promise<ImportCount> {
    this.#check();
    try {
      const { skippedLines, ...count } = await this.#loader.writePacked(batch);
      const skipped = new Set(skippedLines);
      const { length, numbers } = batch;
      for (let i = 0; i < length; i++) {
        const at = i * packedNumbers;
        if (skipped.has(numbers[at + Packed.line]!)) continue;
        this.#imported.add(numbers[at + Packed.globalPosition]!);
      }
      return count;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async check(): Promise<void> {
    this.#check();
    try {
      await this.#loader.check();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async commit(): Promise<void> {
    this.#check();
    const end = Promise.withResolvers<void>();
    this.#end = end.promise;
    this.#ends.announce();
    try {
      await this.#loader.commit();
      this.#ends.publish(this.#imported);
      this.#ends.release();
    } catch (error) {
      this.#ends.revoke();
      await this.#rollBack();
      throw this.#fail(error);
    } finally {
      end.resolve();
    }
  }

  /** Ends the import from outside, with the reason that its next step then fails with. */
  abort(reason: EventoDBError): Promise<void> {
    this.#failure ??= reason;
    return this[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end ??= this.#rollBack();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#end !== undefined) throw importEnded();
  }

  async #rollBack(): Promise<void> {
    try {
      await this.#loader[Symbol.asyncDispose]();
      await this.#ends.discard();
    } finally {
      this.#ends.release();
    }
  }

  #fail(error: unknown): EventoDBError {
    return this.#failure ??= importFailure(error);
  }
}
