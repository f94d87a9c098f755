/**
 * The commands there are. Each is loaded only when it is run or explained.
 *
 * @module
 */

import type { CommandEntry } from "../cli/command.ts";

/** All commands, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: "serve",
    summary: "Run a server",
    load: async () => (await import("./serve.ts")).serveCommand,
  },
  {
    name: "export",
    summary: "Write events of a server to a file",
    load: async () => (await import("./export.ts")).exportCommand,
  },
  {
    name: "import",
    summary: "Import files of events into a server",
    load: async () => (await import("./import.ts")).importCommand,
  },
  {
    name: "verify",
    summary: "Check a file of events or a namespace, and compare the two",
    load: async () => (await import("./verify.ts")).verifyCommand,
  },
  {
    name: "inspect",
    summary: "Show what a file or a namespace holds",
    load: async () => (await import("./inspect.ts")).inspectCommand,
  },
  {
    name: "diff",
    summary: "Show how two files, or a file and a namespace, differ",
    load: async () => (await import("./diff.ts")).diffCommand,
  },
  {
    name: "mask apply",
    summary: "Mask a file of events",
    load: async () => (await import("./mask_apply.ts")).maskApplyCommand,
  },
  {
    name: "mask check",
    summary: "Show what a policy for masking would do",
    load: async () => (await import("./mask_check.ts")).maskCheckCommand,
  },
  {
    name: "mask discover",
    summary: "Write a draft policy for masking",
    load: async () => (await import("./mask_discover.ts")).maskDiscoverCommand,
  },
  {
    name: "mask keygen",
    summary: "Make a key for masking",
    load: async () => (await import("./mask_keygen.ts")).maskKeygenCommand,
  },
  {
    name: "ns create",
    summary: "Create a namespace and show its token",
    load: async () => (await import("./ns_create.ts")).nsCreateCommand,
  },
  {
    name: "ns rotate-token",
    summary: "Give a namespace a new token",
    load: async () => (await import("./ns_rotate_token.ts")).nsRotateTokenCommand,
  },
  {
    name: "ns delete",
    summary: "Delete a namespace and its messages",
    load: async () => (await import("./ns_delete.ts")).nsDeleteCommand,
  },
  {
    name: "ns list",
    summary: "List the namespaces",
    load: async () => (await import("./ns_list.ts")).nsListCommand,
  },
  {
    name: "ns info",
    summary: "Show what a namespace holds",
    load: async () => (await import("./ns_info.ts")).nsInfoCommand,
  },
  {
    name: "version",
    summary: "Show the version",
    load: async () => (await import("./version.ts")).versionCommand,
  },
  {
    name: "help",
    summary: "Explain a command",
    load: async () => (await import("./help.ts")).helpCommand(commands),
  },
];
