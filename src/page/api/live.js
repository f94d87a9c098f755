// @ts-check
/// <reference lib="dom" />
/**
 * The newest events, as they come: pokes say that there are some, searches read them. Whatever comes, only so many
 * are kept, and of more than that only the newest are read; all are counted.
 *
 * @module
 */

import { currentNamespace } from "../state/session.js";
import { Value } from "../state/value.js";
import { cutText } from "../text/visible.js";
import { follow } from "./follow.js";
import { isAbort } from "./problem.js";
import { searchEvents } from "./search.js";
import { read, until } from "./server.js";

/** Most events that are kept. */
export const keptMax = 500;

/** Positions before the present in which the first events to show are looked for, and how many are shown. */
const [backMax, beforeMax] = [1000, 20];

/** Between two drawings, in milliseconds: a burst is drawn a few times, and not once an event. */
const drawMs = 50;

/** Characters of a payload that a line shows at most. */
const dataCharsMax = 400;

/**
 * @typedef {Pick<import("./event.js").Event, "id" | "globalPosition" | "stream" | "type" | "data" | "time">} Row
 *
 * @typedef {object} LiveState
 * @property {readonly Row[]} rows The newest ones, in ascending order.
 * @property {number} count Events since the beginning.
 * @property {number | null} since Global position of the first event that would be counted; `null` until it is known.
 * @property {boolean} isConnected
 * @property {{count: number, from: number} | null} late What was imported at lower positions than had been seen, and
 * the lowest of them.
 * @property {boolean} isReplaced Whether the namespace was replaced meanwhile.
 * @property {unknown} [error] What ended it.
 */

/** @type {LiveState} */
const initial = {
  rows: [],
  count: 0,
  since: null,
  isConnected: false,
  late: null,
  isReplaced: false,
};

export class Live {
  /** What there is to show. */
  state = new Value(initial);
  /** What there is, and whether it is to be drawn soon. */
  #latest = initial;
  #isDue = false;
  /** @type {import("./search.js").Wanted} */
  #wanted;
  /** @type {{category?: string, stream?: string}} */
  #subject;
  /** Whether a poke need not be an event that is wanted. */
  #isFiltered;
  #ending = new AbortController();
  /** Of the connection, which a hidden tab gives back: a browser has six of them for a host. */
  #leaving = new AbortController();
  /** The last global position that a poke had. */
  #seen = 0;
  /** From which global position on events are to be read. */
  #next = 0;
  /** Global positions of the last pokes. @type {number[]} */
  #poked = [];
  /** What was read is to be read once more: it need not be what is there. */
  #isStale = false;
  #isReading = false;
  #isToBegin = true;
  #isChecking = false;

  /**
   * @param {import("./search.js").Wanted} wanted
   * @param {{category?: string, stream?: string}} subject What to be told of: all that is wanted is in it.
   * @param {boolean} isFiltered Whether more is in it.
   */
  constructor(wanted, subject, isFiltered) {
    this.#wanted = wanted;
    this.#subject = subject;
    this.#isFiltered = isFiltered;
  }

