/**
 * The keys that are derived of a mask's secret: one a purpose and domain, so that a pseudonym of one domain
 * says nothing of another's.
 *
 * @module
 */

import { bytesOfCode, HmacSha256 } from "../crypto/hmac_sha256.ts";
import { checkMaskKey } from "./mask_key.ts";

/** Derives keys. */
export class MaskKeys {
  readonly #hmac: HmacSha256;

  constructor(secret: Uint8Array) {
    checkMaskKey(secret);
    // A secret of any length becomes a key of a block's.
    const empty = new HmacSha256(new TextEncoder().encode("eventodb mask 1"));
    this.#hmac = new HmacSha256(bytesOfCode(empty.ofBytes(secret)));
  }

  /**
   * Derives a key.
   *
   * @param purpose What it is for, such as `id`.
   * @param domain The domain; empty where there is none.
   * @returns 32 bytes.
   */
  derive(purpose: string, domain: string = ""): Uint8Array<ArrayBuffer> {
    return bytesOfCode(this.#hmac.ofText(`${purpose}\0${domain}`));
  }
}
