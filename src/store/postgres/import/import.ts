/**
 * An import: one transaction, and in it COPY.
 *
 * @module
 */

import { EventoDBError } from "../../../errors.ts";
import { pageMessagesMax, postgresVerdictMs, shutdownMs } from "../../../limits.ts";
import {
  importEnded,
  importFailure,
  importInProgress,
  importOutcomeUnknown,
  namespaceNotFound,
} from "../../refusals.ts";
import { ImportedLines } from "../../imported_lines.ts";
import { ImportedPositions } from "../../imported_positions.ts";
import type { ImportChange, ImportListener } from "../../import_listener.ts";
import type { ImportCount } from "../../../import_result.ts";
import type { ImportMode, ImportUnit } from "../../store.ts";
import type { ImportRecord } from "../../../record/import_record.ts";
import { Copy } from "./copy.ts";
import type { Database, Session } from "../connection/database.ts";
import { backendError, isOutcomeUnknown } from "../errors.ts";
import { Lines } from "./record_lines.ts";
import { LOCKS } from "../locks.ts";
import { REGISTRY, schemaOf } from "../names.ts";
import { CHANNEL, importNotices } from "../notices/notice.ts";
import { summarizeTimes } from "../schema.ts";
import { newRecords } from "./existing.ts";
import {
  countAddedRows,
  indexNextTable,
  makeNextTable,
  swapInNextTable,
  takenError,
} from "./import_table.ts";
import { pause } from "../connection/wait.ts";

/** How an import goes about it. */
interface Plan {
  /** The namespace's id. */
  id: string;
  schema: string;
  /** The table that is filled, with its schema. */
  table: string;
  /** The table takes the place of the table of messages in the end. */
  isNext: boolean;
  /** Records that are there already are skipped. */
  skipsExisting: boolean;
  /** The transaction's id. */
  transactionId: string;
}

/** An import into a Postgres namespace. */
export class PostgresImport implements ImportUnit {
  readonly #database: Database;
  readonly #session: Session;
  readonly #plan: Plan;
  readonly #listener: ImportListener;
  readonly #imported = new ImportedPositions();
  readonly #lines = new Lines();
  /** The same by global position, as far as it is remembered: which earlier line has a key. */
  readonly #noted = new ImportedLines();
  #copy: Copy | undefined;
  #lowest = Infinity;
  #highest = 0;
  /** The last step that was asked for: a caller need not wait for one before it asks for the next. */
  #steps: Promise<unknown> = Promise.resolve();
  #failure: unknown;
  #isCommitting = false;
  #isCommitted = false;
  #end: Promise<void> | undefined;

  private constructor(
    database: Database,
    session: Session,
    plan: Plan,
    listener: ImportListener,
  ) {
    this.#database = database;
    this.#session = session;
    this.#plan = plan;
    this.#listener = listener;
  }

  /**
   * Begins an import: from here on, writes to the namespace wait.
   *
   * @param database The database.
   * @param id The namespace's id.
   * @param mode How to treat what is there already.
   * @param listener Told how it ends.
   * @returns The import.
   * @throws {EventoDBError} `IMPORT_IN_PROGRESS`, `NAMESPACE_NOT_FOUND`.
   */
  static async begin(
    database: Database,
    id: string,
    mode: ImportMode,
    listener: ImportListener,
  ): Promise<PostgresImport> {
    await using stack = new AsyncDisposableStack();
    const session = stack.use(await database.session());
    const plan = await begin(session, id, mode);
    stack.move();
    return new PostgresImport(database, session, plan, listener);
  }

  write(batch: readonly ImportRecord[]): Promise<ImportCount> {
    return this.#step(() => this.#write(batch));
  }

  check(): Promise<void> {
    return this.#step(() => this.#check());
  }

