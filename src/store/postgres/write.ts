/**
 * Writes, one by one for their callers and together for the database: while one call is under way,
 * what arrives waits and goes with the next.
 *
 * @module
 */

import { correlationCategory } from "../../correlation.ts";
import { EventoDBError } from "../../errors.ts";
import {
  batchCharsMax,
  postgresImportPollMs,
  writesPerCommitMax,
  writesWaitingMax,
} from "../../limits.ts";
import type { NewMessage, WriteResult } from "../../message.ts";
import { nowTime } from "../../now.ts";
import {
  idTaken,
  importInProgress,
  positionsUsedUp,
  queueFull,
  versionConflict,
  writeOutcomeUnknown,
} from "../refusals.ts";
import type { AppendedMessage } from "../store.ts";
import type { Database } from "./connection/database.ts";
import { isOutcomeUnknown } from "./errors.ts";
import { schemaOf } from "./names.ts";
import { pause } from "./connection/wait.ts";
import type { WriteOutcome } from "./write_function.ts";

/** A write that waits. */
interface WaitingWrite {
  stream: string;
  message: NewMessage;
  expectedVersion: number | undefined;
  correlation: string | null;
  time: string;
  arrived: number;
  resolve(result: WriteResult): void;
  reject(error: unknown): void;
}

/** A row that the function returns for a write. */
interface OutcomeRow {
  outcome: WriteOutcome;
  stream: string;
  position: number;
  globalPosition: number;
  /** The namespace's highest global position before the group; 0 for none. */
  previous: number;
}

/** Whom a queue tells what. */
export interface QueueListener {
  /** The messages of a transaction once it is durable, and what was the highest before them. */
  onCommit(messages: readonly AppendedMessage[], previous: number): void;
  /** Nothing waits any more. */
  onIdle(): void;
}

/** The writes of one namespace, of one server. */
export class WriteQueue {
  readonly #database: Database;
  readonly #id: string;
  readonly #sql: string;
  readonly #listener: QueueListener;
  readonly #importWaitMs: number;
  #waiting: WaitingWrite[] = [];
  #running: Promise<void> | undefined;

  /**
   * @param database Where to write.
   * @param id The namespace's id.
   * @param listener Whom to tell.
   * @param importWaitMs How long a write waits for an import, in milliseconds.
   */
  constructor(database: Database, id: string, listener: QueueListener, importWaitMs: number) {
    this.#database = database;
    this.#id = id;
    this.#sql = `
      SELECT outcome, at_stream AS stream, at_position AS position,
             at_global_position AS "globalPosition", first_value(previous) OVER () AS previous
      FROM ${schemaOf(id)}.write_messages($1, $2, $3, $4, $5, $6, $7, $8) WITH ORDINALITY
      ORDER BY ordinality`;
    this.#listener = listener;
    this.#importWaitMs = importWaitMs;
  }

  /** Resolves once nothing waits any more; `undefined` when nothing does. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** Adds a write; it is settled once its transaction is. */
  write(stream: string, message: NewMessage, expectedVersion?: number): Promise<WriteResult> {
    if (this.#waiting.length >= writesWaitingMax) {
      throw queueFull();
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        stream,
        message,
        expectedVersion,
        correlation: correlationCategory(message.metadata),
        time: nowTime(),
        arrived: performance.now(),
        resolve,
        reject,
      });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      let rows: OutcomeRow[];
      try {
        rows = await this.#call(group);
      } catch (error) {
        const isUnknown = error instanceof EventoDBError && isOutcomeUnknown(error);
        for (const write of group) {
          write.reject(isUnknown ? writeOutcomeUnknown(error, write.message.id) : error);
        }
        continue;
      }
      if (rows[0]?.outcome === "importing") await this.#waitForImport(group);
      else this.#settle(group, rows);
    }
    this.#running = undefined;
    this.#listener.onIdle();
  }

  #takeGroup(): WaitingWrite[] {
    let chars = 0;
    let count = 0;
    for (const { message } of this.#waiting.slice(0, writesPerCommitMax)) {
      chars += message.data.length + (message.metadata?.length ?? 0);
      if (count > 0 && chars > batchCharsMax) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  #call(group: readonly WaitingWrite[]): Promise<OutcomeRow[]> {
    return this.#database.query<OutcomeRow>(this.#sql, [
      group.map(({ message }) => message.id),
      group.map(({ stream }) => stream),
      group.map(({ message }) => message.type),
      group.map(({ message }) => message.data),
      group.map(({ message }) => message.metadata),
      group.map(({ time }) => time),
      group.map(({ correlation }) => correlation),
      group.map(({ expectedVersion }) => expectedVersion ?? null),
    ]);
  }

  /** Refuses those that have waited long enough; the others keep their place in the line. */
  async #waitForImport(group: readonly WaitingWrite[]): Promise<void> {
    const waiting = [...group, ...this.#waiting];
    const isOverdue = ({ arrived }: WaitingWrite) =>
      performance.now() - arrived >= this.#importWaitMs;
    this.#waiting = waiting.filter((write) => !isOverdue(write));
    for (const write of waiting.filter(isOverdue)) {
      write.reject(importInProgress("write to", this.#id));
    }
    if (this.#waiting.length > 0) await pause(postgresImportPollMs);
  }

  #settle(group: readonly WaitingWrite[], rows: readonly OutcomeRow[]): void {
    const outcomes = group.map((write, index) => {
      const row = rows[index];
      if (row === undefined) throw new Error("A write has no outcome");
      return { write, row };
    });
    const appended = outcomes.filter(({ row }) => row.outcome === "written")
      .map(({ write: { stream, correlation }, row: { position, globalPosition } }) => ({
        stream,
        position,
        globalPosition,
        correlation,
      }));
    if (appended.length > 0) {
      this.#listener.onCommit(appended, rows[0]?.previous ?? 0);
    }
    for (const { write, row } of outcomes) {
      if (row.outcome === "written") {
        write.resolve({ position: row.position, globalPosition: row.globalPosition });
      } else write.reject(refusal(write, row));
    }
  }
}

function refusal(
  { stream, message, expectedVersion }: WaitingWrite,
  { outcome, stream: atStream, position, globalPosition }: OutcomeRow,
): EventoDBError {
  if (outcome === "id_exists") {
    return idTaken(message.id, { stream: atStream, position, globalPosition });
  }
  if (outcome === "version_conflict") return versionConflict(stream, expectedVersion, position);
  return positionsUsedUp(outcome === "namespace_full" ? undefined : stream);
}
