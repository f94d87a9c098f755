/**
 * The queue of a namespace's writes, where a commit takes a round trip: while one is under way, what
 * arrives waits, and goes with the next.
 *
 * @module
 */

import { writeQueuesMax } from "./limits.ts";
import type { WriteResult } from "../message.ts";
import { OutcomeUnknown } from "./outcome_unknown.ts";
import { importInProgress } from "./refusals.ts";
import {
  type GroupOutcome,
  type RequestedWrite,
  settleWrites,
  WaitingWrites,
} from "./waiting_writes.ts";

/** How a backend writes. */
export interface GroupWriter {
  /** Most writes of a group, where that is not `writesPerCommitMax`. */
  readonly writesMax?: number;
  /**
   * Writes a group.
   *
   * @returns The outcome; `importing` when an import blocks it, `again` when the group
   * is to be tried once more.
   * @throws {OutcomeUnknown} It may have been committed or not.
   */
  write(group: readonly RequestedWrite[]): Promise<GroupOutcome | "importing" | "again">;
  /** Waits before the next look whether an import still runs; called so many times before. */
  pause(times: number): Promise<void>;
}

/** Called with what a group of writes has come to, once that is durable. */
export type WriteListener = (id: string, outcome: GroupOutcome) => void;

/** The writes of one namespace, of one server. */
export class WriteQueue {
  readonly #id: string;
  readonly #writer: GroupWriter;
  readonly #importWaitMs: number;
  readonly #onWritten: WriteListener;
  readonly #waiting = new WaitingWrites();
  #running: Promise<void> | undefined;

  constructor(id: string, writer: GroupWriter, importWaitMs: number, onWritten: WriteListener) {
    this.#id = id;
    this.#writer = writer;
    this.#importWaitMs = importWaitMs;
    this.#onWritten = onWritten;
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
          this.#onWritten(this.#id, outcome);
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
    for (const { reject } of this.#waiting.takeOverdue(this.#importWaitMs)) {
      reject(importInProgress("write to", this.#id));
    }
    if (!this.#waiting.isEmpty) await this.#writer.pause(times);
  }
}

/** The queues of a store's namespaces. */
export class WriteQueues {
  readonly #writerOf: (id: string) => GroupWriter;
  readonly #importWaitMs: number;
  readonly #onWritten: WriteListener;
  readonly #queues = new Map<string, WriteQueue>();

  /** @param importWaitMs How long a write waits for an import, in milliseconds. */
  constructor(
    writerOf: (id: string) => GroupWriter,
    importWaitMs: number,
    onWritten: WriteListener,
  ) {
    this.#writerOf = writerOf;
    this.#importWaitMs = importWaitMs;
    this.#onWritten = onWritten;
  }

  /** Adds a write to a namespace's queue. */
  write(id: string, write: RequestedWrite): Promise<WriteResult> {
    let queue = this.#queues.get(id);
    if (queue === undefined) {
      if (this.#queues.size >= writeQueuesMax) this.#dropIdle();
      queue = new WriteQueue(id, this.#writerOf(id), this.#importWaitMs, this.#onWritten);
      this.#queues.set(id, queue);
    }
    return queue.write(write);
  }

  /** Waits until nothing waits any more. */
  async settle(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.running));
  }

  #dropIdle(): void {
    for (const [id, queue] of this.#queues) {
      if (queue.running === undefined) this.#queues.delete(id);
    }
  }
}
