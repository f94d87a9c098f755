/**
 * The fields of a slice as requests and manifests have them: what a client sends, what a server reads, and what a
 * manifest may hold is made from this table. A field that is missing in it does not compile.
 *
 * @module
 */

import type { Slice } from "./slice.ts";

/** What a list holds: names of categories, patterns of streams or types, or links as `Slice.links` has them. */
export type ListKind = "categories" | "patterns" | "links";

/** What a field holds. A negative position means 0; a number may have a fraction. */
export type FieldKind =
  | ListKind
  | "time"
  | "position"
  | "integer"
  | "number"
  | "flag"
  | "direction";

/** What a field of a type may hold. */
type KindOf<T> = T extends readonly string[] ? ListKind
  : T extends number ? "position" | "integer" | "number"
  : T extends boolean ? "flag"
  : T extends Direction ? "direction"
  : "time";

/** Which way links are followed. */
type Direction = NonNullable<Slice["direction"]>;

/** All of them. */
export const directions: readonly Direction[] = ["causes", "effects", "both"];

/** A field of a slice. */
export interface SliceParameter<Kind extends FieldKind = FieldKind> {
  /** The parameter of a query that stands for it; that of a list is repeated. */
  readonly parameter: string;
  /** What it holds. */
  readonly kind: Kind;
  /**
   * What it is for: a bound that every server knows, another choice of single events, a sample of streams, the
   * streams where links begin, or how links are followed, which means nothing without `relatedTo`.
   */
  readonly use: "bound" | "choice" | "sample" | "roots" | "links";
  /** The lowest integer that it may be. */
  readonly min?: number;
}

/** In the order in which a query has them. */
const parameters: { readonly [F in keyof Slice]-?: SliceParameter<KindOf<NonNullable<Slice[F]>>> } =
  {
    categories: { parameter: "categories", kind: "categories", use: "bound" },
    since: { parameter: "since", kind: "time", use: "bound" },
    until: { parameter: "until", kind: "time", use: "bound" },
    from: { parameter: "position", kind: "position", use: "bound" },
    to: { parameter: "to", kind: "position", use: "bound" },
    streams: { parameter: "stream", kind: "patterns", use: "choice" },
    types: { parameter: "type", kind: "patterns", use: "choice" },
    excludeCategories: { parameter: "excludeCategory", kind: "categories", use: "choice" },
    excludeStreams: { parameter: "excludeStream", kind: "patterns", use: "choice" },
    excludeTypes: { parameter: "excludeType", kind: "patterns", use: "choice" },
    sample: { parameter: "sample", kind: "number", use: "sample" },
    relatedTo: { parameter: "relatedTo", kind: "patterns", use: "roots" },
    direction: { parameter: "direction", kind: "direction", use: "links" },
    depth: { parameter: "depth", kind: "integer", use: "links", min: 0 },
    stopAt: { parameter: "stopAt", kind: "categories", use: "links" },
    eventsMax: { parameter: "eventsMax", kind: "integer", use: "links", min: 1 },
    links: { parameter: "link", kind: "links", use: "links" },
    windowOnly: { parameter: "windowOnly", kind: "flag", use: "links" },
  };

/** The fields, each with its parameter. */
export const sliceParameters = Object.entries(parameters) as readonly [
  keyof Slice,
  SliceParameter,
][];

/**
 * Whether a field holds a list.
 *
 * @param kind What it holds.
 * @returns Whether it does.
 */
export function isListKind(kind: FieldKind): kind is ListKind {
  return kind === "categories" || kind === "patterns" || kind === "links";
}

/**
 * The fields for some uses.
 *
 * @param uses What they are for.
 * @returns Their names, in the order of the table.
 */
export function fieldsFor(...uses: SliceParameter["use"][]): (keyof Slice)[] {
  return sliceParameters.filter(([, { use }]) => uses.includes(use)).map(([field]) => field);
}
