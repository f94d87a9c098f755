// @ts-check
/// <reference lib="dom" />
/**
 * Keys. Whoever is on the page names its own, `?` shows those that work now.
 *
 * @module
 */

import { useLayoutEffect } from "preact/hooks";
import { Value } from "./value.js";

/**
 * @typedef {object} KeyBinding
 * @property {string} key As in `KeyboardEvent.key`, such as `j` or `Escape`.
 * @property {string} text What it does, such as "Next event".
 * @property {(event: KeyboardEvent) => void} run
 * @property {boolean} [inFields] Whether it works while somebody types into a field, too.
 * @property {string} [within] It works only while the focus is inside of what this selector finds.
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
  // At once: a key may follow the one before within a frame.
  useLayoutEffect(() => {
    bindings.set([...bindings.current, ...own]);
    return () => bindings.set(bindings.current.filter((binding) => !own.includes(binding)));
  }, inputs);
}

/** Listens to the keyboard. */
export function followKeys() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    // An open dialog has the keyboard for itself.
    if (document.querySelector("dialog:modal") !== null) return;
    const isInside = (/** @type {string} */ selector) =>
      event.target instanceof Element && event.target.closest(selector) !== null;
    const isTyping = isInside("input, textarea, select, [contenteditable]");
    const binding = bindings.current.findLast(({ key, inFields, within }) =>
      key === event.key && (inFields || !isTyping) && (within === undefined || isInside(within))
    );
    // A button that has the focus is pressed by the space bar.
    const isPress = event.key === " " && event.target instanceof HTMLElement &&
      event.target.closest("button, summary") !== null;
    if (binding === undefined || isPress) return;
    event.preventDefault();
    binding.run(event);
  });
}
