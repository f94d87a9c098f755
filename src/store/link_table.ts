/**
 * The index of links: which streams have events that link to a stream. It is a table of its own beside the
 * messages, which is filled only when it is read: it is brought up to the namespace's messages then, from
 * where it ended the last time. Imports and writes know nothing of it.
 *
 * @module
 */

import { linkIndexAttemptsMax } from "./limits.ts";
import { EventoDBError } from "../errors.ts";
import type { LinkPages } from "./event_index.ts";
import type { MessagesIdentity } from "./refusals.ts";

/** What a namespace holds, as of one snapshot. */
export interface LinkSnapshot {
  highest: number;
  messages: number;
}

/** How far a table has got. */
export interface LinkTableState {
  /** The highest global position that is in it. */
  upTo: number;
  /** How many messages have been looked at: all there are up to that position, or some have come later. */
  messages: number;
  /**
   * Another one each time that the table is emptied: what was read before that says nothing any more. 0 where there
   * is no table yet, as for a namespace without messages.
   */
  epoch: number;
}

/** The state of a table that is not there. */
export const noLinks: Readonly<LinkTableState> = { upTo: 0, messages: 0, epoch: 0 };

/** Thrown when a table is emptied while it is read. */
export class LinksCleared extends Error {
  override readonly name = "LinksCleared";
}

/** The links of a namespace, as a backend keeps them. Of a set of messages that is replaced they are lost. */
export interface LinkTable {
  /**
   * Which messages it is of, where a step is worth sharing: those who want the same table advanced wait for one step
   * together. Each by itself would hold a connection, or read the same messages again.
   */
  readonly begun?: MessagesIdentity;
  snapshot(): Promise<LinkSnapshot>;
  state(): Promise<LinkTableState>;
  /**
   * Takes some more messages in, durably or not at all. Others may do the same at the same time.
   *
   * @param to Highest global position to go to.
   * @returns How far the table has got now, perhaps with the help of others.
   */
  advance(to: number): Promise<LinkTableState>;
  clear(): Promise<void>;
  /**
   * Finds who links to some streams.
   *
   * @param to Highest global position of an event whose links count.
   * @param epoch That of the table when it was brought up to date.
   * @throws {LinksCleared} It has another epoch now.
   */
  linksTo(targets: readonly string[], to: number, epoch: number): LinkPages;
}

/** The steps of a store's tables that are under way, by the messages that the tables are of. */
export class LinkSteps {
  readonly #running = new Map<string, Promise<LinkTableState>>();

  advance(table: LinkTable, to: number): Promise<LinkTableState> {
    if (table.begun === undefined) return table.advance(to);
    const { namespace, generation } = table.begun;
    const key = `${namespace} ${generation}`;
    let running = this.#running.get(key);
    if (running === undefined) {
      running = table.advance(to).finally(() => this.#running.delete(key));
      this.#running.set(key, running);
    }
    return running;
  }
}

/** How a table is brought up to date. */
export interface CatchUpOptions {
  /** Ends it; what has been done stays. */
  signal?: AbortSignal;
  /** Called after each step, with how far it has got and how far there is to go. */
  onIndexed?: (upTo: number, highest: number) => void;
}

/**
 * Brings a table up to what the namespace holds now.
 *
 * Messages are only added to a namespace, unless all of them are replaced. So where a table has counted as many as
 * there are, it has seen them all; where it has not, an import has brought some below the position that it had got
 * to, and it is built again.
 *
 * @returns The table's epoch.
 */
export async function catchUp(
  table: LinkTable,
  steps: LinkSteps,
  { signal, onIndexed }: CatchUpOptions = {},
): Promise<number> {
  let mismatches = 0;
  for (let attempt = 0; attempt < linkIndexAttemptsMax; attempt++) {
    // In this order: what it has got to is there.
    let state = await table.state();
    const { highest, messages } = await table.snapshot();
    if (state.upTo > highest) {
      await table.clear();
      continue;
    }
    while (state.upTo < highest) {
      signal?.throwIfAborted();
      state = await steps.advance(table, highest);
      onIndexed?.(Math.min(state.upTo, highest), highest);
    }
    // Another server may have gone on to what was written since.
    if (state.upTo > highest) continue;
    if (state.messages === messages) return state.epoch;
    // An import may have come in between: what there is now shows it.
    if (++mismatches % 2 === 0) await table.clear();
  }
  throw indexUnstable();
}

/** The error of an index that others change faster than it is built. */
export function indexUnstable(): EventoDBError {
  return new EventoDBError(
    "BACKEND_ERROR",
    "Cannot build the index of links: imports bring older events faster than it is built. Try again later",
    { status: 503 },
  );
}
