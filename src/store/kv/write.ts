/**
 * Writes, one by one for their callers and together for the database: while one atomic operation is
 * under way, what arrives waits and goes with the next.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import {
  batchCharsMax,
  kvMutationsMax,
  writesPerCommitMax,
  writesWaitingMax,
} from "../../limits.ts";
import type { NewMessage, WriteResult } from "../../message.ts";
import { importInProgress, queueFull, writeOutcomeUnknown } from "../refusals.ts";
import type { AppendedMessage } from "../store.ts";
import type { OwnCommit } from "./announcer.ts";
import type { Database } from "./database.ts";
import { type Head, isHeld, readHead } from "./head.ts";
import { Attempts, pause } from "./wait.ts";
import { OutcomeUnknown, type RequestedWrite, WriteGroup } from "./write_group.ts";

/** Most writes of which an operation can hold all changes, six each: no more are looked at for one. */
const groupMax = Math.min(writesPerCommitMax, Math.floor(kvMutationsMax / 6));

/** A write that waits. */
interface WaitingWrite extends RequestedWrite {
  arrived: number;
  resolve(result: WriteResult): void;
  reject(error: unknown): void;
}

/** An operation that is durable. */
export interface Committed {
  /** What it has appended. */
  messages: readonly AppendedMessage[];
  /** The highest global position before them. */
  previous: number;
  /** The namespace's state before and after it, where that is known. */
  own?: OwnCommit;
}

/** Told of each operation that appends something. */
export type CommitListener = (committed: Committed) => void;

/** How a queue works. */
export interface QueueOptions {
  /** The namespace's id. */
  id: string;
  /** How long a write waits for an import, in milliseconds. */
  importWaitMs: number;
}

/** The writes of one namespace, of one server. */
export class WriteQueue {
  readonly #database: Database;
  readonly #options: QueueOptions;
  readonly #listener: CommitListener;
  #waiting: WaitingWrite[] = [];
  #running: Promise<void> | undefined;
  /** The head after the last operation; another server may have changed it since. */
  #head: Head | undefined;

  /**
   * @param database Where to write.
   * @param options Which namespace, and how.
   * @param listener Whom to tell.
   */
  constructor(database: Database, options: QueueOptions, listener: CommitListener) {
    this.#database = database;
    this.#options = options;
    this.#listener = listener;
  }

  /** Resolves once nothing waits any more; `undefined` when nothing does. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** Adds a write; it is settled once its operation is. */
  write(stream: string, message: NewMessage, expectedVersion?: number): Promise<WriteResult> {
    if (this.#waiting.length >= writesWaitingMax) {
      throw queueFull();
    }
    return new Promise((resolve, reject) => {
      const arrived = performance.now();
      this.#waiting.push({ stream, message, expectedVersion, arrived, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // A turn later, so that what arrives in this one comes along.
    await Promise.resolve();
    const attempts = new Attempts("write to", this.#options.id);
    let waits = 0;
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        const head = this.#head ?? await readHead(this.#database, this.#options.id);
        if (isHeld(head.lease)) {
          this.#waiting.unshift(...this.#withoutOverdue(group));
          await pause(waits++);
        } else if (await this.#commit(head, group)) {
          attempts.reset();
          waits = 0;
          continue;
        } else {
          await attempts.next();
          this.#waiting.unshift(...group);
        }
      } catch (error) {
        for (const write of group) {
          const { id } = write.message;
          write.reject(
            error instanceof OutcomeUnknown ? writeOutcomeUnknown(error.reason, id) : error,
          );
        }
      }
      this.#head = undefined;
    }
    this.#running = undefined;
  }

  #takeGroup(): WaitingWrite[] {
    let chars = 0;
    let count = 0;
    for (const { message } of this.#waiting.slice(0, groupMax)) {
      chars += message.data.length + (message.metadata?.length ?? 0);
      if (count > 0 && chars > batchCharsMax) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /**
   * Commits what fits of a group into one operation; the rest waits on. `false`, and the group as it
   * was, when the namespace was not as it was thought to be.
   */
  async #commit(head: Head, group: WaitingWrite[]): Promise<boolean> {
    await using writing = await WriteGroup.prepare(this.#database, this.#options.id, head, group);
    if (!await writing.commit()) return false;
    this.#head = writing.headAfter;
    this.#waiting.unshift(...group.slice(writing.outcomes.length));
    if (writing.appended.length > 0) {
      const { value: { globalPosition }, versionstamp: before } = head.state;
      const after = writing.headAfter?.state.versionstamp;
      this.#listener({
        messages: writing.appended,
        previous: globalPosition,
        own: after === undefined ? undefined : { before, after },
      });
    }
    for (const [index, outcome] of writing.outcomes.entries()) {
      const waiting = group[index]!; // Outcomes are those of the group's first writes.
      if (outcome instanceof EventoDBError) waiting.reject(outcome);
      else waiting.resolve(outcome);
    }
    return true;
  }

  /** Refuses the writes that have waited long enough for an import. */
  #withoutOverdue(group: readonly WaitingWrite[]): WaitingWrite[] {
    const { id, importWaitMs } = this.#options;
    return group.filter(({ arrived, reject }) => {
      const isOverdue = performance.now() - arrived >= importWaitMs;
      if (isOverdue) reject(importInProgress("write to", id));
      return !isOverdue;
    });
  }
}
