/**
 * The secret that pseudonyms are made with.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { maskKeyBytes } from "../limits.ts";

/**
 * Checks a key.
 *
 * @throws {EventoDBError} `INVALID_MASK_KEY`: it is too short, or the same byte again and again.
 */
export function checkMaskKey(key: Uint8Array): void {
  if (key.length < maskKeyBytes) {
    throw new EventoDBError(
      "INVALID_MASK_KEY",
      `The mask key is ${key.length} bytes long, at least ${maskKeyBytes} are needed`,
    );
  }
  if (key.every((byte) => byte === key[0])) {
    throw new EventoDBError("INVALID_MASK_KEY", "The mask key is one byte repeated");
  }
}