  commit(): Promise<void> {
    return this.#step(async () => {
      this.#isCommitting = true;
      await this.#commit();
      this.#isCommitted = true;
      // Where it is being disposed of already, that waits for this and goes on.
      if (this.#end === undefined) await (this.#end = this.#release());
    });
  }

  /** Ends the import from outside, with the reason that its next step then fails with. */
  abort(reason: EventoDBError): Promise<void> {
    this.#failure ??= reason;
    return this[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end ??= this.#rollBack();
  }

  async #write(batch: readonly ImportRecord[]): Promise<ImportCount> {
    const { skipsExisting, table } = this.#plan;
    const records = skipsExisting
      ? await newRecords(this.#session, table, batch, this.#noted)
      : batch;
    if (records.length === 0) return { imported: 0, skipped: batch.length };
    for (const { globalPosition, line } of records) {
      this.#lines.note(line);
      this.#noted.note(globalPosition, line);
      this.#imported.add(globalPosition);
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
  async #check(): Promise<void> {
    await this.#finishCopy();
    const { schema, isNext, skipsExisting } = this.#plan;
    if (isNext && !skipsExisting) await indexNextTable(this.#session, schema, this.#lines);
  }

  async #commit(): Promise<void> {
    await this.#check();
    const { schema, table, isNext } = this.#plan;
    // Without statistics few rows are expected, and each page of a read would sort all that follow it.
    if (this.#lines.count > pageMessagesMax) {
      await this.#session.queryLong(`ANALYZE ${table}`);
      await this.#session.queryLong(summarizeTimes(table));
    }
    if (isNext) {
      await swapInNextTable(this.#session, schema);
    } else if (this.#lines.count > 0) {
      await countAddedRows(this.#session, schema, this.#lowest, this.#highest);
    }
    await this.#notify();
    this.#listener.committing();
    await this.#commitTransaction();
  }

  get #change(): ImportChange {
    return this.#plan.isNext
      ? { kind: "replaced" }
      : { kind: "imported", positions: this.#imported };
  }

  /** Other servers hear of it when it has been committed. */
  async #notify(): Promise<void> {
    await this.#session.query(
      "SELECT pg_notify($1, notice) FROM unnest($2::text[]) AS u (notice)",
      [
        CHANNEL,
        importNotices(this.#database.server, this.#plan.id, this.#change),
      ],
    );
  }

  async #finishCopy(): Promise<void> {
    await this.#copy?.finish();
    this.#copy = undefined;
  }

  /** A commit whose answer was lost has been done or not: the transaction's id tells which. */
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
        if (!(error instanceof EventoDBError) || error.status !== 503) throw error;
      }
      await pause(200);
    }
    throw importOutcomeUnknown(
      `The connection to the database "${this.#database.name}" was lost during the commit`,
    );
  }

  /** Gives up what is under way, but for a commit, and waits until nothing of it is left. */
  async #rollBack(): Promise<void> {
    const given = (async () => {
      if (!this.#isCommitting) await this.#copy?.abort();
      await this.#steps;
    })();
    // A connection that is dead without a word would be waited for for ever: it is closed.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#session.abandon();
        resolve();
      }, shutdownMs / 2);
    });
    await Promise.race([given, patience]);
    clearTimeout(timer);
    await this.#release();
  }

  async #release(): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
    this.#listener.ended(this.#isCommitted ? this.#change : undefined);
  }

  /** Takes a step after those before it. After a failure there is nothing left to do. */
  #step<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#steps.then(async () => {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#end !== undefined) throw importEnded();
      try {
        return await work();
      } catch (error) {
        throw this.#failure ??= await this.#failureOf(error);
      }
    });
    this.#steps = result.catch(() => {});
    return result;
  }

  async #failureOf(error: unknown): Promise<unknown> {
    if (error instanceof EventoDBError && error.code !== "BACKEND_ERROR") return error;
    const { schema, isNext } = this.#plan;
    try {
      const taken = isNext ? undefined : await takenError(error, this.#database, schema, {
        lines: this.#lines,
        noted: this.#noted,
      });
      if (taken !== undefined) return taken;
    } catch {
      // The database is gone: what came first is what there is to say.
    }
    const failure = backendError(error, this.#database.name);
    if (isOutcomeUnknown(failure)) this.#session.abandon();
    return importFailure(failure);
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
  const [row] = await session.query<{ number: number; isAlone: boolean; transactionId: string }>(
    `SELECT number, pg_try_advisory_xact_lock($2, number) AS "isAlone",
            pg_current_xact_id()::text AS "transactionId"
     FROM ${REGISTRY}.namespaces WHERE id = $1`,
    [id, LOCKS.replacement],
  );
  if (row === undefined) throw namespaceNotFound(id);
  if (!row.isAlone) throw importInProgress("import into", id);
  await session.queryLong("SELECT pg_advisory_xact_lock($1, $2)", [LOCKS.gate, row.number]);
  const [found] = await session.query<{ isEmpty: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM ${schema}.messages) AS "isEmpty"`,
  );
  const skipsExisting = mode.existing === "skip";
  const isNext = mode.force === true || (found?.isEmpty === true && !skipsExisting);
  const table = isNext ? await makeNextTable(session, schema) : `${schema}.messages`;
  if (isNext && skipsExisting) await indexNextTable(session, schema, new Lines());
  return { id, schema, table, isNext, skipsExisting, transactionId: row.transactionId };
}
