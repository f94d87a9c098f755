/**
 * Waiting for something, but not forever.
 *
 * @module
 */

/**
 * Waits for a promise, for a time at most. `deadline` of `@std/async` keeps its timer and some 2 KB until the
 * time is over, also where the promise was faster: a server would hold that for each request of the last minute.
 *
 * @param promise What to wait for. When it fails after the time is over, the error is dropped.
 * @param ms How long, in milliseconds.
 * @returns What it resolves to; `undefined` when it takes longer.
 */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(ms, 0));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
