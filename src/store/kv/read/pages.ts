/**
 * Pages of messages. Deno KV gives one snapshot only within one look-up, so each page looks at the namespace's
 * layers before and after: when they have changed in between, it is read again.
 *
 * @module
 */

import { pageCharsMax, pageMessagesMax } from "../../../limits.ts";
import { scanMessagesMax } from "../../limits.ts";
import { kvReadFetchMax } from "../limits.ts";
import { type Message, payloadChars } from "../../../message.ts";
import type { MessageQuery } from "../../store.ts";
import type { Database } from "../database.ts";
import { malformed } from "../errors.ts";
import { type Head, isSameLayout, type Layout } from "../head.ts";
import type { Namespace } from "../namespace.ts";
import type { MessageHeader, StoredMessage } from "../message_value.ts";
import { Attempts } from "../wait.ts";
import { Cursor, type IndexEntry, type Range } from "./cursor.ts";
import { completeMessage, fetchStored } from "./fetch.ts";

/** Which messages a read is after. */
export interface Selection {
  ranges(layers: readonly number[]): Range[];
  /** Whether an entry is wanted, by what the index says of it. */
  filter?(entry: IndexEntry): boolean;
  headerFilter?(header: MessageHeader): boolean;
}

/** How many messages there have to be at least, in these layers. */
export interface Expected {
  layers: readonly number[];
  messages: number;
}

export async function* pages(
  namespace: Namespace,
  head: Head,
  selection: Selection,
  { from, to, limit, goesOn, expected }: {
    from: number;
    to: number;
    limit: number;
    goesOn?: MessageQuery["goesOn"];
    /** Given where all of them are looked at. */
    expected?: Expected;
  },
): AsyncGenerator<Message[], void> {
  const { database, id } = namespace;
  let layout = head.layout.value;
  let next = Math.max(Math.ceil(from), 0);
  let left = limit;
  const attempts = new Attempts("read", id);
  let looked = 0;
  let isCounted = expected !== undefined && expected.layers.join() === layout.layers.join();
  while (next <= to && left > 0) {
    const page = await readPage(database, layout, selection, next, to, left).catch((error) => {
      // Such as text that is not UTF-8.
      throw error instanceof TypeError ? malformed(database.name, error) : error;
    });
    const { value: now } = await namespace.layout(head.layout.value);
    if (!isSameLayout(now, layout)) {
      // A layer has come or gone: what was read may lack its messages.
      layout = now;
      isCounted = false;
      await attempts.next();
      continue;
    }
    if (page === undefined) throw namespace.damaged();
    attempts.reset();
    next = page.next;
    left -= page.messages.length;
    looked += page.looked;
    if (page.messages.length > 0) yield page.messages;
    if (next <= to && goesOn?.(next) === false) return;
  }
  // In a file that is damaged, a list may end early without a word.
  if (isCounted && expected !== undefined && looked < expected.messages) {
    throw malformed(database.name);
  }
}

/** A page, and the lowest position after it. */
interface Page {
  messages: Message[];
  /** How many entries were looked at below `next`. */
  looked: number;
  next: number;
}

/** Reads a page; `undefined` when a message is missing, since its layer is gone. */
async function readPage(
  database: Database,
  { layers }: Layout,
  selection: Selection,
  from: number,
  to: number,
  limit: number,
): Promise<Page | undefined> {
  const { ranges, filter, headerFilter } = selection;
  const wanted = Math.min(limit, pageMessagesMax);
  const isFiltered = filter !== undefined || headerFilter !== undefined;
  const cursor = new Cursor(database, ranges(layers), {
    from,
    to,
    wanted: isFiltered ? pageMessagesMax : wanted,
  });
  const messages: Message[] = [];
  let chars = 0;
  let looked = 0;
  let next = from;
  while (messages.length < wanted && chars < pageCharsMax && looked < scanMessagesMax) {
    const entries: IndexEntry[] = [];
    const some = Math.min(wanted - messages.length, kvReadFetchMax);
    const positions: number[] = [];
    let isEnd = false;
    let after = next;
    while (entries.length < some && looked < scanMessagesMax) {
      const entry = await cursor.next();
      if (entry === undefined) {
        isEnd = true;
        break;
      }
      looked++;
      positions.push(entry.at);
      after = entry.at + 1;
      const header = entry.stored ?? entry.header;
      if (filter?.(entry) === false) continue;
      if (header !== undefined && headerFilter?.(header) === false) continue;
      entries.push(entry);
    }
    const stored = await storedOf(database, entries);
    for (const [index, message] of stored.entries()) {
      const { layer, at } = entries[index]!;
      const complete = message && await completeMessage(database, layer, message);
      if (complete === undefined) return undefined;
      messages.push(complete);
      chars += payloadChars(complete);
      next = at + 1;
      if (chars >= pageCharsMax) {
        const unread = positions.filter((position) => position >= next).length;
        return { messages, looked: looked - unread, next };
      }
    }
    next = isEnd ? to + 1 : after;
    if (isEnd) break;
  }
  return { messages, looked, next };
}

async function storedOf(
  database: Database,
  entries: readonly IndexEntry[],
): Promise<(StoredMessage | undefined)[]> {
  const stored = entries.map((entry) => entry.stored);
  return stored.every((message) => message !== undefined)
    ? stored
    : await fetchStored(database, entries);
}
