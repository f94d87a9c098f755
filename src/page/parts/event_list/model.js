// @ts-check
/// <reference lib="dom" />
/**
 * The list of events apart from its elements: what is loaded, where it is, what is loaded next.
 *
 * @module
 */

import { clamp, layOut, lineAt, positionAt, settled } from "./layout.js";
import { EventRun } from "./run.js";

/**
 * @typedef {import("./run.js").Row} Row
 * @typedef {import("../../api/search.js").Search} Search
 *
 * @typedef {object} Source Where events come from.
 * @property {(search: Search, signal: AbortSignal) => Promise<import("../../api/search.js").Found>} read
 * @property {boolean} isFiltered Whether some events are not wanted.
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

/** How often a list is read anew while the scroll bar is dragged, in milliseconds. */
const jumpMs = 50;

/** After so long without scrolling it has ended, in browsers that do not say so. */
const idleMs = 150;

/** A search that takes longer is worth a word. */
const slowMs = 400;

export class ListModel {
  #source;
  #listener;
  /** @type {HTMLElement | null} */
  #element = null;
  #ending = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #jumpTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idleTimer;
  /** Where the list was told to begin. @type {number} */
  #start;
  /** Height of the column heads, which stay at the top. */
  #head = 0;
  #isScrolling = false;
  /** Whether the address has told where the list begins, and not the scroll bar. */
  #isTold = true;
  /** @type {import("./layout.js").Layout} */
  layout = { lines: [], tops: [], height: 0 };
  /** Of the first line, in the scroll space. */
  base = 0;
  /** Of the scroll space. */
  height = 0;
  /** What is seen of it. */
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
   * @param {Source} source
   * @param {Info} info
   * @param {number | null} at Global position to begin with.
   * @param {Listener} listener
   */
  constructor(source, info, at, listener) {
    this.#source = source;
    this.#listener = listener;
    this.info = info;
    this.#start = at ?? 1;
    this.run = this.#runAt(this.#start);
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
      clearTimeout(this.#idleTimer);
      this.#ending.abort();
      this.#element = null;
    };
  }

  /** Whether everything is loaded. */
  get isWhole() {
    return this.run.isStart && this.run.isEnd;
  }

  get isEmpty() {
    return this.isWhole && this.run.rows.length === 0;
  }

  /**
   * Goes to a global position, or to the end.
   *
   * @param {number | null} position
   * @param {boolean} [isTold] Whether the address has said so, and stays as it is.
   */
  goTo(position, isTold = false) {
    const { from, to, last, isEnd } = this.run;
    const wanted = clamp(position ?? 1, 1, last + 1);
    if (this.error === undefined && wanted >= from && (wanted <= to || isEnd) && from <= to) {
      this.#place(this.#topOf(wanted), isTold);
    } else this.#restart(wanted, { isTold });
  }

  /** Reads everything again. */
  reload() {
    this.#restart(this.position ?? this.#start);
  }

