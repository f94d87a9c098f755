/**
 * Responses that are not an EventoDB server's: of proxies, of web servers, of a TLS port.
 *
 * @module
 */

import { foreignExcerptCharsMax } from "./limits.ts";
import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { withoutSecrets } from "./base_url.ts";

/**
 * Where a response came from.
 *
 * @returns Its URL without what may be secret; `the server` where there is none.
 */
export function addressOf({ url }: Response): string {
  return url === "" ? "the server" : withoutSecrets(url);
}

/**
 * The error of a response that is not EventoDB's: what came, and where that is known, what it means.
 *
 * @param text Its body, or the beginning of it.
 * @param cause Why it cannot be read.
 * @returns The error, to be thrown. `details.status` is the response's.
 */
export function foreignResponse(
  response: Response,
  text: string,
  cause?: unknown,
): EventoDBError {
  const { status, statusText, headers } = response;
  const location = headers.get("Location");
  const address = addressOf(response);
  const details = response.url === "" ? { status } : { status, url: address };
  if (location !== null && status >= 300 && status < 400) {
    return new EventoDBError(
      "UNEXPECTED_ANSWER",
      `Cannot use the response of ${address}: it redirects to ${
        excerpt(withoutSecrets(location))
      }. ` +
        "Use the address that it redirects to",
      { details },
    );
  }
  if (response.type === "opaqueredirect") {
    return new EventoDBError(
      "UNEXPECTED_ANSWER",
      "Cannot use the response: it redirects, and a browser does not say where to. " +
        "Use the address that it redirects to",
      { details },
    );
  }
  const beginning = text.slice(0, foreignExcerptCharsMax);
  const shown = beginning.trim() === ""
    ? "an empty body"
    : JSON.stringify(excerpt(beginning.replace(/\s+/g, " ").trim()));
  const type = headers.get("Content-Type") ?? "no content type";
  const meaning = meaningOf(status, type, beginning, address);
  return new EventoDBError(
    "UNEXPECTED_ANSWER",
    `Cannot use the response of ${address}: it is not one of an EventoDB server, but ` +
      `${`${status} ${statusText}`.trim()}, ${type}, ${shown}` +
      (meaning === undefined ? "" : `. ${meaning}`),
    { details, cause, status: status >= 400 ? status : undefined },
  );
}

/** What such a response means, where that is known. */
function meaningOf(
  status: number,
  type: string,
  text: string,
  address: string,
): string | undefined {
  if (/HTTP request (?:was )?(?:sent )?to (?:an )?HTTPS/i.test(text)) {
    return `That port speaks TLS: use ${
      address.replace(/^http:/, "https:").replace(/^(https?:\/\/[^/]*).*$/s, "$1")
    }`;
  }
  switch (status) {
    case 407:
      return "A proxy requires a user name and a password";
    case 413:
      return "Something in front of the server does not accept a body of this size (nginx: " +
        "client_max_body_size)";
    case 502:
    case 504:
      return "A proxy in front of the server cannot reach it: check that the server is running, and " +
        "the proxy's address of it";
    case 503:
      return "Something in front of the server says that it is unavailable";
  }
  if (/^text\/html\b/i.test(type)) {
    return status === 401 || status === 403
      ? "Something in front of the server requires a login"
      : "What is there is a web page: the address may be that of a proxy or of another server";
  }
  return undefined;
}
