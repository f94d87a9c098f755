/**
 * SQLite by itself: the plain table that imports and writes are held against.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";

/**
 * The table with its indexes in place: the key on the global position, unique ids, unique positions
 * in a stream, and the category. What a loader of the database's own would fill.
 */
export const plainTable = `
  CREATE TABLE messages (
    global_position INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    stream TEXT NOT NULL,
    type TEXT NOT NULL,
    position INTEGER NOT NULL,
    time TEXT NOT NULL,
    correlation TEXT,
    data TEXT NOT NULL,
    metadata TEXT,
    category TEXT NOT NULL
  );
  CREATE UNIQUE INDEX messages_id ON messages (id);
  CREATE UNIQUE INDEX messages_stream ON messages (stream, position);
  CREATE INDEX messages_category ON messages (category);
`;

/**
 * Finds the file of the namespace `default` in a server's folder.
 *
 * @param dataDir The folder.
 * @returns The file's path.
 */
export function namespaceFile(dataDir: string): string {
  using registry = new DatabaseSync(`${dataDir}/eventodb.db`, { readOnly: true });
  const row = registry.prepare("SELECT file FROM namespaces WHERE id = 'default'").get();
  return `${dataDir}/${row?.file}`;
}
