/**
 * The secret that pseudonyms are made with, as it stands in a file: 64 hex digits, which is 32 bytes.
 * Text goes through password managers and environment files, where raw bytes do not.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHmac, randomBytes } from "node:crypto";
import { maskKeyBytes } from "../limits.ts";

/**
 * Makes a new key.
 *
 * @returns 32 random bytes.
 */
export function newMaskKey(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(maskKeyBytes));
}

/**
 * Writes a key as the text of a key file.
 *
 * @returns 64 hex digits and a line end.
 */
export function formatMaskKey(key: Uint8Array): string {
  return `${Buffer.from(key).toString("hex")}\n`;
}

/**
 * Reads the text of a key file.
 *
 * @param text The text; white space around it does not count.
 * @returns The key, or what is wrong with the text, without any of it.
 */
export function parseMaskKey(text: string): Uint8Array<ArrayBuffer> | string {
  const digits = text.trim();
  const wanted = 2 * maskKeyBytes;
  if (digits === "") return "it is empty";
  if (!/^[0-9a-fA-F]*$/.test(digits)) return `it must hold ${wanted} hex digits and nothing else`;
  if (digits.length !== wanted) {
    const problem = digits.length < wanted ? "short" : "long";
    return `it is too ${problem}: it must hold ${wanted} hex digits, and holds ${digits.length}`;
  }
  // Such as one of zeros, which somebody typed to try it.
  if (new Set(digits.toLowerCase()).size < 5) return "it is not random";
  return new Uint8Array(Buffer.from(digits, "hex"));
}

/**
 * What tells keys apart without giving them away.
 *
 * @returns 16 hex digits.
 */
export function maskKeyFingerprint(key: Uint8Array): string {
  return createHmac("sha256", key).update("eventodb mask key fingerprint").digest("hex")
    .slice(0, 16);
}
