/**
 * Deno KV's limits: what is counted here is what Deno KV counts, and nothing that a user may send
 * runs into one.
 *
 * @module
 */

import fc from "fast-check";
import { EventoDBError } from "../../../src/errors.ts";
import { nameBytesMax } from "../../../src/limits.ts";
import { kvAtomicBytesMax, kvKeyBytesMax } from "../../../src/store/kv/limits.ts";
import { Database, Pack, raise, remove, set, sum } from "../../../src/store/kv/database.ts";
import { keyBytes } from "../../../src/store/kv/schema.ts";
import { openMemory } from "../../../src/store/kv/open.ts";
import { assert, assertEquals, assertFalse, assertRejects } from "../../support/assert.ts";
import {
  assertCode,
  create,
  importAll,
  messageOf,
  newMessage,
  NS,
  readAll,
  readStreamAll,
  record,
} from "../../contract/support.ts";
import { anyCharacter } from "../../support/property.ts";

const MiB = 1024 * 1024;

Deno.test("keyBytes() says whether Deno KV takes a key", async () => {
  using kv = await Deno.openKv(":memory:");
  for (const text of ["x", "ü", "測", "😀"]) {
    for (const numbers of [[], [7], [7, 8]]) {
      let part = "";
      while (keyBytes([part + text, ...numbers]) <= kvKeyBytesMax) part += text;
      const spare = kvKeyBytesMax - keyBytes([part, ...numbers]);
      await kv.set([part + "x".repeat(spare), ...numbers], 1);
      await assertRejects(
        () => kv.set([part + "x".repeat(spare + 1), ...numbers], 1),
        TypeError,
        "Key too large",
      );
    }
  }
});

Deno.test("Pack.tryAdd() counts the bytes that Deno KV counts", async () => {
  using kv = await Deno.openKv(":memory:");
  using database = new Database(kv, { name: "memory" });
  const others: Deno.KvMutation[] = [
    set(["a", "ü", 3], new Uint8Array(10)),
    sum(["counter", 1], 5),
    raise(["version", "x"], 5),
    remove(["gone", 1]),
  ];
  const check = { key: ["checked", 1, "測"], versionstamp: null };
  const chunk = 60_000;
  const size = (value: Uint8Array) => 2 * keyBytes(["fill", 1]) + value.byteLength;
  const filled = (last: number) => {
    const pack = new Pack(database, [check]).add(...others);
    let added = 0;
    while (added < 13) {
      pack.add(set(["fill", added], new Uint8Array(chunk)));
      added++;
    }
    return { pack, isIn: pack.tryAdd(set(["fill", added], new Uint8Array(last))) };
  };
  let last = kvAtomicBytesMax - 13 * size(new Uint8Array(chunk));
  while (!filled(last).isIn) last--;
  await filled(last).pack.commit();
  // One byte more would have been one too many for Deno KV too.
  const operation = kv.atomic().check(check).mutate(...others);
  for (let n = 0; n < 13; n++) operation.set(["fill", n], new Uint8Array(chunk));
  operation.set(["fill", 13], new Uint8Array(last + 1));
  await assertRejects(() => operation.commit(), TypeError, "Total mutation size too large");
});

Deno.test("Pack never grows beyond what Deno KV takes", async () => {
  using kv = await Deno.openKv(":memory:");
  using database = new Database(kv, { name: "memory" });
  const mutation = fc.record({
    kind: fc.constantFrom("set", "sum", "max", "delete", "number"),
    name: fc.string({ unit: anyCharacter }).map((text) => text.replaceAll("\0", "")),
    repeat: fc.integer({ min: 1, max: 60 }),
    bytes: fc.oneof(fc.nat(100), fc.nat(65_536)),
  }).filter(({ kind, name, repeat }) => keyBytes([name.repeat(repeat), 1, kind]) < kvKeyBytesMax);
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 60 }), async (some) => {
      let pack = new Pack(database);
      let at = 0;
      // Several rounds, so that every limit is met now and then.
      for (let round = 0; round < 30; round++) {
        for (const { kind, name, repeat, bytes } of some) {
          const key = [name.repeat(repeat), at++, kind];
          const mutation = kind === "set"
            ? set(key, new Uint8Array(bytes))
            : kind === "number"
            ? set(key, bytes)
            : kind === "sum"
            ? sum(key, bytes)
            : kind === "max"
            ? raise(key, bytes)
            : remove(key);
          if (pack.tryAdd(mutation)) continue;
          assert(await pack.commit() !== null);
          pack = new Pack(database).add(mutation);
        }
      }
      assert(await pack.commit() !== null);
    }),
    { numRuns: 30 },
  );
});

Deno.test("Pack.tryCheck() ends at the most checks", async () => {
  using kv = await Deno.openKv(":memory:");
  using database = new Database(kv, { name: "memory" });
  const pack = new Pack(database);
  for (let n = 0; n < 100; n++) assert(pack.tryCheck({ key: ["c", n], versionstamp: null }));
  assertFalse(pack.tryCheck({ key: ["c", 100], versionstamp: null }));
  assert(await pack.add(set(["a"], new Uint8Array())).commit() !== null);
});

