// @ts-check
/// <reference lib="dom" />
/**
 * Something that runs for a while, once somebody starts it, and can be cancelled.
 *
 * @module
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { isAbort } from "../api/problem.js";

/**
 * It ends with the component.
 *
 * @template P, T
 * @param {P} initial How far it is at the start.
 * @param {(signal: AbortSignal, onProgress: (progress: P) => void) => Promise<T>} run
 * @returns {{progress: P | null, result: T | null, error: unknown, start: () => Promise<void>, cancel: () => void}}
 * `progress`: `null` while it does not run; `error`: `null` for none, and where it was cancelled.
 */
export function useRun(initial, run) {
  const [progress, setProgress] = useState(/** @type {P | null} */ (null));
  const [{ result, error }, setEnd] = useState(
    /** @type {{result: T | null, error: unknown}} */ ({ result: null, error: null }),
  );
  const ending = useRef(new AbortController());
  const cancel = () => ending.current.abort();
  useEffect(() => cancel, []);
  const start = async () => {
    const { signal } = ending.current = new AbortController();
    setEnd({ result: null, error: null });
    setProgress(initial);
    try {
      setEnd({ result: await run(signal, setProgress), error: null });
    } catch (error) {
      setEnd({ result: null, error: isAbort(error) ? null : error });
    }
    setProgress(null);
  };
  return { progress, result, error, start, cancel };
}