  stop() {
    this.isStopped = true;
    this.#abort();
    this.#listener.onChange();
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
    if (isOther) {
      this.run.last = info.globalPosition;
      return this.#restart(Math.min(this.position ?? 1, Math.max(1, info.globalPosition)));
    }
    this.run.last = Math.max(this.run.last, info.globalPosition);
    if (!this.#isScrolling) this.#settle();
    this.#listener.onChange();
    this.#ensure();
  }

  /** @param {unknown} error */
  fail(error) {
    this.error = error;
    this.#abort();
    this.#listener.onChange();
  }

  /** The global position at the top; `null` at the very start. */
  get position() {
    const offset = this.top - this.base;
    if (this.run.isStart && offset <= 0) return null;
    return this.layout.lines[lineAt(this.layout.tops, offset)]?.from ?? this.run.from;
  }

  /** The lines to draw. @returns {{first: number, end: number}} */
  get drawn() {
    const { tops } = this.layout;
    if (tops.length === 0) return { first: 0, end: 0 };
    const y = this.top - this.base;
    return {
      first: Math.max(0, lineAt(tops, y - this.view / 2) - 1),
      end: Math.min(tops.length, lineAt(tops, y + 1.5 * this.view) + 2),
    };
  }

  /** The first event that is seen whole. */
  get firstSeen() {
    const { lines, tops } = this.layout;
    const y = this.top - this.base - 1;
    return lines.find(({ row }, index) => row && (tops[index] ?? 0) >= y)?.row;
  }

  /**
   * @param {number} distance Rows; a page is `±Infinity`.
   * @returns {Row | undefined} The event so many rows away from the cursor, or one that is seen.
   */
  rowBeside(distance) {
    const { rows } = this.run;
    const index = rows.findIndex(({ globalPosition }) => globalPosition === this.cursor);
    if (index < 0) return this.firstSeen;
    const page = Math.max(1, Math.floor(this.view / this.#rowHeight) - 1);
    const step = Number.isFinite(distance) ? distance : Math.sign(distance) * page;
    return rows[clamp(index + step, 0, rows.length - 1)];
  }

  /** Scrolls as little as will show an event. @param {number} position */
  reveal(position) {
    const y = this.#topOf(position);
    const offset = this.top - this.base;
    const least = y + this.#rowHeight - this.view;
    if (y < offset) this.#place(y);
    else if (least > offset) this.#place(least);
    else this.#listener.onChange();
  }

  onScroll() {
    const element = this.#element;
    if (element === null || element.scrollTop === this.top) return;
    const before = this.top;
    this.top = element.scrollTop;
    this.#isScrolling = true;
    if (!("onscrollend" in globalThis)) {
      clearTimeout(this.#idleTimer);
      this.#idleTimer = setTimeout(() => this.onScrollEnd(), idleMs);
    }
    const isFar = Math.abs(this.top - before) > Math.max(2000, 3 * this.view);
    const { base, layout: { height }, top, view } = this;
    const isLoaded = top >= base && top + view <= base + height;
    if (this.isWhole || isLoaded || !isFar && this.jumpsTo === null) return this.#moved();
    this.jumpsTo = positionAt({ top, view, height: this.height, last: this.run.last });
    this.#jumpTimer ??= setTimeout(() => {
      this.#jumpTimer = undefined;
      const position = this.jumpsTo;
      if (position !== null) this.#restart(position, { isTold: false });
    }, jumpMs);
    this.#listener.onChange();
  }

  onScrollEnd() {
    if (!this.#isScrolling) return;
    this.#isScrolling = false;
    // What the scroll bar was dragged to is still to be read.
    if (this.jumpsTo !== null || this.isLoading && this.layout.height === 0) return;
    this.#settle();
    this.#listener.onChange();
    this.#listener.onPlace(this.position);
  }

  get #rowHeight() {
    return this.isNarrow ? rowHeightNarrow : rowHeight;
  }

  /** @param {number} position */
  #topOf(position) {
    const { lines, tops, height } = this.layout;
    const index = lines.findIndex((line) =>
      (line.row === undefined ? line.to : line.from) >= position
    );
    return index < 0 ? height : tops[index] ?? 0;
  }

  /** @param {number} at */
  #runAt(at) {
    const { messageCount, globalPosition } = this.info;
    const last = globalPosition;
    const width = Math.ceil(100 * Math.max(1, last / Math.max(1, messageCount)));
    const read = (/** @type {Search} */ search) => this.#source.read(search, this.#ending.signal);
    return new EventRun({ read, at: clamp(at, 1, last + 1), last, width });
  }

