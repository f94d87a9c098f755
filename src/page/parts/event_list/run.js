// @ts-check
/**
 * The events that are loaded: all that are wanted between two global positions, and never too many.
 *
 * @module
 */

import { cutText } from "../../text/visible.js";

/**
 * @typedef {import("../../api/search.js").Search} Search
 * @typedef {import("../../api/search.js").Found} Found
 *
 * @typedef {object} Row What a line shows of an event.
 * @property {string} id
 * @property {string} stream
 * @property {string} type
 * @property {number} globalPosition
 * @property {string} data The beginning of it.
 * @property {string} time
 */

/** Events that are read at once, to begin with and later. */
const [pageFirst, pageLater, pageMax] = [100, 250, 1000];

/** Most events that are kept. */
const rowsMax = 3000;

/** Of a payload; a line has room for fewer on most screens. */
const dataCharsMax = 400;

export class EventRun {
  /** @type {(search: Search) => Promise<Found>} */
  #read;
  /** How many positions to look at when going up. @type {number} */
  #width;
  /** By global position. @type {Row[]} */
  rows = [];
  /** The lowest global position that was looked at. */
  from;
  /** The highest one. */
  to;
  /** The highest one that there is. */
  last;

  /**
   * @param {{read: (search: Search) => Promise<Found>, at: number, last: number, width: number}} options `at`:
   * where to begin; `width`: how many positions have a page of events, as far as one knows.
   */
  constructor({ read, at, last, width }) {
    this.#read = read;
    this.#width = width;
    this.from = at;
    this.to = at - 1;
    this.last = last;
  }

  get isStart() {
    return this.from <= 1;
  }

  get isEnd() {
    return this.to >= this.last;
  }

  /** Reads on, in a call's bounds: there may be nothing new but `to`. @param {AbortSignal} signal */
  async loadAfter(signal) {
    const limit = this.rows.length === 0 ? pageFirst : pageLater;
    const { events, next, position } = await this.#read({ from: this.to + 1, limit });
    signal.throwIfAborted();
    this.last = Math.max(this.last, position);
    this.to = next === null ? this.last : position;
    this.rows = [...this.rows, ...events.map(rowOf)];
    const extra = this.rows.length - rowsMax;
    if (extra <= 0) return;
    this.rows = this.rows.slice(extra);
    this.from = this.rows[0]?.globalPosition ?? this.from;
  }

  /**
   * Reads what is before. A search goes up, so a window of positions is read whole: the next one is as wide as the
   * last one had events.
   *
   * @param {AbortSignal} signal
   * @param {(position: number) => void} onProgress Told up to where in the window it has looked.
   */
  async loadBefore(signal, onProgress) {
    const to = this.from - 1;
    for (;;) {
      const from = Math.max(1, to - this.#width + 1);
      const rows = await this.#readWindow(from, to, signal, onProgress);
      if (rows === null) {
        this.#width = Math.ceil(this.#width / 8);
        continue;
      }
      const growth = rows.length === 0 ? 8 : Math.min(8, pageLater / rows.length);
      this.#width = Math.max(pageLater, Math.ceil(this.#width * growth));
      this.rows = [...rows, ...this.rows];
      this.from = from;
      if (this.rows.length <= rowsMax) return;
      this.rows = this.rows.slice(0, rowsMax);
      this.to = this.rows[rowsMax - 1]?.globalPosition ?? this.to;
      return;
    }
  }

  /**
   * @param {number} from
   * @param {number} to
   * @param {AbortSignal} signal
   * @param {(position: number) => void} onProgress
   * @returns {Promise<Row[] | null>} `null` where there are too many: those at the end are the ones that are needed.
   */
  async #readWindow(from, to, signal, onProgress) {
    /** @type {Row[]} */
    const rows = [];
    for (let start = from;;) {
      const { events, next, position } = await this.#read({ from: start, to, limit: pageMax });
      signal.throwIfAborted();
      rows.push(...events.map(rowOf));
      if (next === null || next > to) return rows;
      if (rows.length >= pageMax) return null;
      onProgress(position);
      start = next;
    }
  }
}

/** @param {import("../../api/event.js").Event} event @returns {Row} */
export function rowOf({ id, stream, type, globalPosition, data, time }) {
  return { id, stream, type, globalPosition, data: cutText(data, dataCharsMax), time };
}
