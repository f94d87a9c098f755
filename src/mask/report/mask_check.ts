/**
 * What a policy would do with events: what it masks and keeps, what it says nothing of, and what does not fit.
 *
 * @module
 */

import { maskReportPlacesMax } from "../limits.ts";
import type { MaskObserver, MetValue } from "../observer.ts";
import type { PolicySection } from "../policy/policy.ts";
import { shownType } from "../residual/place.ts";

/** Values at one place. */
export interface CheckedPlace {
  /** The type of the events; absent for names of streams. */
  type?: string;
  /** The part of the event. */
  section: PolicySection;
  /** The path, or the category of the streams. */
  path: string;
  /** The rule that decided, if one did. */
  rule?: string;
  /** Why a value does not fit the rule. */
  problem?: string;
  /** How many values. */
  values: number;
  /** The line of the first. */
  line: number;
}

/** Counts values by place, without a look at them. */
export class PlaceCounts {
  /** How many values. */
  values = 0;
  /** Places beyond the bound have no entry; whether there are any. */
  isCut = false;
  readonly #places = new Map<string, CheckedPlace>();

  /**
   * Counts a value.
   *
   * @param problem Why it does not fit.
   */
  add({ type, section, path, rule, line }: MetValue, problem?: string): void {
    this.values++;
    const shown = section === "stream" ? undefined : shownType(type);
    const key = JSON.stringify([shown, section, path, problem]);
    const place = this.#places.get(key);
    if (place !== undefined) {
      place.values++;
    } else if (this.#places.size === maskReportPlacesMax) {
      this.isCut = true;
    } else {
      this.#places.set(key, {
        ...shown === undefined ? {} : { type: shown },
        section,
        path,
        ...rule === undefined ? {} : { rule: rule.rule.text },
        ...problem === undefined ? {} : { problem },
        values: 1,
        line,
      });
    }
  }

  /** The places, in the order of their first lines. */
  places(): CheckedPlace[] {
    return [...this.#places.values()];
  }
}

/** What a policy does with events, value by value. */
export class MaskCheck {
  /** Values that stay. */
  readonly kept = new PlaceCounts();
  /** Values that no rule names. */
  readonly undecided = new PlaceCounts();
  /** Values that do not fit their rule. */
  readonly unfit = new PlaceCounts();

  /** Observes the values that a mask meets. */
  readonly observer: MaskObserver = {
    onKept: (value) => this.kept.add(value),
    onUndecided: (value) => this.undecided.add(value),
    onUnfit: (value) => this.unfit.add(value, value.problem),
  };
}
