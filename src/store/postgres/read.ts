/**
 * Reads, a page at a time: a page is one statement, so it sees one moment of the namespace, and holds
 * a connection no longer than the database takes to answer.
 *
 * @module
 */

import type { ConsumerGroup } from "../../consumer_group.ts";
import { EventoDBError } from "../../errors.ts";
import { pageCharsMax, pageMessagesMax } from "../../limits.ts";
import { type Message, POSITION_MAX } from "../../message.ts";
import type { MessageQuery, StreamQuery } from "../store.ts";
import type { Database, SqlValue } from "./database.ts";
import { isMissing } from "./errors.ts";

/** The columns of a message, so that a row read is a {@linkcode Message}. */
export const MESSAGE_COLUMNS: string = "id, stream_name AS stream, type, position, " +
  'global_position AS "globalPosition", data, metadata, time';

/** More categories than this are found by looking at every message. */
const mergedCategoriesMax = 32;

/**
 * Reads messages by global position.
 *
 * @param database The database.
 * @param schema The namespace's schema.
 * @param query Which messages.
 * @returns Pages of at least one message.
 */
export function readMessages(
  database: Database,
  schema: string,
  query: MessageQuery,
): AsyncGenerator<Message[], void> {
  const scan = new Scan(schema, "global_position");
  const categories = query.categories &&
    [...new Set(query.categories)].filter((category) => !category.includes("-"));
  scan.filter(query);
  scan.limitTo(categories);
  return pages(database, scan, query.from, query.to ?? POSITION_MAX, query.limit);
}

/**
 * Reads a stream by position.
 *
 * @param database The database.
 * @param schema The namespace's schema.
 * @param stream The stream's name.
 * @param query Which messages.
 * @returns Pages of at least one message.
 */
export function readStream(
  database: Database,
  schema: string,
  stream: string,
  { from, fromGlobal, limit }: StreamQuery,
): AsyncGenerator<Message[], void> {
  const scan = new Scan(schema, "position");
  scan.where(`stream_name = ${scan.bind(stream)}`);
  if (fromGlobal !== undefined) {
    scan.where(`global_position >= ${scan.bind(clamp(fromGlobal))}`);
  }
  return pages(database, scan, from, POSITION_MAX, limit);
}

/** What comes with each row, and alone where there is no row. */
interface PageRow extends Message {
  /** `null` in the one row of an empty page. */
  id: string;
  generation: number;
  /** The namespace's number: another one of the same id has another. */
  namespace: number;
  /** The highest global position that there is; 0 for none. */
  highest: number;
  /** Payload bytes of the page up to and with this message. */
  bytes: number;
}

/** A statement for pages in ascending order of a key. */
class Scan {
  readonly key: "position" | "global_position";
  readonly #schema: string;
  readonly #values: SqlValue[] = [];
  readonly #conditions: string[] = [];
  /** The bound list of categories to merge, or the only one. */
  #categories: { merged: string } | { only: string } | undefined;

  constructor(schema: string, key: "position" | "global_position") {
    this.#schema = schema;
    this.key = key;
  }

  /** Adds a value; the first three are the page's own: lowest key, highest global position, rows. */
  bind(value: SqlValue): string {
    return `$${3 + this.#values.push(value)}`;
  }

  /** Adds a condition. */
  where(condition: string): void {
    this.#conditions.push(condition);
  }

