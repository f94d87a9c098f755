import type { Appended, AppendedMessage, NamespaceChange, Store } from "../../src/store/store.ts";
import { type Listener, SubscriptionHub } from "../../src/subscription/hub.ts";
import type { Subject } from "../../src/subscription/subject.ts";
import { openStore } from "../../src/store/open.ts";
import { create, NS } from "../contract/support.ts";
import { assertEquals } from "../support/assert.ts";

/** A store that commits what a test says, in the order that it says. */
async function openAnnouncing() {
  const store = await openStore("sqlite://memory");
  await create(store, NS);
  const heard = new Set<(appended: Appended) => void>();
  const announcing: Store = Object.create(store, {
    onAppended: {
      value: (listener: (appended: Appended) => void) => {
        heard.add(listener);
        return () => heard.delete(listener);
      },
    },
  });
  const tell = (change: NamespaceChange) => {
    for (const listener of heard) listener({ namespace: NS, ...change });
  };
  const commit = (previous: number, ...messages: AppendedMessage[]) =>
    tell({ kind: "written", previous, messages });
  const hub = new SubscriptionHub(announcing);
  return { hub, tell, commit, heard, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

function listener(subject: Subject): Listener & { told: (string | number)[] } {
  const told: (string | number)[] = [];
  return {
    subject,
    told,
    offer: ({ globalPosition }) => told.push(globalPosition),
    look: () => told.push("look"),
    lookAt: () => told.push("look at"),
    startOver: () => told.push("start over"),
    hold: () => told.push("hold"),
    end: () => told.push("end"),
  };
}

function message(globalPosition: number, stream = "a-1"): AppendedMessage {
  return { stream, position: 0, globalPosition, correlation: null };
}

Deno.test("SubscriptionHub offers nothing that another server's commit may have come before", async () => {
  await using it = await openAnnouncing();
  const all = listener({});
  it.hub.join(NS, all);
  it.commit(10, message(11));
  it.commit(11, message(12));
  it.commit(14, message(15));
  it.commit(12, message(13), message(14));
  it.commit(15, message(16));
  // What comes late may be of a namespace that was created again: looking is always right.
  assertEquals(all.told, ["look", 12, "look", "look", 16]);
});

Deno.test("SubscriptionHub holds everyone until an import that commits is over", async () => {
  await using it = await openAnnouncing();
  const early = listener({});
  const late = listener({});
  // Of another namespace, so that the hub hears of an import that nobody there waits for.
  it.hub.join("elsewhere", listener({}));
  it.tell({ kind: "committing" });
  it.hub.join(NS, early);
  // A write may be told of before the import that it came after.
  it.commit(10, message(11));
  it.tell({ kind: "unknown" });
  it.hub.join(NS, late);
  it.tell({ kind: "failed" });
  it.commit(10, message(11));
  it.commit(11, message(12));
  assertEquals([early.told, late.told], [["hold", "look", "look", 12], [
    "hold",
    "look",
    "look",
    12,
  ]]);
});

Deno.test("SubscriptionHub notifies only those that a message concerns", async () => {
  await using it = await openAnnouncing();
  const stream = listener({ stream: "a-1" });
  const other = listener({ stream: "a-2" });
  const category = listener({ category: "a" });
  const elsewhere = listener({ category: "b" });
  for (const each of [stream, other, category, elsewhere]) it.hub.join(NS, each);
  it.commit(0, message(1, "c-1"));
  for (const each of [stream, other, category, elsewhere]) each.told.length = 0;
  it.commit(1, message(2), message(3, "b-1"));
  assertEquals([stream, other, category, elsewhere].map(({ told }) => told), [[2], [], [2], [3]]);
});

Deno.test("SubscriptionHub listens to the store only while somebody listens to it", async () => {
  await using it = await openAnnouncing();
  assertEquals(it.heard.size, 0);
  const leaves = [1, 2, 3].map(() => it.hub.join(NS, listener({ stream: "a-1" })));
  assertEquals([it.heard.size, it.hub.size], [1, 3]);
  for (const leave of [...leaves, ...leaves]) leave();
  assertEquals([it.heard.size, it.hub.size], [0, 0]);
});

Deno.test("SubscriptionHub ends everyone when it is disposed of, and who comes later at once", async () => {
  await using it = await openAnnouncing();
  const early = listener({});
  it.hub.join(NS, early);
  it.hub[Symbol.dispose]();
  const late = listener({});
  it.hub.join(NS, late);
  assertEquals([early.told, late.told], [["end"], ["end"]]);
});
