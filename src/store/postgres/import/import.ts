/**
 * An import: one transaction, and in it COPY.
 *
 * @module
 */

import { within } from "../../../waiting.ts";
import { delay } from "../../../deps/delay.ts";
import { EventoDBError } from "../../../errors.ts";
import { pageMessagesMax, shutdownMs } from "../../../limits.ts";
import { postgresVerdictMs, postgresVerdictPollMs } from "../limits.ts";
import { lineRunsMax } from "../../limits.ts";
import { unavailableStatus } from "../../backend_failure.ts";
import { importInProgress, OutcomeUnknown } from "../../refusals.ts";
import { ImportedLines } from "../../imported_lines.ts";
import { ImportedPositions } from "../../imported_positions.ts";
import type { ImportWork } from "../../import_unit.ts";
import type { ImportCount } from "../../../import_result.ts";
import type { ImportMode } from "../../store.ts";
import { type PackedRecords, unpackRecords } from "../../../record/packed_records.ts";
import { Copy } from "./copy.ts";
import type { Database } from "../connection/database.ts";
import type { Session } from "../connection/session.ts";
import { backendError, isOutcomeUnknown } from "../errors.ts";
import { lockNamespace } from "../locks.ts";
import { schemaOf } from "../names.ts";
import { CHANNEL, importNotices } from "../notices/notice.ts";
import { summarizeTimes } from "../schema.ts";
import {
  copyError,
  countAddedRows,
  indexNextTable,
  makeNextTable,
  newRecords,
  swapInNextTable,
} from "./import_table.ts";

interface Plan {
  id: string;
  schema: string;
  /** The table that is filled, with its schema. */
  table: string;
  /** The table replaces the table of messages in the end. */
  isNext: boolean;
  skipsExisting: boolean;
  transactionId: string;
}

export class PostgresImport implements ImportWork {
  readonly #database: Database;
  readonly #session: Session;
  readonly #plan: Plan;
  readonly positions: ImportedPositions = new ImportedPositions();
  /** Which line each row of the table stood on, from 1 on. */
  readonly #lines = new ImportedLines(lineRunsMax);
  #rows = 0;
  /** The same by global position, as far as it is remembered: which earlier line has a key. */
  readonly #noted = new ImportedLines();
  #copy: Copy | undefined;
  #lowest = Infinity;
  #highest = 0;

  private constructor(database: Database, session: Session, plan: Plan) {
    this.#database = database;
    this.#session = session;
    this.#plan = plan;
  }

  /** From here on, writes to the namespace wait. */
  static async begin(database: Database, id: string, mode: ImportMode): Promise<PostgresImport> {
    await using stack = new AsyncDisposableStack();
    const session = stack.use(await database.session());
    const plan = await begin(session, id, mode);
    stack.move();
    return new PostgresImport(database, session, plan);
  }

  get replaces(): boolean {
    return this.#plan.isNext;
  }

