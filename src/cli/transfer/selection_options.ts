/**
 * Options that say which events are meant. Nothing but data, so that the help has them without the commands.
 *
 * @module
 */

import type { Option } from "../command_shape.ts";

/** Which streams, types and entities. */
export const selectionOptions: readonly Option[] = [
  {
    name: "streams",
    value: "S,T",
    repeated: true,
    help:
      "Only these streams; * stands for any text, \\* and \\, for themselves; @FILE has one a line",
  },
  {
    name: "types",
    value: "T,U",
    repeated: true,
    help: "Only events of these types, in the same form",
  },
  {
    name: "exclude-categories",
    value: "A,B",
    list: true,
    help: "No events of these categories",
  },
  { name: "exclude-streams", value: "S,T", repeated: true, help: "No events of these streams" },
  { name: "exclude-types", value: "T,U", repeated: true, help: "No events of these types" },
  {
    name: "sample",
    value: "5%",
    help:
      "Only this share of the entities (the part of a stream's id before +), the same ones each time",
  },
];
