/**
 * Notifies listeners of commits: of this process's own at once, and of those of other processes, of which Deno KV
 * gives no notice (`watch` does not cross processes), by looking at the namespaces' states now and then.
 *
 * @module
 */

import { ImportedPositions } from "../imported_positions.ts";
import { type Announcer, Listeners } from "../listeners.ts";
import type { Appended, NamespaceChange } from "../store.ts";
import type { OwnCommit } from "../write_queue.ts";
import type { Database } from "./database.ts";
import type { Layout } from "./head.ts";
import { layoutKey, stateKey, statesKey } from "./schema.ts";

/** What there is of a namespace, or was at the last look. */
interface Known {
  /** The versionstamp of its state; `null` when there is none. */
  state: string | null;
  layout: Layout | null;
}

export class KvAnnouncer implements Announcer, AsyncDisposable {
  readonly #database: Database;
  readonly #followMs: number | undefined;
  readonly #listeners = new Listeners();
  /** What listeners know of each namespace. */
  readonly #known = new Map<string, Known>();
  /** Namespaces whose import is about to commit: the import says itself when it is over. */
  readonly #committing = new Set<string>();
  /** How many imports and deletions of this process listeners have been notified of. */
  #changes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param followMs How often, in milliseconds; `undefined` where no other process can write. */
  constructor(database: Database, followMs: number | undefined) {
    this.#database = database;
    this.#followMs = followMs;
  }

  listen(listener: (appended: Appended) => void, wanted?: () => Iterable<string>): () => void {
    const remove = this.#listeners.listen(listener, wanted);
    this.#lookLater();
    return () => {
      remove();
      if (this.#listeners.size === 0) this.#known.clear();
    };
  }

  notify(appended: Appended, own?: OwnCommit): void {
    const { namespace, kind } = appended;
    const known = this.#known.get(namespace);
    // When another process has committed in between, the next look still has to find that.
    if (own !== undefined && known?.state === own.before) known.state = own.after;
    if (kind === "committing") this.#committing.add(namespace);
    else if (kind !== "written") {
      // The end of an import or a deletion of this process: the next look begins with what there is then.
      this.#committing.delete(namespace);
      this.#known.delete(namespace);
      this.#changes++;
    }
    this.#listeners.notify(appended);
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
        // Reads and writes report what is wrong with the database; the next look may succeed.
      }).finally(() => {
        this.#timer = undefined;
        if (this.#listeners.size > 0) this.#lookLater();
      });
    }, this.#followMs);
  }

  async #look(): Promise<void> {
    const changes = this.#changes;
    const found = await this.#readAll();
    // What was read before such a change and is compared after it would be notified twice.
    if (this.#isClosed || changes !== this.#changes) return;
    for (const [id, now] of found) {
      const known = this.#known.get(id);
      // A look may be overtaken by a commit of this process: versionstamps ascend.
      const isNews = known === undefined || known.state === null || now.state === null
        ? known?.state !== now.state
        : now.state > known.state;
      if (!isNews || this.#committing.has(id)) continue;
      this.#known.set(id, now);
      this.#listeners.notify({ namespace: id, ...changeOf(known?.layout, now.layout) });
    }
    for (const id of this.#known.keys()) if (!found.has(id)) this.#known.delete(id);
  }

  /** What there is of each namespace that some listener wants. */
  async #readAll(): Promise<Map<string, Known>> {
    const ids = [...await this.#wantedIds()];
    const entries = await this.#database.getMany<unknown[]>(
      ids.flatMap((id) => [stateKey(id), layoutKey(id)]),
    );
    return new Map(ids.map((id, index) => {
      const state = entries[2 * index]!;
      const layout = entries[2 * index + 1]!;
      return [id, { state: state.versionstamp, layout: layout.value as Layout | null }];
    }));
  }

  async #wantedIds(): Promise<Set<string>> {
    const { wanted } = this.#listeners;
    if (wanted !== undefined) return wanted;
    const ids = new Set<string>();
    for (const [id, { state }] of this.#known) if (state !== null) ids.add(id);
    for await (const page of this.#database.listAll(statesKey)) {
      for (const { key } of page) ids.add(key.at(-1) as string);
    }
    return ids;
  }
}

/** What another process has done to a namespace, as far as its layouts before and after show. */
function changeOf(before: Layout | null | undefined, now: Layout | null): NamespaceChange {
  // What was committed before the first look may have come after its listener's last read.
  if (before === undefined || before === null) return { kind: "unknown" };
  if (now?.namespace !== before.namespace) return { kind: "deleted" };
  if (now.generation !== before.generation) return { kind: "replaced" };
  const { imported: note } = now;
  const last = before.imported?.layer ?? 0;
  if (note === undefined || note.layer === last || note.before !== last) {
    return { kind: "unknown" };
  }
  const positions = new ImportedPositions();
  for (const [first, last] of note.runs) positions.add(first, last);
  return { kind: "imported", positions };
}
