/**
 * Positions of consumers that are kept in the event store itself, in a category that an export does not
 * bring along by itself.
 *
 * @module
 */

import { positionCategoriesMax } from "../limits.ts";
import type { EventoDBClient } from "../../client/client.ts";

/**
 * Looks for consumers' positions beside categories that were exported. A `StreamPositionStore` keeps those
 * of `account` in streams of the category `account:position`.
 *
 * @param exported The categories that were exported.
 * @returns A note for each category of positions that was not exported.
 */
export async function positionNotes(
  client: EventoDBClient,
  exported: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const positions = exported.map((category) => `${category}:position`)
    .filter((category) => !exported.includes(category) && !category.startsWith(":"))
    .slice(0, positionCategoriesMax);
  const notes = await Promise.all(positions.map(async (category) => {
    try {
      for await (const some of client.categoryArriving(category, { batchSize: 1, signal })) {
        if (some.length > 0) return noteOf(category);
      }
    } catch {
      // The export itself is complete.
    }
  }));
  return notes.filter((note) => note !== undefined);
}

function noteOf(category: string): string {
  const of = category.replace(/:position$/, "");
  return `Note: consumers of "${of}" keep their positions in the category "${category}", which was ` +
    "not exported: export it too if they should continue here from their positions there";
}
