// @ts-check
/// <reference lib="dom" />
/**
 * Something that is loaded while a component is shown.
 *
 * @module
 */

import { useEffect, useState } from "preact/hooks";
import { isAbort } from "../api/problem.js";

/**
 * @template T
 * @typedef {{value?: T, error?: unknown, isLoading: boolean, reload: () => void}} Loaded
 */

/**
 * Loads something, and again when its inputs change; what was loaded before stays until then.
 *
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {readonly unknown[]} inputs
 * @returns {Loaded<T>}
 */
export function useLoad(load, inputs) {
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState(
    /** @type {Omit<Loaded<T>, "reload">} */ ({ isLoading: true }),
  );
  useEffect(() => {
    const ending = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    load(ending.signal).then(
      (value) => ending.signal.aborted || setState({ value, isLoading: false }),
      (error) => ending.signal.aborted || isAbort(error) || setState({ error, isLoading: false }),
    );
    return () => ending.abort();
  }, [...inputs, attempt]);
  return { ...state, reload: () => setAttempt((count) => count + 1) };
}
