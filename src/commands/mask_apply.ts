/**
 * `eventodb mask apply`
 *
 * @module
 */

import { type Arguments, parseArguments } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { jsonOption, quietOption } from "../cli/common_options.ts";
import { maskOptions, maskOutputOptions } from "../cli/mask/mask_options.ts";
import { UsageError } from "../cli/problems.ts";
import { exportOptions } from "../cli/transfer/export_options.ts";

/** Options that an export has as well, under the same names. */
const shared = ["output", "gzip", "manifest", "no-manifest", "allow-empty"];

/** Masks a file of events. */
export const maskApplyCommand: Command = {
  name: "mask apply",
  description:
    "Mask a file of events by a policy: streams, positions, links and shapes stay, and what the policy " +
    "names is replaced. Nothing is written before all of it has been masked and searched for masked " +
    "values that also occur elsewhere.",
  operands: [{ name: "FILE", help: "The file, compressed or not; - for standard input" }],
  options: [
    ...maskOptions,
    ...exportOptions.filter(({ name }) => shared.includes(name)),
    ...maskOutputOptions,
    quietOption,
    jsonOption,
  ],
  examples: [
    {
      text: "A file for a colleague",
      line: "eventodb mask apply july.ndjson --policy policy.yaml --key-file mask.key \\\n" +
        "  --output july-masked.ndjson --report july-masked.json",
    },
  ],
  async run(args) {
    // The same as an export from the file: so it is the same bytes, and nothing is written twice.
    const { exportCommand } = await import("./export.ts");
    return await exportCommand.run(parseArguments(exportCommand, exportArguments(args)));
  },
};

/** The command line of the export that does the same. */
function exportArguments(args: Arguments): string[] {
  const policy = requiredPolicy(args, "mask apply");
  const given = [`--input=${args.operand(0)}`, "--all", `--mask=${policy}`];
  const key = args.text("key-file");
  if (key !== undefined) given.push(`--mask-key-file=${key}`);
  for (const name of ["output", "manifest", "report"]) {
    const value = args.text(name);
    if (value !== undefined) given.push(`--${name}=${value}`);
  }
  for (
    const name of ["gzip", "no-manifest", "allow-empty", "allow-residuals", "quiet", "json"]
  ) {
    if (args.flag(name)) given.push(`--${name}`);
  }
  return given;
}

/**
 * The policy that a command needs.
 *
 * @returns The path of the policy.
 * @throws {UsageError} There is none.
 */
export function requiredPolicy(args: Arguments, command: string): string {
  const policy = args.text("policy");
  if (policy !== undefined) return policy;
  throw new UsageError(
    `${command} needs --policy`,
    "eventodb mask discover FILE writes a draft policy",
  );
}
