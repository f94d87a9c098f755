/**
 * A namespace's head: which layers it has, what it holds in numbers, and who imports into it. Its
 * keys are what every change is checked against.
 *
 * @module
 */

import type { LinkTableState } from "../link_table.ts";

export interface Layout {
  /** The namespace's own number: one that is made later under the same id has another. */
  namespace: number;
  /** Which set of messages it is: another number once an import has replaced them. */
  generation: number;
  /** The layers' numbers. The messages are in all of them; new ones go to the first. */
  layers: [number, ...number[]];
  /** The last import that has added to the messages; absent when none has. */
  imported?: ImportNote;
}

/** The note of an import for servers that look later. */
export interface ImportNote {
  /** The layer that it has filled. */
  layer: number;
  /** The layer of the import before it; 0 for none. */
  before: number;
  /** Its global positions below those that were there: the first and the last of each run. */
  runs: [first: number, last: number][];
}

export interface State {
  messages: number;
  streams: number;
  /** The highest global position that a reader can see; 0 for none. */
  globalPosition: number;
  /** The highest that there ever was. */
  highWater: number;
  /** Time of the message with the highest global position, or `null`. */
  lastActivity: string | null;
}

/** An import under way. */
export interface Lease {
  /** The layer that it fills. */
  layer: number;
  /** Whose it is: a random name. */
  holder: string;
  /** When it is taken for dead unless it has been renewed, in milliseconds since 1970. */
  expires: number;
}

/** The note that a layer is not read. */
export interface GarbageNote {
  /** The namespace whose import fills it; absent once it is to be deleted. */
  importInto?: string;
}

/** How far the index of links of a namespace has got. */
export interface LinksState extends Omit<LinkTableState, "epoch"> {
  /** The layer that it is in, which holds nothing else: its epoch. */
  layer: number;
  /** Which set of messages it is of. */
  generation: number;
}

/** A namespace's head, as of one snapshot. */
export interface Head {
  layout: Deno.KvEntry<Layout>;
  state: Deno.KvEntry<State>;
  lease: Deno.KvEntryMaybe<Lease>;
}

/** Whether an import is under way that is taken for alive. */
export function isHeld({ value }: Deno.KvEntryMaybe<Lease>): boolean {
  return value !== null && value.expires > Date.now();
}

/** Whether two layouts name the same layers of the same messages. */
export function isSameLayout(a: Layout, b: Layout): boolean {
  return a.namespace === b.namespace && a.generation === b.generation &&
    a.layers.join() === b.layers.join();
}
