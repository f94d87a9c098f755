/**
 * Waiting that can be ended.
 *
 * @module
 */

/**
 * Waits for a time, or until a signal ends the waiting.
 *
 * @param ms How long, in milliseconds.
 * @param signal Ends the waiting.
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end);
  });
}
