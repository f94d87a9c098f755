/**
 * What takes several look-ups, as if of one snapshot.
 *
 * @module
 */

import { EventoDBError } from "../../../errors.ts";
import { namespaceNotFound } from "../../refusals.ts";
import type { Database } from "../database.ts";
import { type Head, type Layout, readHead } from "../head.ts";
import { layoutKey, versionKey } from "../schema.ts";
import { Attempts } from "../wait.ts";

/**
 * Does something that takes several look-ups as if of one snapshot: again, when the namespace's layers
 * have changed in between.
 *
 * @param work What to do with the head; `undefined` when something was not there.
 */
export async function inOneSnapshot<T>(
  database: Database,
  id: string,
  work: (head: Head) => Promise<T | undefined>,
): Promise<T> {
  const attempts = new Attempts("read", id);
  for (;;) {
    const head = await readHead(database, id);
    const result = await work(head);
    // Its versionstamp and not its value: counters move from layer to layer under the same layout.
    if ((await readLayout(database, id)).versionstamp === head.layout.versionstamp) {
      if (result === undefined) throw damaged(id);
      return result;
    }
    await attempts.next();
  }
}

/** Reads which layers a namespace has. @throws {EventoDBError} `NAMESPACE_NOT_FOUND`. */
export async function readLayout(database: Database, id: string): Promise<Deno.KvEntry<Layout>> {
  const entry = await database.get<Layout>(layoutKey(id));
  if (entry.versionstamp === null) throw namespaceNotFound(id);
  return entry;
}

/** The error of a namespace whose index names a message that is missing. */
export function damaged(id: string): EventoDBError {
  return new EventoDBError(
    "BACKEND_ERROR",
    `The namespace ${JSON.stringify(id)} is damaged: a message that an index names is not there. ` +
      "Restore the database from a backup",
  );
}

/**
 * The highest positions of streams.
 *
 * @returns Their versions, in the same order; `null` for a stream without messages.
 */
export async function versionsOf(
  database: Database,
  layers: readonly number[],
  streams: readonly string[],
): Promise<(number | null)[]> {
  const entries = await database.getMany<Deno.KvU64>(
    streams.flatMap((stream) => layers.map((layer) => versionKey(layer, stream))),
  );
  return streams.map((_, index) =>
    entries.slice(index * layers.length, (index + 1) * layers.length).reduce<number | null>(
      (highest, { value }) =>
        value === null ? highest : Math.max(highest ?? 0, Number(value.value)),
      null,
    )
  );
}
