/**
 * The listeners to commits. What a listener throws is its own defect: the messages are there, so neither their
 * writers nor the other listeners may fail.
 *
 * @module
 */

import type { Appended } from "./store.ts";
import type { OwnCommit } from "./write_queue.ts";

/** A listener, and which namespaces it needs to hear of when other processes commit; absent: all. */
interface Subscribed {
  listener: (appended: Appended) => void;
  wanted?: () => Iterable<string>;
}

/** Notifies a store's listeners of commits. */
export interface Announcer {
  /**
   * Adds a listener.
   *
   * @param wanted The namespaces that it needs to hear of; absent: all.
   * @returns A function that removes it; calling it again does nothing.
   */
  listen(listener: (appended: Appended) => void, wanted?: () => Iterable<string>): () => void;
  /** It never throws: what a listener throws goes to `reportError`. */
  notify(appended: Appended, own?: OwnCommit): void;
}

export class Listeners implements Announcer {
  readonly #subscribed = new Set<Subscribed>();

  get size(): number {
    return this.#subscribed.size;
  }

  listen(listener: (appended: Appended) => void, wanted?: () => Iterable<string>): () => void {
    const subscribed = { listener, wanted };
    this.#subscribed.add(subscribed);
    return () => {
      this.#subscribed.delete(subscribed);
    };
  }

  notify(appended: Appended): void {
    for (const { listener } of this.#subscribed) {
      try {
        listener(appended);
      } catch (error) {
        reportError(error);
      }
    }
  }

  /** The namespaces that some listener needs; `undefined` when one of them needs all. */
  get wanted(): Set<string> | undefined {
    const all = new Set<string>();
    for (const { wanted } of this.#subscribed) {
      if (wanted === undefined) return undefined;
      for (const id of wanted()) all.add(id);
    }
    return all;
  }
}
