/**
 * The namespace that a token opens, as the token says it; for browsers too.
 *
 * @module
 */

// The base64url part may itself hold "_": the greedy group makes the last one the separator.
const tokenForm = /^ns_([A-Za-z0-9_-]{1,340})_[0-9a-f]{64}$/;

/**
 * Reads the namespace out of a token.
 *
 * @param token The token; without one a server in test mode takes `default`.
 * @returns The namespace's id; `null` when the token does not say it.
 */
export function namespaceIn(token: string | undefined): string | null {
  if (token === undefined) return "default";
  const encoded = tokenForm.exec(token)?.[1];
  if (encoded === undefined) return null;
  try {
    const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
