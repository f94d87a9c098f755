/**
 * Namespaces: made, found, listed, described and deleted.
 *
 * @module
 */

import { createAuthenticator } from "../../src/auth/authenticate.ts";
import { createToken } from "../../src/auth/create_token.ts";
import { hashToken } from "../../src/auth/token_hash.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import {
  assertCode,
  create,
  globalPositions,
  importAll,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  readAll,
  record,
  records,
} from "./support.ts";

/** Registers the tests. */
export function namespacesContract(open: OpenStore, backend: string): void {
  Deno.test(`createNamespace() registers what findNamespace() finds (${backend})`, async () => {
    await using store = await open();
    const namespace = {
      id: NS,
      tokenHash: "ab".repeat(32),
      description: "All orders",
      metadata: '{"b":1.0,"a":[9007199254740993]}',
    };
    const made = await store.createNamespace(namespace);
    assertEquals(made, { ...namespace, createdAt: made.createdAt });
    assertMatch(made.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
    assertEquals(await store.findNamespace(NS), made);
    assertEquals(await store.findNamespace("others"), null);
  });

  Deno.test(`createNamespace() refuses an id that is taken (${backend})`, async () => {
    await using store = await open();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => create(store, NS)),
    );
    assertEquals(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    await assertCode(() => create(store, NS), "NAMESPACE_EXISTS", NS);
  });

  Deno.test(`replaceToken() changes the token and nothing else (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const before = await store.findNamespace(NS);
    await store.replaceToken(NS, "cd".repeat(32));
    assertEquals<unknown>(await store.findNamespace(NS), { ...before, tokenHash: "cd".repeat(32) });
  });

  Deno.test(`replaceToken() ends the old token at once (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const authenticate = createAuthenticator(store);
    let last: string | undefined;
    for (let i = 0; i < 3; i++) {
      const token = createToken(NS);
      await store.replaceToken(NS, hashToken(token));
      assertEquals((await authenticate(token)).namespace, NS);
      if (last !== undefined) await assertCode(() => authenticate(last!), "AUTH_UNAUTHORIZED");
      last = token;
    }
  });

  Deno.test(`listNamespaces() goes by id in byte order and counts (${backend})`, async () => {
    await using store = await open();
    // By UTF-16 units, the emoji would come before U+E000.
    for (const id of ["😀", "b", "\ue000", "B", "a"]) await create(store, id);
    await store.write("b", "stream-1", newMessage());
    await store.write("b", "stream-2", newMessage());
    assertEquals(
      (await store.listNamespaces()).map((
        { namespace, messageCount },
      ) => [namespace, messageCount]),
      [["B", 0], ["a", 0], ["b", 2], ["\ue000", 0], ["😀", 0]],
    );
  });

  Deno.test(`deleteNamespace() takes the messages with it (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await create(store, "other");
    await store.write("other", "stream-1", newMessage());
    await store.write(NS, "stream-1", newMessage());
    await store.write(NS, "stream-2", newMessage());
    assertEquals(await store.deleteNamespace(NS), 2);
    assertEquals(await store.findNamespace(NS), null);
    await create(store, NS);
    assertEquals(await readAll(store), []);
    assertEquals((await readAll(store, {}, "other")).length, 1);
  });

  Deno.test(`deleteNamespace() ends a read with NAMESPACE_NOT_FOUND (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, records(2_500));
    const pages = store.readMessages(NS, { from: 0, limit: Infinity })[Symbol.asyncIterator]();
    await pages.next();
    await store.deleteNamespace(NS);
    await create(store, NS);
    await assertCode(() => pages.next(), "NAMESPACE_NOT_FOUND");
  });

  Deno.test(`every operation on a missing namespace is NAMESPACE_NOT_FOUND (${backend})`, async () => {
    await using store = await open();
    const operations: (() => Promise<unknown>)[] = [
      () => store.replaceToken(NS, ""),
      () => store.deleteNamespace(NS),
      () => store.namespaceInfo(NS),
      () => store.listStreams(NS, { prefix: "", cursor: "", limit: 1 }),
      () => store.listCategories(NS),
      () => store.write(NS, "stream-1", newMessage()),
      () => Array.fromAsync(store.readStream(NS, "stream-1", { from: 0, limit: 1 })),
      () => Array.fromAsync(store.readMessages(NS, { from: 0, limit: 1 })),
      () => Array.fromAsync(store.readMessages(NS, { from: 0, limit: 1, categories: [] })),
      () => store.lastMessage(NS, "stream-1"),
      () => store.streamVersion(NS, "stream-1"),
      () => store.beginImport(NS),
    ];
    for (const operation of operations) await assertCode(operation, "NAMESPACE_NOT_FOUND", NS);
  });

  Deno.test(`namespaceInfo() follows writes, imports and replacements (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const { createdAt, ...empty } = await store.namespaceInfo(NS);
    assertEquals(createdAt, (await store.findNamespace(NS))?.createdAt);
    assertEquals(empty, {
      namespace: NS,
      description: "",
      messageCount: 0,
      streamCount: 0,
      lastActivity: null,
      globalPosition: 0,
    });
    const counts = async () => {
      const info = await store.namespaceInfo(NS);
      return [info.messageCount, info.streamCount, info.globalPosition, info.lastActivity];
    };
    await store.write(NS, "a-1", newMessage());
    await store.write(NS, "a-1", newMessage());
    await store.write(NS, "a-2", newMessage());
    const [last] = await readAll(store, { from: 3 });
    assertEquals(await counts(), [3, 2, 3, last!.time]);
    const time = "2025-01-01T00:00:00.5Z";
    await importAll(store, [
      record({ globalPosition: 10, stream: "a-1", position: 2, time }),
      record({ globalPosition: 20, stream: "b-1", time }),
    ]);
    assertEquals(await counts(), [5, 3, 20, time]);
    await importAll(store, [record({ globalPosition: 7, time })], { force: true });
    assertEquals(await counts(), [1, 1, 7, time]);
    await importAll(store, [], { force: true });
    assertEquals(await counts(), [0, 0, 0, null]);
  });

  Deno.test(`listStreams() pages by name in byte order (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const names = ["a", "a+", "a-1", "a-10", "a-2", "b-1", "é-1", "\ue000-1", "😀-1"];
    for (const name of names.toReversed()) await store.write(NS, name, newMessage());
    await store.write(NS, "a-2", newMessage());
    const list = async (prefix: string, cursor: string, limit: number) =>
      (await store.listStreams(NS, { prefix, cursor, limit })).map(({ stream }) => stream);
    assertEquals(await list("", "", 100), names);
    assertEquals(await list("", "a-1", 3), ["a-10", "a-2", "b-1"]);
    assertEquals(await list("a-", "", 100), ["a-1", "a-10", "a-2"]);
    assertEquals(await list("a-", "a-10", 100), ["a-2"]);
    assertEquals(await list("b", "a", 100), ["b-1"]);
    assertEquals(await list("a", "b", 100), []);
    assertEquals(await list("c", "", 100), []);
    const [stream] = await store.listStreams(NS, { prefix: "a-2", cursor: "", limit: 1 });
    const last = await store.lastMessage(NS, "a-2");
    assertEquals(stream, { stream: "a-2", version: 1, lastActivity: last!.time ?? "" });
  });

  Deno.test(`listCategories() counts streams and messages (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    for (const name of ["b-1", "a-1", "a-1", "a-2", "a", "é-x-y"]) {
      await store.write(NS, name, newMessage());
    }
    const expected = [
      { category: "a", streamCount: 3, messageCount: 4 },
      { category: "b", streamCount: 1, messageCount: 1 },
      { category: "é", streamCount: 1, messageCount: 1 },
    ];
    assertEquals(await store.listCategories(NS), expected);
    // A fresh import counts by other means than a write, and an addition by a third.
    const all = await readAll(store);
    await importAll(store, all.map((message, index) => ({ ...message, line: index + 1 })), {
      force: true,
    });
    assertEquals(await store.listCategories(NS), expected);
    await importAll(store, [
      record({ globalPosition: 100, stream: "a-1", position: 9 }),
      record({ globalPosition: 101, stream: "c-1", position: 9 }),
      record({ globalPosition: 102, stream: "c-1", position: 8 }),
    ]);
    assertEquals(await store.listCategories(NS), [
      { category: "a", streamCount: 3, messageCount: 5 },
      { category: "b", streamCount: 1, messageCount: 1 },
      { category: "c", streamCount: 1, messageCount: 2 },
      { category: "é", streamCount: 1, messageCount: 1 },
    ]);
  });

  Deno.test(`a disposed store refuses everything (${backend})`, async () => {
    const store = await openWithNamespace(open);
    await store.write(NS, "stream-1", newMessage());
    const pages = store.readMessages(NS, { from: 0, limit: 1 });
    const index = await store.openIndex(NS);
    const links = await store.openLinks(NS, {});
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await assertCode(() => store.write(NS, "stream-1", newMessage()), "BACKEND_ERROR", "closed");
    await assertCode(() => Array.fromAsync(pages), "BACKEND_ERROR", "closed");
    await assertCode(() => store.listNamespaces(), "BACKEND_ERROR", "closed");
    const closed = "The store is closed";
    await assertCode(() => index.counts(["stream-1"], 1), "BACKEND_ERROR", closed);
    const lines = index.linesAt(new Float64Array([1]));
    await assertCode(() => Array.fromAsync(lines), "BACKEND_ERROR", closed);
    const found = links.linksTo(["stream-1"]);
    await assertCode(() => Array.fromAsync(found), "BACKEND_ERROR", closed);
  });

  Deno.test(`connections() counts what is open (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await store.write(NS, "stream-1", newMessage());
    assertEquals(await globalPositions(store), [1]);
    assert(await store.connections() >= 1);
  });
}
