/**
 * Which command a command line means.
 *
 * @module
 */

import { UsageError } from "./problems.ts";
import { nearest } from "../suggest.ts";
import type { CommandEntry } from "./command.ts";

/** A command, and what follows its name. */
export interface FoundCommand {
  /** The command. */
  entry: CommandEntry;
  /** The rest of the command line. */
  rest: readonly string[];
}

/** What stands for a command in the spelling of other programs. */
const otherSpellings: Readonly<Record<string, string>> = {
  "--version": "version",
  "-version": "version",
  "-v": "version",
  "-V": "version",
  "--help": "help",
  "-help": "help",
  "-h": "help",
};

/**
 * Finds the command. Options without one mean `serve`, as they always have.
 *
 * @returns The command; `undefined` when there is none of that name.
 */
export function findCommand(
  commands: readonly CommandEntry[],
  args: readonly string[],
): FoundCommand | undefined {
  const [first = "", second] = args;
  const spelt = otherSpellings[first] ?? (first.startsWith("-") ? "" : first);
  if (spelt === "") return { entry: entryOf(commands, "serve")!, rest: args };
  const two = second === undefined ? undefined : entryOf(commands, `${spelt} ${second}`);
  if (two !== undefined) return { entry: two, rest: args.slice(2) };
  const one = entryOf(commands, spelt);
  return one === undefined ? undefined : { entry: one, rest: args.slice(1) };
}

/**
 * The error of a command that there is not.
 *
 * @returns The error, with the command that was meant, if that is known.
 */
export function unknownCommand(
  commands: readonly CommandEntry[],
  args: readonly string[],
): UsageError {
  const [first = "", second] = args;
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  const [example] = group;
  if (example !== undefined && (second === undefined || second.startsWith("-"))) {
    const words = group.map(({ name }) => name.slice(first.length + 1));
    return new UsageError(
      `${first} needs a subcommand`,
      `Choose one of ${words.join(", ")}, as in: eventodb ${example.name}`,
    );
  }
  // As in "help export import": the first word alone would be a command.
  const isKnown = second !== undefined && entryOf(commands, first) !== undefined;
  const typed = group.length > 0 || isKnown ? `${first} ${second}` : first;
  const names = commands.map(({ name }) => name);
  const meant = nearest(typed, [...names, "ns"]) ??
    (second === undefined ? undefined : nearest(`${first} ${second}`, names));
  return new UsageError(
    `Unknown command "${typed}"`,
    meant === undefined
      ? '"eventodb help" lists the commands'
      : `Did you mean "${meant}"? "eventodb help" lists the commands`,
  );
}

function entryOf(
  commands: readonly CommandEntry[],
  name: string,
): CommandEntry | undefined {
  return commands.find((entry) => entry.name === name);
}
