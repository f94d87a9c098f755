/**
 * Writes: positions, expected versions, ids.
 *
 * @module
 */

import { NO_STREAM, POSITION_MAX } from "../../src/message.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";
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
} from "./support.ts";

/** Registers the tests. */
export function writeContract(open: OpenStore, backend: string): void {
  Deno.test(`write() counts positions up, in the stream and in the namespace (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await create(store, "other");
    assertEquals(await store.write(NS, "a-1", newMessage()), { position: 0, globalPosition: 1 });
    assertEquals(await store.write(NS, "b-1", newMessage()), { position: 0, globalPosition: 2 });
    assertEquals(await store.write(NS, "a-1", newMessage()), { position: 1, globalPosition: 3 });
    assertEquals(await store.write("other", "a-1", newMessage()), {
      position: 0,
      globalPosition: 1,
    });
  });

  Deno.test(`write() stores what it is given and the time (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const message = newMessage({ data: '{"b":1.0,"a":2}', metadata: '{"x":null}' });
    await store.write(NS, "a-1", message);
    const [stored] = await readAll(store);
    assertMatch(stored?.time ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z$/);
    assertEquals<unknown>(stored, {
      ...message,
      stream: "a-1",
      position: 0,
      globalPosition: 1,
      time: stored?.time,
    });
  });

  Deno.test(`write() takes the version that it expects, and no other (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const write = (expected?: number) => store.write(NS, "a-1", newMessage(), expected);
    const conflict = async (expected: number, actual: number) => {
      const error = await assertCode(() => write(expected), "STREAM_VERSION_CONFLICT");
      assertEquals(error.details, { expected, actual });
    };
    await conflict(0, NO_STREAM);
    assertEquals((await write(NO_STREAM)).position, 0);
    await conflict(NO_STREAM, 0);
    await conflict(1, 0);
    assertEquals((await write(0)).position, 1);
    assertEquals((await write()).position, 2);
    assertEquals(await globalPositions(store), [1, 2, 3]);
  });

  Deno.test(`write() refuses an id that is taken, before the version (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await create(store, "other");
    const message = newMessage();
    await store.write(NS, "a-1", newMessage());
    await store.write(NS, "a-1", message);
    const error = await assertCode(
      () => store.write(NS, "b-1", message, 7),
      "MESSAGE_ID_EXISTS",
      message.id,
    );
    assertEquals(error.details, { stream: "a-1", position: 1, globalPosition: 2 });
    assertEquals((await readAll(store)).length, 2);
    assertEquals((await store.write("other", "a-1", message)).position, 0);
  });

  Deno.test(`write() uses up no position where an id is taken (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    const message = newMessage();
    await store.write(NS, "a-1", message);
    const outcomes = await Promise.allSettled(
      [newMessage(), message, newMessage()].map((each) => store.write(NS, "a-1", each)),
    );
    assertEquals(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    const written = await readAll(store);
    assertEquals(written.map(({ position }) => position), [0, 1, 2]);
    assertEquals(await globalPositions(store), [1, 2, 3]);
  });

  Deno.test(`write() goes on after a stream's highest position (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, [
      record({ globalPosition: 50, stream: "a-1", position: 7 }),
      record({ globalPosition: 60, stream: "a-1", position: 3 }),
    ]);
    assertEquals(await store.write(NS, "a-1", newMessage(), 7), {
      position: 8,
      globalPosition: 61,
    });
  });

  Deno.test(`write() after the highest position there can be is refused (${backend})`, async () => {
    await using store = await openWithNamespace(open);
    await importAll(store, [
      record({ globalPosition: 1, stream: "a-1", position: POSITION_MAX }),
      record({ globalPosition: POSITION_MAX - 1, stream: "a-2", position: POSITION_MAX - 1 }),
    ]);
    await assertCode(() => store.write(NS, "a-1", newMessage()), "POSITION_EXISTS", "a-1");
    assertEquals(await store.write(NS, "a-2", newMessage()), {
      position: POSITION_MAX,
      globalPosition: POSITION_MAX,
    });
    await assertCode(() => store.write(NS, "a-3", newMessage()), "POSITION_EXISTS");
    assertEquals(await globalPositions(store), [1, POSITION_MAX - 1, POSITION_MAX]);
    assertEquals(await globalPositions(store, { from: POSITION_MAX }), [POSITION_MAX]);
  });
}
