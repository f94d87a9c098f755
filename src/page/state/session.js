// @ts-check
/// <reference lib="dom" />
/**
 * Whom the page calls for. Tokens stay in the tab's `sessionStorage`, one a namespace, and go only into the header
 * `Authorization`.
 *
 * @module
 */

import { address } from "./address.js";
import { Value } from "./value.js";

/** The namespace of a server whose token is the administrator's. */
export const defaultNamespace = "default";

const storageKey = "eventodb.tokens";

/**
 * Tokens by namespace; `null` where the server, in test mode, needs none.
 *
 * @type {Value<Readonly<Record<string, string | null>>>}
 */
export const tokens = new Value(readTokens());

/** What the server is; `null` until it has said so. @type {Value<ServerFacts | null>} */
export const facts = new Value(/** @type {ServerFacts | null} */ (null));

/**
 * @typedef {object} ServerFacts
 * @property {string} version
 * @property {readonly string[]} features What it can do beyond the Go server.
 * @property {boolean} isTestMode Whether it needs no token.
 */

/** @returns {Readonly<Record<string, string | null>>} */
function readTokens() {
  try {
    const stored = JSON.parse(globalThis.sessionStorage?.getItem(storageKey) ?? "{}");
    return typeof stored === "object" && stored !== null ? stored : {};
  } catch {
    // A browser that keeps nothing, or something else of this name: a token is asked for.
    return {};
  }
}

/** @param {Readonly<Record<string, string | null>>} value */
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
 * @param {string | null} token
 */
export function keepToken(namespace, token) {
  keep({ ...tokens.current, [namespace]: token });
}

/** @param {string} namespace */
export function forgetToken(namespace) {
  const { [namespace]: _, ...others } = tokens.current;
  keep(others);
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

/**
 * Reads the namespace out of a token.
 *
 * @param {string} token
 * @returns {string | null} The namespace; `null` when this is no token.
 */
export function namespaceIn(token) {
  // The base64url part may itself hold "_": the last one separates.
  const encoded = /^ns_([A-Za-z0-9_-]{1,340})_[0-9a-f]{64}$/.exec(token)?.[1];
  if (encoded === undefined) return null;
  try {
    const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** @param {string} namespace */
function testToken(namespace) {
  const binary = String.fromCharCode(...new TextEncoder().encode(namespace));
  const encoded = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `ns_${encoded}_${"0".repeat(64)}`;
}
