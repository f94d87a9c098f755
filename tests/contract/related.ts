/**
 * What is related comes out the same from every backend, as brute force finds it.
 *
 * @module
 */

import fc from "fast-check";
import { EventoDBError } from "../../src/errors.ts";
import { formatRecords } from "../../src/record/format.ts";
import { exportEvents } from "../../src/transfer/events.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { anyHistory, anyRelated, relatedEvents } from "../support/related.ts";
import "../support/property.ts";
import { importAll, NS, type OpenStore, openWithNamespace } from "./support.ts";

/**
 * Registers the tests.
 *
 * @param open Opens a store.
 * @param backend What it is called.
 */
export function relatedContract(open: OpenStore, backend: string): void {
  Deno.test(`exportEvents() takes what is related as brute force does (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.array(anyRelated, { minLength: 4, maxLength: 8 }), async (
        events,
        slices,
      ) => {
        await importAll(store, events.map((event, i) => ({ ...event, line: i + 1 })), {
          force: true,
        });
        for (const slice of slices) {
          const text = () => new Response(exportEvents({ store, namespace: NS }, slice)).text();
          const expected = relatedEvents(events, slice);
          if (expected === undefined) await assertRejects(text, EventoDBError);
          else assertEquals(await text(), formatRecords(expected));
        }
      }),
      { numRuns: 8 },
    );
  });
}
