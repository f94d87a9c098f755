// @ts-check
/// <reference lib="dom" />
/**
 * Copies texts, also where the page has no clipboard of its own: at any `http:` but that of this machine.
 *
 * @module
 */

import { announce } from "./announce.js";

/**
 * @param {string} text
 * @param {string} what What it is, to be announced, such as `Record`.
 * @returns {Promise<boolean>} Whether it was copied.
 */
export async function copy(text, what) {
  const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false) ||
    copySelected(text);
  announce(isCopied ? `${what} copied` : "The browser does not let the page copy");
  return isCopied;
}

/** @param {string} text */
function copySelected(text) {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "hidden";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
