/**
 * As many events as somebody wants.
 *
 * @module
 */

import type { ImportRecord } from "../../src/record/import_record.ts";
import { packRecords } from "../../src/record/packed_records.ts";
import type { Store } from "../../src/store/store.ts";
import { uuidOf } from "./history.ts";

/** The time of the first one. */
const firstMs = Date.parse("2026-01-01T00:00:00Z");

const categories = ["order", "workflow", "payment", "customer", "shipment"];
const types = ["Created", "Updated", "Approved", "Closed"];

/** Events that are written at once. */
const batchMax = 2000;

/**
 * Replaces what a namespace holds by events at the global positions from 1 on, one a second from 2026-01-01T00:00:01Z
 * on, in turns of five categories and four types. They go straight into the store, written once and indexed last: by
 * way of lines and requests a million takes seven times as long.
 *
 * @param store The store.
 * @param namespace The namespace.
 * @param count How many.
 * @param payloadOf JSON text for some of them.
 */
export async function importManyEvents(
  store: Store,
  namespace: string,
  count: number,
  payloadOf: (position: number) => string | undefined = () => undefined,
): Promise<void> {
  await using unit = await store.beginImport(namespace, { force: true });
  for (let n = 1; n <= count;) {
    const records: ImportRecord[] = [];
    for (; n <= count && records.length < batchMax; n++) records.push(eventAt(n, payloadOf(n)));
    await unit.write(packRecords(records));
  }
  await unit.commit();
}

/** Each round of 100 events has a stream of its own in each category. */
function eventAt(n: number, data = `{"n":${n}}`): ImportRecord {
  return {
    id: uuidOf(n),
    stream: `${categories[n % 5]}-${Math.floor((n - 1) / 100)}`,
    type: types[n % 4]!,
    position: Math.floor((n - 1) % 100 / 5),
    globalPosition: n,
    data,
    metadata: null,
    time: new Date(firstMs + n * 1000).toISOString(),
    line: n,
  };
}
