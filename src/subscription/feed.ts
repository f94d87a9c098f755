/**
 * One subscription: what the store holds from a position on, then what is committed, as a stream
 * without a seam. A reader that is slow costs a bounded queue: what does not fit is not kept but read
 * from the store again once the reader has caught up.
 *
 * @module
 */

import { feedQueueMax, pageMessagesMax } from "../limits.ts";
import type { Store } from "../store/store.ts";
import type { SubscriptionHub } from "./hub.ts";
import type { Poke, Subject } from "./poke.ts";

/** Where a subscription begins, and what its stream carries. */
export interface FeedOptions<T> {
  /** The namespace's id. */
  namespace: string;
  /** What it is about. */
  subject: Subject;
  /** First position, inclusive: in the stream for one stream, global otherwise. */
  from: number;
  /** For a stream: lowest global position, inclusive. Default: none. */
  fromGlobal?: number;
  /** What stands for a poke. */
  encode: (poke: Poke) => T;
  /** What goes first, to say that nothing will be missed from now on. */
  ready?: T;
  /** What to put into an idle stream, and how often in milliseconds. */
  heartbeat?: { value: T; everyMs: number };
  /** Told why the stream ended, when reading the store failed. */
  onFailure?: (error: unknown) => void;
}

/**
 * Opens a subscription. The stream ends when the hub is disposed of, when the namespace is deleted or
 * when the store cannot be read; cancel it to leave.
 *
 * @param store Where the messages are.
 * @param hub Who tells of new ones.
 * @param options What to subscribe to.
 * @returns The pokes, each exactly once, ascending.
 */
export function openFeed<T>(
  store: Store,
  hub: SubscriptionHub,
  options: FeedOptions<T>,
): ReadableStream<T> {
  const { namespace, subject, encode } = options;
  const placeOf = (poke: Poke) => "stream" in subject ? poke.position : poke.globalPosition;

  /** The place after the last one given out. */
  let next = options.from;
  /** Whether the store may hold something that was not given out. */
  let behind = true;
  let reading = false;
  let ended = false;
  let leave = () => {};
  let timer: ReturnType<typeof setInterval> | undefined;

  const stop = () => {
    ended = true;
    leave();
    clearInterval(timer);
  };

  const readPage = async (): Promise<Poke[]> => {
    const limit = pageMessagesMax;
    const pages = "stream" in subject
      ? store.readStream(namespace, subject.stream, {
        from: next,
        fromGlobal: options.fromGlobal,
        limit,
      })
      : store.readMessages(namespace, {
        from: next,
        limit,
        categories: subject.category === undefined ? undefined : [subject.category],
        consumerGroup: subject.consumerGroup,
        correlation: subject.correlation,
      });
    for await (const page of pages) return page;
    return [];
  };

  /** Reads the store until there is nothing left in it or no room here. */
  const catchUp = async (controller: ReadableStreamDefaultController<T>): Promise<void> => {
    if (reading) return;
    reading = true;
    try {
      while (behind && !ended && controller.desiredSize! > 0) {
        // A commit during the read sets this again, and the loop reads once more.
        behind = false;
        const page = await readPage();
        if (ended) return;
        for (const message of page) {
          controller.enqueue(encode(message));
          next = placeOf(message) + 1;
        }
        if (page.length > 0) behind = true;
      }
    } catch (error) {
      if (ended) return;
      stop();
      options.onFailure?.(error);
      controller.close();
    } finally {
      reading = false;
    }
  };

  return new ReadableStream<T>({
    start(controller) {
      leave = hub.join(namespace, {
        subject,
        offer(poke) {
          if (behind || reading || controller.desiredSize! <= 0) {
            behind = true;
            return;
          }
          if (placeOf(poke) < next) return;
          controller.enqueue(encode(poke));
          next = placeOf(poke) + 1;
        },
        look() {
          behind = true;
          void catchUp(controller);
        },
        end() {
          if (ended) return;
          stop();
          controller.close();
        },
      });
      if (options.ready !== undefined) controller.enqueue(options.ready);
      if (options.heartbeat !== undefined) {
        const { value, everyMs } = options.heartbeat;
        timer = setInterval(() => {
          if (controller.desiredSize! > 0) controller.enqueue(value);
        }, everyMs);
      }
    },
    pull: (controller) => catchUp(controller),
    cancel: stop,
  }, { highWaterMark: feedQueueMax });
}
