/**
 * A stream of events → the same stream, masked.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { maskedLineBytesMax } from "./limits.ts";
import { WholeLines } from "../record/whole_lines.ts";
import { loadPolicy } from "./policy/load_policy.ts";
import { Masker } from "./masker.ts";
import type { MaskObserver } from "./observer.ts";
import type { MaskPolicy } from "./policy/policy.ts";

/** What {@linkcode maskEvents} may be given besides. */
export interface MaskEventsOptions {
  /**
   * Called with values that are replaced, kept or undecided. It gets them in the clear.
   *
   * @default {none}
   */
  observer?: MaskObserver;
}

/**
 * Masks events: replaces what a policy names, and the copy still behaves as production
 * did. Streams, positions, times and links stay, and the same person is the same pseudonym
 * everywhere. The same lines, policy and key give the same bytes.
 *
 * A stream that fails may have given masked lines before: throw them away, or mask the file once to see that
 * it can be masked.
 *
 * @param lines NDJSON, cut anywhere: an export, or a file of one.
 * @param policy The policy, as {@linkcode loadPolicy} reads it, or its text.
 * @param key The secret that pseudonyms are made with: 32 random bytes or more. With the same key, two masked
 * files have the same pseudonyms.
 * @param options An observer.
 * @returns The masked lines. The stream fails with an {@linkcode EventoDBError}: `INVALID_POLICY`,
 * `INVALID_MASK_KEY`, `LINE_TOO_LONG`, or `MASK_FAILED` at the first value that no rule names or that does not
 * fit its rule, with its line, type and path and without the value.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { maskEvents } from "@eventodb/cli";
 *
 * const lines = new Blob([
 *   '{"id":"1","stream":"order-1","type":"Ordered","pos":0,"gpos":1,' +
 *   '"data":{"email":"ada@example.com","amount":1.0},"meta":null,"time":"2026-11-30T12:00:00Z"}\n',
 * ]).stream();
 * const policy = `
 * version: 1
 * streams:
 *   order: keep
 * events:
 *   - types: [Ordered]
 *     data:
 *       $.email: redact
 *       $.amount: keep
 * `;
 * const key = crypto.getRandomValues(new Uint8Array(32));
 *
 * assertEquals(
 *   await new Response(maskEvents(lines, policy, key)).text(),
 *   '{"id":"1","stream":"order-1","type":"Ordered","pos":0,"gpos":1,' +
 *     '"data":{"email":"***","amount":1.0},"meta":null,"time":"2026-11-30T12:00:00Z"}\n',
 * );
 * ```
 */
export function maskEvents(
  lines: ReadableStream<Uint8Array>,
  policy: MaskPolicy | string,
  key: Uint8Array,
  options: MaskEventsOptions = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const whole = new WholeLines();
  let masker: Masker;
  const write = (
    bytes: Uint8Array<ArrayBuffer>,
    controller: TransformStreamDefaultController<Uint8Array<ArrayBuffer>>,
  ) => {
    if (bytes.length === 0) return;
    const masked = masker.mask(bytes);
    if (masked.bytes.length > 0) controller.enqueue(masked.bytes);
  };
  return lines.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
      async start() {
        const read = typeof policy === "string" ? await loadPolicy(policy, "policy") : policy;
        masker = new Masker(read, key, options.observer);
      },
      transform(chunk, controller) {
        // Who made the chunk may use its memory again while a line waits for its end.
        write(whole.take(chunk.slice()), controller);
        if (whole.begunBytes > maskedLineBytesMax) {
          const most = maskedLineBytesMax.toLocaleString("en-US");
          throw new EventoDBError("LINE_TOO_LONG", `Cannot mask a line of more than ${most} bytes`);
        }
      },
      flush(controller) {
        if (whole.begunBytes > 0) write(whole.rest(), controller);
        masker.end();
        masker[Symbol.dispose]();
      },
      cancel: () => masker[Symbol.dispose](),
    }),
  );
}
