/**
 * Options that say which events are meant. Nothing but data, so that the help has them without the commands.
 *
 * @module
 */

import type { Option } from "../command_shape.ts";

const selection: readonly Omit<Option, "group">[] = [
  {
    name: "categories",
    value: "A,B",
    list: true,
    help: "Only these categories: the part of a stream name before the first -",
  },
  {
    name: "category",
    value: "NAME",
    repeated: true,
    help: "One category, also one whose name has a comma; may be given several times",
  },
  { name: "all", help: "Every category" },
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
];

const related: readonly Omit<Option, "group">[] = [
  {
    name: "related-to",
    value: "S,T",
    repeated: true,
    help: "These streams, in the form of --streams, and whatever is linked to them, as whole " +
      "streams. Events link by correlationStreamName, causationMessageStreamName and " +
      "replyStreamName in their metadata",
  },
  {
    name: "direction",
    value: "DIRECTION",
    choices: ["causes", "effects", "both"],
    default: "both",
    help: "Follow links from an event to what it links to (causes), from a stream to the events " +
      "that link to it (effects), or both",
  },
  { name: "depth", value: "N", default: "any number", help: "Follow at most N links in a row" },
  {
    name: "stop-at",
    value: "A,B",
    list: true,
    help: "Include streams of these categories, but follow no links beyond them",
  },
  {
    name: "events-max",
    value: "N",
    default: "1000000",
    help: "Fail if more events are related; nothing is left out to fit",
  },
  {
    name: "link",
    value: "PATH=NAME",
    repeated: true,
    help:
      "A link in the payload, such as 'data.orderId=order-{}', with a path as in RFC 9535; may be " +
      "given several times",
  },
  {
    name: "window-only",
    help: "Include only related events between --since and --until; without it, these only limit " +
      "whose links are followed",
  },
];

/** Which events: the same options for every command. */
export const sliceOptions: readonly Option[] = [
  ...selection.map((option) => ({ group: "Which events", ...option })),
  ...related.map((option) => ({ group: "Related events", ...option })),
];
