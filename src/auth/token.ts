/**
 * Tokens: `ns_<base64url(namespace)>_<64 hex digits>`. The namespace stands in the token itself, so
 * that one look-up finds what it opens; only the token's SHA-256 is ever stored.
 *
 * @module
 */

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import { namespaceProblem } from "../names.ts";

// The base64url part may itself hold "_": the greedy group makes the last one the separator.
const tokenForm = /^ns_([A-Za-z0-9_-]+)_[0-9a-f]{64}$/;

/** Longest token: that of a namespace id of 255 bytes. */
const tokenCharsMax = 3 + Math.ceil(255 / 3) * 4 + 1 + 64;

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
  return `ns_${encode(namespace)}_${randomBytes(32).toString("hex")}`;
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
  const namespace = Buffer.from(encoded, "base64url").toString("utf8");
  // A second spelling of the same namespace (spare bits set, bytes that are not UTF-8) is no token.
  if (encode(namespace) !== encoded || namespaceProblem(namespace) !== null) return null;
  return namespace;
}

/**
 * What is stored of a token.
 *
 * @param token The token.
 * @returns Its SHA-256, 64 lower-case hex digits.
 */
export function hashToken(token: string): string {
  return createHash("sha256").update(token, "utf8").digest("hex");
}

/**
 * Compares a token with a stored hash, in a time that tells nothing about where they differ.
 *
 * @param token The token.
 * @param hash A SHA-256, 64 hex digits.
 * @returns Whether it is this token's.
 */
export function tokenMatches(token: string, hash: string): boolean {
  const own = Buffer.from(hashToken(token), "ascii");
  const stored = Buffer.from(hash, "ascii");
  return own.length === stored.length && timingSafeEqual(own, stored);
}

function encode(namespace: string): string {
  return Buffer.from(namespace, "utf8").toString("base64url");
}
