/**
 * The options of `eventodb export`. Nothing but data, so that the help has them without the command.
 *
 * @module
 */

import type { Option } from "../command_shape.ts";
import { selectionOptions } from "./selection_options.ts";
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
  {
    name: "categories",
    value: "A,B",
    list: true,
    help: "Categories to export: the part of a stream name before the first -",
  },
  {
    name: "category",
    value: "NAME",
    repeated: true,
    help: "One category, also one whose name has a comma; may be given several times",
  },
  { name: "all", help: "Export every category" },
  ...selectionOptions,
  {
    name: "since",
    value: "TIME",
    help: "Only events at or after this time: ISO 8601 with a time zone, YYYY-MM-DD for 00:00 " +
      "UTC, or back from now: 90m, 36h, 7d",
  },
  { name: "until", value: "TIME", help: "Only events before this time" },
  {
    name: "from-position",
    value: "N",
    help: "Only events at or above this global position",
  },
  {
    name: "to-position",
    value: "N",
    help: "Only events up to this global position, inclusive",
  },
  {
    name: "output",
    short: "o",
    value: "FILE",
    default: "standard output",
    help: "Where to write; a name that ends in .gz implies --gzip",
  },
  { name: "gzip", help: "Compress the output" },
  {
    name: "manifest",
    value: "FILE",
    default: "the name of --output with .manifest.json after it",
    help: "Where to write the counts and hash of the output, for verify and import to check",
  },
  { name: "no-manifest", help: "Write no manifest" },
  { name: "allow-empty", help: "Accept an export without any event" },
  quietOption,
  jsonOption,
];
