/**
 * One subscription: what the store holds from a position on, then what is committed, as a stream
 * without a seam. A reader that is slow costs a bounded queue: what does not fit is not kept but read
 * from the store again once the reader has caught up.
 *
 * @module
 */

import { feedImportsMax, feedQueueMax } from "./limits.ts";
import type { Message, Poke } from "../message.ts";
import { ImportedPositions } from "../store/imported_positions.ts";
import type { Store } from "../store/store.ts";
import type { Listener, SubscriptionHub } from "./hub.ts";
import type { Subject } from "./subject.ts";

/** Where a subscription begins, and what its stream carries. */
export interface FeedOptions<T> {
  /** The namespace's id. */
  namespace: string;
  /** What it is about. */
  subject: Subject;
  /** First position, inclusive: in the stream for one stream, global otherwise. */
  from: number;
  /**
   * First position that is given out now, where that is later: from `from` on comes only what an import
   * brings, or has replaced everything by. Default: `from`.
   */
  next?: number;
  /** For a stream: lowest global position, inclusive. Default: none. */
  fromGlobal?: number;
  /** What stands for a poke. Called with the same poke for every subscription that a live message concerns. */
  encode: (poke: Poke) => T;
  /** What goes first, such as that nothing will be missed from now on. */
  first?: readonly T[];
  /** What to put into an idle stream, and how often in milliseconds. */
  heartbeat?: { value: T; everyMs: number };
  /** Asked at each heartbeat whether the subscription may go on: its token may have been replaced. */
  isAllowed?: () => Promise<boolean>;
  /** Called once it is over; with the reason when the store could not be read. */
  onEnd?: (failure?: unknown) => void;
}

/**
 * Opens a subscription. The stream ends when the hub is disposed of, when the namespace is deleted or
 * when the store cannot be read; cancel it to leave.
 *
 * @param store Where the messages are.
 * @param hub Notifies of new ones.
 * @param options What to subscribe to.
 * @returns The pokes, each exactly once, ascending; those of an import of lower positions, ascending
 * among themselves, before what comes after them.
 */
export function openFeed<T>(
  store: Store,
  hub: SubscriptionHub,
  options: FeedOptions<T>,
): ReadableStream<T> {
  return new ReadableStream(new Feed(store, hub, options), { highWaterMark: feedQueueMax });
}

/** What an import has brought below the position that a feed had come to. */
interface Late {
  positions: ImportedPositions;
  /** The position to read from next. */
  next: number;
  /** The position that the feed had come to: from here on everything is read anyway. */
  end: number;
}

class Feed<T> implements Listener, UnderlyingDefaultSource<T> {
  readonly subject: Subject;
  readonly #store: Store;
  readonly #hub: SubscriptionHub;
  readonly #options: FeedOptions<T>;
  #controller!: ReadableStreamDefaultController<T>;
  #leave = () => {};
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  /** The position after the last one given out, but for late ones. */
  #next: number;
  #late: Late[] = [];
  /** Whether the store may hold something from `#next` on. */
  #isBehind = true;
  #isReading = false;
  /** Whether an import is about to commit, so that it is unknown what a page would hold. */
  #isHeld = false;
  #imports = 0;
  #isOver = false;

  constructor(store: Store, hub: SubscriptionHub, options: FeedOptions<T>) {
    this.#store = store;
    this.#hub = hub;
    this.#options = options;
    this.subject = options.subject;
    this.#next = options.next ?? options.from;
  }

  start(controller: ReadableStreamDefaultController<T>): void {
    this.#controller = controller;
    const { namespace, first = [], heartbeat } = this.#options;
    for (const value of first) controller.enqueue(value);
    this.#leave = this.#hub.join(namespace, this);
    if (heartbeat === undefined || this.#isOver) return;
    this.#heartbeat = setInterval(() => {
      if (this.#hasCapacity) controller.enqueue(heartbeat.value);
      void this.#checkAllowed();
    }, heartbeat.everyMs);
  }

  pull(): Promise<void> | undefined {
    // Called for each poke that is taken, by each of those who are up to date.
    return this.#isToRead ? this.#catchUp() : undefined;
  }

  cancel(): void {
    this.#stop();
  }

