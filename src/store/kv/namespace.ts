/**
 * A namespace in a database: its head, and reads of several look-ups as if of one snapshot.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { checkSameMessages, namespaceNotFound } from "../refusals.ts";
import type { Database } from "./database.ts";
import type { Head, Layout, Lease, State } from "./head.ts";
import { layoutKey, leaseKey, stateKey } from "./schema.ts";
import { untilDone } from "./wait.ts";

export class Namespace {
  readonly database: Database;
  readonly id: string;

  constructor(database: Database, id: string) {
    this.database = database;
    this.id = id;
  }

  /** @throws {EventoDBError} `NAMESPACE_NOT_FOUND`. */
  async head(): Promise<Head> {
    const [layout, state, lease] = await this.database.getMany<[Layout, State, Lease]>([
      layoutKey(this.id),
      stateKey(this.id),
      leaseKey(this.id),
    ]);
    if (!layout.versionstamp || !state.versionstamp) throw namespaceNotFound(this.id);
    return { layout, state, lease };
  }

  /**
   * Reads which layers it has.
   *
   * @param begun The messages that they have to be of still; absent for any.
   * @throws {EventoDBError} `NAMESPACE_NOT_FOUND`, or `BACKEND_ERROR` where they are of other messages.
   */
  async layout(begun?: Layout): Promise<Deno.KvEntry<Layout>> {
    const entry = await this.database.get<Layout>(layoutKey(this.id));
    if (entry.versionstamp === null) throw namespaceNotFound(this.id);
    if (begun !== undefined) checkSameMessages(this.id, begun, entry.value);
    return entry;
  }

  /**
   * Does something that takes several look-ups as if of one snapshot: again, when the layers have
   * changed in between.
   *
   * @param work What to do with the layers; `undefined` when something was not there.
   * @param begun As {@linkcode Namespace.layout}.
   */
  async inOneSnapshot<T>(
    work: (layers: readonly number[]) => Promise<T | undefined>,
    begun?: Layout,
  ): Promise<T> {
    return await untilDone("read", this.id, async () => {
      const layout = await this.layout(begun);
      const result = await work(layout.value.layers);
      // Its versionstamp and not its value: counters move from layer to layer under the same layout.
      if ((await this.layout()).versionstamp !== layout.versionstamp) return undefined;
      if (result === undefined) throw this.damaged();
      return result;
    });
  }

  /** The error of an index that names a message that is missing. */
  damaged(): EventoDBError {
    return new EventoDBError(
      "BACKEND_ERROR",
      `The namespace ${
        JSON.stringify(this.id)
      } is damaged: a message that an index names is not there. ` +
        "Restore the database from a backup",
    );
  }
}
