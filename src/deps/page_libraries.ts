/**
 * `preact`, `preact/hooks` and `htm`, the libraries of the web page, as the text that a browser is sent. Only `src/page/files.ts` loads this, and
 * that only once a browser asks for the page.
 *
 * @module
 */

export { default as preact } from "npm:preact@11.2.0" with { type: "text" };
export { default as preactHooks } from "npm:preact@11.2.0/hooks" with { type: "text" };
export { default as htm } from "npm:htm@3.1.1" with { type: "text" };
