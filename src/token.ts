/**
 * Tokens: `ns_<base64url(namespace)>_<64 hex digits>`. The namespace stands in the token itself, so
 * that one look-up finds what it opens.
 *
 * @module
 */

import { tokenCharsMax, tokenSpellingsMax } from "./limits.ts";
import { namespaceProblem } from "./names.ts";

/** The namespace that always exists, whose token is the administrator's; in test mode also without a token. */
export const defaultNamespace = "default";

// The base64url part may itself hold "_": the greedy group makes the last one the separator.
const tokenForm = /^ns_([A-Za-z0-9_-]+)_[0-9a-f]{64}$/;

/** Namespaces by their base64url in tokens, which is no secret: each call to a server brings one. */
const spellings = new Map<string, string>();

// A namespace may begin with a byte order mark.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Reads the namespace out of a token.
 *
 * @param token Any text.
 * @returns The namespace's id, or `null` when the text is not a token.
 */
export function namespaceOfToken(token: string): string | null {
  if (token.length > tokenCharsMax) return null;
  const encoded = tokenForm.exec(token)?.[1];
  if (encoded === undefined) return null;
  const known = spellings.get(encoded);
  if (known !== undefined) return known;
  const namespace = decode(encoded);
  // A second spelling of the same namespace (spare bits set, bytes that are not UTF-8) is not a token.
  if (encodeNamespace(namespace) !== encoded || namespaceProblem(namespace) !== null) return null;
  if (spellings.size >= tokenSpellingsMax) spellings.clear();
  spellings.set(encoded, namespace);
  return namespace;
}

/**
 * Writes a namespace as it stands in a token.
 *
 * @param namespace The namespace's id.
 * @returns Its UTF-8 in base64url, without padding.
 */
export function encodeNamespace(namespace: string): string {
  // Not by `toBase64`, which Node 20 lacks, as browsers of its time do.
  const binary = String.fromCharCode(...encoder.encode(namespace));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decode(encoded: string): string {
  let binary: string;
  try {
    binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return ""; // No base64 has that length.
  }
  return decoder.decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}