  /** Adds what is asked for row by row. */
  filter({ correlation, consumerGroup, since, until }: MessageQuery): void {
    if (correlation !== undefined) this.where(`correlation = ${this.bind(correlation)}`);
    // Without its Z, a time is a prefix of each later one in the same second: bytes order times.
    if (since !== undefined) this.where(`rtrim(time, 'Z') >= ${this.bind(since.slice(0, -1))}`);
    if (until !== undefined) this.where(`rtrim(time, 'Z') < ${this.bind(until.slice(0, -1))}`);
    if (consumerGroup !== undefined) this.where(this.#isMember(consumerGroup));
  }

  /** Sets the categories; none at all match nothing. */
  limitTo(categories: readonly string[] | undefined): void {
    if (categories === undefined) return;
    const [only] = categories;
    if (only === undefined) this.where("false");
    else if (categories.length === 1) this.#categories = { only: this.bind(only) };
    else if (categories.length <= mergedCategoriesMax) {
      this.#categories = { merged: this.bind(categories) };
    } // An expression, so that no index is chosen whose rows would all have to be sorted first.
    else this.where(`category || '' = ANY(${this.bind(categories)}::text[])`);
  }

  /**
   * Runs the statement for one page. The planner has to be told that there is one row of state: a
   * thousand pages seem worth compiling, which takes longer than the page.
   */
  async page(database: Database, from: number, to: number, limit: number): Promise<PageRow[]> {
    const size = "octet_length(data) + coalesce(octet_length(metadata), 0)";
    return await database.queryPage<PageRow>(
      `SELECT s.generation, s.namespace_number AS namespace, p.*,
         (SELECT coalesce(max(global_position), 0) FROM ${this.#schema}.messages) AS highest
       FROM (SELECT * FROM ${this.#schema}.state LIMIT 1) s LEFT JOIN LATERAL (
         SELECT ${MESSAGE_COLUMNS}, bytes FROM (
           SELECT *, sum(${size}) OVER (ORDER BY ${this.key} ROWS UNBOUNDED PRECEDING) AS bytes
           FROM (${this.#rows()}) AS rows
         ) AS sized WHERE bytes - (${size}) < ${pageCharsMax}
       ) p ON true ORDER BY p.${this.key === "position" ? "position" : '"globalPosition"'}`,
      [from, to, limit, ...this.#values],
    );
  }

  #rows(): string {
    if (this.#categories === undefined) {
      return this.#select("*", [`${this.key} >= $1`, "global_position <= $2"], this.key);
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
   * for ever where a category has ended long ago.
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

async function* pages(
  database: Database,
  scan: Scan,
  from: number,
  to: number,
  limit: number,
): AsyncGenerator<Message[], void> {
  let next = clamp(from);
  let highest = clamp(to);
  let left = limit;
  let begun: PageRow | undefined;
  do {
    const rowsMax = Math.max(0, Math.min(left, pageMessagesMax));
    const rows = await scan.page(database, next, highest, rowsMax);
    const [first] = rows;
    if (first === undefined) throw new Error("A namespace has no state");
    begun ??= first;
    if (first.namespace !== begun.namespace) throw deleted();
    if (first.generation !== begun.generation) throw replaced();
    highest = Math.min(highest, first.highest);
    const messages = rows.filter(({ id }) => id !== null).map(messageOf);
    const last = messages.at(-1);
    if (last === undefined) return;
    yield messages;
    left -= messages.length;
    if (messages.length < rowsMax && (rows.at(-1)?.bytes ?? 0) < pageCharsMax) return;
    next = (scan.key === "position" ? last.position : last.globalPosition) + 1;
  } while (left > 0 && next <= POSITION_MAX);
}

function messageOf(
  { id, stream, type, position, globalPosition, data, metadata, time }: Message,
): Message {
  return { id, stream, type, position, globalPosition, data, metadata, time };
}

/** A position that a `bigint` can be. */
function clamp(position: number): number {
  return Math.min(Math.max(Math.ceil(position), 0), POSITION_MAX);
}

function deleted(): EventoDBError {
  return new EventoDBError("NAMESPACE_NOT_FOUND", "The namespace was deleted while it was read");
}

function replaced(): EventoDBError {
  return new EventoDBError(
    "BACKEND_ERROR",
    "The namespace's messages were replaced while they were read: read them again from the start",
  );
}

/**
 * Reads a stream's last message, or its last of a type.
 *
 * @param database The database.
 * @param schema The namespace's schema.
 * @param stream The stream's name.
 * @param type The type. Absent: any.
 * @returns The message, or `null` when there is none.
 */
export async function lastMessage(
  database: Database,
  schema: string,
  stream: string,
  type?: string,
): Promise<Message | null> {
  const [row] = await database.queryPage<Message>(
    `SELECT ${MESSAGE_COLUMNS} FROM ${schema}.messages
     WHERE stream_name = $1 AND ($2::text IS NULL OR type = $2) ORDER BY position DESC LIMIT 1`,
    [stream, type ?? null],
  );
  return row ?? null;
}

/**
 * Position of a stream's last message.
 *
 * @param database The database.
 * @param schema The namespace's schema.
 * @param stream The stream's name.
 * @returns The position, or `null` when it has none.
 */
export async function streamVersion(
  database: Database,
  schema: string,
  stream: string,
): Promise<number | null> {
  const [row] = await database.query<{ version: number | null }>(
    `SELECT max(position) AS version FROM ${schema}.messages WHERE stream_name = $1`,
    [stream],
  );
  return row?.version ?? null;
}

/**
 * The highest global position that a reader can see.
 *
 * @param database The database.
 * @param schema The namespace's schema.
 * @returns The position; 0 for none, also where there is no such namespace any more.
 */
export async function highestPosition(database: Database, schema: string): Promise<number> {
  try {
    const [row] = await database.query<{ highest: number | null }>(
      `SELECT max(global_position) AS highest FROM ${schema}.messages`,
    );
    return row?.highest ?? 0;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
