/**
 * The statement of a page: one, so that a page is of one snapshot of the namespace, and holds a connection no
 * longer than the database takes to respond.
 *
 * @module
 */

import type { ConsumerGroup } from "../../../consumer_group.ts";
import { pageCharsMax } from "../../../limits.ts";
import { postgresStepMessages } from "../limits.ts";
import type { Message } from "../../../message.ts";
import type { MessagesIdentity } from "../../refusals.ts";
import type { CategoryChoice } from "../../category_choice.ts";
import type { MessageQuery } from "../../store.ts";
import type { Database } from "../connection/database.ts";
import type { SqlValue } from "../names.ts";

/** The columns of a message, so that a row read is a {@linkcode Message}. */
export const MESSAGE_COLUMNS: string = "id, stream_name AS stream, type, position, " +
  'global_position AS "globalPosition", data, metadata, time';

/** An id has no control characters: these two are all that is escaped, faster than by `to_json`. */
const ID_IN_JSON = String.raw`replace(replace(id, E'\\', E'\\\\'), '"', E'\\"')`;

/**
 * A message as a line of an export with its line end: byte for byte what `formatRecord` makes of it.
 * What `to_json` escapes of a text, and how, is what `JSON.stringify` does.
 */
const RECORD_LINE = `concat('{"id":"', ${ID_IN_JSON}, '","stream":', to_json(stream_name),
  ',"type":', to_json(type), ',"pos":', position, ',"gpos":', global_position,
  ',"data":', data, ',"meta":', coalesce(metadata, 'null'), ',"time":"', time, '"}', chr(10))`;

/** Keys from one to another, both inclusive. */
export interface Run {
  from: number;
  to: number;
}

/** Which messages a namespace had at some time. */
export interface Snapshot extends MessagesIdentity {
  /** The highest global position that there is; 0 for none. */
  highest: number;
}

/** A page, and what the next one has to know of it. */
export interface Page<T> extends Snapshot {
  rows: T;
  count: number;
  /** The key of the last one. */
  last: number;
  /** Bytes of their payloads, or more. */
  bytes: number;
}

/** What comes with each row, and alone where there is no row. */
interface PageRow extends Message, Snapshot {
  /** `null` in the one row of an empty page. */
  id: string;
  /** Payload bytes of the page up to and with this message. */
  bytes: number;
}

const payloadBytes = "octet_length(data) + coalesce(octet_length(metadata), 0)";
/** Names count where there may be more of them than messages on a page. */
const lineBytes = `${payloadBytes} + octet_length(stream_name) + octet_length(type)`;

/** A statement for pages in ascending order of a key. */
export class Scan {
  readonly #key: "position" | "global_position";
  readonly #schema: string;
  readonly #values: SqlValue[] = [];
  readonly #conditions: string[] = [];
  /** The bound list of categories to merge, or the only one. */
  #categories: { merged: string } | { only: string } | undefined;
  /** How many bytes of lines the next page is likely to have. */
  #textBytes = 0;

  constructor(schema: string, key: "position" | "global_position") {
    this.#schema = schema;
    this.#key = key;
  }

  /** Adds a value; the first three are the page's own: lowest key, highest global position, rows. */
  bind(value: SqlValue): string {
    return `$${3 + this.#values.push(value)}`;
  }

  where(condition: string): void {
    this.#conditions.push(condition);
  }

