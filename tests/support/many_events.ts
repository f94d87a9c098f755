/**
 * As many events as somebody wants, as NDJSON.
 *
 * @module
 */

import { uuidOf } from "./history.ts";

/** The time of the first one. */
const firstMs = Date.parse("2026-01-01T00:00:00Z");

const categories = ["order", "workflow", "payment", "customer", "shipment"];
const types = ["Created", "Updated", "Approved", "Closed"];

/**
 * The events at the global positions from 1 on, one a second from 2026-01-01T00:00:01Z on, in turns of five
 * categories and four types.
 *
 * @param count How many.
 * @param payloadOf JSON text for some of them.
 * @returns The lines.
 */
export function manyEvents(
  count: number,
  payloadOf: (position: number) => string | undefined = () => undefined,
): ReadableStream<Uint8Array> {
  let n = 0;
  return new ReadableStream<string>({
    pull(controller) {
      const lines: string[] = [];
      while (n < count && lines.length < 2000) {
        n++;
        const time = new Date(firstMs + n * 1000).toISOString();
        // Each round of 100 events has a stream of its own in each category.
        const stream = `${categories[n % 5]}-${Math.floor((n - 1) / 100)}`;
        const position = Math.floor((n - 1) % 100 / 5);
        lines.push(
          `{"id":"${uuidOf(n)}","stream":"${stream}","type":"${types[n % 4]}","pos":${position},` +
            `"gpos":${n},"data":${payloadOf(n) ?? `{"n":${n}}`},"meta":null,"time":"${time}"}\n`,
        );
      }
      if (lines.length > 0) controller.enqueue(lines.join(""));
      if (n === count) controller.close();
    },
  }).pipeThrough(new TextEncoderStream());
}
