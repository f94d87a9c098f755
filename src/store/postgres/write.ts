/**
 * Writes: a group is one call of a function in the database, one round trip, one transaction.
 *
 * @module
 */

import { delay } from "../../deps/delay.ts";
import { correlationCategory } from "../correlation.ts";
import { EventoDBError } from "../../errors.ts";
import { postgresImportPollMs } from "./limits.ts";
import { nowTime } from "../../now.ts";
import { idTaken, OutcomeUnknown, positionsUsedUp, versionConflict } from "../refusals.ts";
import type { AppendedMessage } from "../store.ts";
import type { GroupOutcome, GroupWriter, RequestedWrite } from "../write_queue.ts";
import type { Database } from "./connection/database.ts";
import { isOutcomeUnknown } from "./errors.ts";
import { schemaOf } from "./names.ts";
import type { WriteOutcome } from "./write_function.ts";

/** A row that the function returns for a write. */
interface OutcomeRow {
  outcome: WriteOutcome;
  stream: string;
  position: number;
  globalPosition: number;
  /** The namespace's highest global position before the group; 0 for none. */
  previous: number;
}

export class PostgresWriter implements GroupWriter {
  readonly #database: Database;
  readonly #sql: string;

  constructor(database: Database, id: string) {
    this.#database = database;
    this.#sql = `
      SELECT outcome, at_stream AS stream, at_position AS position,
             at_global_position AS "globalPosition", first_value(previous) OVER () AS previous
      FROM ${schemaOf(id)}.write_messages($1, $2, $3, $4, $5, $6, $7, $8) WITH ORDINALITY
      ORDER BY ordinality`;
  }

  async write(group: readonly RequestedWrite[]): Promise<GroupOutcome | "importing"> {
    const correlations = group.map(({ message }) => correlationCategory(message.metadata));
    const rows = await this.#call(group, correlations);
    const [first] = rows;
    if (first?.outcome === "importing") return first.outcome;
    const appended: AppendedMessage[] = [];
    const outcomes = group.map((write, index) => {
      const row = rows[index];
      if (row === undefined) throw new Error("A write has no outcome");
      if (row.outcome !== "written") return refusal(write, row);
      const result = { position: row.position, globalPosition: row.globalPosition };
      appended.push({ ...result, stream: write.stream, correlation: correlations[index] ?? null });
      return result;
    });
    return { outcomes, appended, previous: first?.previous ?? 0 };
  }

  pause(): Promise<void> {
    return delay(postgresImportPollMs);
  }

  async #call(
    group: readonly RequestedWrite[],
    correlations: readonly (string | null)[],
  ): Promise<OutcomeRow[]> {
    // What becomes visible at once has one time.
    const time = nowTime();
    try {
      return await this.#database.query<OutcomeRow>(this.#sql, [
        group.map(({ message }) => message.id),
        group.map(({ stream }) => stream),
        group.map(({ message }) => message.type),
        group.map(({ message }) => message.data),
        group.map(({ message }) => message.metadata),
        group.map(() => time),
        correlations,
        group.map(({ expectedVersion }) => expectedVersion ?? null),
      ]);
    } catch (error) {
      const isUnknown = error instanceof EventoDBError && isOutcomeUnknown(error);
      throw isUnknown ? new OutcomeUnknown(error) : error;
    }
  }
}

function refusal(
  { stream, message, expectedVersion }: RequestedWrite,
  { outcome, stream: atStream, position, globalPosition }: OutcomeRow,
): EventoDBError {
  if (outcome === "id_exists") {
    return idTaken(message.id, { stream: atStream, position, globalPosition });
  }
  if (outcome === "version_conflict") return versionConflict(stream, expectedVersion, position);
  return positionsUsedUp(outcome === "namespace_full" ? undefined : stream);
}
