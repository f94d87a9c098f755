/**
 * What every store does alike: its imports, and how it is closed.
 *
 * @module
 */

import { type ImportWork, RunningImport } from "./import_unit.ts";
import { storeClosed } from "./refusals.ts";
import type { Appended, ImportMode, ImportUnit } from "./store.ts";

/** The base of a backend's store. */
export abstract class BaseStore implements AsyncDisposable {
  readonly #imports = new Set<RunningImport>();
  #closed: Promise<void> | undefined;

  /** Begins an import. @throws {EventoDBError} `IMPORT_IN_PROGRESS`, `NAMESPACE_NOT_FOUND`. */
  protected abstract begin(id: string, mode: ImportMode): Promise<ImportWork>;

  /** Tells listeners of a change. */
  protected abstract tell(appended: Appended): void;

  /** Closes the store, once; nothing new comes any more. */
  protected abstract close(): Promise<void>;

  /** Called when an import has ended, before listeners hear of that. */
  protected importEnded(): void {}

  async beginImport(id: string, mode: ImportMode = {}): Promise<ImportUnit> {
    this.checkOpen();
    const unit = new RunningImport(await this.begin(id, mode), {
      tell: (change) => this.tell({ ...change, namespace: id }),
      ended: () => {
        this.#imports.delete(unit);
        this.importEnded();
      },
    });
    this.#imports.add(unit);
    if (this.isClosed) await unit.abort(storeClosed());
    return unit;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closed ??= (async () => {
      // A tick later, so that what is called from now on finds the store closed.
      await Promise.resolve();
      await this.close();
    })();
  }

  protected get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** @throws {EventoDBError} `BACKEND_ERROR` for a store that has been disposed of. */
  protected checkOpen(): void {
    if (this.isClosed) throw storeClosed();
  }

  /** Rolls back all imports that run. */
  protected async abortImports(): Promise<void> {
    await Promise.all([...this.#imports].map((unit) => unit.abort(storeClosed())));
  }
}