  async write(packed: PackedRecords): Promise<ImportCount> {
    const batch = unpackRecords(packed);
    const { skipsExisting, table } = this.#plan;
    const records = skipsExisting
      ? await newRecords(this.#session, table, batch, this.#noted)
      : batch;
    if (records.length === 0) return { imported: 0, skipped: batch.length };
    for (const { globalPosition, line } of records) {
      this.#lines.note(++this.#rows, line);
      this.#noted.note(globalPosition, line);
      this.positions.add(globalPosition);
      if (globalPosition < this.#lowest) this.#lowest = globalPosition;
      if (globalPosition > this.#highest) this.#highest = globalPosition;
    }
    this.#copy ??= new Copy(this.#session, table);
    await this.#copy.write(records);
    // The next batch is to find these records.
    if (skipsExisting) await this.#finishCopy();
    return { imported: records.length, skipped: batch.length - records.length };
  }

  /** COPY and the indexes are what finds a key that is taken. */
  async check(): Promise<void> {
    await this.#finishCopy();
    const { schema, isNext, skipsExisting } = this.#plan;
    if (isNext && !skipsExisting) await indexNextTable(this.#session, schema, this.#lines);
  }

  async commit(announce: () => void): Promise<void> {
    await this.check();
    const { schema, table, isNext } = this.#plan;
    // Without statistics few rows are expected, and each page of a read would sort all that follow it.
    if (this.#rows > pageMessagesMax) {
      await this.#session.queryLong(`ANALYZE ${table}`);
      await this.#session.queryLong(summarizeTimes(table));
    }
    if (isNext) {
      await swapInNextTable(this.#session, schema);
    } else if (this.#rows > 0) {
      await countAddedRows(this.#session, schema, this.#lowest, this.#highest);
    }
    await this.#notify();
    announce();
    await this.#commitTransaction();
  }

  /** A connection that is dead without a word would be waited for forever: it is closed. */
  async settle(steps: Promise<void>, isCommitting: boolean): Promise<void> {
    const settled = (async () => {
      if (!isCommitting) await this.#copy?.abort();
      await steps;
    })();
    const isSettled = await within(settled.then(() => true), shutdownMs / 2);
    if (isSettled === undefined) this.#session.abandon();
  }

  /** Without a commit, the transaction is rolled back. */
  async release(): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }

  async causeOf(error: unknown): Promise<unknown> {
    if (error instanceof EventoDBError && error.code !== "BACKEND_ERROR") return error;
    const { schema, isNext } = this.#plan;
    try {
      const taken = isNext ? undefined : await copyError(error, this.#database, schema, {
        lines: this.#lines,
        noted: this.#noted,
      });
      if (taken !== undefined) return taken;
    } catch {
      // The database is gone: what came first is what there is to say.
    }
    const failure = backendError(error, this.#database.name);
    if (isOutcomeUnknown(failure)) this.#session.abandon();
    return failure;
  }

  /** Other servers hear of it when it has been committed. */
  async #notify(): Promise<void> {
    await this.#session.query(
      "SELECT pg_notify($1, notice) FROM unnest($2::text[]) AS u (notice)",
      [CHANNEL, importNotices(this.#database.server, this.#plan.id, this)],
    );
  }

  async #finishCopy(): Promise<void> {
    await this.#copy?.finish();
    this.#copy = undefined;
  }

  /** A commit whose response was lost has been done or not: the transaction's id says which. */
  async #commitTransaction(): Promise<void> {
    try {
      await this.#session.queryLong("COMMIT");
    } catch (error) {
      if (!isOutcomeUnknown(error)) throw error;
      if (!await this.#wasCommitted()) throw error;
    }
  }

  async #wasCommitted(): Promise<boolean> {
    const end = performance.now() + postgresVerdictMs;
    while (performance.now() < end) {
      try {
        const [row] = await this.#database.query<{ status: string | null }>(
          "SELECT pg_xact_status($1::xid8) AS status",
          [this.#plan.transactionId],
        );
        if (row?.status === "committed") return true;
        if (row?.status === "aborted") return false;
      } catch (error) {
        // It may be that nothing can be asked any more, as when the store is closed.
        if (!(error instanceof EventoDBError) || error.status !== unavailableStatus) break;
      }
      await delay(postgresVerdictPollMs);
    }
    throw new OutcomeUnknown(
      new EventoDBError(
        "BACKEND_ERROR",
        `The connection to the database "${this.#database.name}" was lost during the commit`,
      ),
    );
  }
}

async function begin(session: Session, id: string, mode: ImportMode): Promise<Plan> {
  const schema = schemaOf(id);
  await session.query("BEGIN");
  // A role's settings for its short statements would end an import halfway. Plans are made before
  // there are statistics of what the import has written.
  await session.query(
    `SET LOCAL statement_timeout = 0;
     SET LOCAL idle_in_transaction_session_timeout = 0;
     SET LOCAL enable_seqscan = ${mode.existing === "skip" ? "off" : "on"}`,
  );
  const locked = await lockNamespace(session, id);
  if (locked === undefined) throw importInProgress("import into", id);
  const [found] = await session.query<{ isEmpty: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM ${schema}.messages) AS "isEmpty"`,
  );
  const skipsExisting = mode.existing === "skip";
  const isNext = mode.force === true || (found?.isEmpty === true && !skipsExisting);
  const table = isNext ? await makeNextTable(session, schema) : `${schema}.messages`;
  if (isNext && skipsExisting) await indexNextTable(session, schema, new ImportedLines());
  return { id, schema, table, isNext, skipsExisting, transactionId: locked.transactionId };
}
