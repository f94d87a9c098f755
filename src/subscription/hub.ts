/**
 * The fan-out: what a store's commits make visible goes to the listeners that it concerns. The cost
 * of a commit grows with those, not with all: listeners are filed by namespace, stream and category.
 *
 * @module
 */

import { type ConsumerGroup, memberHash } from "../consumer_group.ts";
import type { Appended, AppendedMessage, Store } from "../store/store.ts";
import { categoryOf } from "../stream_name.ts";
import type { Poke, Subject } from "./poke.ts";

/** What the hub calls. None of these may throw. */
export interface Listener {
  /** What it listens to. */
  readonly subject: Subject;
  /** A message has been committed, right after the one offered before. */
  offer(poke: Poke): void;
  /** Something may have been committed that was not offered: look into the store. */
  look(): void;
  /** Nothing will come any more. */
  end(): void;
}

/** The listeners of one namespace. */
class Audience {
  readonly streams = new Map<string, Set<Listener>>();
  readonly categories = new Map<string, Set<Listener>>();
  readonly all = new Set<Listener>();
  /** The highest global position announced so far; `undefined` before the first. */
  announced: number | undefined;

  *everyone(): Iterable<Listener> {
    for (const set of this.streams.values()) yield* set;
    for (const set of this.categories.values()) yield* set;
    yield* this.all;
  }

  get isEmpty(): boolean {
    return this.streams.size === 0 && this.categories.size === 0 && this.all.size === 0;
  }
}

/** Hands a store's commits to those who listen. */
export class SubscriptionHub implements Disposable {
  readonly #audiences = new Map<string, Audience>();
  readonly #unlisten: () => void;

  /**
   * @param store Whose commits to hand on.
   */
  constructor(store: Store) {
    this.#unlisten = store.onAppended(
      (appended) => this.#announce(appended),
      () => this.#audiences.keys(),
    );
  }

  /** How many listeners there are, in all namespaces. */
  get size(): number {
    let size = 0;
    for (const audience of this.#audiences.values()) size += [...audience.everyone()].length;
    return size;
  }

  /**
   * Adds a listener: from now on it is told of every commit that concerns it.
   *
   * @param namespace The namespace's id.
   * @param listener Whom to tell.
   * @returns A function that removes it.
   */
  join(namespace: string, listener: Listener): () => void {
    let audience = this.#audiences.get(namespace);
    if (audience === undefined) this.#audiences.set(namespace, audience = new Audience());
    const { subject } = listener;
    let leave: () => void;
    if ("stream" in subject) leave = file(audience.streams, subject.stream, listener);
    else if (subject.category !== undefined) {
      leave = file(audience.categories, subject.category, listener);
    } else {
      audience.all.add(listener);
      leave = () => audience.all.delete(listener);
    }
    return () => {
      leave();
      if (audience.isEmpty && this.#audiences.get(namespace) === audience) {
        this.#audiences.delete(namespace);
      }
    };
  }

  /** Ends every listener and listens no more. */
  [Symbol.dispose](): void {
    this.#unlisten();
    const listeners = [...this.#audiences.values()].flatMap((audience) => [...audience.everyone()]);
    this.#audiences.clear();
    for (const listener of listeners) listener.end();
  }

  #announce({ namespace, messages, previous }: Appended): void {
    const audience = this.#audiences.get(namespace);
    if (audience === undefined) return;
    if (messages === undefined || messages.length === 0) {
      audience.announced = undefined;
      for (const listener of [...audience.everyone()]) listener.look();
      return;
    }
    // Another server's commit may not have been announced here yet: what comes after it must not
    // overtake it, so everyone reads the store instead.
    const isNext = audience.announced === undefined || audience.announced === previous;
    audience.announced = messages.at(-1)!.globalPosition;
    for (const message of messages) {
      const poke: Poke = {
        stream: message.stream,
        position: message.position,
        globalPosition: message.globalPosition,
      };
      for (const listener of concerned(audience, message)) {
        if (isNext) listener.offer(poke);
        else listener.look();
      }
    }
    if (!isNext) { for (const listener of [...audience.everyone()]) listener.look(); }
  }
}

/** Files a listener under a key; the returned function takes it out again. */
function file(sets: Map<string, Set<Listener>>, key: string, listener: Listener): () => void {
  let set = sets.get(key);
  if (set === undefined) sets.set(key, set = new Set());
  set.add(listener);
  return () => {
    set.delete(listener);
    if (set.size === 0 && sets.get(key) === set) sets.delete(key);
  };
}

function* concerned(audience: Audience, message: AppendedMessage): Iterable<Listener> {
  yield* audience.streams.get(message.stream) ?? [];
  let hash: bigint | null | undefined;
  const isMember = ({ member, size }: ConsumerGroup) => {
    // One hash a message, however many members listen.
    if (hash === undefined) hash = memberHash(message.stream);
    return hash !== null && hash % BigInt(size) === BigInt(member);
  };
  for (const set of [audience.categories.get(categoryOf(message.stream)), audience.all]) {
    for (const listener of set ?? []) {
      const { subject } = listener;
      if ("stream" in subject) continue;
      if (subject.correlation !== undefined && subject.correlation !== message.correlation) {
        continue;
      }
      if (subject.consumerGroup !== undefined && !isMember(subject.consumerGroup)) continue;
      yield listener;
    }
  }
}
