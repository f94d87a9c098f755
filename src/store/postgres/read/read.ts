/**
 * Reads of a namespace's messages.
 *
 * @module
 */

import { searchedTimeMatchesMax, timeMatchesMax } from "../limits.ts";
import { type Message, POSITION_MAX } from "../../../message.ts";
import type { NamespaceReads } from "../../base_store.ts";
import { chooseCategories } from "../../category_choice.ts";
import type { LinePages } from "../../event_index.ts";
import type { MessageQuery, StreamQuery } from "../../store.ts";
import type { Database } from "../connection/database.ts";
import { schemaOf, type SqlValue } from "../names.ts";
import { clamp, linePages, messagePages, type Range } from "./pages.ts";
import { MESSAGE_COLUMNS, Scan } from "./scan.ts";
import { findWindow } from "./time_window.ts";

export class PostgresReads implements NamespaceReads {
  readonly #database: Database;
  readonly #id: string;
  readonly #schema: string;

  constructor(database: Database, id: string) {
    this.#database = database;
    this.#id = id;
    this.#schema = schemaOf(id);
  }

  readMessages(query: MessageQuery): AsyncGenerator<Message[], void> {
    return messagePages(this.#database, () => this.#rangeOf(query));
  }

  readLines(query: MessageQuery): LinePages {
    return linePages(this.#database, () => this.#rangeOf(query));
  }

  readStream(
    stream: string,
    { from, fromGlobal, limit }: StreamQuery,
  ): AsyncGenerator<Message[], void> {
    const scan = new Scan(this.#schema, "position");
    scan.where(`stream_name = ${scan.bind(stream)}`);
    if (fromGlobal !== undefined) {
      scan.where(`global_position >= ${scan.bind(clamp(fromGlobal))}`);
    }
    const runs = [{ from, to: POSITION_MAX }];
    return messagePages(this.#database, () => ({ id: this.#id, scan, runs, limit }));
  }

  findMessage(messageId: string): Promise<Message | null> {
    return this.#first("id = $1", [messageId]);
  }

  lastMessage(stream: string, type?: string): Promise<Message | null> {
    return this.#first(
      "stream_name = $1 AND ($2::text IS NULL OR type = $2) ORDER BY position DESC LIMIT 1",
      [stream, type ?? null],
    );
  }

  async streamVersion(stream: string): Promise<number | null> {
    const [row] = await this.#database.query<{ version: number | null }>(
      `SELECT max(position) AS version FROM ${this.#schema}.messages WHERE stream_name = $1`,
      [stream],
    );
    return row?.version ?? null;
  }

  async #rangeOf(query: MessageQuery): Promise<Range> {
    const scan = new Scan(this.#schema, "global_position");
    scan.filter(query);
    scan.limitTo(chooseCategories(query));
    const { from, to, limit, goesOn } = query;
    // Who reads a bounded part at a time asks again each time.
    const matchesMax = goesOn === undefined ? timeMatchesMax : searchedTimeMatchesMax;
    const window = await findWindow(this.#database, this.#schema, query, matchesMax) ??
      { runs: [{ from, to: to ?? POSITION_MAX }] };
    return { id: this.#id, scan, limit, goesOn, ...window };
  }

  async #first(condition: string, values: readonly SqlValue[]): Promise<Message | null> {
    const [row] = await this.#database.queryPage<Message>(
      `SELECT ${MESSAGE_COLUMNS} FROM ${this.#schema}.messages WHERE ${condition}`,
      values,
    );
    return row ?? null;
  }
}
