// @ts-check
/// <reference lib="dom" />
/**
 * The list of events apart from its elements: what is loaded, where it is, what is loaded next.
 *
 * A browser cannot scroll through 5,000,000 rows: elements end at some 17,000,000 pixels. So the scroll bar stands
 * for the global positions in proportion, and the rows that are loaded lie around it: scrolling by a little moves by
 * pixels, and what has drifted apart meanwhile is put right when the scrolling ends.
 *
 * @module
 */

import { searchEvents } from "../../api/search.js";
import { layOut, lineAt } from "./layout.js";
import { EventRun } from "./run.js";

/**
 * @typedef {import("./run.js").Row} Row
 * @typedef {import("./layout.js").Layout} Layout
 *
 * @typedef {{messageCount: number, globalPosition: number, createdAt: string}} Info Of the namespace.
 *
 * @typedef {object} Listener
 * @property {() => void} onChange Something has to be drawn again.
 * @property {(position: number | null) => void} onPlace The list has come to rest at this global position.
 */

const gapHeight = 20;
const [rowHeight, rowHeightNarrow] = [28, 48];

/** Below this width a row has two lines. */
const narrowMax = 720;

/** Pixels that browsers scroll through without rounding. */
const spaceMax = 8_000_000;

/**
 * In milliseconds: how often a list is read again while the scroll bar is dragged, how long it rests before its place is
 * noted, and after how long a search is worth a word.
 */
const [jumpMs, restMs, slowMs] = [50, 250, 400];

/** @type {Layout} */
const noLines = { lines: [], tops: [], height: 0 };

export class ListModel {
  #wanted;
  #listener;
  /** @type {HTMLElement} */
  #element = /** @type {any} Until it is attached. */ (null);
  #ending = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #jumpTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #restTimer;
  #isScrolling = false;
  layout = noLines;
  /** How far the first line is above what is seen. */
  offset = 0;
  /** Height of the scroll space, and what is seen of it. */
  height = 0;
  top = 0;
  view = 0;
  isNarrow = false;
  /** Global position of the event that keys move from. @type {number | null} */
  cursor = null;
  /** Where the scroll bar is dragged to, before it is read. @type {number | null} */
  jumpsTo = null;
  isLoading = false;
  isSlow = false;
  /** Somebody has stopped the search. */
  isStopped = false;
  /** Up to which global position the search has looked. @type {number | null} */
  lookedTo = null;
  /** @type {unknown} */
  error = undefined;

  /**
   * @param {import("../../api/search.js").Wanted} wanted
   * @param {Info} info
   * @param {number | null} at Global position to begin with.
   * @param {Listener} listener
   */
  constructor(wanted, info, at, listener) {
    this.#wanted = wanted;
    this.#listener = listener;
    this.info = info;
    /** Whether some events are not wanted. */
    this.isFiltered = Object.keys(wanted).length > 0;
    this.run = this.#runAt(at ?? 1);
  }

