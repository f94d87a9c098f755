/**
 * Writes, one by one for their callers and together for the disk: those that wait at the same time
 * share one transaction, since making it durable is what costs.
 *
 * @module
 */

import { correlationCategory } from "../correlation.ts";
import type { EventoDBError } from "../../errors.ts";
import { type NewMessage, NO_STREAM, type WriteResult } from "../../message.ts";
import { idTaken, writeRefusal } from "../refusals.ts";
import type { AppendedMessage } from "../store.ts";
import {
  type GroupOutcome,
  type RequestedWrite,
  settleWrites,
  WaitingWrites,
} from "../write_queue.ts";
import { inNextTick } from "../../tick.ts";
import { nowTime } from "../../now.ts";
import type { Connection } from "./connection.ts";
import { isTaken } from "./errors.ts";
import {
  highestGlobalPosition,
  insertMessage,
  readState,
  Tally,
  versionOf,
} from "./message_table.ts";

/** The writes of one namespace that wait for their transaction, in the next tick. */
export class WriteQueue {
  readonly #connect: () => Connection;
  readonly #onWritten: (outcome: GroupOutcome) => void;
  readonly #waiting = new WaitingWrites();
  #isScheduled = false;

  constructor(connect: () => Connection, onWritten: (outcome: GroupOutcome) => void) {
    this.#connect = connect;
    this.#onWritten = onWritten;
  }

  /** Adds a write; it is settled once its transaction is. */
  write(write: RequestedWrite): Promise<WriteResult> {
    const result = this.#waiting.add(write);
    this.#schedule();
    return result;
  }

  /** Settles all writes that wait, now. */
  flush(): void {
    while (!this.#waiting.isEmpty) this.#commit();
  }

  /** The next tick, and not this one: what arrives until then comes along. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    inNextTick(() => {
      this.#isScheduled = false;
      if (this.#waiting.isEmpty) return;
      this.#commit();
      if (!this.#waiting.isEmpty) this.#schedule();
    });
  }

  #commit(): void {
    const group = this.#waiting.takeGroup();
    let outcome: GroupOutcome;
    try {
      const connection = this.#connect();
      outcome = connection.transaction(() => writeGroup(connection, group));
    } catch (error) {
      // Even a conflict is not certain then: it may have been with a write that is gone again.
      for (const write of group) write.reject(error);
      return;
    }
    this.#onWritten(outcome);
    settleWrites(group, outcome.outcomes);
  }
}

function writeGroup(connection: Connection, group: readonly RequestedWrite[]): GroupOutcome {
  const appended: AppendedMessage[] = [];
  const previous = highestGlobalPosition(connection);
  const tally = new Tally();
  // What becomes visible at once has one time.
  const time = nowTime();
  let { highWater } = readState(connection);
  const outcomes = group.map((write) => {
    const { stream, message, expectedVersion } = write;
    const version = versionOf(connection, stream);
    const refusal = writeRefusal(stream, expectedVersion, version, highWater);
    // That the id is taken comes first.
    if (refusal !== undefined) return twinOf(connection, message) ?? refusal;
    const result = { position: version + 1, globalPosition: highWater + 1 };
    const correlation = correlationCategory(message.metadata);
    const written = { ...message, ...result, stream, time };
    try {
      insertMessage(connection, written, correlation);
    } catch (error) {
      // Ids are taken so seldom that the index need not be asked before each message. What SQLite
      // refuses leaves the transaction as it was.
      const twin = isTaken(error) ? twinOf(connection, message) : undefined;
      if (twin === undefined) throw error;
      return twin;
    }
    highWater = result.globalPosition;
    tally.count(written, version === NO_STREAM);
    appended.push({ ...result, stream, correlation });
    return result;
  });
  tally.write(connection);
  return { outcomes, appended, previous };
}

function twinOf(connection: Connection, { id }: NewMessage): EventoDBError | undefined {
  const twin = connection.get<WriteResult & { stream: string }>(
    `SELECT stream, position, global_position AS globalPosition
     FROM messages INDEXED BY messages_id WHERE id = ?`,
    id,
  );
  return twin === undefined ? undefined : idTaken(id, twin);
}
