/**
 * A subscription to a store, and what it has given so far.
 *
 * @module
 */

import type { Store } from "../../src/store/store.ts";
import { type FeedOptions, openFeed } from "../../src/subscription/feed.ts";
import { SubscriptionHub } from "../../src/subscription/hub.ts";
import type { Poke } from "../../src/message.ts";
import { NS } from "../contract/support.ts";

/** A reader of a subscription. */
export interface LiveReader {
  /** What has come. */
  readonly pokes: Poke[];
  /** Their global positions. */
  readonly places: number[];
  /** Reads until a condition holds, or the stream ends; resolves to whether it has ended. */
  until(found: (pokes: readonly Poke[]) => boolean): Promise<boolean>;
  /** Leaves. */
  leave(): Promise<void>;
}

/** Subscribes. */
export function subscribe(
  store: Store,
  hub: SubscriptionHub = new SubscriptionHub(store),
  options: Partial<FeedOptions<Poke>> = {},
): LiveReader {
  const reader = openFeed<Poke>(store, hub, {
    namespace: NS,
    subject: {},
    from: 0,
    encode: (poke) => poke,
    ...options,
  }).getReader();
  const pokes: Poke[] = [];
  return {
    pokes,
    get places() {
      return pokes.map(({ globalPosition }) => globalPosition);
    },
    async until(found) {
      while (!found(pokes)) {
        const { value, done } = await reader.read();
        if (done) return true;
        pokes.push(value);
      }
      return false;
    },
    leave: () => reader.cancel(),
  };
}

/** Until so many pokes have come. */
export function count(wanted: number): (pokes: readonly Poke[]) => boolean {
  return (pokes) => pokes.length >= wanted;
}
