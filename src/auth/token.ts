/**
 * Tokens: `ns_<base64url(namespace)>_<64 hex digits>`. The namespace stands in the token itself, so
 * that one look-up finds what it opens; only the token's SHA-256 is ever stored.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { tokenCharsMax, tokenSpellingsMax } from "./limits.ts";
import { namespaceProblem } from "../names.ts";

/** The namespace that is always there, whose token is the administrator's. */
export const defaultNamespace = "default";

// The base64url part may itself hold "_": the greedy group makes the last one the separator.
const tokenForm = /^ns_([A-Za-z0-9_-]+)_[0-9a-f]{64}$/;

/**
 * Namespaces by the way tokens spell them, which is no secret: each call brings one, and the buffers
 * to decode it take longer than the token's hash.
 */
const spellings = new Map<string, string>();

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
  return `ns_${encode(namespace)}_${crypto.getRandomValues(new Uint8Array(32)).toHex()}`;
}

/**
 * Reads the namespace out of a token.
 *
 * @param token Any text.
 * @returns The namespace's id, or `null` when the text is no token.
 */
export function namespaceOfToken(token: string): string | null {
  if (token.length > tokenCharsMax) return null;
  const encoded = tokenForm.exec(token)?.[1];
  if (encoded === undefined) return null;
  const known = spellings.get(encoded);
  if (known !== undefined) return known;
  const namespace = Buffer.from(encoded, "base64url").toString("utf8");
  // A second spelling of the same namespace (spare bits set, bytes that are not UTF-8) is no token.
  if (encode(namespace) !== encoded || namespaceProblem(namespace) !== null) return null;
  if (spellings.size >= tokenSpellingsMax) spellings.clear();
  spellings.set(encoded, namespace);
  return namespace;
}

function encode(namespace: string): string {
  return Buffer.from(namespace, "utf8").toString("base64url");
}
