/**
 * The namespace that a token opens.
 *
 * @module
 */

import { defaultNamespace, namespaceOfToken } from "../../auth/token.ts";

/**
 * Reads the namespace out of a token.
 *
 * @param token The token, if there is one.
 * @returns The namespace: `default` where there is none, as for a server in test mode.
 */
export function namespaceOf(token: string | undefined): string {
  return (token === undefined ? null : namespaceOfToken(token)) ?? defaultNamespace;
}
