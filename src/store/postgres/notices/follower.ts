/**
 * Follows the commits of other servers on a connection of its own. When that is lost, it connects
 * again and has everyone look for what they have missed.
 *
 * @module
 */

import { within } from "../../../waiting.ts";
import type pg from "../../../deps/pg.ts";
import {
  postgresLookMs,
  postgresPingMs,
  postgresReconnectMs,
  postgresResponseMs,
} from "../limits.ts";
import type { Appended } from "../../store.ts";
import { CHANNEL, NoticeReader } from "./notice.ts";

export interface FollowerListener {
  /** Another server has committed. */
  committed(appended: Appended): void;
  /** From now on it hears of commits; of those before, it may have missed some. */
  following(): void;
  /** A server may have committed and ended before it could say so: look now and then. */
  look(): void;
}

export class Follower implements AsyncDisposable {
  readonly #connect: () => Promise<pg.Client>;
  readonly #server: string;
  readonly #listener: FollowerListener;
  readonly #running: Promise<void>;
  readonly #stopped = Promise.withResolvers<void>();
  #isStopped = false;
  #isConnected = false;

  constructor(connect: () => Promise<pg.Client>, server: string, listener: FollowerListener) {
    this.#connect = connect;
    this.#server = server;
    this.#listener = listener;
    this.#running = this.#run();
  }

  get connections(): number {
    return this.#isConnected ? 1 : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#stopped.resolve();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#follow(await this.#connect());
      } catch {
        // Reads and writes report what is wrong with the database.
      }
      if (!this.#isStopped) await within(this.#stopped.promise, postgresReconnectMs);
    }
  }

  /** Listens on a connection until that is lost, or there are no more listeners. */
  async #follow(client: pg.Client): Promise<void> {
    const lost = Promise.withResolvers<void>();
    const reader = new NoticeReader(this.#server);
    client.on("error", () => lost.resolve());
    client.on("end", () => lost.resolve());
    client.on("notification", ({ payload = "" }) => {
      const appended = reader.read(payload);
      if (appended !== undefined && !this.#isStopped) this.#listener.committed(appended);
    });
    // A connection that is dead without a word is only found by asking; and a pooler that hands out
    // another one for each transaction may have taken the channel away.
    const ping = setInterval(() => {
      ask(client, `SELECT FROM pg_listening_channels() AS c WHERE c = '${CHANNEL}'`)
        .then((rows) => rows === 0 && lost.resolve(), () => lost.resolve());
    }, postgresPingMs);
    const look = setInterval(() => !this.#isStopped && this.#listener.look(), postgresLookMs);
    try {
      await ask(client, `LISTEN ${CHANNEL}`);
      this.#isConnected = true;
      if (!this.#isStopped) this.#listener.following();
      await Promise.race([lost.promise, this.#stopped.promise]);
    } finally {
      this.#isConnected = false;
      clearInterval(ping);
      clearInterval(look);
      await client.end().catch(() => {});
    }
  }
}

/** Runs a statement; resolves to the number of its rows. */
async function ask(client: pg.Client, text: string): Promise<number> {
  const question = { text, query_timeout: Math.min(postgresPingMs, postgresResponseMs) };
  return (await client.query(question)).rows.length;
}
