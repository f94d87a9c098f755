/**
 * Commits of other processes on one file of Deno KV: who listens hears of them.
 *
 * @module
 */

import { Database } from "../../../src/store/kv/database.ts";
import { KvAnnouncer } from "../../../src/store/kv/announcer.ts";
import { stateKey } from "../../../src/store/kv/schema.ts";
import type { Appended, Store } from "../../../src/store/store.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { create, importAll, newMessage, NS, readAll, record } from "../../contract/support.ts";
import { startKvChild, TemporaryKv } from "./store.ts";

/** Somebody who listens, and can wait for what they hear. */
class Listener implements Disposable {
  readonly heard: Appended[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #end: () => void;

  constructor(source: Pick<Store, "onAppended">, wanted: () => Iterable<string> = () => [NS]) {
    this.#end = source.onAppended((appended) => {
      this.heard.push(appended);
      for (const look of this.#waiting) look();
    }, wanted);
  }

  /** Resolves once what was heard satisfies a condition, perhaps only after a look at the store. */
  until(condition: (heard: readonly Appended[]) => boolean | Promise<boolean>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = async () => {
      if (!await condition(this.heard)) return;
      this.#waiting.delete(checked);
      resolve();
    };
    const checked = () => void look().catch(reject);
    this.#waiting.add(checked);
    checked();
    return promise;
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}

/** Something has been committed, and what it is is not known. */
const unknown: Appended = { namespace: NS, kind: "unknown" };

Deno.test("onAppended() notifies of what another process has written and imported (kv)", async () => {
  await using file = new TemporaryKv();
  await using store = await file.open();
  await create(store, NS);
  using listener = new Listener(store);
  const writing = startKvChild(file.path, "write", "20", "other");
  await listener.until(async () => (await readAll(store)).length === 20);
  assertEquals(listener.heard, listener.heard.map(() => unknown));
  await writing.process.status;
  await writing.lines.cancel();
  const importing = startKvChild(file.path, "import", "1000", "{}");
  await listener.until(async () => (await readAll(store)).length === 1_020);
  await importing.process.status;
  await importing.lines.cancel();
});

Deno.test("onAppended() says which global position is before its own, whichever process wrote it (kv)", async () => {
  await using file = new TemporaryKv();
  await using one = await file.open();
  await using other = await file.open();
  await create(one, NS);
  using listener = new Listener(one);
  await one.write(NS, "a-1", newMessage());
  await other.write(NS, "a-1", newMessage());
  await one.write(NS, "a-1", newMessage());
  await importAll(other, [record({ globalPosition: 90 })]);
  await one.write(NS, "a-1", newMessage());
  const own = listener.heard.flatMap((appended) =>
    appended.kind === "written"
      ? [[appended.previous, appended.messages.map(({ globalPosition }) => globalPosition)]]
      : []
  );
  assertEquals(own, [[0, [1]], [2, [3]], [90, [91]]]);
});

Deno.test("onAppended() reports what imports of another server have changed (kv)", async () => {
  await using file = new TemporaryKv();
  await using one = await file.open();
  await using other = await file.open();
  await create(one, NS);
  await importAll(one, [record({ globalPosition: 50 })]);
  using listener = new Listener(one);
  await listener.until((heard) => heard.length === 1);
  assertEquals(listener.heard[0], unknown);
  await importAll(other, [7, 8, 20, 60].map((n) => record({ globalPosition: n })));
  // By the next look it may have been folded into the other layer already.
  await other.settled;
  await listener.until((heard) => heard.length === 2);
  const [, imported] = listener.heard;
  assert(imported?.kind === "imported");
  assertEquals([...imported.positions], [[7, 8], [20, 20]]);
  await importAll(other, [record({ globalPosition: 9 })], { force: true });
  await listener.until((heard) => heard.length === 3);
  assertEquals(listener.heard[2], { namespace: NS, kind: "replaced" });
  // Its own is told of at once, and looked at once more, but not told of as another change.
  await importAll(one, [record({ globalPosition: 3 })], { force: true });
  await listener.until((heard) => heard.length === 6);
  assertEquals(listener.heard.slice(3), [
    { namespace: NS, kind: "committing" },
    { namespace: NS, kind: "replaced" },
    unknown,
  ]);
});

Deno.test("onAppended() notifies of a deletion by another server (kv)", async () => {
  await using file = new TemporaryKv();
  await using one = await file.open();
  await using other = await file.open();
  await create(one, NS);
  using listener = new Listener(one);
  await listener.until((heard) => heard.length === 1);
  await other.deleteNamespace(NS);
  await listener.until((heard) => heard.length === 2);
  assertEquals(listener.heard[1], { namespace: NS, kind: "deleted" });
  assertEquals(await one.findNamespace(NS), null);
});

Deno.test("onAppended() without a choice of namespaces hears of all (kv)", async () => {
  await using file = new TemporaryKv();
  await using one = await file.open();
  await using other = await file.open();
  const heard = Promise.withResolvers<Appended>();
  one.onAppended((appended) => appended.namespace === "late" && heard.resolve(appended));
  await create(other, "late");
  assertEquals(await heard.promise, { namespace: "late", kind: "unknown" });
});

Deno.test("KvAnnouncer leaves it to an import to say that it has committed", async () => {
  const kv = await Deno.openKv(":memory:");
  using database = new Database(kv, { name: "memory" });
  await using announcer = new KvAnnouncer(database, 1);
  using listener = new Listener(
    { onAppended: announcer.listen.bind(announcer) },
    () => [NS, "other"],
  );
  await listener.until((heard) => heard.length === 2);
  listener.heard.length = 0;
  announcer.notify({ namespace: NS, kind: "committing" });
  await kv.set(stateKey(NS), {});
  // Whoever looks at the other one has looked at this one too.
  await kv.set(stateKey("other"), {});
  await listener.until((heard) => heard.some(({ namespace }) => namespace === "other"));
  assertEquals(listener.heard.map(({ namespace }) => namespace), [NS, "other"]);
  const failed: Appended = { namespace: NS, kind: "failed" };
  announcer.notify(failed);
  await listener.until((heard) => heard.length === 4);
  assertEquals(listener.heard.slice(2), [failed, unknown]);
});

Deno.test("KvAnnouncer looks only while somebody listens, and only where they want", async () => {
  const kv = await Deno.openKv(":memory:");
  const looks: string[][] = [];
  const watched = new Proxy(kv, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (property !== "getMany") return typeof value === "function" ? value.bind(target) : value;
      return (keys: Deno.KvKey[]) => {
        looks.push(keys.map((key) => String(key.at(-1))));
        return target.getMany(keys);
      };
    },
  });
  using database = new Database(watched, { name: "watched" });
  await using announcer = new KvAnnouncer(database, 1);
  const source = { onAppended: announcer.listen.bind(announcer) };
  const wanted = new Set(["a"]);
  {
    using listener = new Listener(source, () => wanted);
    await listener.until((heard) => heard.some(({ namespace }) => namespace === "a"));
    wanted.add("b");
    await listener.until((heard) => heard.some(({ namespace }) => namespace === "b"));
    // Nothing is told of twice: only a commit is news.
    listener.heard.length = 0;
    const { versionstamp } = await kv.set(stateKey("b"), {});
    await listener.until((heard) => heard.length > 0);
    assertEquals(listener.heard, [{ namespace: "b", kind: "unknown" }]);
    // A commit of its own is not news either, and it tells of it itself.
    announcer.notify({ namespace: "b", kind: "written", messages: [], previous: 0 }, {
      before: versionstamp,
      after: `${versionstamp}~`,
    });
    wanted.add("c");
    await listener.until((heard) => heard.some(({ namespace }) => namespace === "c"));
    assertEquals(listener.heard.map(({ namespace }) => namespace), ["b", "b", "c"]);
  }
  assert(looks.every((ids) => ids.every((id) => wanted.has(id))));
  await announcer[Symbol.asyncDispose]();
  const before = looks.length;
  await using idle = new KvAnnouncer(database, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals([looks.length, idle instanceof KvAnnouncer], [before, true]);
});
