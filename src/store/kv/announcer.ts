/**
 * Who is told of commits: of this process's own at once, and of those of others, which Deno KV tells
 * nobody about (`watch` does not cross processes), by looking at the namespaces' states now and then.
 *
 * @module
 */

import type { Appended } from "../store.ts";
import type { Database } from "./database.ts";
import { stateKey, statesKey } from "./keys.ts";

/** A namespace's state before and after a commit of this process. */
export interface OwnCommit {
  /** The versionstamp of the state that the commit was checked against. */
  before: string;
  /** The versionstamp of the state that it has set. */
  after: string;
}

/** Somebody who is told. */
interface Audience {
  listener: (appended: Appended) => void;
  wanted?: () => Iterable<string>;
}

/** Tells listeners of commits. Disposed of, it looks no more. */
export class Announcer implements AsyncDisposable {
  readonly #database: Database;
  readonly #followMs: number | undefined;
  readonly #audiences = new Set<Audience>();
  /** The versionstamp of each namespace's state that listeners know of; `null` for none. */
  readonly #known = new Map<string, string | null>();
  /** Namespaces whose import is about to commit: the import says itself when it is over. */
  readonly #committing = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  /**
   * @param database Where to look.
   * @param followMs How often, in milliseconds; `undefined` where no other process can write.
   */
  constructor(database: Database, followMs: number | undefined) {
    this.#database = database;
    this.#followMs = followMs;
  }

  /**
   * Adds a listener.
   *
   * @param listener Whom to tell.
   * @param wanted The namespaces that it needs to hear of; absent: all.
   * @returns A function that removes it.
   */
  listen(listener: (appended: Appended) => void, wanted?: () => Iterable<string>): () => void {
    const audience = { listener, wanted };
    this.#audiences.add(audience);
    this.#lookLater();
    return () => {
      this.#audiences.delete(audience);
      if (this.#audiences.size === 0) this.#known.clear();
    };
  }

  /**
   * Tells of a commit.
   *
   * @param appended What it has made visible.
   * @param own The state before and after it; a commit of which that is not said is found once more.
   */
  tell(appended: Appended, own?: OwnCommit): void {
    // When another process has committed in between, the next look still has to find that.
    if (own !== undefined && this.#known.get(appended.namespace) === own.before) {
      this.#known.set(appended.namespace, own.after);
    }
    if (appended.isCommitting) this.#committing.add(appended.namespace);
    else this.#committing.delete(appended.namespace);
    for (const { listener } of this.#audiences) listener(appended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #lookLater(): void {
    if (this.#followMs === undefined || this.#timer !== undefined || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().catch(() => {
        // Whoever reads or writes is told what is wrong with the database; the next look may do well.
      }).finally(() => {
        this.#timer = undefined;
        if (this.#audiences.size > 0) this.#lookLater();
      });
    }, this.#followMs);
  }

  async #look(): Promise<void> {
    const states = await this.#readStates();
    if (this.#isClosed) return;
    for (const [id, versionstamp] of states) {
      const known = this.#known.get(id);
      // What was committed before the first look may have come after its listener's last read. And a
      // look may be overtaken by a commit of this process: versionstamps ascend.
      const isNews = known === undefined || known === null || versionstamp === null
        ? known !== versionstamp
        : versionstamp > known;
      if (!isNews || this.#committing.has(id)) continue;
      this.#known.set(id, versionstamp);
      this.tell({ namespace: id });
    }
    for (const id of this.#known.keys()) if (!states.has(id)) this.#known.delete(id);
  }

  /** The versionstamps of the states that somebody wants to hear of, and of those that are gone. */
  async #readStates(): Promise<Map<string, string | null>> {
    const states = new Map<string, string | null>();
    const audiences = [...this.#audiences];
    if (audiences.every(({ wanted }) => wanted !== undefined)) {
      const ids = [...new Set(audiences.flatMap(({ wanted }) => [...wanted?.() ?? []]))];
      const entries = await this.#database.getMany(ids.map(stateKey));
      for (const [index, id] of ids.entries()) states.set(id, entries[index].versionstamp);
      return states;
    }
    for (const [id, versionstamp] of this.#known) if (versionstamp !== null) states.set(id, null);
    for await (const page of this.#database.listAll(statesKey)) {
      for (const { key, versionstamp } of page) states.set(key.at(-1) as string, versionstamp);
    }
    return states;
  }
}
