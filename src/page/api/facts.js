// @ts-check
/// <reference lib="dom" />
/**
 * What the server is: asked at the start, when it is back, and when somebody looks again after a while. It may have
 * been replaced by another version meanwhile, whose page is another one.
 *
 * @module
 */

import { facts } from "../state/session.js";
import { Value } from "../state/value.js";
import { isAbort, ServerError } from "./problem.js";
import { awaySince, read, request, textOf, untilBack } from "./server.js";

/** Whether the server has another page than this one. */
export const isOutdated = new Value(false);

/** For how long nobody need ask again, in milliseconds. */
const freshMs = 60_000;

let askedAt = 0;

/**
 * Asks the server.
 *
 * @param {AbortSignal} [signal]
 */
export async function askServer(signal) {
  askedAt = Date.now();
  const { version, features = [] } = await untilBack(
    async () => JSON.parse(await textOf(await request("version", { signal, token: null }))),
    signal,
  );
  const isTestMode = await read("sys.version", [], { signal, token: null }).then(
    () => true,
    (error) => {
      if (error instanceof ServerError && error.isAboutToken) return false;
      throw error;
    },
  );
  const now = { version, features, isTestMode };
  if (JSON.stringify(now) !== JSON.stringify(facts.current)) facts.set(now);
}

/** Asks again when there may be something new. */
export function followServer() {
  let wasAway = false;
  awaySince.watch(() => {
    if (awaySince.current === null && wasAway) askAgain();
    wasAway = awaySince.current !== null;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - askedAt > freshMs) askAgain();
  });
}

async function askAgain() {
  try {
    await askServer();
    // A server that no longer serves a page has a contract all the same.
    const text = await textOf(await request("ui", { token: null }));
    const own = document.querySelector("script[src]")?.getAttribute("src") ?? "";
    if (!text.includes(own)) isOutdated.set(true);
  } catch (error) {
    if (!isAbort(error) && !(error instanceof ServerError)) throw error;
  }
}
