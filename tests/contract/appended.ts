/**
 * What listeners are told.
 *
 * @module
 */

import type { Appended, AppendedMessage } from "../../src/store/store.ts";
import { assert, assertEquals } from "../support/assert.ts";
import {
  assertCode,
  importAll,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  readAll,
  record,
} from "./support.ts";

/** Registers the tests. */
export function appendedContract(open: OpenStore, backend: string): void {
  Deno.test(`onAppended() notifies of every write, in order (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const heard: Appended[] = [];
    store.onAppended((appended) => heard.push(appended));
    const metadata = '{"correlationStreamName":"flow-1"}';
    await store.write(NS, "a-1", newMessage({ metadata }));
    await Promise.all([1, 2, 3].map((n) => store.write(NS, `b-${n}`, newMessage())));
    await assertCode(() => store.write(NS, "a-1", newMessage(), 7), "STREAM_VERSION_CONFLICT");
    const messages = heard.flatMap(messagesOf);
    assertEquals(messages[0], {
      stream: "a-1",
      position: 0,
      globalPosition: 1,
      correlation: "flow",
    });
    assertEquals(messages.map(({ globalPosition }) => globalPosition), [1, 2, 3, 4]);
    assertEquals(messages.slice(1).map(({ correlation }) => correlation), [null, null, null]);
    let previous = 0;
    for (const appended of heard) {
      if (appended.kind !== "written") continue;
      assertEquals([appended.namespace, appended.previous], [NS, previous]);
      previous = appended.messages.at(-1)?.globalPosition ?? -1;
    }
  });

  Deno.test(`onAppended() notifies of a message that can be read already (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    // A listener may be called once too often, so each read is waited for.
    const reads: Promise<unknown[]>[] = [];
    const end = store.onAppended(() => reads.push(readAll(store)));
    await store.write(NS, "a-1", newMessage());
    assertEquals((await reads.at(-1))?.length, 1);
    await importAll(store, [record({ globalPosition: 10 })]);
    assertEquals((await reads.at(-1))?.length, 2);
    end();
    await Promise.all(reads);
  });

  Deno.test(`onAppended() reports what an import has brought (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const heard: Appended[] = [];
    store.onAppended((appended) => heard.push(appended));
    const take = () => heard.splice(0).filter(({ kind }) => kind !== "committing");
    const at = (globalPosition: number) => record({ globalPosition, id: crypto.randomUUID() });

    const first = at(10);
    await importAll(store, [first]);
    assert(take().some(({ kind }) => kind === "replaced"));
    await importAll(store, [at(3), at(4), at(12)]);
    assertEquals(take().flatMap(positionsOf), [[3, 4], [12, 12]]);
    await importAll(store, [at(1), first, at(11)], { existing: "skip" });
    assertEquals(take().flatMap(positionsOf), [[1, 1], [11, 11]]);
    await importAll(store, [at(7)], { force: true });
    assert(take().some(({ kind }) => kind === "replaced"));
  });

  Deno.test(`onAppended() notifies that an import is about to commit, and its end (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const heard: Appended[] = [];
    store.onAppended((appended) => heard.push(appended));
    await importAll(store, [record({ globalPosition: 10 })]);
    const announced = heard.findIndex(({ kind }) => kind === "committing");
    assert(announced >= 0 && announced < heard.findIndex(({ kind }) => kind === "replaced"));
    await assertCode(() => importAll(store, [record({ globalPosition: 10 })]), "POSITION_EXISTS");
    assert(heard.at(-1)?.kind !== "committing");
  });

  Deno.test(`onAppended() notifies a later listener that an import is committing (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const heard: string[] = [];
    store.onAppended(({ kind }) => {
      if (kind === "committing") {
        queueMicrotask(() => store.onAppended(({ kind }) => heard.push(kind)));
      }
    });
    await importAll(store, [record({ globalPosition: 10 })]);
    assertEquals(heard.filter((kind) => kind !== "unknown"), ["committing", "replaced"]);
  });

  Deno.test(`onAppended() keeps a listener that throws from everybody else (${backend})`, async () => {
    const reported: unknown[] = [];
    const onError = (event: ErrorEvent) => {
      reported.push(event.error.message);
      event.preventDefault();
    };
    addEventListener("error", onError);
    try {
      await using store = await openWithNamespace(open);
      store.onAppended(() => {
        throw new Error("the listener's own defect");
      });
      const heard: Appended[] = [];
      store.onAppended((appended) => heard.push(appended));
      const { globalPosition } = await store.write(NS, "a-1", newMessage());
      assertEquals(globalPosition, 1);
      assertEquals((await store.write(NS, "a-1", newMessage(), 0)).position, 1);
      await importAll(store, [record({ globalPosition: 10 })]);
      assertEquals(await store.deleteNamespace(NS), 3);
      assertEquals(heard.flatMap(messagesOf).length, 2);
      assert(heard.some(({ kind }) => kind === "imported"));
      assert(heard.some(({ kind }) => kind === "deleted"));
      assertEquals(new Set(reported), new Set(["the listener's own defect"]));
    } finally {
      removeEventListener("error", onError);
    }
  });

  Deno.test(`onAppended() notifies of a deletion (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const heard: Appended[] = [];
    store.onAppended((appended) => heard.push(appended));
    await store.deleteNamespace(NS);
    assert(heard.some(({ namespace, kind }) => namespace === NS && kind === "deleted"));
  });

  Deno.test(`onAppended() gives a function that ends it (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const heard: Appended[] = [];
    const end = store.onAppended((appended) => heard.push(appended));
    await store.write(NS, "a-1", newMessage());
    end();
    const before = heard.length;
    assert(before > 0);
    await store.write(NS, "a-1", newMessage());
    assertEquals(heard.length, before);
  });
}

function messagesOf(appended: Appended): readonly AppendedMessage[] {
  return appended.kind === "written" ? appended.messages : [];
}

function positionsOf(appended: Appended): [first: number, last: number][] {
  return appended.kind === "imported" ? [...appended.positions] : [];
}
