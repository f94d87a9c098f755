/**
 * The paths of many rules as one automaton, so that a payload is gone through once however many rules there
 * are: each key and each element is a step from one state to the next.
 *
 * The states are made when a payload first reaches them. A state is the set of the nodes that are reached at
 * once, with the most specific rule so far, which covers all that is below.
 *
 * @module
 */

import { pathStatesMax } from "../limits.ts";
import { NameTable } from "./name_table.ts";
import type { Path, Step } from "../policy/path.ts";

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

/** A node of the tree of paths: all that begin alike share it. */
class PathNode<T> {
  readonly id: number;
  /** Whether it is reached again at each value below it: it comes before a `..`. */
  readonly stays: boolean;
  readonly rules: PathRule<T>[] = [];
  readonly names = new Map<string, PathNode<T>>();
  readonly indexes = new Map<number, PathNode<T>>();
  readonly slices: { step: Step & { kind: "slice" }; node: PathNode<T> }[] = [];
  all: PathNode<T> | undefined;
  descend: PathNode<T> | undefined;
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
  readonly nodes: readonly PathNode<T>[];
  /** The states after the names of the table. @internal */
  readonly byName: (PathState<T> | undefined)[] = [];
  /** The state after any other name. @internal */
  other: PathState<T> | undefined;
  /** The state after any element, where its position does not matter. @internal */
  element: PathState<T> | undefined;

  /** @internal */
  constructor(
    nodes: readonly PathNode<T>[],
    rule: PathRule<T> | undefined,
    keyRule: PathRule<T> | undefined,
    conflict: readonly [PathRule<T>, PathRule<T>] | undefined,
  ) {
    this.nodes = nodes;
    this.rule = rule;
    this.keyRule = keyRule;
    this.conflict = conflict;
    this.isLive = nodes.length > 0;
    this.isPositional = nodes.some(({ indexes, slices }) => indexes.size > 0 || slices.length > 0);
    this.needsLength = nodes.some(({ indexes, slices }) =>
      slices.length > 0 || [...indexes.keys()].some((index) => index < 0)
    );
    this.names = new NameTable(new Set(nodes.flatMap(({ names }) => [...names.keys()])));
  }
}

/** The automaton of some rules. */
export class PathAutomaton<T> {
  readonly #nodes: PathNode<T>[] = [];
  readonly #inherited: PathRule<T> | undefined;
  readonly #areAlike: (a: T, b: T) => boolean;
  #states = new Map<string, PathState<T>>();
  #root: PathState<T> | undefined;

  /**
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
    const root = this.#newNode(false);
    for (const rule of rules) this.#add(root, rule);
    // Nodes are made before those that follow them.
    for (const node of this.#nodes.toReversed()) {
      const next = [
        ...node.names.values(),
        ...node.indexes.values(),
        ...node.slices.map((slice) => slice.node),
        ...(node.all === undefined ? [] : [node.all]),
      ];
      node.leadsOn = next.length > 0;
      const below = [...next, ...(node.descend === undefined ? [] : [node.descend])];
      node.orderMax = Math.max(
        -1,
        ...node.rules.map(({ isOfKeys, order }) => isOfKeys ? Infinity : order),
        ...below.map(({ orderMax }) => orderMax),
      );
    }
  }

  /**
   * The state of a payload as a whole.
   *
   * It starts over where too many states are known: hold no state from one payload to the next.
   */
  get root(): PathState<T> {
    if (this.#states.size > pathStatesMax) {
      this.#states = new Map();
      this.#root = undefined;
    }
    return this.#root ??= this.#stateOf([this.#nodes[0]!], this.#inherited);
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
   * @param length How many elements the array has, where the state needs it.
   * @returns The element's state.
   */
  afterElement(state: PathState<T>, index: number, length: number): PathState<T> {
    if (!state.isPositional) return state.element ??= this.#step(state, () => undefined);
    const nodes: PathNode<T>[] = [];
    for (const node of state.nodes) {
      const [fromStart, fromEnd] = [node.indexes.get(index), node.indexes.get(index - length)];
      if (fromStart !== undefined) nodes.push(fromStart);
      if (fromEnd !== undefined && fromEnd !== fromStart) nodes.push(fromEnd);
      for (const { step, node: next } of node.slices) {
        if (isInSlice(step, index, length)) nodes.push(next);
      }
      if (node.all !== undefined) nodes.push(node.all);
      if (node.stays) nodes.push(node);
    }
    return this.#stateOf(nodes, state.rule);
  }

  #step(
    state: PathState<T>,
    next: (node: PathNode<T>) => PathNode<T> | undefined,
  ): PathState<T> {
    const nodes: PathNode<T>[] = [];
    for (const node of state.nodes) {
      const named = next(node);
      if (named !== undefined) nodes.push(named);
      if (node.all !== undefined) nodes.push(node.all);
      if (node.stays) nodes.push(node);
    }
    return this.#stateOf(nodes, state.rule);
  }

  #stateOf(reached: readonly PathNode<T>[], inherited: PathRule<T> | undefined): PathState<T> {
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
    const nodes = new Set<PathNode<T>>();
    for (const node of reached) {
      for (const next of [node, node.descend]) {
        // What is less specific than the rule that covers the value decides nothing below it.
        if (next !== undefined && next.leadsOn && next.orderMax >= order) nodes.add(next);
      }
    }
    const sorted = [...nodes].sort((a, b) => a.id - b.id);
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

  #add(root: PathNode<T>, rule: PathRule<T>): void {
    let node = root;
    for (const { isDescendant, step } of rule.path) {
      if (isDescendant) node = node.descend ??= this.#newNode(true);
      node = this.#next(node, step);
    }
    node.rules.push(rule);
  }

  #next(node: PathNode<T>, step: Step): PathNode<T> {
    switch (step.kind) {
      case "name":
        return getOrMake(node.names, step.name, () => this.#newNode(false));
      case "index":
        return getOrMake(node.indexes, step.index, () => this.#newNode(false));
      case "all":
        return node.all ??= this.#newNode(false);
      case "slice": {
        const next = this.#newNode(false);
        node.slices.push({ step, node: next });
        return next;
      }
    }
  }

  #newNode(stays: boolean): PathNode<T> {
    const node = new PathNode<T>(this.#nodes.length, stays);
    this.#nodes.push(node);
    return node;
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
