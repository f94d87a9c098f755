/**
 * Streams and the links between them as numbers: the part of them that is in memory.
 *
 * @module
 */

import { linkKindsRememberedMax } from "../limits.ts";

/** How much is kept. */
export interface LinkGraphBounds {
  /** Most streams. */
  streamsMax: number;
  /** Most characters of their names. */
  charsMax: number;
  /** Most links. */
  linksMax: number;
}

/** A link, seen from one of its streams. */
export interface Neighbour {
  /** Which link it is. */
  link: number;
  /** The key of the other stream's name. */
  other: string;
}

/** Links by their streams: of stream n, those from `starts[n]` on to before `starts[n + 1]`. */
interface Order {
  readonly starts: Uint32Array;
  readonly links: Uint32Array;
}

/** Streams, by the keys of their names, and links between them. */
export class LinkGraph {
  readonly #bounds: LinkGraphBounds;
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];
  #chars = 0;
  /** Events of each stream; 0 where it is only linked to. */
  readonly #events = new Numbers();
  /** The last target of each kind of link of each stream, plus one: streams repeat themselves. */
  readonly #lastTargets = new Numbers();
  readonly #from = new Numbers();
  readonly #to = new Numbers();
  readonly #kinds = new Numbers();
  #byFrom: Order | undefined;
  #byTo: Order | undefined;

  constructor(bounds: LinkGraphBounds) {
    this.#bounds = bounds;
  }

  /** Whether it should not grow any more. */
  get isFull(): boolean {
    const { streamsMax, charsMax, linksMax } = this.#bounds;
    return this.#names.length >= streamsMax || this.#chars >= charsMax ||
      this.#from.length >= linksMax;
  }

  get isEmpty(): boolean {
    return this.#names.length === 0;
  }

  /**
   * Counts an event.
   *
   * @param stream The key of its stream's name.
   * @returns The stream's number.
   */
  addEvent(stream: string): number {
    const id = this.#idOf(stream);
    this.#events.values[id]!++;
    return id;
  }

  /**
   * Adds a link. Nothing may be added once it has been read.
   *
   * @param from The number of the stream with the event.
   * @param link Which link it is.
   * @param target The key of the name of the stream that is linked to.
   */
  addLink(from: number, link: number, target: string): void {
    const to = this.#idOf(target);
    if (link < linkKindsRememberedMax) {
      const last = from * linkKindsRememberedMax + link;
      if (this.#lastTargets.values[last] === to + 1) return;
      this.#lastTargets.values[last] = to + 1;
    }
    this.#from.push(from);
    this.#to.push(to);
    this.#kinds.push(link);
  }

  /** The streams that have events. */
  *streams(): Generator<string> {
    for (const [id, name] of this.#names.entries()) if (this.#events.values[id]! > 0) yield name;
  }

  /** How many events a stream has. */
  eventsOf(stream: string): number {
    const id = this.#ids.get(stream);
    return id === undefined ? 0 : this.#events.values[id]!;
  }

  /** The links of a stream's events. */
  linksFrom(stream: string): Generator<Neighbour> {
    this.#byFrom ??= this.#ordered(this.#from);
    return this.#neighbours(this.#ids.get(stream), this.#byFrom, this.#to);
  }

  /** The links that lead to a stream. */
  linksTo(stream: string): Generator<Neighbour> {
    this.#byTo ??= this.#ordered(this.#to);
    return this.#neighbours(this.#ids.get(stream), this.#byTo, this.#from);
  }

  /** The keys of the names of all streams. */
  get names(): readonly string[] {
    return this.#names;
  }

  *#neighbours(
    id: number | undefined,
    { starts, links }: Order,
    others: Numbers,
  ): Generator<Neighbour> {
    if (id === undefined) return;
    for (let at = starts[id]!; at < starts[id + 1]!; at++) {
      const edge = links[at]!;
      yield { link: this.#kinds.values[edge]!, other: this.#names[others.values[edge]!]! };
    }
  }

  /** A counting sort: streams are numbers. */
  #ordered({ values, length }: Numbers): Order {
    const starts = new Uint32Array(this.#names.length + 2);
    for (let edge = 0; edge < length; edge++) starts[values[edge]! + 2]!++;
    for (let id = 2; id < starts.length; id++) starts[id]! += starts[id - 1]!;
    const links = new Uint32Array(length);
    for (let edge = 0; edge < length; edge++) links[starts[values[edge]! + 1]!++] = edge;
    return { starts, links };
  }

  #idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = this.#names.push(name) - 1;
    this.#ids.set(name, id);
    this.#chars += name.length;
    this.#events.push(0);
    for (let kind = 0; kind < linkKindsRememberedMax; kind++) this.#lastTargets.push(0);
    return id;
  }
}

/** Integers in a row that grows. */
class Numbers {
  values = new Uint32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const longer = new Uint32Array(2 * this.length);
      longer.set(this.values);
      this.values = longer;
    }
    this.values[this.length++] = value;
  }
}
