/**
 * Reads all messages of a namespace's file by pages of 1,000, in one process and with nothing
 * between; with `joined`, also puts each page together to the text of a `category.get`.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { Message } from "../../src/message.ts";
import { formatCategoryMessage } from "../../src/record/wire.ts";
import { readInput } from "../processes.ts";

const { file, joined, seconds = 0 } = await readInput<{
  file: string;
  joined: boolean;
  /** Starts over until so much time has passed. */
  seconds?: number;
}>();
using database = new DatabaseSync(file, { readOnly: true });
const page = database.prepare(
  `SELECT id, stream, type, position, global_position AS globalPosition, data, metadata,
     time || 'Z' AS time
   FROM messages WHERE global_position >= ? ORDER BY global_position LIMIT 1000`,
);
let events = 0;
let chars = 0;
const start = performance.now();
do {
  for (let next = 1;;) {
    const messages = page.all(next) as unknown as Message[];
    if (messages.length === 0) break;
    if (joined) chars += `[${messages.map(formatCategoryMessage).join(",")}]`.length;
    events += messages.length;
    next = messages[messages.length - 1]!.globalPosition + 1;
  }
} while (performance.now() - start < seconds * 1_000);
console.log(JSON.stringify({ events, chars, ms: performance.now() - start }));
