// @ts-check
/// <reference lib="dom" />
/**
 * The address holds what the page shows: `#/events?stream=workflow-123&at=47`. It stands behind `#`, so that no
 * server and no proxy sees what somebody looks for.
 *
 * @module
 */

import { tokenIn } from "../text/token.js";
import { Value } from "./value.js";

/**
 * @typedef {object} Address
 * @property {string} view Which view, such as `events`.
 * @property {Readonly<Record<string, string>>} params What it shows; never empty texts.
 */

/**
 * @param {string} hash Such as `#/events?at=47`.
 * @returns {Address}
 */
export function parseAddress(hash) {
  const [path = "", query = ""] = splitAt(hash.replace(/^#?\/?/, ""), "?");
  const params = Object.fromEntries(
    [...new URLSearchParams(query)].filter(([, value]) => belongs(value)),
  );
  return { view: path === "" ? "overview" : path, params };
}

/**
 * @param {string} view
 * @param {Readonly<Record<string, string | number | null | undefined>>} [params] Empty ones are left out.
 * @returns {string} Such as `#/events?at=47`, for a link.
 */
export function addressOf(view, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && belongs(value)) query.set(name, String(value));
  }
  const text = query.toString();
  return `#/${view}${text === "" ? "" : `?${text}`}`;
}

/**
 * An address is in histories and on screens: no token gets into one, wherever somebody has pasted it.
 *
 * @param {string | number} value
 */
function belongs(value) {
  return value !== "" && tokenIn(String(value)) === undefined;
}

/** Params that go along from view to view: which namespace, and in which zone times are shown. */
const kept = ["ns", "zone"];

/**
 * A link from here to another view.
 *
 * @param {string} view
 * @param {Readonly<Record<string, string | number | null | undefined>>} [params]
 * @returns {string}
 */
export function linkTo(view, params = {}) {
  const { params: now } = address.current;
  return addressOf(view, {
    ...Object.fromEntries(kept.map((name) => [name, now[name]])),
    ...params,
  });
}

/** What is shown. @type {Value<Address>} */
export const address = new Value(parseAddress(globalThis.location?.hash ?? ""));

/**
 * Goes to another view.
 *
 * @param {string} view
 * @param {Readonly<Record<string, string | number | null | undefined>>} [params]
 */
export function go(view, params) {
  setHash(linkTo(view, params), false);
}

/**
 * Changes some params of the address and keeps the others; `null` takes one away.
 *
 * @param {Readonly<Record<string, string | number | null>>} params
 * @param {{replace?: boolean}} [options] `replace`: "back" does not return to what was before.
 */
export function adjust(params, { replace = false } = {}) {
  const { view, params: now } = address.current;
  setHash(addressOf(view, { ...now, ...params }), replace);
}

/**
 * @param {string} hash
 * @param {boolean} replace
 */
function setHash(hash, replace) {
  if (hash === location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", hash);
  readAddress();
}

function readAddress() {
  address.set(parseAddress(location.hash));
}

/** Follows "back", "forward" and what is typed. */
export function followAddress() {
  // What was asked for behind `?` is nothing here; and a token, as the server's endpoints take it there, must go.
  if (location.search !== "" || tokenIn(location.hash) !== undefined) {
    const { view, params } = address.current;
    history.replaceState(null, "", location.pathname + addressOf(view, params));
  }
  addEventListener("popstate", readAddress);
  addEventListener("hashchange", readAddress);
}

/**
 * @param {string} text
 * @param {string} separator
 * @returns {string[]} What is before the first separator, and what is after it.
 */
function splitAt(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
