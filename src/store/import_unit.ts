/**
 * The life of an import, the same on every backend: its steps, how it fails, how it ends, and what
 * listeners hear of that. What a backend does for it is an {@linkcode ImportWork}.
 *
 * @module
 */

import type { EventoDBError } from "../errors.ts";
import type { ImportCount } from "../import_result.ts";
import type { PackedRecords } from "../record/packed_records.ts";
import type { ImportedPositions } from "./imported_positions.ts";
import { importEnded, importFailure, OutcomeUnknown } from "./refusals.ts";
import type { ImportUnit, NamespaceChange } from "./store.ts";

/** What a backend does for an import. What its functions throw, the import fails with. */
export interface ImportWork {
  /** It keeps the order of overlapping writes itself; otherwise they are taken one after another. */
  readonly isPipelined?: boolean;
  /** What it has written replaces what the namespace holds; otherwise it is added to that. */
  readonly replaces: boolean;
  /** The global positions of what it has written. */
  readonly positions: ImportedPositions;
  write(batch: PackedRecords): Promise<ImportCount>;
  /** Finds what only `commit` would find to be wrong with what was written. */
  check?(): Promise<void>;
  /** Makes everything visible and durable, or nothing. `announce` is to be called before anything can be seen. */
  commit(announce: () => void): Promise<void>;
  /** Waits for the steps under way, and may cut them short. Default: waits. */
  settle?(steps: Promise<void>, isCommitting: boolean): Promise<void>;
  /** Releases the namespace, and leaves nothing of what is not committed. Called once, at last. */
  release(isCommitted: boolean): Promise<void>;
  /** Finds out what is behind an error; `importFailure` puts it into words. */
  causeOf?(error: unknown): Promise<unknown>;
}

export interface ImportListener {
  notify(change: NamespaceChange): void;
  /** It has ended, whatever came of it; the last notification comes after this. */
  ended(): void;
}

export class RunningImport implements ImportUnit {
  readonly #work: ImportWork;
  readonly #listener: ImportListener;
  #steps: Promise<void> = Promise.resolve();
  #failure: EventoDBError | undefined;
  #isCommitting = false;
  #isAnnounced = false;
  #isCommitted = false;
  #isOutcomeUnknown = false;
  #end: Promise<void> | undefined;

  constructor(work: ImportWork, listener: ImportListener) {
    this.#work = work;
    this.#listener = listener;
  }

  /** Whether it has said that it is about to commit. */
  get isAnnounced(): boolean {
    return this.#isAnnounced;
  }

  write(batch: PackedRecords): Promise<ImportCount> {
    return this.#step(() => this.#work.write(batch), this.#work.isPipelined);
  }

  check(): Promise<void> {
    return this.#step(async () => await this.#work.check?.());
  }

  async commit(): Promise<void> {
    try {
      await this.#step(async () => {
        this.#isCommitting = true;
        await this.#work.commit(() => {
          this.#isAnnounced = true;
          this.#listener.notify({ kind: "committing" });
        });
        this.#isCommitted = true;
      });
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  /** Ends the import from outside, with the reason that its next step then fails with. */
  abort(reason: EventoDBError): Promise<void> {
    this.#failure ??= reason;
    return this[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end ??= this.#finish();
  }

  /** A commit under way comes to its end; anything else is given up. */
  async #finish(): Promise<void> {
    const { settle } = this.#work;
    try {
      await (settle === undefined
        ? this.#steps
        : settle.call(this.#work, this.#steps, this.#isCommitting));
      await this.#work.release(this.#isCommitted);
    } finally {
      this.#listener.ended();
      if (this.#isAnnounced) {
        // What may be there is looked for: who reads must not miss it.
        const mayBeThere = this.#isCommitted || this.#isOutcomeUnknown;
        const { replaces, positions } = this.#work;
        this.#listener.notify(
          !mayBeThere
            ? { kind: "failed" }
            : replaces
            ? { kind: "replaced" }
            : { kind: "imported", positions },
        );
      }
    }
  }

  #step<T>(work: () => Promise<T>, isPipelined = false): Promise<T> {
    const before = this.#steps;
    const step = this.#take(isPipelined ? undefined : before, work);
    this.#steps = Promise.allSettled([before, step]).then(() => {});
    return step;
  }

  async #take<T>(before: Promise<void> | undefined, work: () => Promise<T>): Promise<T> {
    if (before !== undefined) await before;
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#end !== undefined) throw importEnded();
    try {
      return await work();
    } catch (error) {
      const failure = await this.#failureOf(error);
      // Aborted or not, a commit under way reports its own outcome.
      if (this.#isCommitting) this.#failure = failure;
      throw this.#failure ??= failure;
    }
  }

  async #failureOf(error: unknown): Promise<EventoDBError> {
    if (error instanceof OutcomeUnknown) {
      this.#isOutcomeUnknown = true;
      return error.ofImport();
    }
    const { causeOf } = this.#work;
    return importFailure(causeOf ? await causeOf.call(this.#work, error) : error);
  }
}
