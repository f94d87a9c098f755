/**
 * The namespace that a command works on, in words.
 *
 * @module
 */

import { namespaceOf } from "./token_namespace.ts";

/**
 * Describes a namespace and its server for a message.
 *
 * @param connection The server's address and the token.
 * @param namespace The namespace; by default the one that the token opens.
 * @returns Such as `the namespace "default" of http://localhost:8080`. A password in the
 * address is left out.
 */
export function describeNamespace(
  { url, token }: { url: string; token?: string },
  namespace: string = namespaceOf(token),
): string {
  const shown = new URL(url);
  shown.username = shown.password = "";
  return `the namespace "${namespace}" of ${shown.href.replace(/[/]$/, "")}`;
}