  /** @param {HTMLElement} element The one that scrolls. @returns {() => void} Ends it. */
  attach(element) {
    this.#element = element;
    const observer = new ResizeObserver(() => this.#measure());
    observer.observe(element);
    this.#measure();
    return () => {
      observer.disconnect();
      clearTimeout(this.#jumpTimer);
      clearTimeout(this.#restTimer);
      this.#ending.abort();
    };
  }

  /** Whether everything is loaded. */
  get isWhole() {
    return this.run.isStart && this.run.isEnd;
  }

  /**
   * Goes to a global position, or to the end.
   *
   * @param {number | null} position
   * @param {boolean} [isTold] Whether the address has said so, and stays as it is.
   */
  goTo(position, isTold) {
    const { from, to, last, isEnd } = this.run;
    const wanted = clamp(position ?? 1, 1, last + 1);
    const isLoaded = wanted >= from && (wanted <= to || isEnd) && from <= to;
    if (isLoaded && this.error === undefined) this.#place(this.#topOf(wanted));
    else this.#restart(wanted);
    if (isTold) clearTimeout(this.#restTimer);
    else this.#rest();
  }

  stop() {
    this.isStopped = true;
    this.fail(undefined);
  }

  goOn() {
    this.isStopped = false;
    this.#ensure();
  }

  /**
   * What is known of the namespace now.
   *
   * @param {Info} info
   * @param {boolean} isOther Whether its events are others than those loaded.
   */
  update(info, isOther) {
    this.info = info;
    if (isOther) return this.#restart(this.position ?? 1);
    this.run.last = Math.max(this.run.last, info.globalPosition);
    this.#show();
  }

  /** @param {unknown} error */
  fail(error) {
    this.error = error;
    this.#abort();
    this.#listener.onChange();
  }

  /** The global position at the top; `null` at the very start. */
  get position() {
    const { run, offset, layout } = this;
    if (run.isStart && offset <= 0) return null;
    return layout.lines[lineAt(layout, offset)]?.from ?? run.from;
  }

  /** The lines to draw, and where they begin in the scroll space. */
  get drawn() {
    const { layout, offset, view } = this;
    const first = Math.max(0, lineAt(layout, offset - view / 2) - 1);
    return {
      lines: layout.lines.slice(first, lineAt(layout, offset + 1.5 * view) + 2),
      y: this.top - offset + (layout.tops[first] ?? 0),
    };
  }

  /** The first event that is seen whole. */
  get firstSeen() {
    const { lines, tops } = this.layout;
    return lines.find(({ row }, index) => row && (tops[index] ?? 0) >= this.offset - 1)?.row;
  }

  /**
   * @param {number} distance Rows.
   * @param {number} [pages] And so many rows as are seen.
   * @returns {Row | undefined} The event so far away from the cursor, or one that is seen.
   */
  rowBeside(distance, pages = 0) {
    const { rows } = this.run;
    const index = rows.findIndex(({ globalPosition }) => globalPosition === this.cursor);
    if (index < 0) return this.firstSeen;
    const page = Math.max(1, Math.floor(this.view / this.#rowHeight) - 1);
    return rows[clamp(index + distance + pages * page, 0, rows.length - 1)];
  }

  /** Scrolls as little as will show an event. @param {number} position */
  reveal(position) {
    const y = this.#topOf(position);
    this.#place(clamp(this.offset, y + this.#rowHeight - this.view, y));
    this.#rest();
  }

  onScroll() {
    const moved = this.#element.scrollTop - this.top;
    if (moved === 0) return;
    this.top += moved;
    this.offset += moved;
    this.#isScrolling = true;
    const { offset, layout, view, run: { last } } = this;
    const isFar = Math.abs(moved) > Math.max(2000, 3 * view);
    const isLoaded = offset >= 0 && offset + view <= layout.height;
    if (this.isWhole || isLoaded || !isFar && this.jumpsTo === null) return this.#show();
    const share = this.top / Math.max(1, this.height - view);
    this.jumpsTo = share < 1 ? 1 + Math.round(Math.max(0, share) * (last - 1)) : last + 1;
    this.#jumpTimer ??= setTimeout(() => {
      this.#restart(this.jumpsTo ?? 1);
      this.#rest();
    }, jumpMs);
    this.#listener.onChange();
  }

  onScrollEnd() {
    if (!this.#isScrolling) return;
    this.#isScrolling = false;
    // What the scroll bar was dragged to is still to be read.
    if (this.jumpsTo !== null) return;
    this.#show();
    this.#rest();
  }

  get #rowHeight() {
    return this.isNarrow ? rowHeightNarrow : rowHeight;
  }

  /** @param {number} position */
  #topOf(position) {
    const { lines, tops, height } = this.layout;
    return tops[lines.findIndex(({ to }) => to >= position)] ?? height;
  }

  /** Notes the place where the list rests. */
  #rest() {
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => this.#listener.onPlace(this.position), restMs);
  }

  /** @param {number} at */
  #runAt(at) {
    const { messageCount, globalPosition: last } = this.info;
    return new EventRun({
      read: (search, signal) => searchEvents({ ...this.#wanted, ...search }, signal),
      at: clamp(at, 1, last + 1),
      last,
      width: Math.ceil(100 * Math.max(1, last / Math.max(1, messageCount))),
    });
  }

  #abort() {
    this.#ending.abort();
    this.#ending = new AbortController();
    this.isLoading = this.isSlow = false;
  }

  /** @param {number} at */
  #restart(at) {
    this.#abort();
    clearTimeout(this.#jumpTimer);
    this.#jumpTimer = this.error = undefined;
    this.jumpsTo = this.lookedTo = null;
    this.isStopped = false;
    this.run = this.#runAt(at);
    this.layout = noLines;
    this.offset = 0;
    this.#show();
  }

  #measure() {
    const { clientWidth, clientHeight } = this.#element;
    this.isNarrow = clientWidth <= narrowMax;
    // The class that follows from it hides the heads, which else stay at the top.
    this.view = Math.max(rowHeight, clientHeight - (this.isNarrow ? 0 : rowHeight));
    this.#arrange();
    this.#show();
  }

  /** Lays the lines out again, so that what is seen stays where it is. @param {boolean} [isBefore] */
  #arrange(isBefore) {
    const kept = this.firstSeen ?? this.layout.lines.findLast(({ row }) => row)?.row;
    const anchor = kept?.globalPosition ?? (isBefore ? Infinity : 0);
    const y = this.#topOf(anchor);
    this.layout = layOut(this.run, {
      rowHeight: this.#rowHeight,
      gapHeight,
      hasGaps: !this.isFiltered,
    });
    this.offset += this.#topOf(anchor) - y;
  }

