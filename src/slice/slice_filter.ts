/**
 * Which events within the bounds of a slice are wanted: by stream, by type, and as a sample of entities.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { hash64 } from "../group_member.ts";
import { patternsMax, sampledStreamsMax, streamCategoriesMax } from "./limits.ts";
import { keyOfName, nameOfKey } from "../record/line_head.ts";
import { cardinalIdOf, categoryOf } from "../stream_name.ts";
import { Pattern } from "./pattern.ts";
import type { Slice } from "./slice.ts";

/** What matched nothing. */
export interface Unmatched {
  /** Patterns of streams. */
  streams: string[];
  /** Patterns of types. */
  types: string[];
  /** What excluded nothing, as far as events have been filtered. */
  excludes?: UnmatchedExcludes;
}

/** What excluded nothing. */
export interface UnmatchedExcludes {
  /** Names of categories. */
  categories: string[];
  /** Patterns of streams. */
  streams: string[];
  /** Patterns of types. */
  types: string[];
}

/** Decides which events are wanted. */
export class SliceFilter {
  readonly #streams: PatternSet | undefined;
  readonly #types: PatternSet | undefined;
  readonly #excludeCategories: ReadonlySet<string>;
  /** Those of them of which no event has come so far. */
  readonly #unseenCategories: Set<string>;
  readonly #excludeStreams: PatternSet | undefined;
  readonly #excludeTypes: PatternSet | undefined;
  readonly #sample: Sample | undefined;

  /**
   * @param slice Which are wanted.
   * @throws {EventoDBError} `INVALID_REQUEST`: the sample is not a share, or there are too many patterns.
   */
  constructor(slice: Slice) {
    const setOf = (patterns: readonly string[] | undefined) =>
      patterns === undefined ? undefined : new PatternSet(patterns);
    this.#streams = setOf(slice.streams);
    this.#types = setOf(slice.types);
    this.#excludeCategories = new Set(slice.excludeCategories?.map(keyOfName));
    this.#unseenCategories = new Set(this.#excludeCategories);
    this.#excludeStreams = setOf(slice.excludeStreams);
    this.#excludeTypes = setOf(slice.excludeTypes);
    const { sample } = slice;
    this.#sample = sample === undefined ? undefined : new Sample(sample);
  }

  /**
   * Makes a filter, if there is anything to filter by.
   *
   * @param slice Which are wanted.
   * @returns The filter; `undefined` when all are, but for the slice's bounds.
   */
  static of(slice: Slice): SliceFilter | undefined {
    const { streams, types, excludeCategories, excludeStreams, excludeTypes, sample } = slice;
    const given = [streams, types, excludeCategories, excludeStreams, excludeTypes, sample];
    return given.every((each) => each === undefined) ? undefined : new SliceFilter(slice);
  }

