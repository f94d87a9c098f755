/**
 * Several ascending sequences of messages into one.
 *
 * @module
 */

import { pageMessagesMax } from "../../limits.ts";
import type { Message } from "../../message.ts";

/** A sequence of messages in ascending global position. */
export interface PageCursor {
  /** Reads the next page; an empty one at the end. */
  next(): Promise<Message[]>;
}

/** Where a sequence is. */
interface Head {
  cursor: PageCursor;
  page: Message[];
  at: number;
}

/**
 * Merges sequences by global position.
 *
 * @param cursors The sequences.
 * @returns All their messages, in pages.
 */
export async function* mergeAscending(cursors: readonly PageCursor[]): AsyncGenerator<Message[]> {
  const heads: Head[] = [];
  for (const cursor of cursors) {
    const page = await cursor.next();
    if (page.length > 0) heads.push({ cursor, page, at: 0 });
  }
  let merged: Message[] = [];
  for (;;) {
    const [first, second] = lowestTwo(heads);
    if (first === undefined) return;
    const end = second === undefined ? first.page.length : runEnd(first, positionOf(second));
    for (const message of first.page.slice(first.at, end)) merged.push(message);
    first.at = end;
    const empty = end === first.page.length;
    if (empty || merged.length >= pageMessagesMax) {
      yield merged;
      merged = [];
    }
    if (!empty) continue;
    // The old page is released before the next one comes.
    first.page = [];
    first.page = await first.cursor.next();
    first.at = 0;
    if (first.page.length === 0) heads.splice(heads.indexOf(first), 1);
  }
}

/** A run of the first sequence ends where the second one goes on. Equal positions come last. */
function runEnd({ page, at }: Head, limit: number): number {
  let end = at + 1;
  while (end < page.length && page[end]!.globalPosition < limit) end++;
  return end;
}

function lowestTwo(heads: readonly Head[]): [first?: Head, second?: Head] {
  let first: Head | undefined;
  let second: Head | undefined;
  for (const head of heads) {
    if (first === undefined || positionOf(head) < positionOf(first)) {
      second = first;
      first = head;
    } else if (second === undefined || positionOf(head) < positionOf(second)) {
      second = head;
    }
  }
  return [first, second];
}

/** A head stands before a message: pages that are read up are replaced, and the empty one is taken out. */
function positionOf({ page, at }: Head): number {
  return page[at]!.globalPosition;
}
