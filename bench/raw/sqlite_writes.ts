/**
 * Writes one message a transaction in a loop, each of them durable.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { plainTable } from "../sqlite.ts";
import { readInput } from "../processes.ts";

const { file, seconds } = await readInput<{ file: string; seconds: number }>();
using database = new DatabaseSync(file);
database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${plainTable}`);
const insert = database.prepare(
  `INSERT INTO messages (id, stream, type, position, time, data, category)
   VALUES (?, ?, ?, ?, ?, ?, ?)`,
);
const data = JSON.stringify({ amount: 1, note: "x".repeat(120) });
const time = new Date().toISOString();
let writes = 0;
const start = performance.now();
while (performance.now() - start < seconds * 1_000) {
  insert.run(
    crypto.randomUUID(),
    `account-${writes % 1_000}`,
    "Deposited",
    Math.floor(writes / 1_000),
    time,
    data,
    "account",
  );
  writes++;
}
console.log(JSON.stringify({ writes, ms: performance.now() - start }));