  /**
   * Whether an event is wanted.
   *
   * @param event The beginning of its line.
   * @returns Whether it is.
   */
  wants(event: { streamKey: string; stream: string; typeKey: string; type: string }): boolean {
    const { streamKey, typeKey } = event;
    if (this.#excludeCategories.size > 0) {
      const category = categoryOf(streamKey);
      if (this.#excludeCategories.has(category)) {
        this.#unseenCategories.delete(category);
        return false;
      }
    }
    return (this.#streams?.has(streamKey, () => event.stream) ?? true) &&
      (this.#types?.has(typeKey, () => event.type) ?? true) &&
      !(this.#excludeStreams?.has(streamKey, () => event.stream) ?? false) &&
      !(this.#excludeTypes?.has(typeKey, () => event.type) ?? false) &&
      (this.#sample?.has(streamKey, () => event.stream) ?? true);
  }

  /** The patterns that have matched nothing so far; those of what is left out, nothing that was wanted else. */
  get unmatched(): Required<Unmatched> {
    return {
      streams: this.#streams?.unmatched ?? [],
      types: this.#types?.unmatched ?? [],
      excludes: {
        categories: [...this.#unseenCategories].map(nameOfKey),
        streams: this.#excludeStreams?.unmatched ?? [],
        types: this.#excludeTypes?.unmatched ?? [],
      },
    };
  }
}

/**
 * The categories that patterns of streams are about.
 *
 * @param streams The patterns.
 * @returns The categories; `undefined` when some pattern may match streams of any.
 */
export function categoriesOfStreams(streams: readonly string[]): string[] | undefined {
  const categories = new Set<string>();
  for (const text of streams) {
    const { literal, prefix } = new Pattern(text);
    if (literal !== undefined) categories.add(categoryOf(literal));
    else if (prefix.includes("-")) categories.add(categoryOf(prefix));
    else return undefined;
  }
  return [...categories];
}

/**
 * The categories that have to be read for a slice: where streams are named, no others are looked at, unless they
 * are too many for one request.
 *
 * @param slice The slice.
 * @returns The categories; `undefined` for all.
 */
export function categoriesToRead(
  { categories, streams }: Pick<Slice, "categories" | "streams">,
): readonly string[] | undefined {
  const named = streams === undefined ? undefined : categoriesOfStreams(streams);
  if (named === undefined) return categories;
  if (categories === undefined) return named.length > streamCategoriesMax ? undefined : named;
  const asked = new Set(categories);
  return named.filter((category) => asked.has(category));
}

/** Names by patterns: those without a star are looked up, the others tried one after the other. */
class PatternSet {
  readonly #literals = new Map<string, { text: string; isMatched: boolean }>();
  readonly #patterns: { pattern: Pattern; isMatched: boolean }[] = [];
  /** Whether each pattern has matched something, so that the first one that does decides. */
  #allMatched = false;

  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const pattern = new Pattern(text);
      const { literal } = pattern;
      if (literal === undefined) this.#patterns.push({ pattern, isMatched: false });
      else this.#literals.set(keyOfName(literal), { text, isMatched: false });
    }
    if (this.#patterns.length <= patternsMax) return;
    throw new EventoDBError(
      "INVALID_REQUEST",
      `Cannot select by ${this.#patterns.length} patterns with *: at most ${patternsMax} are allowed`,
    );
  }

  /**
   * Whether a name is among them. Those that have matched nothing so far are all tried, since each is told of
   * that never does. The name is made only where a pattern needs it.
   */
  has(key: string, name: () => string): boolean {
    const literal = this.#literals.get(key);
    if (literal !== undefined) literal.isMatched = true;
    let isFound = literal !== undefined;
    if (this.#patterns.length === 0 || (isFound && this.#allMatched)) return isFound;
    const text = name();
    for (const each of this.#patterns) {
      if ((isFound && each.isMatched) || !each.pattern.matches(text)) continue;
      isFound = each.isMatched = true;
      if (this.#allMatched) break;
    }
    this.#allMatched ||= isFound && this.#patterns.every(({ isMatched }) => isMatched);
    return isFound;
  }

  get unmatched(): string[] {
    const literals = [...this.#literals.values()];
    return [
      ...literals.filter(({ isMatched }) => !isMatched).map(({ text }) => text),
      ...this.#patterns.filter(({ isMatched }) => !isMatched).map(({ pattern }) => pattern.text),
    ];
  }
}

/** Entities by their hash: the unsigned `hash64` of the cardinal id is below the share of 2^64. */
class Sample {
  readonly #bound: bigint;
  readonly #known = new Map<string, boolean>();

  constructor(share: number) {
    if (!(share > 0 && share <= 1)) {
      throw new EventoDBError(
        "INVALID_REQUEST",
        `A sample must be a share above 0 and at most 1, got ${share}`,
      );
    }
    // A share of 2^53 is exact, and 2^11 more do not matter.
    this.#bound = BigInt(Math.round(share * 2 ** 53)) << 11n;
  }

  has(key: string, name: () => string): boolean {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = cardinalIdOf(name());
    const isIn = id === "" || BigInt.asUintN(64, hash64(id)) < this.#bound;
    if (this.#known.size >= sampledStreamsMax) this.#known.clear();
    this.#known.set(key, isIn);
    return isIn;
  }
}
