/**
 * The options of `eventodb import`. Nothing but data, so that the help has them without the command.
 *
 * @module
 */

import type { Option } from "../command_shape.ts";
import { connectionOptions, jsonOption, quietOption } from "../common_options.ts";

/** All of them, in the order of the help. */
export const importOptions: readonly Option[] = [
  ...connectionOptions,
  {
    name: "input",
    value: "FILE",
    repeated: true,
    default: "standard input",
    help: "File to import, the same as FILE without --input; compressed or not",
  },
  {
    name: "manifest",
    value: "FILE",
    default: "the name of the file with .manifest.json appended, if it exists",
    help: "The manifest that the input has to match",
  },
  { name: "no-manifest", help: "Import the input as it is, whatever its manifest says" },
  { name: "gzip", help: "Compress what is sent, if the server supports it" },
  {
    name: "existing",
    value: "skip",
    choices: ["skip"],
    help: "Skip events that are already there, instead of failing",
  },
  { name: "force", help: "Replace everything in the namespace with the file's events" },
  { name: "yes", help: "Do not ask before --force" },
  { name: "allow-empty", help: "Accept an input without any event" },
  quietOption,
  jsonOption,
];
