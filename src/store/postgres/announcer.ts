/**
 * Notifies listeners of commits: of this server's at once, and sends notices of them to other servers; of those of
 * other servers by their notices, and by a look at the highest positions now and then.
 *
 * @module
 */

import { type Announcer, Listeners } from "../listeners.ts";
import type { Appended } from "../store.ts";
import type { Database } from "./connection/database.ts";
import { highestPositions } from "./each_namespace.ts";
import { schemaOf } from "./names.ts";
import { Follower } from "./notices/follower.ts";
import { Notifier } from "./notices/notifier.ts";
import type { Registry } from "./registry.ts";

export class PostgresAnnouncer implements Announcer, AsyncDisposable {
  readonly #database: Database;
  readonly #registry: Registry;
  readonly #notifier: Notifier;
  readonly #listeners = new Listeners();
  /** Hears of other servers' commits, while anybody here wants to. */
  #follower: Follower | undefined;
  #followersLeaving: Promise<void> = Promise.resolve();
  /** The highest global position that listeners have been notified of, by namespace. */
  #notified = new Map<string, number>();
  #looking: Promise<void> | undefined;
  #isClosed = false;

  constructor(database: Database, registry: Registry) {
    this.#database = database;
    this.#registry = registry;
    this.#notifier = new Notifier(database, database.server);
  }

  /** How many connections it has beside the database's. */
  get connections(): number {
    return this.#follower?.connections ?? 0;
  }

  listen(listener: (appended: Appended) => void, wanted?: () => Iterable<string>): () => void {
    const remove = this.#listeners.listen(listener, wanted);
    this.#follow();
    return () => {
      remove();
      if (this.#listeners.size === 0) this.#followNoMore();
    };
  }

  notify(appended: Appended): void {
    if (appended.kind === "written") {
      // An import and a deletion send their notices inside their transactions.
      this.#notifier.notify(appended.namespace, appended.messages, appended.previous);
    }
    this.#notify(appended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#followNoMore();
    await this.#followersLeaving;
    await Promise.all([this.#notifier.running, this.#looking]);
  }

  #notify(appended: Appended): void {
    const last = appended.kind === "written" ? appended.messages.at(-1)?.globalPosition : undefined;
    if (last !== undefined && this.#listeners.size > 0) {
      this.#notified.set(appended.namespace, last);
    }
    this.#listeners.notify(appended);
  }

  #follow(): void {
    if (this.#isClosed) return;
    this.#follower ??= new Follower(
      () => this.#database.connectApart(),
      this.#database.server,
      {
        committed: (appended) => this.#notify(appended),
        following: () => void this.#notifyAll(),
        look: () => {
          this.#looking ??= this.#look().finally(() => this.#looking = undefined);
        },
      },
    );
  }

  #followNoMore(): void {
    const leaving = this.#follower?.[Symbol.asyncDispose]();
    this.#follower = undefined;
    this.#followersLeaving = Promise.all([this.#followersLeaving, leaving]).then(() => {});
  }

  /** Asks every listener to look: what other servers have committed so far is unknown. */
  async #notifyAll(): Promise<void> {
    try {
      for (const namespace of await this.#wanted()) this.#notify({ namespace, kind: "unknown" });
    } catch {
      // The database is gone again; once it is back, everyone is asked to look again.
    }
  }

  /** Asks listeners to look into namespaces that hold more than they have been notified of. */
  async #look(): Promise<void> {
    const notified = this.#notified;
    // Only of those that are wanted now; what is notified meanwhile is compared the next time.
    this.#notified = new Map();
    try {
      const wanted = [...await this.#wanted()];
      const found = await highestPositions(this.#database, wanted.map(schemaOf));
      for (const [index, namespace] of wanted.entries()) {
        const highest = found[index]!;
        const meanwhile = this.#notified.get(namespace);
        if (meanwhile !== undefined && meanwhile >= highest) continue;
        this.#notified.set(namespace, highest);
        if ((meanwhile ?? notified.get(namespace)) !== highest) {
          this.#notify({ namespace, kind: "unknown" });
        }
      }
    } catch {
      // A namespace that is being deleted, or a database that is unavailable: the next look may succeed.
    }
  }

  async #wanted(): Promise<Set<string>> {
    return this.#listeners.wanted ??
      new Set((await this.#registry.list()).map(({ namespace }) => namespace));
  }
}