  /** Follows, until it is ended. */
  async start() {
    const { signal } = this.#ending;
    const unwatch = watchVisibility(() => isHidden() && this.#leaving.abort());
    signal.addEventListener("abort", unwatch);
    try {
      while (!signal.aborted) {
        if (this.#isToBegin) await this.#begin();
        this.#leaving = new AbortController();
        if (isHidden()) this.#leaving.abort();
        else await this.#follow(AbortSignal.any([signal, this.#leaving.signal]));
        await until(() => !isHidden(), watchVisibility, signal);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends it. */
  end() {
    this.#ending.abort();
  }

  /** @param {Partial<LiveState>} change */
  #show(change) {
    if (this.#ending.signal.aborted) return;
    this.#latest = { ...this.#latest, ...change };
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.state.set(this.#latest);
    }, drawMs);
  }

  /** @param {unknown} error */
  #fail(error) {
    if (!this.#ending.signal.aborted && !isAbort(error)) this.#show({ error, isConnected: false });
    this.end();
  }

  /** Shows what there was last, and remembers the place after it. */
  async #begin() {
    const { globalPosition } = await this.#info();
    this.#isToBegin = false;
    this.#seen = globalPosition;
    this.#next = globalPosition + 1;
    this.#poked = [];
    this.#isStale = false;
    const rows = await this.#read(Math.max(1, globalPosition - backMax), globalPosition);
    this.#show({ rows: rows.slice(-beforeMax), count: 0, since: globalPosition + 1, late: null });
  }

  /** @returns {Promise<{globalPosition: number}>} */
  #info() {
    return read("ns.info", [currentNamespace()], { signal: this.#ending.signal });
  }

  /** @param {AbortSignal} signal */
  #follow(signal) {
    return follow({
      subject: this.#subject,
      after: () => this.#seen,
      signal,
      onPoke: (position) => this.#onPoke(position),
      onConnection: (isConnected) => this.#show({ isConnected }),
      onHeartbeat: () => void this.#check(),
    });
  }

  /** @param {number} position */
  #onPoke(position) {
    const { count, late } = this.#latest;
    if (position > this.#seen) {
      this.#seen = position;
      this.#poked.push(position);
      if (this.#poked.length > keptMax) this.#poked.shift();
      if (!this.#isFiltered) this.#show({ count: count + 1 });
    } else {
      // An import at lower positions; it may also have replaced all that there was.
      this.#isStale = true;
      const { count: before = 0, from = position } = late ?? {};
      this.#show({ late: { count: before + 1, from: Math.min(from, position) } });
    }
    void this.#catchUp();
  }

  /** No poke tells that what was seen has been replaced, by a forced import. */
  async #check() {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      const { rows: [first] } = this.#latest;
      const seen = this.#seen;
      const { globalPosition } = await this.#info();
      if (globalPosition >= seen && (first === undefined || await this.#isThere(first))) return;
      this.#isToBegin = true;
      this.#show({ isReplaced: true });
      this.#leaving.abort();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isChecking = false;
    }
  }

  /** @param {Row} row */
  async #isThere({ id, globalPosition }) {
    const { signal } = this.#ending;
    const found = await searchEvents({ from: globalPosition, to: globalPosition }, signal);
    return found.events[0]?.id === id;
  }

  /** Reads what pokes have told of. */
  async #catchUp() {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      // Pokes of a burst come in many pieces: they are read together.
      await new Promise((resolve) => setTimeout(resolve, 50));
      while (!this.#ending.signal.aborted && (this.#next <= this.#seen || this.#isStale)) {
        if (this.#isStale) await this.#readAgain();
        else await this.#readNext();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isReading = false;
    }
  }

  async #readNext() {
    const to = this.#seen;
    // Of more than are kept, the first ones need not be read; with a filter nobody knows which those are.
    const isSkipping = !this.#isFiltered && this.#poked.length === keptMax;
    const from = isSkipping ? Math.max(this.#next, this.#poked[0] ?? 0) : this.#next;
    const found = await searchEvents(
      { ...this.#wanted, from, to, limit: keptMax },
      this.#ending.signal,
    );
    // It was replaced meanwhile.
    if (to > this.#seen) return;
    this.#next = found.next ?? to + 1;
    const { rows, count } = this.#latest;
    if (this.#isFiltered) this.#show({ count: count + found.events.length });
    this.#show({ rows: [...rows, ...found.events.map(rowOf)].slice(-keptMax) });
  }

  /** Reads all that is shown again. */
  async #readAgain() {
    this.#isStale = false;
    const from = this.#latest.rows[0]?.globalPosition ?? this.#next;
    const to = this.#next - 1;
    if (from <= to) this.#show({ rows: await this.#read(from, to) });
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  async #read(from, to) {
    /** @type {Row[]} */
    const rows = [];
    /** @type {number | null} */
    let next = from;
    while (next !== null && next <= to) {
      const search = { ...this.#wanted, from: next, to, limit: keptMax };
      const found = await searchEvents(search, this.#ending.signal);
      rows.push(...found.events.map(rowOf));
      rows.splice(0, rows.length - keptMax);
      next = found.next;
    }
    return rows;
  }
}

/** What is kept of an event: payloads may be large. @param {import("./event.js").Event} event */
function rowOf({ id, globalPosition, stream, type, data, time }) {
  return { id, globalPosition, stream, type, data: cutText(data, dataCharsMax), time };
}

function isHidden() {
  return document.visibilityState === "hidden";
}

/** @param {() => void} listener @returns {() => void} Ends it. */
function watchVisibility(listener) {
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
}