  #abort() {
    this.#ending.abort();
    this.#ending = new AbortController();
    this.isLoading = this.isSlow = false;
  }

  /** @param {number} at @param {{isTold?: boolean}} [options] */
  #restart(at, { isTold = true } = {}) {
    this.#abort();
    clearTimeout(this.#jumpTimer);
    this.#jumpTimer = undefined;
    this.jumpsTo = null;
    this.isStopped = false;
    this.error = undefined;
    this.lookedTo = null;
    this.#start = at;
    this.#isTold = isTold;
    this.run = this.#runAt(at);
    this.layout = { lines: [], tops: [], height: 0 };
    this.base = this.top;
    this.#listener.onChange();
    this.#ensure();
  }

  #measure() {
    const element = this.#element;
    if (element === null) return;
    this.isNarrow = element.clientWidth <= narrowMax;
    // The class that follows from it hides the heads.
    this.#head = this.isNarrow ? 0 : rowHeight;
    this.view = Math.max(rowHeight, element.clientHeight - this.#head);
    this.#arrange();
    this.#settle();
    this.#listener.onChange();
    this.#ensure();
  }

  /** Lays the lines out again, so that what is seen stays where it is. @param {boolean} [isBefore] */
  #arrange(isBefore = false) {
    const before = this.layout;
    const seen = before.lines.slice(lineAt(before.tops, this.top - this.base)).find(({ row }) =>
      row
    );
    const kept = seen ?? before.lines.findLast(({ row }) => row);
    const y = kept && this.#topOf(kept.from);
    this.layout = layOut(this.run, {
      rowHeight: this.#rowHeight,
      gapHeight,
      hasGaps: !this.#source.isFiltered,
    });
    if (kept !== undefined && y !== undefined) this.base += y - this.#topOf(kept.from);
    else if (isBefore) this.base += before.height - this.layout.height;
    this.#clamp();
  }

  /** Nothing is seen beyond the first line and the last one. */
  #clamp() {
    const { run, layout: { height }, top, view } = this;
    if (run.isEnd) this.base = Math.max(this.base, top + view - height);
    if (run.isStart) this.base = Math.min(this.base, top);
  }

  /**
   * Moves the lines.
   *
   * @param {number} offset How far the first one is above what is seen.
   * @param {boolean} [isTold]
   */
  #place(offset, isTold = false) {
    this.base = this.top - offset;
    this.#clamp();
    this.#settle();
    this.#listener.onChange();
    if (!isTold) this.#listener.onPlace(this.position);
    this.#ensure();
  }

  /** Puts the scroll bar right, and the lines with it: nothing is seen to move. */
  #settle() {
    const element = this.#element;
    const space = element?.querySelector(".space");
    if (element === null || !(space instanceof HTMLElement)) return;
    const { run, info, view, layout, base } = this;
    const looked = run.to - run.from + 1;
    const count = this.#source.isFiltered && looked > 0
      ? run.rows.length * info.globalPosition / looked
      : info.messageCount;
    const offset = this.top - base;
    const { height, top } = settled({
      view,
      content: layout.height,
      offset,
      position: this.position ?? 1,
      last: run.last,
      isStart: run.isStart,
      isEnd: run.isEnd,
      estimate: count * this.#rowHeight,
    });
    this.height = height;
    space.style.height = `${height}px`;
    element.scrollTop = top;
    this.top = element.scrollTop;
    this.base = this.top - offset;
    this.#clamp();
  }

  #moved() {
    this.#clamp();
    if (this.#isStuck) this.#settle();
    this.#listener.onChange();
    this.#ensure();
  }

  /** Whether there is more than the scroll bar has left. */
  get #isStuck() {
    const { base, top, view, height, layout, run } = this;
    return top <= 0 && (base < 0 || !run.isStart) ||
      top + view >= height - 1 && (base + layout.height > height + 1 || !run.isEnd);
  }

  /** What has to be loaded for what is seen and a little around it. @returns {"before" | "after" | null} */
  #missing() {
    const { run, layout: { height }, base, top, view } = this;
    const after = run.isEnd ? -Infinity : top + view - (base + height);
    const before = run.isStart ? -Infinity : base - top;
    if (Math.max(after, before) <= -1.5 * view) return null;
    return after > 0 || after >= before ? "after" : "before";
  }

  async #ensure() {
    const isIdle = this.isLoading || this.isStopped || this.error !== undefined;
    if (isIdle || this.jumpsTo !== null || this.#element === null) return;
    const { run } = this;
    const { signal } = this.#ending;
    this.isLoading = true;
    const slow = setTimeout(() => {
      this.isSlow = true;
      this.#listener.onChange();
    }, slowMs);
    try {
      for (let side; (side = this.#missing()) !== null;) {
        if (side === "after") await run.loadAfter(signal);
        else {
          await run.loadBefore(signal, (position) => {
            this.lookedTo = position;
            this.#listener.onChange();
          });
        }
        this.lookedTo = null;
        this.#arrange(side === "before");
        if (!this.#isScrolling || this.#isStuck) this.#settle();
        if (!this.#isScrolling && !this.#isTold) {
          this.#isTold = true;
          this.#listener.onPlace(this.position);
        }
        this.#listener.onChange();
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
