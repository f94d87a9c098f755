// @ts-check
/// <reference lib="dom" />
/**
 * A value that components can watch.
 *
 * @module
 */

import { useEffect, useState } from "preact/hooks";

/** @template T */
export class Value {
  /** @type {T} */
  #current;
  /** @type {Set<() => void>} */
  #listeners = new Set();

  /** @param {T} initial */
  constructor(initial) {
    this.#current = initial;
  }

  get current() {
    return this.#current;
  }

  /** @param {T} value */
  set(value) {
    if (Object.is(value, this.#current)) return;
    this.#current = value;
    for (const listener of [...this.#listeners]) listener();
  }

  /**
   * @param {() => void} listener Called after each change.
   * @returns {() => void} Ends it.
   */
  watch(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/**
 * The current value, in a component that is drawn again when it changes.
 *
 * @template T
 * @param {Value<T>} value
 * @returns {T}
 */
export function useValue(value) {
  const [, redraw] = useState({});
  useEffect(() => {
    // It may have changed since the component was drawn.
    redraw({});
    return value.watch(() => redraw({}));
  }, [value]);
  return value.current;
}
