/**
 * Options that several commands have. Nothing but data, so that the help has them without the commands.
 *
 * @module
 */

import type { Option } from "./command_shape.ts";

/** The option of every command that takes a token. */
export const tokenFileOption: Option = {
  name: "token-file",
  value: "FILE",
  help: "File with the token, instead of --token",
};

/** The option of commands that make a token. */
export const tokenOutputOption: Option = {
  name: "output",
  short: "o",
  value: "FILE",
  default: "standard output",
  help: "File to write the token to, readable by its owner only",
};

const group = "Server";

/** The options of every command that talks to a server. */
export const connectionOptions: readonly Option[] = [
  {
    group,
    name: "url",
    value: "URL",
    env: "EVENTODB_URL",
    help: "Address of the server, such as http://localhost:8080",
  },
  {
    group,
    name: "token",
    value: "TOKEN",
    env: "EVENTODB_TOKEN",
    help: "Token of the namespace; --token-file hides it from other users",
  },
  { group, ...tokenFileOption },
  {
    group,
    name: "retries",
    value: "N",
    default: "5; a server that has never responded is given up after 3 s",
    help: "Retries after a failure that may be temporary",
  },
];

/** Of commands that can end with a line for scripts. */
export const jsonOption: Option = {
  name: "json",
  help: "End with a line of JSON for scripts",
};

/** Of commands that report their progress. */
export const quietOption: Option = {
  name: "quiet",
  short: "q",
  help: "Print nothing but errors",
};
