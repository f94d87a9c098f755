/**
 * The fan-out: what a store's commits make visible goes to the listeners that it concerns. The cost
 * of a commit grows with those, not with all: listeners are filed by namespace, stream and category.
 *
 * @module
 */

import type { ConsumerGroup } from "../consumer_group.ts";
import { memberHash } from "../group_member.ts";
import type { ImportedPositions } from "../store/imported_positions.ts";
import type { Appended, AppendedMessage, Store } from "../store/store.ts";
import { categoryOf } from "../stream_name.ts";
import type { Subject } from "./subject.ts";
import type { Poke } from "../message.ts";

/** What the hub calls. None of these may throw. */
export interface Listener {
  /** What it listens to. */
  readonly subject: Subject;
  /** A message has been committed; nothing that concerns the listener came between. */
  offer(poke: Poke): void;
  /** Something may have been committed that was not offered: look into the store. */
  look(): void;
  /** An import has added these: look into the store, also below the position that was reached. */
  lookAt(positions: ImportedPositions): void;
  /** An import has replaced everything: look into the store from the start. */
  startOver(): void;
  /** An import is about to commit: do not look until there is more to hear. */
  hold(): void;
  /** Nothing will come any more. */
  end(): void;
}

/** The listeners of one namespace. */
class Audience {
  readonly streams = new Map<string, Set<Listener>>();
  readonly categories = new Map<string, Set<Listener>>();
  readonly all = new Set<Listener>();
  /**
   * The highest global position that everyone has been notified of or asked to look for; `undefined` when
   * nobody knows.
   */
  announced: number | undefined;

  /** A copy, since listeners may leave while they are called. */
  everyone(): Listener[] {
    return [...this.streams.values(), ...this.categories.values(), this.all]
      .flatMap((listeners) => [...listeners]);
  }

  get isEmpty(): boolean {
    return this.streams.size === 0 && this.categories.size === 0 && this.all.size === 0;
  }
}

/** Hands a store's commits to listeners. Without any, it does not listen to the store either. */
export class SubscriptionHub implements Disposable {
  readonly #store: Store;
  readonly #audiences = new Map<string, Audience>();
  /** The namespaces into which an import is about to commit. */
  readonly #committing = new Set<string>();
  #unlisten: (() => void) | undefined;
  #size = 0;
  #isDisposed = false;

  /**
   * @param store Whose commits to hand on.
   */
  constructor(store: Store) {
    this.#store = store;
  }

  /** How many listeners there are, in all namespaces. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a listener: from now on it is notified of every commit that concerns it. After the hub has been
   * disposed of, it is ended at once.
   *
   * @param namespace The namespace's id.
   * @param listener Called for each message.
   * @returns A function that removes it; calling it again does nothing.
   */
  join(namespace: string, listener: Listener): () => void {
    if (this.#isDisposed) {
      listener.end();
      return () => {};
    }
    let audience = this.#audiences.get(namespace);
    if (audience === undefined) this.#audiences.set(namespace, audience = new Audience());
    const unfile = fileIn(audience, listener);
    if (this.#committing.has(namespace)) listener.hold();
    this.#size++;
    this.#unlisten ??= this.#store.onAppended(
      (appended) => this.#announce(appended),
      () => this.#audiences.keys(),
    );
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      unfile();
      this.#size--;
      if (audience.isEmpty && this.#audiences.get(namespace) === audience) {
        this.#audiences.delete(namespace);
      }
      if (this.#size === 0) this.#listenNoMore();
    };
  }

  /**
   * Ends every listener of a namespace, whose token has been replaced.
   *
   * @param namespace The namespace's id.
   */
  end(namespace: string): void {
    for (const listener of this.#audiences.get(namespace)?.everyone() ?? []) listener.end();
  }

  /** Ends every listener and listens no more. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#listenNoMore();
    const listeners = [...this.#audiences.values()].flatMap((audience) => audience.everyone());
    for (const listener of listeners) listener.end();
  }

  #listenNoMore(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
    this.#committing.clear();
  }

  #announce(appended: Appended): void {
    const { namespace, kind } = appended;
    if (kind === "committing") this.#committing.add(namespace);
    else if (kind === "written" || kind === "unknown") {
      // Once the import is over, everyone looks.
      if (this.#committing.has(namespace)) return;
    } else this.#committing.delete(namespace);
    const audience = this.#audiences.get(namespace);
    if (audience === undefined) return;
    if (appended.kind !== "written") {
      audience.announced = undefined;
      for (const listener of audience.everyone()) tellOfChange(listener, appended);
      return;
    }
    const { messages, previous } = appended;
    const last = messages.at(-1)?.globalPosition ?? 0;
    const { announced } = audience;
    audience.announced = Math.max(announced ?? 0, last);
    if (announced !== previous) {
      // Something in between has not been announced here, such as another server's commit, and what
      // comes after it must not overtake it. Or this itself comes late: everyone may have seen it, or
      // `announced` may be of a namespace that was deleted and created again.
      for (const listener of audience.everyone()) listener.look();
      return;
    }
    for (const message of messages) {
      const { stream, position, globalPosition } = message;
      const poke: Poke = { stream, position, globalPosition };
      for (const listener of concerned(audience, message)) listener.offer(poke);
    }
  }
}

/** Notifies of anything but messages that were written one by one. */
function tellOfChange(listener: Listener, change: Exclude<Appended, { kind: "written" }>): void {
  switch (change.kind) {
    case "deleted":
      return listener.end();
    case "committing":
      return listener.hold();
    case "replaced":
      return listener.startOver();
    case "imported":
      return listener.lookAt(change.positions);
    case "failed":
    case "unknown":
      return listener.look();
  }
}

/** Files a listener under its subject; the returned function takes it out again. */
function fileIn(audience: Audience, listener: Listener): () => void {
  const { subject } = listener;
  if ("stream" in subject) return fileUnder(audience.streams, subject.stream, listener);
  if (subject.category !== undefined) {
    return fileUnder(audience.categories, subject.category, listener);
  }
  audience.all.add(listener);
  return () => audience.all.delete(listener);
}

function fileUnder(sets: Map<string, Set<Listener>>, key: string, listener: Listener): () => void {
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
