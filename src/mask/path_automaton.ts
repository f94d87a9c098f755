/**
 * The paths of many rules as one automaton, so that a payload is gone through once however many rules there
 * are: each key and each element is a step from one state to the next.
 *
 * The states are made when a payload first reaches them. A state is the set of the places in paths that are
 * reached at once, with the most specific rule so far, which covers all that is below.
 *
 * @module
 */

import { pathStatesMax } from "../limits.ts";
import { NameTable } from "./name_table.ts";
import type { Path, Step } from "./path.ts";

/** A rule with one path, for an automaton. */
export interface PathRule<T> {
  readonly path: Path;
  /** Rules with a higher number are more specific; the same number is the same specificity. */
  readonly order: number;
  /** Whether it is about the keys of an object, rather than about a value. */
  readonly isOfKeys: boolean;
  /** What the caller knows it by. */
  readonly value: T;
}

/** A place in the paths: all that begin alike share it. */
class Place<T> {
  readonly id: number;
  /** Whether it is reached again at each value below it: it comes before a `..`. */
  readonly stays: boolean;
  readonly rules: PathRule<T>[] = [];
  readonly names = new Map<string, Place<T>>();
  readonly indexes = new Map<number, Place<T>>();
  readonly slices: { step: Step & { kind: "slice" }; place: Place<T> }[] = [];
  all: Place<T> | undefined;
  descend: Place<T> | undefined;
  /** The most specific rule for a value that can be reached from here. */
  orderMax = -1;
  /** Whether a rule can be reached from here by another step. */
  leadsOn = false;

  constructor(id: number, stays: boolean) {
    this.id = id;
    this.stays = stays;
  }
}

/** Where in the paths a value is. */
export class PathState<T> {
  /** The most specific rule for the value itself; `undefined` where there is none. */
  readonly rule: PathRule<T> | undefined;
  /** The rule for the keys of the value, if it is an object. */
  readonly keyRule: PathRule<T> | undefined;
  /** Two rules of the same specificity, where there are. */
  readonly conflict: readonly [PathRule<T>, PathRule<T>] | undefined;
  /** Whether a more specific rule may be met below. */
  readonly isLive: boolean;
  /** Whether it matters which element of an array comes next. */
  readonly isPositional: boolean;
  /** Whether it matters how many elements the array has. */
  readonly needsLength: boolean;
  /** The names that matter. */
  readonly names: NameTable;
  /** @internal */
  readonly places: readonly Place<T>[];
  /** The states after the names of the table. @internal */
  readonly byName: (PathState<T> | undefined)[] = [];
  /** The state after any other name. @internal */
  other: PathState<T> | undefined;
  /** The state after any element, where its position does not matter. @internal */
  element: PathState<T> | undefined;

  /** @internal */
  constructor(
    places: readonly Place<T>[],
    rule: PathRule<T> | undefined,
    keyRule: PathRule<T> | undefined,
    conflict: readonly [PathRule<T>, PathRule<T>] | undefined,
  ) {
    this.places = places;
    this.rule = rule;
    this.keyRule = keyRule;
    this.conflict = conflict;
    this.isLive = places.length > 0;
    this.isPositional = places.some(({ indexes, slices }) => indexes.size > 0 || slices.length > 0);
    this.needsLength = places.some(({ indexes, slices }) =>
      slices.length > 0 || [...indexes.keys()].some((index) => index < 0)
    );
    this.names = new NameTable(new Set(places.flatMap(({ names }) => [...names.keys()])));
  }
}

/** The automaton of some rules. */
export class PathAutomaton<T> {
  readonly #places: Place<T>[] = [];
  readonly #inherited: PathRule<T> | undefined;
  readonly #areAlike: (a: T, b: T) => boolean;
  #states = new Map<string, PathState<T>>();
  #root: PathState<T> | undefined;

  /**
   * @param rules The rules.
   * @param unknown The rule for every value that none of them is for; `undefined` for none.
   * @param areAlike Whether two rules come to the same, so that they do not contradict each other.
   */
  constructor(
    rules: readonly PathRule<T>[],
    unknown: PathRule<T> | undefined,
    areAlike: (a: T, b: T) => boolean,
  ) {
    this.#inherited = unknown;
    this.#areAlike = areAlike;
    const root = this.#newPlace(false);
    for (const rule of rules) this.#add(root, rule);
    // Places are made before those that follow them.
    for (const place of this.#places.toReversed()) {
      const next = [
        ...place.names.values(),
        ...place.indexes.values(),
        ...place.slices.map((slice) => slice.place),
        ...(place.all === undefined ? [] : [place.all]),
      ];
      place.leadsOn = next.length > 0;
      const below = [...next, ...(place.descend === undefined ? [] : [place.descend])];
      place.orderMax = Math.max(
        -1,
        ...place.rules.map(({ isOfKeys, order }) => isOfKeys ? Infinity : order),
        ...below.map(({ orderMax }) => orderMax),
      );
    }
  }

  /**
   * The state of a payload as a whole.
   *
   * It begins anew where too many states are known: hold no state from one payload to the next.
   */
  get root(): PathState<T> {
    if (this.#states.size > pathStatesMax) {
      this.#states = new Map();
      this.#root = undefined;
    }
    return this.#root ??= this.#stateOf([this.#places[0]!], this.#inherited);
  }

