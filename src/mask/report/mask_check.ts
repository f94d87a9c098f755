/**
 * What a policy would do with events: what it masks and keeps, what it says nothing of, and what does not fit.
 *
 * @module
 */

import { LINE_END } from "../../record/line_end.ts";
import { LineHead } from "../../record/line_head.ts";
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
  /** Global position of the first event with one. */
  position: number;
}

/** Global positions of lines: nobody sees the lines of a server, nor those of a selection from a file. */
class LinePositions {
  readonly #head = new LineHead();
  #bytes: Uint8Array = new Uint8Array();
  /** Index of the line that was asked for last, or of the first. */
  #at = 0;
  /** Its number. */
  #line = 0;

  /** Takes lines, of which the first has this number. */
  begin(lines: Uint8Array, first: number): void {
    this.#bytes = lines;
    this.#at = 0;
    this.#line = first;
  }

  /** The global position of a line, which is none before the one that was asked for last. */
  positionOf(line: number): number {
    for (; this.#line < line; this.#line++) {
      this.#at = this.#bytes.indexOf(LINE_END, this.#at) + 1;
    }
    this.#head.read(this.#bytes, this.#at);
    return this.#head.globalPosition;
  }
}

/** Counts values by place, without a look at them. */
export class PlaceCounts {
  /** How many values. */
  values = 0;
  /** Places beyond the bound have no entry; whether there are any. */
  isCut = false;
  readonly #places = new Map<string, CheckedPlace>();
  readonly #lines: LinePositions;

  /** @param lines The lines that the values are met in. */
  constructor(lines: LinePositions) {
    this.#lines = lines;
  }

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
        position: this.#lines.positionOf(line),
      });
    }
  }

  /** The places, in the order of their first events. */
  places(): CheckedPlace[] {
    return [...this.#places.values()];
  }
}

/** What a policy does with events, value by value. */
export class MaskCheck {
  readonly #lines = new LinePositions();
  /** Values that stay. */
  readonly kept: PlaceCounts = new PlaceCounts(this.#lines);
  /** Values that no rule names. */
  readonly undecided: PlaceCounts = new PlaceCounts(this.#lines);
  /** Values that do not fit their rule. */
  readonly unfit: PlaceCounts = new PlaceCounts(this.#lines);

  /** Observes the values that a mask meets. */
  readonly observer: MaskObserver = {
    onKept: (value) => this.kept.add(value),
    onUndecided: (value) => this.undecided.add(value),
    onUnfit: (value) => this.unfit.add(value, value.problem),
  };

  /**
   * To be called before a mask takes lines.
   *
   * @param lines Whole lines, each of them a record with its line end.
   * @param first The number of the first one, as the mask counts.
   */
  begin(lines: Uint8Array, first: number): void {
    this.#lines.begin(lines, first);
  }
}