  /** Moves the lines. @param {number} offset */
  #place(offset) {
    this.offset = offset;
    this.#isScrolling = false;
    this.#show();
  }

  /** Has everything drawn, and loads what is missing. */
  #show() {
    this.#clamp();
    if (!this.#isScrolling || this.#isStuck) this.#settle();
    this.#listener.onChange();
    this.#ensure();
  }

  /** Nothing is seen beyond the first line and the last one. */
  #clamp() {
    const { run, layout, view } = this;
    if (run.isEnd) this.offset = Math.min(this.offset, layout.height - view);
    if (run.isStart) this.offset = Math.max(this.offset, 0);
  }

  /** Puts the scroll bar where the rows shown are among all: noLines is seen to move. */
  #settle() {
    const { run, info, view, layout: { height: content }, offset } = this;
    const looked = run.to - run.from + 1;
    const count = this.isFiltered && looked > 0
      ? run.rows.length * info.globalPosition / looked
      : info.messageCount;
    const height = this.isWhole
      ? Math.max(content, view)
      : Math.ceil(clamp(count * this.#rowHeight, content + 6 * view, spaceMax));
    const end = height - view;
    const share = ((this.position ?? 1) - 1) / Math.max(1, run.last - 1);
    const top = run.isStart
      ? offset
      : run.isEnd
      ? end - (content - offset - view)
      : Math.round(clamp(share * end, 2 * view, end - 2 * view));
    this.height = height;
    const space = /** @type {HTMLElement} */ (this.#element.querySelector(".space"));
    space.style.height = `${height}px`;
    this.#element.scrollTop = top;
    this.top = this.#element.scrollTop;
  }

  /** Whether there is more than the scroll bar has left. */
  get #isStuck() {
    const { offset, top, view, height, layout, run } = this;
    return top <= 0 && (offset > top || !run.isStart) ||
      top + view >= height - 1 && (layout.height - offset > height - top + 1 || !run.isEnd);
  }

  /** What has to be loaded for what is seen and a little around it. @returns {"before" | "after" | null} */
  get #missing() {
    const { run, layout, offset, view } = this;
    const after = run.isEnd ? -Infinity : offset + view - layout.height;
    const before = run.isStart ? -Infinity : -offset;
    if (Math.max(after, before) <= -1.5 * view) return null;
    return after > 0 || after >= before ? "after" : "before";
  }

  async #ensure() {
    const { run, jumpsTo, error, isLoading, isStopped } = this;
    if (isLoading || isStopped || error !== undefined || jumpsTo !== null) return;
    const { signal } = this.#ending;
    this.isLoading = true;
    const slow = setTimeout(() => {
      this.isSlow = true;
      this.#listener.onChange();
    }, slowMs);
    try {
      for (let side; (side = this.#missing);) {
        if (side === "after") await run.loadAfter(signal);
        else {
          await run.loadBefore(signal, (position) => {
            this.lookedTo = position;
            this.#listener.onChange();
          });
        }
        this.lookedTo = null;
        this.#arrange(side === "before");
        this.#show();
      }
      this.isLoading = this.isSlow = false;
      this.#listener.onChange();
    } catch (error) {
      // What was stopped has been put aside already.
      if (!signal.aborted) this.fail(error);
    } finally {
      clearTimeout(slow);
    }
  }
}

/**
 * @param {number} value
 * @param {number} min
 * @param {number} max
 */
function clamp(value, min, max) {
  return Math.min(Math.max(value, min), max);
}
