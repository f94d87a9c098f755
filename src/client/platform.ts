/**
 * What a platform's `fetch` does with bodies, as far as nothing but the platform's name shows it.
 *
 * @module
 */

const { navigator } = globalThis as { navigator?: { userAgent?: string } };
const userAgent = navigator?.userAgent ?? "";

/** Browsers all say Mozilla; Deno and Node say who they are, and Node 20 nothing. */
const isBrowser = /^Mozilla\//.test(userAgent);

/** Whether `fetch` sends streams, over every version of HTTP: that of browsers does not. */
export function sendsStreams(): boolean {
  return !isBrowser;
}

/**
 * Whether `fetch` itself may send a request again whose connection was closed before a response,
 * although the server may have done what it asks for. Browsers do so on connections that they keep.
 */
export function sendsAgain(): boolean {
  return isBrowser;
}

/**
 * A body that `fetch` sends once.
 *
 * @param body A text, or what is not a text.
 * @returns The same content. Deno before 2.9.6 sends a text again when the connection is closed before a
 * response, but not a `Blob`, which takes longer.
 */
export function sentOnce<Body>(body: string | Body): string | Blob | Body {
  return isOldDeno && typeof body === "string" ? new Blob([body]) : body;
}

const [major = NaN, minor = 0, patch = 0] =
  /^Deno\/(\d+)\.(\d+)\.(\d+)/.exec(userAgent)?.slice(1).map(Number) ?? [];
const isOldDeno = major < 2 || major === 2 && (minor < 9 || minor === 9 && patch < 6);
