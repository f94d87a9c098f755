/**
 * Registrations that were read shortly before, since every request needs one. What this server changes is
 * seen at once, what another one does to a registration a little later.
 *
 * @module
 */

import { registrationsKeptMax } from "./limits.ts";
import type { NamespaceRecord } from "./store.ts";

export class RegistrationCache {
  readonly #keptMs: number;
  readonly #kept = new Map<string, { record: NamespaceRecord; until: number }>();
  /** Counts what this server has changed: what was read before a change is not kept after it. */
  #changes = 0;

  /** @param keptMs How long one is kept, in milliseconds; 0 for not at all. */
  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  /** Finds a registration, or reads it; `null` when there is none. */
  async find(
    id: string,
    read: () => Promise<NamespaceRecord | undefined>,
  ): Promise<NamespaceRecord | null> {
    const kept = this.#kept.get(id);
    if (kept !== undefined && kept.until > performance.now()) return { ...kept.record };
    const changes = this.#changes;
    const record = await read();
    this.#kept.delete(id);
    if (record === undefined) return null;
    if (this.#keptMs > 0 && changes === this.#changes) {
      if (this.#kept.size >= registrationsKeptMax) this.#kept.clear();
      this.#kept.set(id, { record, until: performance.now() + this.#keptMs });
    }
    return { ...record };
  }

  /** Forgets what is known of a namespace, also what is just being read. */
  forget(id: string): void {
    this.#changes++;
    this.#kept.delete(id);
  }
}
