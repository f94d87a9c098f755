/**
 * Opens the masking of an export, which is loaded only where there is one.
 *
 * @module
 */

import type { Arguments } from "../arguments.ts";
import { UsageError } from "../problems.ts";
import type { Masking } from "./masking.ts";

/** The masking that `--mask` asks for; `undefined` where it is not given. */
export async function openMasking(args: Arguments): Promise<Masking | undefined> {
  const path = args.text("mask");
  if (path === undefined) {
    checkAlone(args);
    return undefined;
  }
  const { Masking } = await import("./masking.ts");
  return await Masking.open(args, path);
}

/** Options that mean nothing without `--mask`; a variable may be there for other commands. */
function checkAlone(args: Arguments): void {
  for (const name of ["mask-key-file", "report", "allow-residuals"]) {
    if (!args.isTyped(name)) continue;
    throw new UsageError(
      `--${name} is for masking, and there is no --mask`,
      "Give --mask FILE too",
    );
  }
}
