/**
 * A remote Deno KV whose responses are lost on the way: what was done is done once, and what is not
 * known is said.
 *
 * @module
 */

import type { KvStore } from "../../../src/store/kv/store.ts";
import { packRecords } from "../../../src/record/packed_records.ts";
import {
  assertCode,
  create,
  importAll,
  newMessage,
  NS,
  readAll,
  record,
  records,
} from "../../contract/support.ts";
import { assert, assertEquals, assertGreater, assertNotMatch } from "../../support/assert.ts";
import { type Fate, LossyProxy } from "../../support/kv_connect/proxy.ts";
import { openAt } from "../../support/kv_connect/remote_store.ts";
import { KvConnectServer } from "../../support/kv_connect/server.ts";

/** A store behind a proxy, with an empty namespace. */
class Remote implements AsyncDisposable {
  private constructor(
    readonly server: KvConnectServer,
    readonly proxy: LossyProxy,
    readonly store: KvStore,
  ) {}

  static async open(): Promise<Remote> {
    const server = new KvConnectServer();
    const proxy = new LossyProxy(server.url);
    const store = await openAt(proxy.url);
    await create(store, NS);
    return new Remote(server, proxy, store);
  }

  /** Lets the n-th write from now on, and only that one, meet a fate. */
  strike(fate: Fate, n: number): void {
    let count = 0;
    this.proxy.losses = 0;
    this.proxy.fate = (method) => method === "atomic_write" && count++ === n ? fate : "passes";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.proxy.fate = () => "passes";
    await this.store[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

/** What there has to be after 300 messages in 10 streams of each of two categories. */
async function assertWhole(store: KvStore): Promise<void> {
  const { messageCount, streamCount } = await store.namespaceInfo(NS);
  assertEquals([messageCount, streamCount], [300, 20]);
  assertEquals(await store.listCategories(NS), [
    { category: "a", streamCount: 10, messageCount: 150 },
    { category: "b", streamCount: 10, messageCount: 150 },
  ]);
  assertEquals((await readAll(store)).length, 300);
}

const file = records(150, 10, "a").concat(
  records(150, 10, "b").map((message) =>
    record({ ...message, globalPosition: message.globalPosition + 150, id: crypto.randomUUID() })
  ),
);

for (const fate of ["lost", "cut"] as const) {
  Deno.test(`an import counts right and ends well, whichever response is ${fate} (kv, remote)`, async () => {
    await using remote = await Remote.open();
    const { store, proxy } = remote;
    let n = 0;
    for (;; n++) {
      remote.strike(fate, n);
      await importAll(store, file, { force: true });
      // The last one was done before the proxy was to strike.
      const isOver = proxy.losses === 0;
      remote.strike("passes", 0);
      await assertWhole(store);
      await store.settled;
      if (isOver) break;
    }
    // The lease, the messages, the counters, the commit.
    assertGreater(n, 4);
  });

  Deno.test(`imports into a full namespace count right, whichever response is ${fate} (kv, remote)`, async () => {
    // Each at a remote of its own: most of the time, they wait before they try again.
    await Promise.all([0, 1, 2].map(async (first) => {
      await using remote = await Remote.open();
      const { store, proxy } = remote;
      // Those that are there have replaced others.
      await importAll(store, file);
      await importAll(store, file.slice(0, 150), { force: true });
      // Every third write: a repeated one gets through.
      let count = first;
      proxy.fate = (method) => method === "atomic_write" && count++ % 3 === 0 ? fate : "passes";
      await importAll(store, file.slice(150));
      // Also while layers are folded afterwards.
      await store.settled;
      proxy.fate = () => "passes";
      assertGreater(proxy.losses, 2);
      await assertWhole(store);
    }));
  });

  Deno.test(`write() and deleteNamespace() do it once when a response is ${fate} (kv, remote)`, async () => {
    await using remote = await Remote.open();
    const { store, proxy } = remote;
    remote.strike(fate, 0);
    assertEquals((await store.write(NS, "a-1", newMessage())).position, 0);
    assertEquals(proxy.losses, 1);
    assertEquals((await store.write(NS, "a-1", newMessage(), 0)).position, 1);
    assertEquals(await store.listCategories(NS), [
      { category: "a", streamCount: 1, messageCount: 2 },
    ]);
    if (fate === "cut") return;
    remote.strike(fate, 0);
    assertEquals(await store.deleteNamespace(NS), 2);
    assertEquals(proxy.losses, 1);
    await assertCode(() => store.deleteNamespace(NS), "NAMESPACE_NOT_FOUND");
  });
}

Deno.test("an import goes on when the response to a renewal of its lease is lost (kv, remote)", async () => {
  await using remote = await Remote.open();
  const { store, proxy } = remote;
  await using unit = await store.beginImport(NS);
  for (const fate of ["lost", "cut"] as const) {
    remote.strike(fate, 0);
    // A renewal is the only thing that is written while nothing is asked of the import.
    while (proxy.losses === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await unit.write(packRecords(file));
  await unit.commit();
  await assertWhole(store);
});

Deno.test("an outage is not taken for other servers' writes (kv, remote)", async () => {
  await using remote = await Remote.open();
  const { store, proxy } = remote;
  const end = performance.now() + 11_000;
  // For longer than a contended operation is tried again.
  proxy.fate = () => performance.now() < end ? "refused" : "passes";
  const [written, imported] = await Promise.allSettled([
    store.write(NS, "z-1", newMessage()),
    (async () => {
      await create(store, "other");
      await importAll(store, file, {}, "other");
    })(),
  ]);
  assert(proxy.losses > 0);
  for (const result of [written, imported]) {
    if (result.status === "rejected") assertNotMatch(String(result.reason), /other servers/);
  }
  // Deno's client itself goes on trying until the network is back.
  assertEquals([written.status, imported.status], ["fulfilled", "fulfilled"]);
  assertEquals((await store.namespaceInfo("other")).messageCount, 300);
});
