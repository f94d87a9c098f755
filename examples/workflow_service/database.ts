/**
 * The service's own database: what it knows of workflows, and how far each member of its consumer
 * group is. Both change in one transaction, so that they can never differ.
 *
 * @module
 */

import { backup, DatabaseSync } from "node:sqlite";
import type { PositionStore } from "@eventodb/cli";

/** A workflow, as the service knows it. */
export interface Workflow {
  id: string;
  task: string;
  status: string;
  share: number | null;
}

/** What the service keeps in its SQLite file. */
export class ServiceDatabase implements Disposable {
  readonly #db: DatabaseSync;

  /** Opens the file, and makes it where it is not there. */
  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`
      CREATE TABLE IF NOT EXISTS workflow (
        id TEXT PRIMARY KEY,
        task TEXT NOT NULL,
        status TEXT NOT NULL,
        share REAL
      ) STRICT;
      CREATE TABLE IF NOT EXISTS position (
        member INTEGER PRIMARY KEY,
        position INTEGER NOT NULL
      ) STRICT;
    `);
  }

  /** All workflows. */
  workflows(): Workflow[] {
    const rows = this.#db.prepare("SELECT id, task, status, share FROM workflow ORDER BY id").all();
    return rows as unknown as Workflow[];
  }

  /** Adds a workflow; an existing one starts over. */
  request(id: string, task: string): void {
    this.#db.prepare(
      "INSERT OR REPLACE INTO workflow (id, task, status) VALUES (?, ?, 'requested')",
    )
      .run(id, task);
  }

  /** Changes what is known of a workflow. */
  update(id: string, status: string, share: number | null = null): void {
    this.#db.prepare("UPDATE workflow SET status = ?, share = ? WHERE id = ?")
      .run(status, share, id);
  }

  /** Makes changes, and moves a member's position past the message that they came of. */
  change(member: number, position: number, changes: () => void): void {
    this.#db.exec("BEGIN");
    try {
      changes();
      this.#db.prepare("INSERT OR REPLACE INTO position (member, position) VALUES (?, ?)")
        .run(member, position);
      this.#db.exec("COMMIT");
    } catch (error) {
      this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  /** Where a member's position is kept, for its consumer. */
  positionStore(member: number): PositionStore {
    return {
      load: () => this.position(member),
      // `change` has moved it already, with the changes themselves.
      save: () => {},
    };
  }

  /** The global position of the last message that a member has handled; 0 before the first. */
  position(member: number): number {
    const row = this.#db.prepare("SELECT position FROM position WHERE member = ?").get(member);
    return Number(row?.position ?? 0);
  }

  /** Copies the database to a new file, also while it is in use. */
  async copyTo(path: string): Promise<void> {
    await backup(this.#db, path);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#db.close();
  }
}
