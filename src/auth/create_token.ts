/**
 * New tokens. Only a token's SHA-256 is ever stored.
 *
 * @module
 */

import { encodeNamespace } from "../token.ts";

/**
 * Makes a token with 256 random bits.
 *
 * @param namespace The namespace that it opens.
 * @returns The token.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { createToken } from "@eventodb/cli/server";
 *
 * assert(createToken("default").startsWith("ns_ZGVmYXVsdA_"));
 * ```
 */
export function createToken(namespace: string): string {
  const secret = crypto.getRandomValues(new Uint8Array(32)).toHex();
  return `ns_${encodeNamespace(namespace)}_${secret}`;
}
