/**
 * `@noble/ciphers`: AES.
 *
 * @module
 */

import { unsafe } from "npm:@noble/ciphers@2.4.0/aes.js";

/** The round keys of an AES key, for {@linkcode aesEncrypt}. */
export const aesRoundKeys: (key: Uint8Array) => Uint32Array = unsafe.expandKeyLE;

/** Encrypts one block of four words, each with its bytes in little-endian order. */
export const aesEncrypt: (
  roundKeys: Uint32Array,
  s0: number,
  s1: number,
  s2: number,
  s3: number,
) => { s0: number; s1: number; s2: number; s3: number } = unsafe.encrypt;
