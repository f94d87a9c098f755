/**
 * Writes that wait for those before them, and then share a commit: making it durable is what costs.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { batchCharsMax } from "../limits.ts";
import { writesPerCommitMax, writesWaitingMax } from "./limits.ts";
import type { NewMessage, WriteResult } from "../message.ts";
import { queueFull } from "./refusals.ts";
import type { AppendedMessage } from "./store.ts";

/** A write as it was asked for. */
export interface RequestedWrite {
  stream: string;
  message: NewMessage;
  expectedVersion: number | undefined;
}

/** A write that waits. */
export interface WaitingWrite extends RequestedWrite {
  /** When it came, as `performance.now()` has it. */
  arrived: number;
  resolve(result: WriteResult): void;
  reject(error: unknown): void;
}

/** The versions of a namespace's state before and after a commit, where a backend has those. */
export interface OwnCommit {
  /** That which the commit was checked against. */
  before: string;
  /** That which it has set. */
  after: string;
}

/** What becomes of a group of writes. */
export interface GroupOutcome {
  /** Of each write, in their order; where there are fewer, the rest of the group waits on. */
  outcomes: readonly (WriteResult | EventoDBError)[];
  /** What was appended. */
  appended: readonly AppendedMessage[];
  /** The namespace's highest global position before that; 0 for none. */
  previous: number;
  /** Where it is known: who looks for other processes' commits leaves this one out. */
  own?: OwnCommit;
}

/** The writes of one namespace that wait. */
export class WaitingWrites {
  #waiting: WaitingWrite[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Adds a write. @throws {EventoDBError} `BACKEND_ERROR` when too many wait. */
  add(write: RequestedWrite): Promise<WriteResult> {
    if (this.#waiting.length >= writesWaitingMax) throw queueFull();
    const { promise, resolve, reject } = Promise.withResolvers<WriteResult>();
    this.#waiting.push({ ...write, arrived: performance.now(), resolve, reject });
    return promise;
  }

  /** Takes the first ones out: as many as may share a commit, and not too much of data at once. */
  takeGroup(writesMax: number = writesPerCommitMax): WaitingWrite[] {
    let chars = 0;
    let count = 0;
    for (const { message } of this.#waiting.slice(0, writesMax)) {
      chars += message.data.length + (message.metadata?.length ?? 0);
      if (count > 0 && chars > batchCharsMax) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /** Puts writes back, before the others. */
  putBack(writes: readonly WaitingWrite[]): void {
    if (writes.length > 0) this.#waiting = [...writes, ...this.#waiting];
  }

  /** Takes those out that have waited so long, in milliseconds. */
  takeOverdue(waitMs: number): WaitingWrite[] {
    const arrivedMax = performance.now() - waitMs;
    const overdue = this.#waiting.filter(({ arrived }) => arrived <= arrivedMax);
    this.#waiting = this.#waiting.filter(({ arrived }) => arrived > arrivedMax);
    return overdue;
  }
}

/** Settles the writes of a group whose outcomes are known. */
export function settleWrites(
  group: readonly WaitingWrite[],
  outcomes: readonly (WriteResult | EventoDBError)[],
): void {
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome instanceof EventoDBError) group[index]?.reject(outcome);
    else group[index]?.resolve(outcome);
  }
}
