/**
 * What there is to decide about events: every type, every place in its payloads, every category.
 *
 * @module
 */

import { type RawStep, ValueWalker } from "../../json/value_walker.ts";
import { discoverNamesMax, discoverPathsMax } from "../limits.ts";
import type { Message } from "../../message.ts";
import { categoryOf, idOf } from "../../stream_name.ts";
import { DistinctCount } from "../distinct_count.ts";
import { isValueLikeName } from "../looks.ts";
import { idParts } from "../rules/stream_masks.ts";
import { type PathBudget, PathTree } from "./path_tree.ts";
import { type ValueKind, ValueTally } from "./value_tally.ts";

/** What is known of a category. */
export interface DiscoveredCategory {
  /** How many events. */
  events: number;
  /** How many streams, about. */
  streams: DistinctCount;
  /** The ids in their names; each part of `a+b` is one. */
  ids: ValueTally;
}

/** What is known of a type. */
export interface DiscoveredType {
  /** How many events. */
  events: number;
  /** Where in data are values. */
  data: PathTree;
  /** The same of metadata. */
  metadata: PathTree;
}

/** Keys of metadata that are masked as the names of streams by themselves. */
const streamKeys: readonly RawStep[] = [
  '"correlationStreamName"',
  '"causationMessageStreamName"',
  '"replyStreamName"',
];

/** Goes through events, and keeps what there is, but no value. */
export class Discovery {
  /** How many events. */
  events = 0;
  /** Categories by name. */
  readonly categories = new Map<string, DiscoveredCategory>();
  /** Types by name. */
  readonly types = new Map<string, DiscoveredType>();
  /** Categories that are not named: they look like values, or are too many. */
  categoriesLeftOut = 0;
  /** Events whose type is not named, for the same reasons. */
  eventsLeftOut = 0;
  /** Values at places beyond the bound. */
  valuesLeftOut = 0;
  readonly #budget: PathBudget = { left: discoverPathsMax };
  readonly #leftOut = new DistinctCount();

  /** Adds an event. @param message The event. */
  add({ stream, type, data, metadata }: Message): void {
    this.events++;
    this.#addStream(stream, 1);
    const found = named(this.types, type, () => ({
      events: 0,
      data: new PathTree(),
      metadata: new PathTree(),
    }));
    if (found === undefined) {
      this.eventsLeftOut++;
      return;
    }
    found.events++;
    this.#addPayload(found.data, data);
    if (metadata === null) return;
    this.#addPayload(found.metadata, metadata, (steps, text) => {
      // Their categories need a rule as well, also where none of their own events are there.
      if (steps.length === 1 && streamKeys.includes(steps[0]!)) this.#addStream(text, 0);
    });
  }

  #addStream(stream: string, events: number): void {
    const category = named(this.categories, categoryOf(stream), () => ({
      events: 0,
      streams: new DistinctCount(),
      ids: new ValueTally(),
    }));
    if (category === undefined) {
      this.#leftOut.add(categoryOf(stream));
      this.categoriesLeftOut = this.#leftOut.estimate;
      return;
    }
    category.events += events;
    category.streams.add(stream);
    const id = idOf(stream);
    for (const part of id === "" ? [] : idParts(id)) category.ids.add("text", part);
  }

  #addPayload(
    tree: PathTree,
    text: string,
    onText?: (steps: readonly RawStep[], text: string) => void,
  ): void {
    const walker = new ValueWalker(text);
    while (walker.next()) {
      const tally = tree.tallyAt(walker.steps, this.#budget);
      if (tally === undefined) {
        this.valuesLeftOut++;
        continue;
      }
      const raw = text.slice(walker.start, walker.end);
      const value = walker.isString ? decoded(raw) : raw;
      tally.add(kindOf(raw), value);
      if (walker.isString && value !== "") onText?.(walker.steps, value);
    }
  }
}

/** What is kept of a name, unless it may be somebody's, or there are too many. */
function named<T>(all: Map<string, T>, name: string, make: () => T): T | undefined {
  const found = all.get(name);
  if (found !== undefined) return found;
  if (all.size === discoverNamesMax || isValueLikeName(name)) return undefined;
  const made = make();
  all.set(name, made);
  return made;
}

function kindOf(raw: string): ValueKind {
  switch (raw[0]) {
    case '"':
      return "text";
    case "t":
    case "f":
      return "true or false";
    case "n":
      return "null";
  }
  return "number";
}

function decoded(raw: string): string {
  return raw.includes("\\") ? JSON.parse(raw) as string : raw.slice(1, -1);
}
