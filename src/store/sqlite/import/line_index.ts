/**
 * Finds the line that a record stood on, from its global position.
 *
 * A column of lines would cost every import; this costs a row for each run of records that stood on
 * lines without a gap.
 *
 * @module
 */

import { lineIndexRecordsMax } from "../limits.ts";
import type { ImportRecord } from "../../../record/import_record.ts";
import type { Connection } from "../connection.ts";

/** Lines of records that came in ascending global position. */
export class LineIndex {
  readonly #connection: Connection;
  #lastLine = -1;
  #runRecords = 0;

  /** @param connection The file that the records go into; the index is a temporary table beside it. */
  constructor(connection: Connection) {
    this.#connection = connection;
    connection.run("CREATE TEMP TABLE runs (global_position INTEGER PRIMARY KEY, line INTEGER)");
  }

  /** Notes a record. */
  note({ globalPosition, line }: Pick<ImportRecord, "globalPosition" | "line">): void {
    if (line !== this.#lastLine + 1 || this.#runRecords === lineIndexRecordsMax) {
      this.#connection.run("INSERT INTO runs VALUES (?, ?)", globalPosition, line);
      this.#runRecords = 0;
    }
    this.#runRecords++;
    this.#lastLine = line;
  }

  /** The line that the record of a global position stood on. */
  lineOf(globalPosition: number): number {
    const row = this.#connection.get<{ line: number }>(
      `SELECT line + (
         SELECT count(*) FROM messages
         WHERE global_position > runs.global_position AND global_position <= ?1) AS line
       FROM runs WHERE global_position <= ?1 ORDER BY global_position DESC LIMIT 1`,
      globalPosition,
    );
    if (row === undefined) throw new Error(`No line is noted for gpos ${globalPosition}`);
    return row.line;
  }

  /** Gives the space back, once every repeated key has been found. */
  drop(): void {
    this.#connection.run("DROP TABLE runs");
  }
}
