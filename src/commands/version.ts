/**
 * `eventodb version`
 *
 * @module
 */

import { version } from "../version.ts";
import type { Command } from "../cli/command.ts";
import { print } from "../cli/terminal/terminal.ts";

/** Shows the version. */
export const versionCommand: Command = {
  name: "version",
  description: "Show the version.",
  options: [],
  examples: [],
  run() {
    print(`eventodb ${version}`);
    return Promise.resolve(0);
  },
};
