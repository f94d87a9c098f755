/**
 * The address of a server, as it was given and as it is used.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";

/**
 * Reads the address of a server. Its path stays before those of the protocol: behind a proxy a server
 * may be at `https://example.com/events`.
 *
 * @param given The address.
 * @returns The address, without a slash at the end.
 * @throws {EventoDBError} `INVALID_REQUEST` when it is no `http:` or `https:` URL, or holds a user, a
 * password, a query or a fragment. No message repeats a password or a query.
 */
export function baseUrl(given: string | URL): string {
  const text = String(given);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw invalid(
      `Cannot use ${JSON.stringify(excerpt(withoutSecrets(text)))} as the address of a server: ` +
        "it must be a URL such as http://localhost:8080",
    );
  }
  const address = `${url.origin}${url.pathname}`;
  if (url.username !== "" || url.password !== "") {
    throw invalid(
      `Cannot use an address with a user name or a password in it: use ${
        excerpt(address)
      }, and give ` +
        "the token of the namespace separately",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw invalid(
      `Cannot use an address with a query or a fragment: use ${
        excerpt(address)
      }, and give the token ` +
        "of the namespace separately",
    );
  }
  let end = address.length;
  while (address[end - 1] === "/") end--;
  return address.slice(0, end);
}

/**
 * Takes out of a URL what may be a secret.
 *
 * @param url A URL, or what was given for one.
 * @returns It without user, password, query and fragment.
 */
export function withoutSecrets(url: string): string {
  const path = url.replace(/[?#].*$/s, "");
  const at = path.lastIndexOf("@");
  if (at < 0) return path;
  const start = path.indexOf("//");
  return `${start < 0 || start > at ? "" : path.slice(0, start + 2)}…@${path.slice(at + 1)}`;
}

function invalid(message: string): EventoDBError {
  return new EventoDBError("INVALID_REQUEST", message);
}
