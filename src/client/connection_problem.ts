/**
 * Why no HTTP response came: the platform's message, put into words that say what to do.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";

/**
 * What kept a connection from being made, as `details.reason` of a `CONNECTION_FAILED`:
 *
 * - `refused`, `unknown-host`, `unreachable`: no server responds, perhaps not yet;
 * - `certificate`: the server's certificate is not trusted;
 * - `proxy`: a proxy of the network does not let the connection through;
 * - `no-tls`: an `https:` address of something that does not speak TLS;
 * - `no-http`: what listens there does not speak HTTP, as a TLS server at an `http:` address.
 * - `unspecified`: a browser does not say.
 *
 * Absent where the connection had been made and broke off.
 */
export type ConnectionProblem =
  | "refused"
  | "unknown-host"
  | "unreachable"
  | "certificate"
  | "proxy"
  | "no-tls"
  | "no-http"
  | "unspecified";

/** The platforms' words: Deno's come from rustls and hyper, Node's from OpenSSL and its HTTP parser. */
const patterns: readonly (readonly [ConnectionProblem, RegExp])[] = [
  [
    "certificate",
    /peer certificate|self.signed certificate|certificate has expired|CERT_|altname|unable to (?:get (?:local )?issuer|verify the first)/i,
  ],
  [
    "no-tls",
    /corrupt message of type|wrong version number|packet length too long|ERR_SSL_(?:WRONG|PACKET)/i,
  ],
  ["proxy", /unsuccessful tunnel|proxy authentication required/i],
  [
    "no-http",
    /invalid HTTP version|HPE_INVALID|Parse Error: Expected HTTP|Response does not match/,
  ],
  ["refused", /connection refused|actively refused|ECONNREFUSED/i],
  ["unknown-host", /dns error|failed to lookup|ENOTFOUND|EAI_AGAIN/i],
  ["unspecified", /^(?:Failed to fetch|NetworkError when attempting to fetch|Load failed)/],
  ["unreachable", /\(Connect\)|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT/],
];

/**
 * Makes of what `fetch` threw an error of ours.
 *
 * @param error What was thrown.
 * @param action What was being done, such as `Cannot reach`.
 * @param url The server's address.
 * @returns `CONNECTION_FAILED`; whatever is not about the network comes back as it is.
 */
export function connectionError(error: unknown, action: string, url: string): unknown {
  // A missing permission is no matter of the network.
  if (!(error instanceof Error) || error.name === "NotCapable") return error;
  if (error instanceof EventoDBError) return error;
  const { messages, deepest } = chainOf(error);
  const reason = patterns.find(([, pattern]) => pattern.test(messages))?.[0];
  const said = reasonOf(deepest);
  return new EventoDBError(
    "CONNECTION_FAILED",
    `${action} ${url}: ${reason === undefined ? said : explain(reason, said, url)}`,
    { cause: error, details: reason === undefined ? { url } : { reason, url } },
  );
}

/**
 * Whether a failure means that no connection was made, so that the server has seen nothing.
 *
 * @param error What was thrown.
 * @returns The problem, or `undefined`.
 */
export function problemOf(error: unknown): ConnectionProblem | undefined {
  if (!(error instanceof EventoDBError) || error.code !== "CONNECTION_FAILED") return undefined;
  return error.details?.reason as ConnectionProblem | undefined;
}

/** What all of the errors beneath say: Deno before 2.9 has no cause, Node has several. */
function chainOf(error: Error): { messages: string; deepest: Error } {
  const texts: string[] = [];
  let deepest = error;
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; depth++) {
    texts.push(at.message, String((at as { code?: unknown }).code ?? ""));
    if (at.message !== "") deepest = at;
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return { messages: texts.join("\n"), deepest };
}

/** Only the last part is new to the reader: the others name the request and the layers of the platform. */
function reasonOf({ message }: Error): string {
  const line = message.replace(/\n.*$/s, "");
  return excerpt(line.replace(/^.*: /s, "").replace(/ \(os error \d+\)$/, ""));
}

function explain(problem: ConnectionProblem, said: string, url: string): string {
  switch (problem) {
    case "certificate":
      return `its TLS certificate is not trusted (${said}). Where your company has a certificate ` +
        "authority of its own, name its file by DENO_CERT=ca.pem, or set " +
        "DENO_TLS_CA_STORE=system for those that this system trusts (Node: NODE_EXTRA_CA_CERTS)";
    case "proxy":
      return `the proxy of this network does not let the connection through (${said})`;
    case "no-tls":
      return `what listens there does not speak TLS (${said}). ` +
        `Perhaps the address is ${url.replace(/^https:/, "http:")}`;
    case "no-http":
      return `what listens there does not speak HTTP (${said}). ` +
        `Perhaps the address is ${url.replace(/^http:/, "https:")}, or the port is another`;
    case "unspecified":
      return `${said}. A browser does not say why: perhaps nothing listens there, or the server's ` +
        `--cors-origin does not name ${(globalThis as { origin?: string }).origin}`;
    default:
      return said;
  }
}
