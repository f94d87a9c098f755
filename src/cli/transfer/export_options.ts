/**
 * The options of `eventodb export`. Nothing but data, so that the help has them without the command.
 *
 * @module
 */

import type { Option } from "../command_shape.ts";
import { sliceOptions } from "./slice_options.ts";
import { exportMaskOptions } from "../mask/mask_options.ts";
import { connectionOptions, jsonOption, quietOption } from "../common_options.ts";

/** All of them, in the order of the help. */
export const exportOptions: readonly Option[] = [
  ...connectionOptions,
  {
    name: "input",
    value: "FILE",
    help:
      "Take the events from a file instead of a server, compressed or not; - for standard input",
  },
  ...sliceOptions,
  {
    name: "output",
    short: "o",
    value: "FILE",
    default: "standard output",
    help: "Where to write; a name that ends in .gz implies --gzip",
  },
  { name: "gzip", help: "Compress the output" },
  {
    name: "plan",
    help:
      "Write no events; show how many events, streams and bytes of each category the export would have, and why",
  },
  {
    name: "manifest",
    value: "FILE",
    default: "the name of --output with .manifest.json appended",
    help: "Where to write the counts and hash of the output, for verify and import to check",
  },
  { name: "no-manifest", help: "Write no manifest" },
  ...exportMaskOptions,
  { name: "allow-empty", help: "Accept an export without any event" },
  quietOption,
  jsonOption,
];
