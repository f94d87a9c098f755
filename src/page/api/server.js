// @ts-check
/// <reference lib="dom" />
/**
 * Calls to the server that the page came from.
 *
 * @module
 */

import { currentNamespace, refusals, refuse, tokenOf } from "../state/session.js";
import { Value } from "../state/value.js";
import { isAbort, ServerError } from "./problem.js";

/**
 * @typedef {object} CallOptions
 * @property {AbortSignal} [signal] Ends it.
 * @property {string} [namespace] Whose token goes along. Default: the namespace that is shown.
 * @property {string | null} [token] The token instead.
 */

/** Since when the server has not responded, in milliseconds since 1970; `null` while it does. */
export const awaySince = new Value(/** @type {number | null} */ (null));

/** How long to wait before the next try, in milliseconds, from the first to the longest. */
const retryMs = [250, 500, 1000, 2000, 4000];

/**
 * Calls a method.
 *
 * @param {string} method Such as `ns.categories`.
 * @param {readonly unknown[]} args
 * @param {CallOptions} [options]
 * @returns {Promise<any>} The result. Numbers beyond 2^53 lose digits: for payloads there is {@linkcode rpcText}.
 */
export async function rpc(method, args = [], options = {}) {
  return JSON.parse(await rpcText(method, args, options));
}

/**
 * Calls a method.
 *
 * @param {string} method
 * @param {readonly unknown[]} args
 * @param {CallOptions} [options]
 * @returns {Promise<string>} The JSON text of the result.
 */
export async function rpcText(method, args = [], options = {}) {
  const response = await request("rpc", { ...options, body: JSON.stringify([method, ...args]) });
  return await textOf(response);
}

/**
 * Calls a method that changes nothing; while the server is away, or refuses the token that it took before, it is
 * tried again, until it responds or the signal ends it. The page says meanwhile what it waits for.
 *
 * @param {string} method
 * @param {readonly unknown[]} args
 * @param {CallOptions} [options]
 * @returns {Promise<string>} The JSON text of the result.
 */
export function readText(method, args = [], options = {}) {
  return untilBack(() => rpcText(method, args, options), options.signal);
}

/**
 * The same, as values.
 *
 * @param {string} method
 * @param {readonly unknown[]} args
 * @param {CallOptions} [options]
 * @returns {Promise<any>}
 */
export async function read(method, args = [], options = {}) {
  return JSON.parse(await readText(method, args, options));
}

/**
 * Does something again until the server responds, and takes the token.
 *
 * @template T
 * @param {() => Promise<T>} attempt Something that may be done twice.
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function untilBack(attempt, signal) {
  for (let tries = 0;; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      const refused = error.refusedNamespace;
      if (refused !== undefined) {
        const isTaken = () => refusals.current[refused] === undefined;
        await until(isTaken, (look) => refusals.watch(look), signal);
      } else if (error.code === "NO_RESPONSE") {
        await pause(retryMs[Math.min(tries, retryMs.length - 1)] ?? 0, signal);
      } else throw error;
    }
  }
}

/** How many times all were to try at once. */
const callsToTry = new Value(0);

/** Lets all who wait for the server try at once. */
export function tryNow() {
  callsToTry.set(callsToTry.current + 1);
}

awaySince.watch(() => {
  if (awaySince.current === null) tryNow();
});

/**
 * Sends a request to the server.
 *
 * @param {string} path Such as `rpc` or `export?category=orders`, without a slash before it.
 * @param {CallOptions & {method?: string, body?: BodyInit, headers?: Record<string, string>}} [options] With a body
 * it is a `POST`.
 * @returns {Promise<Response>} A response with a status of success.
 * @throws {ServerError}
 */
export async function request(path, options = {}) {
  const { signal, namespace = currentNamespace(), body, method, headers = {} } = options;
  const token = options.token === undefined ? tokenOf(namespace) : options.token;
  let response;
  try {
    response = await fetch(new URL(path, document.baseURI), {
      method: method ?? (body === undefined ? "GET" : "POST"),
      body,
      signal,
      cache: "no-store",
      credentials: "omit",
      headers: typeof token === "string"
        ? { ...headers, Authorization: `Bearer ${token}` }
        : headers,
    });
  } catch (error) {
    throw errorOf(error, signal);
  }
  if (response.ok) {
    awaySince.set(null);
    return response;
  }
  const problem = problemOf(response.status, await textOf(response));
  if (problem.code !== "NO_RESPONSE") awaySince.set(null);
  const mayBeRefused = problem.isAboutToken || problem.code === "NAMESPACE_NOT_FOUND";
  if (mayBeRefused && options.token === undefined && token !== undefined) {
    if (await isRefused(namespace, token)) problem.refusedNamespace = namespace;
  }
  throw problem;
}

/**
 * Whether the server no longer takes a token for its own namespace: it was replaced, or the namespace deleted. Else
 * what was refused was only not allowed.
 *
 * @param {string} namespace
 * @param {string | null} token
 */
async function isRefused(namespace, token) {
  try {
    await rpcText("ns.info", [namespace], { token });
    return false;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    if (!error.isAboutToken && error.code !== "NAMESPACE_NOT_FOUND") return false;
    // Somebody may have given another one meanwhile.
    if (tokenOf(namespace) === token) refuse(namespace, error);
    return true;
  }
}

/**
 * Waits for something.
 *
 * @param {() => boolean} holds Whether it is so.
 * @param {(look: () => void) => () => void} watch Calls back when it may be so; returns what ends that.
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>} Rejects when the signal ends it.
 */
export function until(holds, watch, signal) {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (!signal?.aborted && !holds()) return;
      end();
      signal?.removeEventListener("abort", look);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    const end = watch(look);
    signal?.addEventListener("abort", look);
    look();
  });
}

/**
 * Reads a response to its end.
 *
 * @param {Response} response
 * @returns {Promise<string>}
 */
export async function textOf(response) {
  try {
    return await response.text();
  } catch (error) {
    throw errorOf(error);
  }
}

/**
 * What an error of `fetch`, or of a body, means.
 *
 * @param {unknown} error
 * @param {AbortSignal} [signal]
 * @returns {unknown}
 */
export function errorOf(error, signal) {
  return signal?.aborted || isAbort(error) ? error : noResponse();
}

function noResponse() {
  if (awaySince.current === null) awaySince.set(Date.now());
  return new ServerError("NO_RESPONSE", "The server does not respond");
}

/**
 * @param {number} status Of a response that is no success.
 * @param {string} text Its body.
 * @returns {ServerError}
 */
export function problemOf(status, text) {
  try {
    const { code, message, details } = JSON.parse(text).error;
    return new ServerError(String(code), String(message), { status, details });
  } catch {
    // A proxy's page, not the server's JSON. While the server restarts behind it, a proxy has these.
    if (status >= 502 && status <= 504) return noResponse();
    return new ServerError("FOREIGN_RESPONSE", `The response has the HTTP status ${status}`, {
      status,
    });
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>} Resolves then, or when all are to try at once.
 */
function pause(ms, signal) {
  const calls = callsToTry.current;
  let isOver = false;
  return until(() => isOver || callsToTry.current !== calls, (look) => {
    const timer = setTimeout(() => {
      isOver = true;
      look();
    }, ms);
    const unwatch = callsToTry.watch(look);
    return () => {
      clearTimeout(timer);
      unwatch();
    };
  }, signal);
}