for (const [what, text] of [["ASCII", "x"], ["Chinese", "測"]] as const) {
  for (const bytes of [64 * 1024, 800 * 1024, 1 * MiB, 16 * MiB]) {
    Deno.test(`write() and an import keep ${bytes / 1024} KiB of ${what} text (kv)`, async () => {
      await using store = await openMemory();
      await create(store, NS);
      const size = new TextEncoder().encode(text).byteLength;
      const data = `{"text":"${text.repeat(bytes / size)}"}`;
      const metadata = `{"correlationStreamName":"flow-1","more":"${text.repeat(1000)}"}`;
      const message = newMessage({ data, metadata });
      await store.write(NS, "large-1", message);
      const imported = record({ globalPosition: 9, stream: "large-2", data, metadata });
      // The second one is folded, since the namespace has a message.
      await importAll(store, [imported]);
      await store.settled;
      const [written, ...others] = await readAll(store, { correlation: "flow" });
      assert(written!.data === data && written!.metadata === metadata);
      assertEquals(others.length, 1);
      const [inStream] = await readStreamAll(store, "large-2");
      // Without the payload: the difference of two texts of 16 MiB is none to print.
      assertEquals({ ...inStream, data: "" }, { ...messageOf(imported), data: "" });
      assert(inStream!.data === data);
      assert((await store.lastMessage(NS, "large-2"))?.data === data);
    });
  }
}

Deno.test("many large writes at once share what operations they can (kv)", async () => {
  await using store = await openMemory();
  await create(store, NS);
  // Payloads around the size of a value, some in pieces and some not, more than a commit may hold.
  const sizes = Array.from({ length: 150 }, (_, n) => 65_000 + n * 10);
  const results = await Promise.all(
    sizes.map((size, n) =>
      store.write(NS, `a-${n}`, newMessage({ data: `{"text":"${"x".repeat(size)}"}` }))
    ),
  );
  assertEquals(new Set(results.map(({ globalPosition }) => globalPosition)).size, sizes.length);
  const messages = await readAll(store);
  assertEquals(messages.map(({ data }) => data.length), sizes.map((size) => size + 11));
});

Deno.test("a thousand writes of the longest names are all taken (kv)", async () => {
  await using store = await openMemory();
  await create(store, NS);
  const name = (n: number, unit: string) => {
    const prefix = `${unit.repeat(500 / new TextEncoder().encode(unit).length)}-${n}-`;
    const left = nameBytesMax - new TextEncoder().encode(prefix).length;
    return prefix + "y".repeat(left);
  };
  const streams = Array.from({ length: 1_000 }, (_, n) => name(n, ["x", "ü", "測", "😀"][n % 4]!));
  await Promise.all(streams.map((stream) => {
    const type = stream;
    const metadata = `{"correlationStreamName":${JSON.stringify(stream)}}`;
    return store.write(NS, stream, newMessage({ type, metadata }));
  }));
  const file = streams.map((stream, n) =>
    record({ globalPosition: 5_000 + n, stream, position: 1, type: stream, line: n + 1 })
  );
  await importAll(store, file);
  await store.settled;
  const listed = await store.listStreams(NS, { prefix: "", cursor: "", limit: 1_000 });
  assertEquals(listed.map(({ version }) => version), Array(1_000).fill(1));
  for (const stream of streams.slice(0, 8)) {
    assertEquals((await readStreamAll(store, stream)).map(({ type }) => type), [stream, stream]);
    const { stream: after } = listed[500]!;
    const rest = await store.listStreams(NS, { prefix: "", cursor: after, limit: 2 });
    assertEquals(rest, listed.slice(501, 503));
  }
});

Deno.test("a name that would not fit a key is refused, or matches nothing (kv)", async () => {
  await using store = await openMemory();
  await create(store, NS);
  for (const stream of ["x".repeat(3_000), "測".repeat(800), "a\0b"]) {
    await assertCode(() => store.write(NS, stream, newMessage()), "INVALID_REQUEST", "key");
    const error = await assertRejects(
      () => importAll(store, [record({ globalPosition: 1, stream, line: 7 })]),
      EventoDBError,
      "line 7",
    );
    assertEquals([error.code, error.line], ["INVALID_RECORD", 7]);
    assertEquals(await readStreamAll(store, stream), []);
    assertEquals(await store.lastMessage(NS, stream), null);
    assertEquals(await store.streamVersion(NS, stream), null);
    assertEquals(await readAll(store, { categories: [stream] }), []);
    assertEquals(await store.listStreams(NS, { prefix: stream, cursor: "", limit: 5 }), []);
    await store.listStreams(NS, { prefix: "", cursor: stream, limit: 5 });
  }
});

Deno.test("createNamespace() refuses metadata that would not fit a value (kv)", async () => {
  await using store = await openMemory();
  const namespace = { id: "n", tokenHash: "0".repeat(64), description: "" };
  const metadata = (chars: number) => `{"a":"${"測".repeat(chars)}"}`;
  await store.createNamespace({ ...namespace, metadata: metadata(29_000) });
  assertEquals((await store.findNamespace("n"))?.metadata, metadata(29_000));
  await assertCode(
    () => store.createNamespace({ ...namespace, id: "o", metadata: metadata(31_000) }),
    "INVALID_REQUEST",
    "30000 characters",
  );
});
