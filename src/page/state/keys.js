// @ts-check
/// <reference lib="dom" />
/**
 * Keys. Whoever is on the page names its own, `?` shows those that work now.
 *
 * @module
 */

import { useEffect } from "preact/hooks";
import { Value } from "./value.js";

/**
 * @typedef {object} KeyBinding
 * @property {string} key As in `KeyboardEvent.key`, such as `j` or `Escape`.
 * @property {string} text What it does, such as "Next event".
 * @property {(event: KeyboardEvent) => void} run
 * @property {boolean} [inFields] Whether it works while somebody types into a field, too.
 */

/** What works now; the last one of a key wins. @type {Value<readonly KeyBinding[]>} */
export const bindings = new Value(/** @type {readonly KeyBinding[]} */ ([]));

/**
 * Binds keys as long as a component is shown.
 *
 * @param {readonly KeyBinding[]} own
 * @param {readonly unknown[]} inputs What they depend on.
 */
export function useKeys(own, inputs) {
  useEffect(() => {
    bindings.set([...bindings.current, ...own]);
    return () => bindings.set(bindings.current.filter((binding) => !own.includes(binding)));
  }, inputs);
}

/** Listens to the keyboard. */
export function followKeys() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = event.target instanceof HTMLElement &&
      event.target.closest("input, textarea, select, [contenteditable]") !== null;
    const binding = bindings.current.findLast(({ key, inFields }) =>
      key === event.key && (inFields || !isTyping)
    );
    if (binding === undefined) return;
    event.preventDefault();
    binding.run(event);
  });
}
