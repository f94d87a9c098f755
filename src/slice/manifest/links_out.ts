/**
 * Links that point out of a slice: counted while its events go by, when it is not yet known which streams it has.
 *
 * @module
 */

import { keyOfName } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
import { allLinksOfLines, linksOfLines } from "../links/line_links.ts";
import type { LinkPath } from "../links/link_path.ts";
import { StreamTable, type StreamTally } from "./stream_table.ts";

/** Gathers what events link to. */
export class LinksOut implements Disposable {
  /** Each linked stream with the events that link to it. */
  readonly #links: StreamTable;
  readonly #paths: readonly LinkPath[];
  readonly #add = (links: readonly string[]) => this.add(links);

  /**
   * @param paths The links that are declared.
   * @param streamsInMemoryMax Most streams in memory.
   */
  constructor(paths: readonly LinkPath[] = [], streamsInMemoryMax?: number) {
    this.#links = new StreamTable(streamsInMemoryMax);
    this.#paths = paths;
  }

  /**
   * Adds the links of an event.
   *
   * @param links The keys of the names of the streams; `""` for none. A stream that comes twice is one link.
   */
  add(links: readonly string[]): void {
    for (let i = 0; i < links.length; i++) {
      const link = links[i]!;
      if (link !== "" && links.indexOf(link) === i) this.#links.add(link, 0);
    }
  }

  /** Adds the links of events. @param bytes Whole lines, each with its line end. */
  addLines(bytes: Uint8Array): void {
    if (this.#paths.length === 0) linksOfLines(bytes, this.#add);
    else allLinksOfLines(bytes, this.#paths, this.#add);
  }

  /** Begins to leave out the links to streams that are there. Nothing may be added from then on. */
  count(): LinksOutCount {
    return new LinksOutCount(this.#links.read());
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.#links[Symbol.dispose]();
  }
}

/** Leaves out the links to streams that are there, and counts the others. */
export class LinksOutCount {
  readonly #links: Iterator<StreamTally>;
  #next: IteratorResult<StreamTally>;
  readonly #out = new Map<string, number>();

  /** @param links Each linked stream with its links, in byte order. */
  constructor(links: Iterator<StreamTally>) {
    this.#links = links;
    this.#next = links.next();
  }

  /**
   * Goes past a stream that is there.
   *
   * @param stream Its name: each is after the one before, in byte order.
   */
  pass(stream: string): void {
    const key = keyOfName(stream);
    this.#countBelow(key);
    if (!this.#next.done && this.#next.value.stream === stream) this.#next = this.#links.next();
  }

  /**
   * Ends the count.
   *
   * @returns The links to streams that are not there, by the key of their category.
   */
  end(): Map<string, number> {
    this.#countBelow(undefined);
    return this.#out;
  }

  #countBelow(key: string | undefined): void {
    while (!this.#next.done) {
      const { stream, events } = this.#next.value;
      const linked = keyOfName(stream);
      if (key !== undefined && linked >= key) return;
      const category = categoryOf(linked);
      this.#out.set(category, (this.#out.get(category) ?? 0) + events);
      this.#next = this.#links.next();
    }
  }
}
