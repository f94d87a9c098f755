/**
 * `eventodb mask keygen`
 *
 * @module
 */

import type { Command } from "../cli/command.ts";
import { jsonOption } from "../cli/common_options.ts";
import { fileProblem } from "../cli/files/file_problem.ts";
import { isStandardOutput } from "../cli/files/output.ts";
import { CommandError, UsageError } from "../cli/problems.ts";
import { withResult } from "../cli/result.ts";
import { say } from "../cli/terminal/terminal.ts";
import { formatMaskKey, maskKeyFingerprint, newMaskKey } from "../mask/key/key_file.ts";
import { privateFileMode } from "../private_file.ts";

/** Makes a key for masking. */
export const maskKeygenCommand: Command = {
  name: "mask keygen",
  description: "Make a key for masking: 32 random bytes, in a file that only its owner may read. " +
    "The same key gives the same pseudonyms in every run. Keep it where the original events are " +
    "kept: whoever has it can find out whose pseudonym one is.",
  operands: [{ name: "FILE", help: "The file to create; an existing one is not replaced" }],
  options: [jsonOption],
  examples: [{ text: "A key for a team's slices", line: "eventodb mask keygen mask.key" }],
  async run(args) {
    const json = args.flag("json");
    const path = args.operand(0);
    if (isStandardOutput(path)) {
      throw new UsageError(
        `A key is not shown, so that it gets into no log: ${path} is not a file`,
        "Name a file, as in: eventodb mask keygen mask.key",
      );
    }
    await withResult({ json }, async () => {
      const key = newMaskKey();
      await writeNew(path, formatMaskKey(key));
      const fingerprint = maskKeyFingerprint(key);
      if (!json) say(`Made the key ${path}, fingerprint ${fingerprint}`);
      return { output: path, fingerprint };
    });
    return 0;
  },
};

/** Writes a file that was not there, so that no key is lost. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, text, { createNew: true, mode: privateFileMode });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new CommandError(`Cannot write ${path}: it already exists`, [
        "What was masked with a key can be matched only with that key. Choose another name",
      ]);
    }
    throw fileProblem(`Cannot write ${path}`, error);
  }
}
