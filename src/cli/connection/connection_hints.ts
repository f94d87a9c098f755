/**
 * What can be done about a server that cannot be reached, or about something else that responds.
 *
 * @module
 */

import { problemOf } from "../../client/connection_problem.ts";
import type { EventoDBError } from "../../errors.ts";
import { readEnv } from "../environment.ts";
import { sourceOf } from "../value_sources.ts";

/**
 * Hints for a connection that was not made, or broke off.
 *
 * @param error A `CONNECTION_FAILED`.
 */
export function connectionHints(error: EventoDBError): string[] {
  switch (problemOf(error)) {
    case "certificate":
    case "proxy":
      return proxyHints(error);
    case "no-tls":
    case "no-http":
      return [`Check the scheme and the port of ${sourceOf("url")}`, ...proxyHints(error)];
    case "unknown-host":
      return [`Check the host name in ${sourceOf("url")}`, ...proxyHints(error)];
    default:
      return [`Check ${sourceOf("url")}, and that the server is running`, ...proxyHints(error)];
  }
}

/**
 * Hints for a response that is not an EventoDB server's, or of a server that does not know the path.
 *
 * @param error An `UNEXPECTED_ANSWER` or `NOT_FOUND`.
 */
export function responseHints(error: EventoDBError): string[] {
  const url = urlOf(error);
  if (error.details?.status === 413) return proxyHints(error);
  const path = /^(.*)\/(?:rpc|import|export|version|subscribe)$/.exec(url?.pathname ?? "")?.[1];
  const isEndpoint = path !== undefined && /\/(?:rpc|import|export|version|subscribe)$/.test(path);
  const check = path === undefined || path === "" || isEndpoint
    ? `Check ${sourceOf("url")}: it must be the address of an EventoDB server, without /rpc`
    : `Check ${sourceOf("url")}: its path ${path} is put before those of the protocol (${
      url!.pathname
    }). Leave ` +
      "it out unless a proxy serves EventoDB below it";
  return [check, ...proxyHints(error)];
}

/** A proxy that the environment names is easily forgotten. */
function proxyHints(error: EventoDBError): string[] {
  const url = urlOf(error);
  if (url === undefined) return [];
  const names = url.protocol === "https:"
    ? ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    : ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
  const name = names.find((name) => readEnv(name) !== undefined);
  if (name === undefined || isExempt(url.hostname)) return [];
  return [
    `${name} is set: Deno sends requests to ${url.host} through the proxy ${readEnv(name)}. ` +
    `Set NO_PROXY=${url.hostname} to go without it`,
  ];
}

function isExempt(host: string): boolean {
  const list = readEnv("NO_PROXY") ?? readEnv("no_proxy") ?? "";
  return list.split(",").map((entry) => entry.trim().replace(/^\./, "")).some((entry) =>
    entry === "*" || (entry !== "" && (host === entry || host.endsWith(`.${entry}`)))
  );
}

function urlOf({ details }: EventoDBError): URL | undefined {
  const url = String(details?.url ?? "");
  return URL.canParse(url) ? new URL(url) : undefined;
}
