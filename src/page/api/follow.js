// @ts-check
/// <reference lib="dom" />
/**
 * Follows what is written and imported, by `/subscribe`: not with `EventSource`, which would put the token into an
 * address.
 *
 * @module
 */

import { linesOf } from "./lines.js";
import { isAbort, ServerError } from "./problem.js";
import { request, untilBack } from "./server.js";

/** The server says something every 15 seconds. A connection on which nothing is heard for longer has died. */
const silenceMs = 40_000;

/** Between the end of a connection and the next one, in milliseconds. */
const againMs = 250;

/**
 * @typedef {object} Following
 * @property {{category?: string, stream?: string}} subject Everything, when it names neither.
 * @property {() => number} after The global position after which to go on.
 * @property {AbortSignal} signal Ends it.
 * @property {(globalPosition: number) => void} onPoke An event is there.
 * @property {(isConnected: boolean) => void} onConnection
 * @property {() => void} onHeartbeat
 */

/**
 * Follows until the signal ends it: when the connection ends, or dies without a word, another one goes on after what
 * was seen.
 *
 * @param {Following} following
 * @returns {Promise<void>}
 * @throws {ServerError} Where the server refuses it.
 */
export async function follow({ subject, after, signal, onPoke, onConnection, onHeartbeat }) {
  const { category, stream } = subject;
  const query = new URLSearchParams(
    stream !== undefined ? { stream } : category !== undefined ? { category } : { all: "true" },
  );
  while (!signal.aborted) {
    const silence = new AbortController();
    const either = AbortSignal.any([signal, silence.signal]);
    let heardAt = Date.now();
    const watch = setInterval(() => {
      // By the clock of the day: a machine that slept wakes up with dead connections.
      if (Date.now() - heardAt > silenceMs) silence.abort();
    }, 1000);
    try {
      const response = await untilBack(() => {
        heardAt = Date.now();
        const headers = { "Last-Event-ID": String(after()) };
        return request(`subscribe?${query}`, { signal: either, headers });
      }, signal);
      onConnection(true);
      for await (const line of linesOf(response)) {
        heardAt = Date.now();
        if (line.startsWith("id:")) onPoke(Number(line.slice(3)));
        else if (line.startsWith(":")) onHeartbeat();
      }
    } catch (error) {
      const isEnd = isAbort(error) || error instanceof ServerError && error.code === "NO_RESPONSE";
      if (!isEnd) throw error;
    } finally {
      clearInterval(watch);
    }
    if (signal.aborted) return;
    onConnection(false);
    await new Promise((resolve) => setTimeout(resolve, againMs));
  }
}