  /**
   * The state of a member.
   *
   * @param state The object's.
   * @param name The index of its name in the state's table; −1 for any other name.
   * @returns The member's state.
   */
  afterName(state: PathState<T>, name: number): PathState<T> {
    return name < 0
      ? state.other ??= this.#step(state, () => undefined)
      : state.byName[name] ??= this.#step(
        state,
        ({ names }) => names.get(state.names.names[name]!),
      );
  }

  /**
   * The state of an element.
   *
   * @param state The array's.
   * @param index Its index.
   * @param length How many elements the array has, where the state needs it.
   * @returns The element's state.
   */
  afterElement(state: PathState<T>, index: number, length: number): PathState<T> {
    if (!state.isPositional) return state.element ??= this.#step(state, () => undefined);
    const places: Place<T>[] = [];
    for (const place of state.places) {
      const [fromStart, fromEnd] = [place.indexes.get(index), place.indexes.get(index - length)];
      if (fromStart !== undefined) places.push(fromStart);
      if (fromEnd !== undefined && fromEnd !== fromStart) places.push(fromEnd);
      for (const { step, place: next } of place.slices) {
        if (isInSlice(step, index, length)) places.push(next);
      }
      if (place.all !== undefined) places.push(place.all);
      if (place.stays) places.push(place);
    }
    return this.#stateOf(places, state.rule);
  }

  #step(
    state: PathState<T>,
    next: (place: Place<T>) => Place<T> | undefined,
  ): PathState<T> {
    const places: Place<T>[] = [];
    for (const place of state.places) {
      const named = next(place);
      if (named !== undefined) places.push(named);
      if (place.all !== undefined) places.push(place.all);
      if (place.stays) places.push(place);
    }
    return this.#stateOf(places, state.rule);
  }

  #stateOf(reached: readonly Place<T>[], inherited: PathRule<T> | undefined): PathState<T> {
    let [rule, keyRule]: (PathRule<T> | undefined)[] = [inherited, undefined];
    let isOwn = false;
    let conflicts: [PathRule<T>, PathRule<T>][] = [];
    let keyConflict: [PathRule<T>, PathRule<T>] | undefined;
    for (const candidate of reached.flatMap(({ rules }) => rules)) {
      if (candidate.isOfKeys) {
        if (keyRule === undefined || candidate.order > keyRule.order) {
          keyRule = candidate;
          keyConflict = undefined;
        } else if (candidate.order === keyRule.order) {
          if (!this.#areAlike(candidate.value, keyRule.value)) keyConflict = [keyRule, candidate];
        }
      } else if (rule === undefined || candidate.order > rule.order) {
        rule = candidate;
        isOwn = true;
        conflicts = [];
      } else if (candidate.order === rule.order) {
        // A rule for the value itself comes before one as specific for what it is a part of.
        if (isOwn && !this.#areAlike(candidate.value, rule.value)) {
          conflicts.push([rule, candidate]);
        }
        if (!isOwn) rule = candidate;
        isOwn = true;
      }
    }
    const order = rule?.order ?? -1;
    const places = new Set<Place<T>>();
    for (const place of reached) {
      for (const next of [place, place.descend]) {
        // What is less specific than the rule that covers the value decides nothing below it.
        if (next !== undefined && next.leadsOn && next.orderMax >= order) places.add(next);
      }
    }
    const sorted = [...places].sort((a, b) => a.id - b.id);
    const conflict = conflicts[0] ?? keyConflict;
    const key = [
      sorted.map(({ id }) => id).join(),
      ...[rule, keyRule, conflict?.[0], conflict?.[1]].map((one) => this.#numberOf(one)),
    ].join("|");
    let state = this.#states.get(key);
    if (state === undefined) {
      state = new PathState(sorted, rule, keyRule, conflict);
      this.#states.set(key, state);
    }
    return state;
  }

  readonly #numbers = new Map<PathRule<T>, number>();

  #numberOf(rule: PathRule<T> | undefined): number {
    if (rule === undefined) return -1;
    let number = this.#numbers.get(rule);
    if (number === undefined) this.#numbers.set(rule, number = this.#numbers.size);
    return number;
  }

  #add(root: Place<T>, rule: PathRule<T>): void {
    let place = root;
    for (const { isDescendant, step } of rule.path) {
      if (isDescendant) place = place.descend ??= this.#newPlace(true);
      place = this.#next(place, step);
    }
    place.rules.push(rule);
  }

  #next(place: Place<T>, step: Step): Place<T> {
    switch (step.kind) {
      case "name":
        return getOrMake(place.names, step.name, () => this.#newPlace(false));
      case "index":
        return getOrMake(place.indexes, step.index, () => this.#newPlace(false));
      case "all":
        return place.all ??= this.#newPlace(false);
      case "slice": {
        const next = this.#newPlace(false);
        place.slices.push({ step, place: next });
        return next;
      }
    }
  }

  #newPlace(stays: boolean): Place<T> {
    const place = new Place<T>(this.#places.length, stays);
    this.#places.push(place);
    return place;
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}

/** Whether a slice selects an index: RFC 9535, 2.3.4.2.2. */
function isInSlice(
  { start, end, step }: Step & { kind: "slice" },
  index: number,
  length: number,
): boolean {
  if (step === 0) return false;
  const normal = (bound: number) => bound >= 0 ? bound : length + bound;
  if (step > 0) {
    const lower = Math.min(Math.max(normal(start ?? 0), 0), length);
    const upper = Math.min(Math.max(normal(end ?? length), 0), length);
    return index >= lower && index < upper && (index - lower) % step === 0;
  }
  const upper = Math.min(Math.max(normal(start ?? length - 1), -1), length - 1);
  const lower = Math.min(Math.max(normal(end ?? -length - 1), -1), length - 1);
  return index <= upper && index > lower && (upper - index) % -step === 0;
}
