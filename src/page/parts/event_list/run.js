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
 * @typedef {(search: Search, signal: AbortSignal) => Promise<Found>} Read
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
  /** @type {Read} */
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
   * @param {{read: Read, at: number, last: number, width: number}} options `at`:
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
    const { events, next, position } = await this.#read({ from: this.to + 1, limit }, signal);
    signal.throwIfAborted();
    this.last = Math.max(this.last, position);
    this.to = next === null ? this.last : position;
    this.rows = [...this.rows, ...events.map(listRowOf)];
    if (this.rows.length <= rowsMax) return;
    this.rows = this.rows.slice(-rowsMax);
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
    const first = () => Math.max(1, to - this.#width + 1);
    /** @type {Row[]} */
    let rows = [];
    for (let start = first();;) {
      const search = { from: start, to, limit: pageMax };
      const { events, next, position } = await this.#read(search, signal);
      signal.throwIfAborted();
      rows.push(...events.map(listRowOf));
      if (next === null || next > to) break;
      if (rows.length < pageMax) {
        onProgress(position);
        start = next;
      } else {
        // Those at the end are the ones that are needed.
        this.#width = Math.ceil(this.#width / 8);
        rows = [];
        start = first();
      }
    }
    this.from = first();
    const growth = Math.min(8, pageLater / rows.length);
    this.#width = Math.max(pageLater, Math.ceil(this.#width * growth));
    this.rows = [...rows, ...this.rows];
    const last = this.rows[rowsMax - 1];
    if (last === undefined || this.rows.length === rowsMax) return;
    this.rows.length = rowsMax;
    this.to = last.globalPosition;
  }
}

/** @param {import("../../api/event.js").Event} event @returns {Row} */
export function listRowOf({ id, stream, type, globalPosition, data, time }) {
  return { id, stream, type, globalPosition, data: cutText(data, dataCharsMax), time };
}
