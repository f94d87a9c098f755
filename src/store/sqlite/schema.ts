/**
 * The tables of both kinds of file, and the check that a file is ours and of a version we know.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { writtenByNewer } from "../refusals.ts";
import type { Connection } from "./connection.ts";

export interface Schema {
  /** SQLite's `application_id`: distinguishes our files from those of other programs. */
  applicationId: number;
  /** SQLite's `user_version`: distinguishes this layout from later ones. */
  version: number;
  /** What it is, for messages. */
  name: string;
  statements: readonly string[];
}

/** The registry: which namespaces there are, and which files we have made. */
export const REGISTRY_SCHEMA: Schema = {
  applicationId: 0x45764452, // EvDR
  version: 1,
  name: "registry",
  statements: [
    // A file is noted here before it is made and until it is removed: at start, whatever is not
    // `live` is a leftover of a crash, and whatever is not noted is not ours.
    `CREATE TABLE files (
      name TEXT PRIMARY KEY,
      state TEXT NOT NULL CHECK (state IN ('building', 'live', 'garbage'))
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE namespaces (
      id TEXT PRIMARY KEY,
      token_hash TEXT NOT NULL,
      description TEXT NOT NULL,
      metadata TEXT,
      created_at TEXT NOT NULL,
      file TEXT NOT NULL UNIQUE REFERENCES files (name)
    ) STRICT, WITHOUT ROWID`,
  ],
};

/**
 * The secondary indexes of a namespace's file. An import into an empty one makes them last: filling
 * a table and then sorting its keys is two to three times as fast as keeping three trees in order.
 */
export const MESSAGE_INDEXES: readonly string[] = [
  "CREATE UNIQUE INDEX messages_id ON messages (id)",
  "CREATE UNIQUE INDEX messages_stream ON messages (stream, position)",
  // The row's key is the global position, and every index ends with the row's key.
  "CREATE INDEX messages_category ON messages (category)",
];

const NAMESPACE_TABLES: readonly string[] = [
  // The time has no `Z`: without it, byte order is the order of time ("…:00" < "…:00.5").
  // The payloads come last, since a filter on an earlier column need not read past them.
  `CREATE TABLE messages (
    global_position INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    stream TEXT NOT NULL,
    type TEXT NOT NULL,
    position INTEGER NOT NULL,
    time TEXT NOT NULL,
    correlation TEXT,
    data TEXT NOT NULL,
    metadata TEXT,
    category TEXT AS (substr(stream, 1, instr(stream || '-', '-') - 1)) VIRTUAL
  ) STRICT`,
  // Counters, so that no response about a namespace has to scan it.
  `CREATE TABLE categories (
    category TEXT PRIMARY KEY,
    streams INTEGER NOT NULL,
    messages INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  // For windows of time: the times of so many global positions in a row (read/time_blocks.ts).
  `CREATE TABLE time_blocks (
    block INTEGER PRIMARY KEY,
    earliest TEXT NOT NULL,
    latest TEXT NOT NULL
  ) STRICT`,
  // One row. high_water: the highest global position that there ever was.
  // chars_max: payload characters of the largest message, from which a page's size follows.
  `CREATE TABLE state (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    high_water INTEGER NOT NULL,
    streams INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    chars_max INTEGER NOT NULL
  ) STRICT`,
  "INSERT INTO state VALUES (1, 0, 0, 0, 0)",
];

export const NAMESPACE_SCHEMA: Schema = {
  applicationId: 0x4576444e, // EvDN
  version: 1,
  name: "namespace",
  statements: [...NAMESPACE_TABLES, ...MESSAGE_INDEXES],
};

/**
 * The index of links, in a file of its own beside the namespace's: it can be built again, imports never wait for it,
 * and it ends with the file that it is of.
 */
export const LINKS_SCHEMA: Schema = {
  applicationId: 0x4576444c, // EvDL
  version: 1,
  name: "index of links",
  statements: [
    // first: the lowest global position of an event with the link.
    `CREATE TABLE links (
      target TEXT NOT NULL,
      link INTEGER NOT NULL,
      stream TEXT NOT NULL,
      first INTEGER NOT NULL,
      PRIMARY KEY (target, link, stream)
    ) STRICT, WITHOUT ROWID`,
    // One row. last_id: the id of the message at up_to, so that an index beside a file that was restored from a
    // backup is found not to be of it.
    `CREATE TABLE state (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      up_to INTEGER NOT NULL,
      messages INTEGER NOT NULL,
      last_id TEXT NOT NULL,
      epoch INTEGER NOT NULL
    ) STRICT`,
    // Half of the numbers that there are would be too large for a JavaScript number.
    "INSERT INTO state VALUES (1, 0, 0, '', random() >> 11)",
  ],
};

/** A namespace without its secondary indexes, for an import to fill. */
export const UNINDEXED_NAMESPACE_SCHEMA: Schema = {
  ...NAMESPACE_SCHEMA,
  statements: NAMESPACE_TABLES,
};

/** Whether a file that is not empty holds the schema. Refused are another program's and a newer one. */
export function hasSchema(connection: Connection, schema: Schema): boolean {
  const { application_id: applicationId = 0 } =
    connection.get<{ application_id: number }>("PRAGMA application_id") ?? {};
  if (applicationId === schema.applicationId) {
    const { user_version: version = 0 } =
      connection.get<{ user_version: number }>("PRAGMA user_version") ?? {};
    if (version <= schema.version) return true;
    throw writtenByNewer(`The ${schema.name} "${connection.path}"`, version, schema.version);
  }
  const tables = connection.get<{ count: number }>("SELECT count(*) AS count FROM sqlite_schema");
  if (applicationId === 0 && tables?.count === 0) return false;
  throw new EventoDBError(
    "BACKEND_ERROR",
    `"${connection.path}" is a SQLite database, but not an EventoDB ${schema.name}: ` +
      "nothing was changed in it; choose another file",
  );
}

/** Makes the schema in an empty file, all of it or nothing. */
export function createSchema(connection: Connection, schema: Schema): void {
  connection.transaction(() => {
    for (const statement of schema.statements) connection.run(statement);
    connection.run(`PRAGMA application_id = ${schema.applicationId}`);
    connection.run(`PRAGMA user_version = ${schema.version}`);
  });
}
