/**
 * Writes that wait for those before them, and then share a commit: making it durable is what costs. Where a commit
 * takes a round trip, what arrives while one is under way goes with the next.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { batchCharsMax } from "../limits.ts";
import { writeQueuesMax, writesPerCommitMax, writesWaitingMax } from "./limits.ts";
import { type NewMessage, payloadChars, type WriteResult } from "../message.ts";
import { importInProgress, OutcomeUnknown, queueFull } from "./refusals.ts";
import type { AppendedMessage } from "./store.ts";

export interface RequestedWrite {
  stream: string;
  message: NewMessage;
  expectedVersion: number | undefined;
}

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
  appended: readonly AppendedMessage[];
  /** The namespace's highest global position before that; 0 for none. */
  previous: number;
  /** Where it is known: who looks for other processes' commits leaves this one out. */
  own?: OwnCommit;
}

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
      chars += payloadChars(message);
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

export function settleWrites(
  group: readonly WaitingWrite[],
  outcomes: readonly (WriteResult | EventoDBError)[],
): void {
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome instanceof EventoDBError) group[index]?.reject(outcome);
    else group[index]?.resolve(outcome);
  }
}

export interface GroupWriter {
  /** Most writes of a group, where that is not `writesPerCommitMax`. */
  readonly writesMax?: number;
  /** `importing` when an import blocks it, `again` when it is to be tried once more. @throws {OutcomeUnknown} */
  write(group: readonly RequestedWrite[]): Promise<GroupOutcome | "importing" | "again">;
  /** Waits before the next look whether an import still runs; called so many times before. */
  pause(times: number): Promise<void>;
}

/** Called with what a group of writes has come to, once that is durable. */
export type WriteListener = (id: string, outcome: GroupOutcome) => void;

/** How the queues of a store write. */
export interface WriteQueuesOptions {
  writerOf(id: string): GroupWriter;
  /** How long a write waits for an import, in milliseconds. */
  importWaitMs: number;
  onWritten: WriteListener;
}

class WriteQueue {
  readonly #id: string;
  readonly #writer: GroupWriter;
  readonly #options: WriteQueuesOptions;
  readonly #waiting = new WaitingWrites();
  #running: Promise<void> | undefined;

  constructor(id: string, options: WriteQueuesOptions) {
    this.#id = id;
    this.#options = options;
    this.#writer = options.writerOf(id);
  }

  /** Resolves once nothing waits any more; `undefined` when nothing does. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** Adds a write; it is settled once it is committed or refused. */
  write(write: RequestedWrite): Promise<WriteResult> {
    const result = this.#waiting.add(write);
    this.#running ??= this.#run();
    return result;
  }

  async #run(): Promise<void> {
    // A tick later, so that what arrives in this one comes along.
    await Promise.resolve();
    let waits = 0;
    while (!this.#waiting.isEmpty) {
      const group = this.#waiting.takeGroup(this.#writer.writesMax);
      try {
        const outcome = await this.#writer.write(group);
        if (typeof outcome === "string") this.#waiting.putBack(group);
        else {
          this.#options.onWritten(this.#id, outcome);
          this.#waiting.putBack(group.slice(outcome.outcomes.length));
          settleWrites(group, outcome.outcomes);
        }
        if (outcome === "importing") await this.#waitForImport(waits++);
        else waits = 0;
      } catch (error) {
        for (const { message, reject } of group) {
          reject(error instanceof OutcomeUnknown ? error.ofWrite(message.id) : error);
        }
      }
    }
    this.#running = undefined;
  }

  /** Refuses those that have waited long enough; the others stay in the queue, in their order. */
  async #waitForImport(times: number): Promise<void> {
    for (const { reject } of this.#waiting.takeOverdue(this.#options.importWaitMs)) {
      reject(importInProgress("write to", this.#id));
    }
    if (!this.#waiting.isEmpty) await this.#writer.pause(times);
  }
}

export class WriteQueues {
  readonly #options: WriteQueuesOptions;
  readonly #queues = new Map<string, WriteQueue>();

  constructor(options: WriteQueuesOptions) {
    this.#options = options;
  }

  write(id: string, write: RequestedWrite): Promise<WriteResult> {
    let queue = this.#queues.get(id);
    if (queue === undefined) {
      if (this.#queues.size >= writeQueuesMax) this.#dropIdle();
      queue = new WriteQueue(id, this.#options);
      this.#queues.set(id, queue);
    }
    return queue.write(write);
  }

  async settle(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.running));
  }

  #dropIdle(): void {
    for (const [id, queue] of this.#queues) {
      if (queue.running === undefined) this.#queues.delete(id);
    }
  }
}
