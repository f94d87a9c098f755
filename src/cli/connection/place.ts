/**
 * The place that a command works on, in words.
 *
 * @module
 */

import { namespaceOf } from "./token_namespace.ts";

/**
 * Says which namespace of which server is meant.
 *
 * @param connection The server's address and the token.
 * @param namespace The namespace; by default the one that the token opens.
 * @returns Such as `the namespace "default" of http://localhost:8080`. No password that stands in the
 * address.
 */
export function placeOf(
  { url, token }: { url: string; token?: string },
  namespace: string = namespaceOf(token),
): string {
  const shown = new URL(url);
  shown.username = shown.password = "";
  return `the namespace "${namespace}" of ${shown.href.replace(/[/]$/, "")}`;
}
