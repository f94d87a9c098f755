/**
 * Reads of a namespace's messages.
 *
 * @module
 */

import { postgresLookNamespacesMax, searchedTimeMatchesMax, timeMatchesMax } from "../limits.ts";
import { type Message, POSITION_MAX } from "../../../message.ts";
import { chooseCategories } from "../../category_choice.ts";
import type { MessageQuery, StreamQuery } from "../../store.ts";
import type { Database } from "../connection/database.ts";
import { isMissing } from "../errors.ts";
import { schemaOf } from "../names.ts";
import { clamp, linePages, messagePages, type Range } from "./pages.ts";
import { MESSAGE_COLUMNS, Scan } from "./scan.ts";
import { findWindow } from "./time_window.ts";

/** Reads messages by global position. */
export function readMessages(
  database: Database,
  id: string,
  query: MessageQuery,
): AsyncGenerator<Message[], void> {
  return messagePages(database, () => messagesRange(database, id, query));
}

/** Reads the same as lines of an export. */
export function readLines(
  database: Database,
  id: string,
  query: MessageQuery,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  return linePages(database, () => messagesRange(database, id, query));
}

async function messagesRange(
  database: Database,
  id: string,
  query: MessageQuery,
): Promise<Range> {
  const schema = schemaOf(id);
  const scan = new Scan(schema, "global_position");
  scan.filter(query);
  scan.limitTo(chooseCategories(query));
  const { from, to, limit, goesOn } = query;
  // Who reads a bounded part at a time asks again each time.
  const matchesMax = goesOn === undefined ? timeMatchesMax : searchedTimeMatchesMax;
  const window = await findWindow(database, schema, query, matchesMax);
  return { id, scan, limit, goesOn, ...(window ?? { runs: [{ from, to: to ?? POSITION_MAX }] }) };
}

/** Reads a stream by position. */
export function readStream(
  database: Database,
  id: string,
  stream: string,
  { from, fromGlobal, limit }: StreamQuery,
): AsyncGenerator<Message[], void> {
  const scan = new Scan(schemaOf(id), "position");
  scan.where(`stream_name = ${scan.bind(stream)}`);
  if (fromGlobal !== undefined) {
    scan.where(`global_position >= ${scan.bind(clamp(fromGlobal))}`);
  }
  return messagePages(database, () => ({ id, scan, runs: [{ from, to: POSITION_MAX }], limit }));
}

/** Finds a message by its id. */
export async function findMessage(
  database: Database,
  schema: string,
  messageId: string,
): Promise<Message | null> {
  const [row] = await database.queryPage<Message>(
    `SELECT ${MESSAGE_COLUMNS} FROM ${schema}.messages WHERE id = $1`,
    [messageId],
  );
  return row ?? null;
}

/** Reads a stream's last message, or its last of a type. */
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

/** Position of a stream's last message. */
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
 * The highest global positions that a reader can see in some namespaces, in as few statements as can
 * be.
 *
 * @returns The position of each; 0 for none, also where there is no such namespace any more.
 */
export async function highestPositions(
  database: Database,
  schemas: readonly string[],
): Promise<number[]> {
  const highest: number[] = [];
  for (let start = 0; start < schemas.length; start += postgresLookNamespacesMax) {
    const some = schemas.slice(start, start + postgresLookNamespacesMax);
    highest.push(...await highestOfSome(database, some));
  }
  return highest;
}

async function highestOfSome(database: Database, schemas: readonly string[]): Promise<number[]> {
  const selects = schemas.map((schema, index) =>
    `SELECT ${index} AS index, coalesce(max(global_position), 0) AS highest FROM ${schema}.messages`
  );
  try {
    const rows = await database.query<{ index: number; highest: number }>(
      `${selects.join(" UNION ALL ")} ORDER BY index`,
    );
    return rows.map(({ highest }) => highest);
  } catch (error) {
    if (!isMissing(error)) throw error;
    if (schemas.length === 1) return [0];
  }
  // One of them is gone, and that is all that was said.
  const highest: number[] = [];
  for (const schema of schemas) highest.push(...await highestOfSome(database, [schema]));
  return highest;
}
