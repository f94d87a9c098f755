/**
 * The command line, from its arguments to its exit status.
 *
 * @module
 */

import { findCommand, unknownCommand } from "../cli/find_command.ts";
import { commands } from "./registry.ts";
import { say } from "../cli/terminal/terminal.ts";

/**
 * Runs the command that the arguments name.
 *
 * @param args The arguments of the program.
 * @returns The exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    if (args.length === 0) {
      const { generalHelp } = await import("./help.ts");
      say(generalHelp(commands).split("\n"));
      return 2;
    }
    const found = findCommand(commands, args);
    if (found === undefined) {
      // The help of a group is not a command of its own.
      const { helpFor } = await import("./help.ts");
      const { print } = await import("../cli/terminal/terminal.ts");
      if (!isHelp(args[1])) throw unknownCommand(commands, args);
      print((await helpFor(commands, args.slice(0, 1))).split("\n"));
      return 0;
    }
    const command = await found.entry.load();
    const options = found.rest.includes("--")
      ? found.rest.slice(0, found.rest.indexOf("--"))
      : found.rest;
    if (options.some(isHelp)) {
      const { commandHelp } = await import("../cli/help_text.ts");
      const { print } = await import("../cli/terminal/terminal.ts");
      print(commandHelp(command).split("\n"));
      return 0;
    }
    const { parseArguments } = await import("../cli/arguments.ts");
    return await command.run(parseArguments(command, found.rest));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return 0;
    const { report } = await import("../cli/report.ts");
    return report(error);
  }
}

function isHelp(arg: string | undefined): boolean {
  return arg === "--help" || arg === "-help" || arg === "-h";
}
