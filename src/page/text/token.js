// @ts-check
/**
 * Tokens as text.
 *
 * @module
 */

/**
 * Finds a token in what somebody has copied: with `Bearer`, as a variable, in quotes.
 *
 * @param {string} text
 * @returns {string | undefined}
 */
export function tokenIn(text) {
  return /\bns_[A-Za-z0-9_-]{1,340}_[0-9a-f]{64}(?![0-9A-Za-z_-])/.exec(text)?.[0];
}

/**
 * Reads the namespace out of a token.
 *
 * @param {unknown} token
 * @returns {string | null} The namespace; `null` when this is not a token.
 */
export function namespaceIn(token) {
  if (typeof token !== "string" || tokenIn(token) !== token) return null;
  try {
    // The base64url part may itself hold "_": the last one separates.
    const encoded = token.slice("ns_".length, token.lastIndexOf("_"));
    const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * A token that a server in test mode takes.
 *
 * @param {string} namespace
 */
export function testToken(namespace) {
  const binary = String.fromCharCode(...new TextEncoder().encode(namespace));
  const encoded = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `ns_${encoded}_${"0".repeat(64)}`;
}