  /** Adds what is asked for row by row. */
  filter(
    { correlation, consumerGroup, since, until }: Partial<MessageQuery>,
  ): void {
    if (correlation !== undefined) this.where(`correlation = ${this.bind(correlation)}`);
    // Without its Z, a time is a prefix of each later one in the same second: bytes order times. The
    // index of times has another expression, so that no page is looked for in it and then sorted.
    if (since !== undefined) this.where(`left(time, -1) >= ${this.bind(since.slice(0, -1))}`);
    if (until !== undefined) this.where(`left(time, -1) < ${this.bind(until.slice(0, -1))}`);
    if (consumerGroup !== undefined) this.where(this.#isMember(consumerGroup));
  }

  /** Sets the categories; none at all match nothing. */
  limitTo(choice: CategoryChoice | undefined): void {
    if (choice === undefined) return;
    const { names, areMerged } = choice;
    const [only] = names;
    if (only === undefined) this.where("false");
    else if (names.length === 1) this.#categories = { only: this.bind(only) };
    else if (areMerged) this.#categories = { merged: this.bind(names) };
    // An expression, so that no index is chosen whose rows would all have to be sorted first.
    else this.where(`category || '' = ANY(${this.bind(names)}::text[])`);
  }

  /** Whether many messages may lie between two of a page that are wanted. */
  get isFiltered(): boolean {
    return this.#conditions.length > 0;
  }

  /** Finds the last global position of a step of a read. */
  async stepEnd(database: Database, { from, to }: Run): Promise<number> {
    const [row] = await database.queryPage<{ end: number }>(
      `SELECT global_position AS end FROM ${this.#schema}.messages
       WHERE global_position >= $1 AND global_position <= $2
       ORDER BY global_position OFFSET $3 LIMIT 1`,
      [from, to, postgresStepMessages - 1],
    );
    return row?.end ?? to;
  }

  async messages(
    database: Database,
    { from, to }: Run,
    rowsMax: number,
  ): Promise<Page<Message[]>> {
    const rows = await database.queryPage<PageRow>(
      `${
        this.#inOneSnapshot(
          `SELECT ${MESSAGE_COLUMNS}, bytes FROM (${this.#sized(payloadBytes)}) AS sized
          WHERE bytes - (${payloadBytes}) < ${pageCharsMax}`,
        )
      } ORDER BY p.${this.#key === "position" ? "position" : '"globalPosition"'}`,
      [from, to, rowsMax, ...this.#values],
    );
    const [first] = rows;
    if (first === undefined) throw stateless();
    const messages = rows.filter(({ id }) => id !== null).map(messageOf);
    const last = messages.at(-1);
    const { generation, namespace, highest } = first;
    return {
      generation,
      namespace,
      highest,
      rows: messages,
      count: messages.length,
      last: (this.#key === "position" ? last?.position : last?.globalPosition) ?? 0,
      bytes: rows.at(-1)?.bytes ?? 0,
    };
  }

  async snapshot(database: Database): Promise<Snapshot> {
    return await this.messages(database, { from: 0, to: 0 }, 0);
  }

  /**
   * Reads a page as lines of an export, which Postgres puts together: only once it is known where the
   * page ends, since of the messages behind that not one payload is to be read. Each row says of which
   * generation it is: a join that said it once would have the lines sorted.
   */
  async lines(
    database: Database,
    { from, to }: Run,
    rowsMax: number,
    begun: Snapshot,
  ): Promise<Page<Uint8Array<ArrayBuffer>>> {
    const copied = await database.copyPage(
      `SELECT (SELECT generation FROM ${this.#schema}.state), ${this.#key}, ${RECORD_LINE}
       FROM (${this.#sized(lineBytes)}) AS sized
       WHERE bytes - (${lineBytes}) < ${pageCharsMax} ORDER BY ${this.#key}`,
      [from, to, rowsMax, ...this.#values],
      2,
      this.#textBytes,
    );
    const [generation, last = 0] = copied?.numbers ?? [];
    // That nothing has changed until later says that nothing had, where there is no row to say it.
    if (copied === undefined || generation !== begun.generation) {
      return {
        ...await this.snapshot(database),
        rows: new Uint8Array(),
        count: 0,
        last: 0,
        bytes: 0,
      };
    }
    const { text, count } = copied;
    // The next page is about as large.
    this.#textBytes = text.length + (text.length >> 3);
    return { ...begun, rows: text, count, last, bytes: text.length };
  }

  /**
   * The planner has to know that there is one row of state: a thousand pages seem worth compiling,
   * which takes longer than the page.
   */
  #inOneSnapshot(page: string): string {
    return `SELECT s.generation, s.namespace_number::bigint AS namespace,
        (SELECT coalesce(max(global_position), 0) FROM ${this.#schema}.messages) AS highest, p.*
      FROM (SELECT * FROM ${this.#schema}.state LIMIT 1) s LEFT JOIN LATERAL (${page}) p ON true`;
  }

  /** Rows with the sum of the sizes up to and with each, where a page is to end. */
  #sized(size: string): string {
    return `SELECT *, sum(${size}) OVER (ORDER BY ${this.#key} ROWS UNBOUNDED PRECEDING) AS bytes
      FROM (${this.#rows()}) AS rows`;
  }

  #rows(): string {
    if (this.#categories === undefined) {
      return this.#select("*", [`${this.#key} >= $1`, "global_position <= $2"], this.#key);
    }
    if ("only" in this.#categories) return this.#selectCategory("*", this.#categories.only);
    // One index range a category, merged by their keys alone: payloads are read only for the page.
    return `SELECT m.* FROM (
        SELECT k.global_position FROM unnest(${this.#categories.merged}::text[]) AS wanted
        CROSS JOIN LATERAL (${this.#selectCategory("global_position", "wanted")}) k
        ORDER BY 1 LIMIT $3
      ) page JOIN ${this.#schema}.messages m USING (global_position) ORDER BY m.global_position`;
  }

  /**
   * The condition is on both columns of the index at once, and so is the order. With `category = …`
   * the planner may prefer to go through all messages in the order of their primary key, which takes
   * forever where a category has ended long ago.
   */
  #selectCategory(columns: string, category: string): string {
    return this.#select(columns, [
      `(category, global_position) >= (${category}, $1)`,
      `(category, global_position) <= (${category}, $2)`,
    ], "category, global_position");
  }

  #select(columns: string, range: readonly string[], order: string): string {
    return `SELECT ${columns} FROM ${this.#schema}.messages
      WHERE ${[...range, ...this.#conditions].join(" AND ")} ORDER BY ${order} LIMIT $3`;
  }

  /** The rule of `isMemberOf`, as Message DB has it in SQL: what is filtered out stays there. */
  #isMember({ member, size }: ConsumerGroup): string {
    const cardinalId = "split_part(substr(stream_name, length(category) + 2), '+', 1)";
    return `${cardinalId} <> '' AND
      abs(('x' || left(md5(${cardinalId}), 16))::bit(64)::bigint % ${this.bind(size)}::bigint)
        = ${this.bind(member)}::bigint`;
  }
}

function messageOf(
  { id, stream, type, position, globalPosition, data, metadata, time }: Message,
): Message {
  return { id, stream, type, position, globalPosition, data, metadata, time };
}

function stateless(): Error {
  return new Error("A namespace has no state");
}