  offer(poke: Poke): void {
    if (this.#isOver) return;
    if (this.#isBehind || this.#isReading || !this.#hasCapacity) this.#isBehind = true;
    else if (positionOf(this.subject, poke) >= this.#next) this.#give(poke);
  }

  look(): void {
    this.#isHeld = false;
    this.#isBehind = true;
    void this.#catchUp();
  }

  hold(): void {
    // A page that is under way may hold what the import brings, or not.
    this.#imports++;
    this.#isHeld = true;
  }

  startOver(): void {
    // Nothing that was given out is there any more: everything is new.
    this.#imports++;
    this.#late = [];
    this.#next = this.#options.from;
    this.look();
  }

  lookAt(positions: ImportedPositions): void {
    this.#imports++;
    const { from } = this.#options;
    if (this.#next > from) {
      this.#late.push({ positions, next: from, end: this.#next });
      if (this.#late.length > feedImportsMax) {
        // The first one may have been read in part.
        this.#late.push(merged(this.#late.splice(1)));
      }
    }
    this.look();
  }

  end(): void {
    if (this.#isOver) return;
    this.#stop();
    this.#controller.close();
  }

  async #checkAllowed(): Promise<void> {
    const { isAllowed } = this.#options;
    if (isAllowed !== undefined && !await isAllowed()) this.end();
  }

  get #isToRead(): boolean {
    return (this.#isBehind || this.#late.length > 0) && !this.#isOver && !this.#isHeld &&
      this.#hasCapacity;
  }

  get #hasCapacity(): boolean {
    return (this.#controller.desiredSize ?? 0) > 0;
  }

  #stop(failure?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#late = [];
    this.#leave();
    clearInterval(this.#heartbeat);
    this.#options.onEnd?.(failure);
  }

  #give(poke: Poke): void {
    const { fromGlobal = 0, encode } = this.#options;
    this.#next = positionOf(this.subject, poke) + 1;
    if (poke.globalPosition >= fromGlobal) this.#controller.enqueue(encode(poke));
  }

  /** Reads the store until there is nothing left in it or the buffer is full. */
  async #catchUp(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isToRead) {
        const imports = this.#imports;
        const late = this.#late[0];
        try {
          if (late !== undefined) await this.#readLate(late);
          else await this.#readNext();
        } catch (error) {
          // What an import has replaced under a read is read again.
          if (imports === this.#imports) throw error;
          this.#isBehind = true;
        }
      }
    } catch (error) {
      if (this.#isOver) return;
      this.#stop(error);
      this.#controller.close();
    } finally {
      this.#isReading = false;
    }
  }

  async #readNext(): Promise<void> {
    const imports = this.#imports;
    // A commit during the read sets this again, and the next iteration reads once more.
    this.#isBehind = false;
    const page = await this.#readPage(this.#next);
    if (this.#isOver) return;
    // An import in the meantime counts as late what is below `#next` and leaves the rest to the next
    // page: this one may have been read before it, or after it.
    if (imports !== this.#imports) {
      this.#isBehind = true;
      return;
    }
    if (page.length > 0) this.#isBehind = true;
    for (const message of page) this.#give(pokeOf(message));
  }

  async #readLate(late: Late): Promise<void> {
    const { positions } = late;
    const isStream = "stream" in this.subject;
    const from = isStream ? late.next : positions.atOrAfter(late.next);
    const page = from < late.end ? await this.#readPage(from, late) : [];
    // A namespace that was replaced meanwhile has nothing late from before.
    if (this.#isOver || this.#late[0] !== late) return;
    const { fromGlobal = 0, encode } = this.#options;
    for (const message of page) {
      const position = positionOf(this.subject, message);
      late.next = position + 1;
      if (position >= late.end) break;
      const { globalPosition } = message;
      if (globalPosition < fromGlobal || !positions.has(globalPosition)) continue;
      this.#controller.enqueue(encode(pokeOf(message)));
    }
    if (page.length === 0 || late.next >= late.end) this.#late.shift();
  }

  /** A page from a position on; with what is late, without what is beyond its end. */
  async #readPage(from: number, late?: Late): Promise<Message[]> {
    const { namespace, fromGlobal = 0 } = this.#options;
    const { subject } = this;
    const limit = Math.max(1, this.#controller.desiredSize ?? 0);
    const pages = "stream" in subject
      ? this.#store.readStream(namespace, subject.stream, {
        from,
        fromGlobal: Math.max(fromGlobal, late?.positions.lowest ?? 0),
        limit,
      })
      : this.#store.readMessages(namespace, {
        from,
        to: late && late.end - 1,
        limit,
        categories: subject.category === undefined ? undefined : [subject.category],
        consumerGroup: subject.consumerGroup,
        correlation: subject.correlation,
      });
    for await (const page of pages) return page;
    return [];
  }
}

/** What a subject counts: positions in its stream, or global ones. */
function positionOf(subject: Subject, poke: Poke): number {
  return "stream" in subject ? poke.position : poke.globalPosition;
}

/** Without the payload, which is not to be kept. */
function pokeOf({ stream, position, globalPosition }: Message): Poke {
  return { stream, position, globalPosition };
}

/** Imports that came before the earlier ones were read, as one. */
function merged(late: readonly Late[]): Late {
  const positions = new ImportedPositions();
  for (const each of late) {
    for (const [first, last] of each.positions) positions.add(first, last);
  }
  return {
    positions,
    next: Math.min(...late.map(({ next }) => next)),
    end: Math.max(...late.map(({ end }) => end)),
  };
}
