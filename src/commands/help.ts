/**
 * `eventodb help`
 *
 * @module
 */

import type { Command, CommandEntry } from "../cli/command.ts";
import { findCommand, unknownCommand } from "../cli/find_command.ts";
import { exportOptions } from "../cli/transfer/export_options.ts";
import { importOptions } from "../cli/transfer/import_options.ts";
import { commandHelp, optionsHelp, overview } from "../cli/help_text.ts";
import { print } from "../cli/terminal/terminal.ts";

/** What the groups of commands are about. */
const groupIntros: Readonly<Record<string, string>> = {
  ns: "Namespaces: isolated stores, each with its own token.",
  mask: "Masking: pseudonyms instead of personal data, with the same streams, positions\n" +
    "and links.",
};

/** Explains a command, or lists them all. */
export const helpCommand = (commands: readonly CommandEntry[]): Command => ({
  name: "help",
  description: "Explain a command, or list them all.",
  operands: [
    { name: "COMMAND", help: "What to explain, such as export or ns create", optional: true },
    { name: "WORD", help: "The second word of the command", optional: true },
  ],
  options: [],
  examples: [{ text: "Explain the options of export", line: "eventodb help export" }],
  async run(args) {
    print((await helpFor(commands, args.operands)).split("\n"));
    return 0;
  },
});

/**
 * The help of a command or a group of commands.
 *
 * @param words Its words; none for everything.
 * @throws {UsageError} There is no such command.
 */
export async function helpFor(
  commands: readonly CommandEntry[],
  words: readonly string[],
): Promise<string> {
  if (words.length === 0) return generalHelp(commands);
  const found = findCommand(commands, words);
  if (found !== undefined && found.rest.length === 0) return commandHelp(await found.entry.load());
  const group = commands.filter(({ name }) => name.startsWith(`${words[0]} `));
  const [example] = group;
  if (words.length === 1 && example !== undefined) {
    return overview(group, groupIntros[words[0]!]!, [
      `Run "eventodb help ${example.name}" for the options and examples of one.`,
    ]);
  }
  throw unknownCommand(commands, words);
}

/** The help of everything. */
export function generalHelp(commands: readonly CommandEntry[]): string {
  return overview(
    commands,
    "EventoDB: take a slice of production's events, with every position exactly as it\n" +
      "was, and run your service against it on your own machine.",
    [
      'Run "eventodb help COMMAND" for the options and examples of one.',
      "Options without a command mean serve: eventodb --test-mode --port=6789.",
      "",
      "EVENTODB_URL and EVENTODB_TOKEN can be set instead of --url and --token.",
      "",
      "Exit status: 0 done, 1 failed, 2 wrong usage, 3 not compared, 130 interrupted.",
    ],
    [optionsHelp("Export options", exportOptions), optionsHelp("Import options", importOptions)],
  );
}
