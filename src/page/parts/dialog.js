// @ts-check
/// <reference lib="dom" />
/**
 * A dialog: the browser's own, which keeps the focus inside and closes on Escape.
 *
 * @module
 */

import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../html.js";

/**
 * @param {{title: string, onClose: () => void, children?: unknown}} props
 */
export function Dialog({ title, onClose, children }) {
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId();
  // Before the effects of what is inside, which may move the focus to a field.
  useLayoutEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return html`
    <dialog ref=${ref} aria-labelledby=${id} onClose=${onClose}>
      <div class="dialog-head">
        <h2 id=${id}>${title}</h2>
        <button type="button" class="quiet" aria-label="Close" onClick=${() =>
          ref.current?.close()}>
            ✕
          </button>
      </div>
      <div class="dialog-body">${children}</div>
    </dialog>
  `;
}
