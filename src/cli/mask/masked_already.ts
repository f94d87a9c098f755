/**
 * Files that are masked already. Twice masked, a person is two pseudonyms away, and equal under one key only by
 * chance.
 *
 * @module
 */

import type { ManifestMasking } from "../../slice/manifest/manifest.ts";
import { CommandError } from "../problems.ts";

/**
 * Refuses to mask what is masked already.
 *
 * @param name What is to be masked.
 * @param masking How it is masked, as its manifest says.
 * @throws {CommandError} It is.
 */
export function refuseMasked(name: string, masking: ManifestMasking | undefined): void {
  if (masking === undefined) return;
  throw new CommandError(`Cannot mask ${name}: its manifest says that it is masked already`, [
    "Mask the original. What was masked with the same key has the same pseudonyms",
  ]);
}
