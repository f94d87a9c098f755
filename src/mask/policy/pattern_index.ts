/**
 * Patterns of names, found by those that may match the same name: a policy may have thousands, and to compare each
 * with each other takes seconds.
 *
 * @module
 */

import type { Pattern } from "../../slice/pattern.ts";

/** A pattern, and what it is a pattern of; `undefined` for all names. */
export interface Indexed<T> {
  readonly pattern: Pattern | undefined;
  readonly value: T;
}

/** Beginnings and ends that are longer than this are told apart by so many of their characters. */
const affixChars = 64;

/** Patterns by what their names begin with, or end with. */
class Affixes<T> {
  readonly #cut: (affix: string, chars: number) => string;
  readonly #of: (pattern: Pattern) => string;
  readonly #whole = new Map<string, Indexed<T>[]>();
  /** By each part of it that is one as well, itself included. */
  readonly #parts = new Map<string, Indexed<T>[]>();

  constructor(
    cut: (affix: string, chars: number) => string,
    of: (pattern: Pattern) => string,
  ) {
    this.#cut = cut;
    this.#of = of;
  }

  add(pattern: Pattern, item: Indexed<T>): void {
    const affix = this.#of(pattern);
    const length = Math.min(affix.length, affixChars);
    append(this.#whole, this.#cut(affix, length), item);
    for (let n = 0; n <= length; n++) append(this.#parts, this.#cut(affix, n), item);
  }

  /** Those with the same affix, with a part of it, or with one that it is a part of. */
  near(pattern: Pattern): (readonly Indexed<T>[])[] {
    const affix = this.#of(pattern);
    const length = Math.min(affix.length, affixChars);
    const found: (readonly Indexed<T>[])[] = [];
    for (let n = 0; n <= length; n++) {
      const lists = n < length ? this.#whole : this.#parts;
      const some = lists.get(this.#cut(affix, n));
      if (some !== undefined) found.push(some);
    }
    return found;
  }
}

/** Patterns by both. */
class PatternsByAffix<T> {
  readonly #beginnings = new Affixes<T>(
    (affix, chars) => affix.slice(0, chars),
    ({ prefix }) => prefix,
  );
  readonly #ends = new Affixes<T>(
    (affix, chars) => affix.slice(affix.length - chars),
    ({ suffix }) => suffix,
  );
  /** What nobody has asked for yet: in most policies, nobody will. */
  #added: [Pattern, Indexed<T>][] = [];
  #isEmpty = true;

  add(pattern: Pattern, item: Indexed<T>): void {
    this.#added.push([pattern, item]);
    this.#isEmpty = false;
  }

  near(pattern: Pattern): (readonly Indexed<T>[])[] {
    if (this.#isEmpty) return [];
    for (const [added, item] of this.#added) {
      this.#beginnings.add(added, item);
      this.#ends.add(added, item);
    }
    this.#added = [];
    const [some, others] = [this.#beginnings.near(pattern), this.#ends.near(pattern)];
    return countIn(some) < countIn(others) ? some : others;
  }
}

/** Values by patterns. */
export class PatternIndex<T> {
  readonly #all: Indexed<T>[] = [];
  /** Those of all names. */
  readonly #everywhere: Indexed<T>[] = [];
  readonly #names = new Map<string, Indexed<T>[]>();
  readonly #byName = new PatternsByAffix<T>();
  readonly #starred = new PatternsByAffix<T>();

  /** Adds a value by one of its patterns. */
  add(pattern: Pattern | undefined, value: T): void {
    const item = { pattern, value };
    this.#all.push(item);
    if (pattern === undefined) this.#everywhere.push(item);
    else if (pattern.literal === undefined) this.#starred.add(pattern, item);
    else {
      append(this.#names, pattern.literal, item);
      this.#byName.add(pattern, item);
    }
  }

  /**
   * Finds patterns that may match a name that another one matches.
   *
   * @returns All that do, and some that do not, in lists.
   */
  near(pattern: Pattern | undefined): (readonly Indexed<T>[])[] {
    if (pattern === undefined) return [this.#all];
    const found = [this.#everywhere, ...this.#starred.near(pattern)];
    if (pattern.literal === undefined) return [...found, ...this.#byName.near(pattern)];
    return [...found, this.#names.get(pattern.literal) ?? []];
  }
}

/** How many items are in some lists. */
export function countIn(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((sum, { length }) => sum + length, 0);
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
