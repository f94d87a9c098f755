/**
 * Notifies other servers of this one's writes, right after their commits and beside them.
 *
 * Never inside: a transaction that has called NOTIFY holds a lock of the whole cluster while it
 * commits, so that no two namespaces could commit together any more; with several of them that took
 * half of the write rate.
 *
 * @module
 */

import { postgresNoticeBytesMax } from "../limits.ts";
import type { AppendedMessage } from "../../store.ts";
import type { Queryable } from "../connection/session.ts";
import { CHANNEL, writeNotice } from "./notice.ts";

/** What is to be sent of one namespace. */
interface Pending {
  previous: number;
  /** All that was written from there on; absent when that is too much for a notice. */
  messages?: AppendedMessage[];
  bytes: number;
}

/** Sends notices: while some are under way, what comes waits and goes together. */
export class Notifier {
  readonly #database: Queryable;
  readonly #server: string;
  /** By namespace, at most one notice each. */
  #pending = new Map<string, Pending>();
  #running: Promise<void> | undefined;

  constructor(database: Queryable, server: string) {
    this.#database = database;
    this.#server = server;
  }

  /** Resolves once everything has been sent; `undefined` when it has. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** What cannot be sent is left to the other servers' own looks. */
  notify(namespace: string, messages: readonly AppendedMessage[], previous: number): void {
    const bytes = messages.reduce((sum, message) => sum + noticeBytesOf(message), 0);
    const before = this.#pending.get(namespace);
    if (before === undefined) {
      const isShort = bytes < postgresNoticeBytesMax;
      this.#pending.set(namespace, {
        previous,
        messages: isShort ? [...messages] : undefined,
        bytes,
      });
    } else {
      before.bytes += bytes;
      // With another server's commit in between, these are not all that was written.
      const follows = before.messages?.at(-1)?.globalPosition === previous;
      if (follows && before.bytes < postgresNoticeBytesMax) before.messages?.push(...messages);
      else before.messages = undefined;
    }
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#pending.size > 0) {
      const notices = [...this.#pending].map(([namespace, { messages, previous }]) =>
        writeNotice(this.#server, namespace, messages, previous)
      );
      this.#pending = new Map();
      try {
        await this.#database.query("SELECT pg_notify($1, n) FROM unnest($2::text[]) AS u (n)", [
          CHANNEL,
          notices,
        ]);
      } catch {
        // The messages are there, and other servers look for them now and then.
      }
    }
    this.#running = undefined;
  }
}

const encoder = new TextEncoder();

/** What a message takes in a notice; at least that. */
function noticeBytesOf({ stream, correlation }: AppendedMessage): number {
  return encoder.encode(JSON.stringify([stream, correlation])).length + 40;
}
