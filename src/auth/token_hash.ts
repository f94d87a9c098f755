/**
 * What is stored of tokens, and how they are compared with it. Apart from the tokens themselves, since commands read
 * those and need no `node:crypto`, which takes long to load.
 *
 * @module
 */

// By name, `hash` would keep an old Deno from loading this, and from saying that it is too old.
import * as crypto from "node:crypto";

/**
 * What is stored of a token.
 *
 * @returns Its SHA-256, 64 lower-case hex digits.
 */
export function hashToken(token: string): string {
  return crypto.hash("sha256", token, "hex");
}

/**
 * Compares a token with a stored hash, in a time that tells nothing about where they differ.
 *
 * @param tokenHash A SHA-256, 64 hex digits.
 * @returns Whether it is this token's.
 */
export function tokenMatches(token: string, tokenHash: string): boolean {
  const own = hashToken(token);
  // As `timingSafeEqual` does, without the two buffers that it asks for, which cost more than the hash.
  let difference = own.length ^ tokenHash.length;
  for (let i = 0; i < own.length; i++) difference |= own.charCodeAt(i) ^ tokenHash.charCodeAt(i);
  return difference === 0;
}
