/**
 * Streams whose last events may have been left out: the server is asked what follows.
 *
 * @module
 */

import type { EventoDBClient } from "../../client/client.ts";
import { wholeStreamsAskedAtOnce, wholeStreamsAskedMax } from "../limits.ts";
import type { ManifestStream } from "../../slice/manifest/manifest.ts";

/**
 * Finds out whether streams without a hole from position 0 on are whole: no event up to a global position
 * follows. Of many streams, and where the server does not respond, that stays open.
 *
 * @param streams The streams, which are known.
 * @param upTo The highest global position that counts.
 * @param client The server.
 * @param signal Ends the asking.
 */
export async function judgeWhole(
  streams: ManifestStream[],
  upTo: number,
  client: EventoDBClient,
  signal?: AbortSignal,
): Promise<void> {
  if (streams.length > wholeStreamsAskedMax) return;
  const failed = new AbortController();
  const ended = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const rest = streams.values();
  const worker = async () => {
    for (const each of rest) {
      const options = { position: each.to + 1, batchSize: 1, raw: true, signal: ended } as const;
      const [next] = await client.streamGet(each.stream, options);
      each.whole = next === undefined || next.globalPosition > upTo;
    }
  };
  try {
    await Promise.all(Array.from({ length: wholeStreamsAskedAtOnce }, worker));
  } catch {
    // The events are there, and so is what was counted of them: the manifest is written all the same.
    failed.abort();
  }
}
