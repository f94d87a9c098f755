/**
 * The policy to begin with: everything that there is, and nothing decided.
 *
 * @module
 */

import type { DiscoveredCategory, Discovery } from "./discovery.ts";
import type { ListedPath, PathTree } from "./path_tree.ts";
import type { ValueTally } from "./value_tally.ts";

/** What is masked as the name of a stream by itself. */
const streamPaths = [
  "$.correlationStreamName",
  "$.causationMessageStreamName",
  "$.replyStreamName",
];

/**
 * Writes a policy in which every rule is missing, so that it is refused until somebody has decided.
 *
 * @param found What there is.
 * @param name What it was found in.
 * @returns YAML, line by line.
 */
export function* starterPolicy(found: Discovery, name: string): Generator<string> {
  yield `# What is in ${comment(name)}: ${counted(found.events, "event")}. Nothing is decided yet:`;
  yield "# write a rule after each colon, such as keep, drop, scramble, email(customer) or id(customer).";
  yield "# A line without a rule is an error, and so is what is not named here.";
  yield* notes(found);
  yield "version: 1";
  yield "unknown: error";
  const categories = [...found.categories].sort(byName);
  if (categories.length > 0) {
    yield "streams:";
    for (const [category, known] of categories) yield `  ${key(category)}: # ${ofStreams(known)}`;
  }
  const types = [...found.types].sort(byName);
  if (types.length > 0) yield "events:";
  for (const [type, { events, data, metadata }] of types) {
    yield `  - types: [${pattern(type)}] # ${counted(events, "event")}`;
    yield* section("data", data, []);
    yield* section("metadata", metadata, streamPaths);
  }
}

function* notes(found: Discovery): Generator<string> {
  if (found.categoriesLeftOut > 0) {
    yield `# Not named here: ${
      counted(found.categoriesLeftOut, "category", "categories")
    } that look ` +
      "like values, or are too many.";
  }
  if (found.eventsLeftOut > 0) {
    yield `# Not named here: types of ${counted(found.eventsLeftOut, "event")} that look like ` +
      "values, or are too many.";
  }
  if (found.valuesLeftOut > 0) {
    yield `# Not named here: paths of ${
      counted(found.valuesLeftOut, "value")
    }: there are too many.`;
  }
}

function* section(
  name: string,
  tree: PathTree,
  byThemselves: readonly string[],
): Generator<string> {
  const paths = [...tree.list()];
  const own = paths.filter(({ path }) => byThemselves.includes(path));
  const open = paths.filter(({ path }) => !byThemselves.includes(path));
  if (open.length > 0) yield `    ${name}:`;
  for (const listed of open) yield `      ${quoted(listed.path)}: # ${ofPath(listed)}`;
  // Without a heading of its own it would seem to be about what is above.
  const where = open.length > 0 ? "" : `${name} `;
  for (const { path } of own) {
    yield `      # ${where}${path} is masked as the name of a stream by itself`;
  }
}

function ofStreams({ streams, ids }: DiscoveredCategory): string {
  const count = `${about(streams.isExact)}${counted(streams.estimate, "stream")}`;
  return ids.values === 0 ? `${count} without an id` : `${count}, ids: ${ofValues(ids)}`;
}

function ofPath({ tally }: ListedPath): string {
  if (tally === undefined) return "its keys may be values: keys(…)";
  return `${[...tally.kinds.keys()].join(" or ")}, ${ofValues(tally)}`;
}

function ofValues({ values, different, looks }: ValueTally): string {
  const like = looks.length === 0 ? "" : `, ${looks.join(" or ")}`;
  // An estimate may be above what there is.
  const count = Math.min(different.estimate, values).toLocaleString("en-US");
  return `${counted(values, "value")}, ${about(different.isExact)}${count} different${like}`;
}

function about(isExact: boolean): string {
  return isExact ? "" : "about ";
}

function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** A text that YAML takes for nothing else, as a key or in a list. */
function key(text: string): string {
  const isWord = /^[A-Za-z_][\w:]*\w$/.test(text) &&
    !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return isWord ? text : JSON.stringify(text);
}

/** A type as a pattern: `*` stands for itself. */
function pattern(type: string): string {
  return key(type.replace(/[\\*]/g, "\\$&"));
}

function quoted(path: string): string {
  return /^\$[\w.[\]*]*$/.test(path) ? path : JSON.stringify(path);
}

/** A text that stays on its line. */
function comment(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, " ");
}
