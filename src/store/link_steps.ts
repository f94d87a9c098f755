/**
 * Steps of the indexes of links that this process takes: those who want the same index wait for one step together.
 * Each by itself would hold a connection, or read the same messages once more for nothing.
 *
 * @module
 */

import type { LinkTableState } from "./link_table.ts";

/** The steps of a store that are on their way. */
export class LinkSteps {
  readonly #running = new Map<string, Promise<LinkTableState>>();

  /**
   * Takes a step, unless one is on its way.
   *
   * @param key The set of messages that the index is of.
   * @param step Takes it.
   * @returns How far the index has got.
   */
  take(key: string, step: () => Promise<LinkTableState>): Promise<LinkTableState> {
    let running = this.#running.get(key);
    if (running === undefined) {
      running = step().finally(() => this.#running.delete(key));
      this.#running.set(key, running);
    }
    return running;
  }
}
