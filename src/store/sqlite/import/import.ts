/**
 * An import into SQLite: batches go to a loader, and what it has committed becomes the namespace's.
 *
 * @module
 */

import type { ImportCount } from "../../../import_result.ts";
import { Packed, packedNumbers, type PackedRecords } from "../../../record/packed_records.ts";
import type { ImportWork } from "../../import_unit.ts";
import { ImportedPositions } from "../../imported_positions.ts";
import { importInProgress } from "../../refusals.ts";
import type { ImportMode } from "../../store.ts";
import type { Files } from "../files.ts";
import { readState } from "../message_table.ts";
import type { Registry } from "../registry.ts";
import type { BatchLoader } from "./batch_loader.ts";

export class SqliteImport implements ImportWork {
  /** The worker takes one request after another, and is never to wait for one. */
  readonly isPipelined = true;
  readonly positions: ImportedPositions = new ImportedPositions();
  readonly replaces: boolean;
  readonly #loader: BatchLoader;
  /** Makes what the loader has committed the namespace's, in one transaction. */
  readonly #publish: () => void;
  /** Leaves nothing of what has not been committed, and releases the namespace. */
  readonly #end: AsyncDisposable;

  private constructor(
    replaces: boolean,
    loader: BatchLoader,
    publish: () => void,
    end: AsyncDisposable,
  ) {
    this.replaces = replaces;
    this.#loader = loader;
    this.#publish = publish;
    this.#end = end;
  }

  /** From here on, writes to the namespace wait. */
  static async begin(
    registry: Registry,
    files: Files,
    id: string,
    mode: ImportMode,
  ): Promise<SqliteImport> {
    const namespace = registry.get(id);
    if (namespace.importEnded !== undefined) throw importInProgress("import into", id);
    namespace.writes.flush();
    const { highWater, messages } = readState(namespace.writer);
    const replaces = mode.force === true || messages === 0;
    await using undo = new AsyncDisposableStack();
    undo.defer(namespace.holdForImport());
    const file = replaces ? registry.noteNewFile(id) : namespace.registered.file;
    undo.defer(async () => {
      if (file !== namespace.registered.file) await registry.discard(file);
    });
    const skipExisting = mode.existing === "skip";
    const loader = undo.use(await files.load(file, { isFresh: replaces, skipExisting, highWater }));
    const publish = () => {
      if (replaces) registry.replaceFile(namespace, file);
    };
    return new SqliteImport(replaces, loader, publish, undo.move());
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
    this.#publish();
  }

  async release(): Promise<void> {
    await this.#end[Symbol.asyncDispose]();
  }
}
