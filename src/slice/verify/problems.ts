/**
 * What can be wrong with a file or a namespace, in words that scripts can rely on.
 *
 * @module
 */

import { problemsNamedMax } from "../limits.ts";

/** What is wrong. */
export type ProblemKind =
  | "bad_line"
  | "order"
  | "position_twice"
  | "stream_position_twice"
  | "id_twice"
  | "manifest"
  | "missing_in_store"
  | "differs"
  | "missing_in_file"
  | "next_write"
  | "counter";

/** A problem. */
export interface Problem {
  /** What is wrong. */
  kind: ProblemKind;
  /** The same for people, with the values. */
  message: string;
  /** The line, from 1. */
  line?: number;
  /** The global position. */
  position?: number;
  /** The stream. */
  stream?: string;
}

/** Problems: the first of them, and how many there are of each kind. */
export class Problems {
  /** The first that were found, at most `problemsNamedMax`. */
  readonly named: Problem[] = [];
  /** How many of each kind. */
  readonly counts: Partial<Record<ProblemKind, number>> = {};

  /** How many in all. */
  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  /** Adds those of another, after these. */
  addAll(other: Problems): void {
    for (const [kind, count] of Object.entries(other.counts)) {
      const own = kind as ProblemKind;
      this.counts[own] = (this.counts[own] ?? 0) + count;
    }
    this.named.push(...other.named.slice(0, problemsNamedMax - this.named.length));
  }

  /** Adds one. */
  add(problem: Problem): void {
    this.counts[problem.kind] = (this.counts[problem.kind] ?? 0) + 1;
    if (this.named.length < problemsNamedMax) this.named.push(problem);
  }
}
