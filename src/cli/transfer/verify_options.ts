/**
 * The options of `eventodb verify`. Nothing but data, so that the help has them without the command.
 *
 * @module
 */

import type { Option } from "../command_shape.ts";
import { connectionOptions, jsonOption, quietOption } from "../common_options.ts";
import { sliceOptions } from "./slice_options.ts";

/** All of them, in the order of the help. */
export const verifyOptions: readonly Option[] = [
  {
    name: "manifest",
    value: "FILE",
    default: "FILE.manifest.json, if it exists",
    help: "The manifest to compare with",
  },
  { name: "no-manifest", help: "Check the file without its manifest" },
  ...connectionOptions,
  {
    name: "complete",
    help:
      "Also fail if the file lacks any of the namespace's events that the manifest's selection, or " +
      "the one given below, includes",
  },
  ...sliceOptions,
  { name: "allow-empty", help: "Accept a file without any event and without a manifest" },
  quietOption,
  { ...jsonOption, help: "Print what was found as one line of JSON" },
];
