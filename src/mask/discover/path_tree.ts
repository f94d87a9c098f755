/**
 * The places of values in payloads, as a tree of keys with a bound. Keys that may themselves be values are
 * one place, `*`.
 *
 * @module
 */

import type { RawStep } from "../../json/value_walker.ts";
import { discoverKeysMax } from "../limits.ts";
import { isValueLike } from "../looks.ts";
import { ValueTally } from "./value_tally.ts";

/** How many more places there may be. */
export interface PathBudget {
  left: number;
}

/** A place. */
export interface ListedPath {
  /** JSONPath as RFC 9535 has it. */
  path: string;
  /** What is known of its values; absent for an object whose keys may be values. */
  tally?: ValueTally;
}

/** A value, or an object or array with what is in it. */
export class PathTree {
  tally: ValueTally | undefined;
  readonly #children = new Map<RawStep, PathTree>();
  /** What all keys stand for, where they may be values. */
  #any: PathTree | undefined;

  /**
   * Finds the tally of a place.
   *
   * @param steps The way to it.
   * @param budget How many places may be made.
   * @returns The tally; `undefined` where no more places may be made.
   */
  tallyAt(steps: readonly RawStep[], budget: PathBudget): ValueTally | undefined {
    // deno-lint-ignore no-this-alias -- it goes down from here
    let tree: PathTree | undefined = this;
    for (const step of steps) {
      tree = tree.#child(step, budget);
      if (tree === undefined) return undefined;
    }
    return tree.tally ??= new ValueTally();
  }

  /**
   * Lists the places.
   *
   * @param path The path to this one.
   * @returns Those that have values, and the objects whose keys may be values.
   */
  *list(path: string = "$"): Generator<ListedPath> {
    if (this.#any !== undefined) yield { path };
    if (this.tally !== undefined) {
      // One key of YAML for the keys of the objects there, and another one for the values.
      const own = this.#any === undefined ? path : otherSpelling(path);
      yield { path: own, tally: this.tally };
    }
    for (const [step, tree] of this.#children) yield* tree.list(path + pathStep(step));
    if (this.#any !== undefined) yield* this.#any.list(`${path}.*`);
  }

  #child(step: RawStep, budget: PathBudget): PathTree | undefined {
    const child = this.#children.get(step);
    if (child !== undefined) return child;
    if (step !== null && (this.#any !== undefined || isValueLike(JSON.parse(step) as string))) {
      return this.#any ??= made(budget);
    }
    if (this.#children.size === discoverKeysMax && step !== null) {
      this.#fold(budget);
      return this.#any;
    }
    const tree = made(budget);
    if (tree !== undefined) this.#children.set(step, tree);
    return tree;
  }

  /** So many keys are not names of fields. */
  #fold(budget: PathBudget): void {
    this.#any ??= new PathTree();
    for (const [step, child] of this.#children) {
      if (step === null) continue;
      this.#any.#addAll(child);
      this.#children.delete(step);
      budget.left++;
    }
  }

  #addAll(other: PathTree): void {
    if (other.tally !== undefined) (this.tally ??= new ValueTally()).addAll(other.tally);
    for (const [step, theirs] of other.#children) {
      const mine = this.#children.get(step);
      if (mine === undefined) this.#children.set(step, theirs);
      else mine.#addAll(theirs);
    }
    if (other.#any !== undefined) (this.#any ??= new PathTree()).#addAll(other.#any);
  }
}

function made(budget: PathBudget): PathTree | undefined {
  if (budget.left <= 0) return undefined;
  budget.left--;
  return new PathTree();
}

/** The same path, with its last step in brackets, or a space in them. */
function otherSpelling(path: string): string {
  const [, before, name] = /^(.*)\.(\w+|\*)$/s.exec(path) ?? [];
  if (name === undefined) return `${path.slice(0, -1)} ]`;
  return `${before}[${name === "*" ? name : `'${name}'`}]`;
}

/** A step of a path; keys as the text of JSON has them, quotes included. */
function pathStep(step: RawStep): string {
  if (step === null) return "[*]";
  const key = JSON.parse(step) as string;
  if (/^[A-Za-z_]\w*$/.test(key)) return `.${key}`;
  return `['${JSON.stringify(key).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}']`;
}
