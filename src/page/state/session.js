// @ts-check
/// <reference lib="dom" />
/**
 * Whom the page calls for. Tokens stay in the tab's `sessionStorage`, one a namespace, and go only into the header
 * `Authorization`.
 *
 * @module
 */

import { namespaceIn, testToken } from "../text/token.js";
import { address } from "./address.js";
import { Value } from "./value.js";

/** The namespace of a server whose token is the administrator's. */
export const defaultNamespace = "default";

const storageKey = "eventodb.tokens";

/** Tokens by namespace. @type {Value<Readonly<Record<string, string>>>} */
export const tokens = new Value(readTokens());

/** What the server is; `null` until it has said so. @type {Value<ServerFacts | null>} */
export const facts = new Value(/** @type {ServerFacts | null} */ (null));

/**
 * @typedef {object} ServerFacts
 * @property {string} version
 * @property {readonly string[]} features What it can do beyond the Go server.
 * @property {boolean} isTestMode Whether it needs no token.
 */

/** @returns {Readonly<Record<string, string>>} */
function readTokens() {
  try {
    const stored = JSON.parse(globalThis.sessionStorage?.getItem(storageKey) ?? "{}");
    return byName(Object.entries(stored).filter(([name, token]) => namespaceIn(token) === name));
  } catch {
    // A browser that keeps nothing, or something else of this name: a token is asked for.
    return byName([]);
  }
}

/**
 * Namespaces may be named `constructor`, or `__proto__`.
 *
 * @template T
 * @param {readonly (readonly [string, T])[]} entries
 * @returns {Readonly<Record<string, T>>}
 */
function byName(entries) {
  return Object.setPrototypeOf(Object.fromEntries(entries), null);
}

/** @param {Readonly<Record<string, string>>} value */
function keep(value) {
  tokens.set(value);
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(value));
  } catch {
    // It lasts as long as the page, then.
  }
}

/**
 * @param {string} namespace
 * @param {string} token
 */
export function keepToken(namespace, token) {
  keep(byName([...Object.entries(tokens.current), [namespace, token]]));
  takeBack(namespace);
}

/** @param {string} namespace */
export function forgetToken(namespace) {
  keep(byName(Object.entries(tokens.current).filter(([name]) => name !== namespace)));
  takeBack(namespace);
}

/**
 * Why the server no longer takes the token of a namespace, by namespace.
 *
 * @type {Value<Readonly<Record<string, import("../api/problem.js").ServerError>>>}
 */
export const refusals = new Value(byName([]));

/**
 * @param {string} namespace
 * @param {import("../api/problem.js").ServerError} error
 */
export function refuse(namespace, error) {
  refusals.set(byName([...Object.entries(refusals.current), [namespace, error]]));
}

/**
 * Lets those who wait try again.
 *
 * @param {string} namespace
 */
export function takeBack(namespace) {
  if (refusals.current[namespace] === undefined) return;
  refusals.set(byName(Object.entries(refusals.current).filter(([name]) => name !== namespace)));
}

/** @returns {string} The namespace that is shown. */
export function currentNamespace() {
  return address.current.params.ns ?? Object.keys(tokens.current)[0] ?? defaultNamespace;
}

/**
 * @param {string} namespace
 * @returns {string | null | undefined} Its token; `null` where none is needed, `undefined` where it is not known.
 */
export function tokenOf(namespace) {
  const own = tokens.current[namespace];
  if (own !== undefined || !facts.current?.isTestMode) return own;
  // In test mode any well-formed token of a namespace will do.
  return namespace === defaultNamespace ? null : testToken(namespace);
}
