import { DatabaseSync } from "node:sqlite";
import { exportEvents, importEvents, namespaceReader, verify, verifyNamespace } from "../../mod.ts";
import type { NamespaceReader } from "../../src/slice/namespace_reader.ts";
import { openStore } from "../../src/store/open.ts";
import { create, NS } from "../contract/support.ts";
import { assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { recordBody, sampleMessages } from "../support/events.ts";
import { testPostgres } from "../support/postgres.ts";

const messages = [...sampleMessages({ count: 2500 })];
const postgres = await testPostgres();

/** A store with a namespace that was filled in several ways. */
async function fill(url: string, dataDir?: string) {
  const store = await openStore(url, { dataDir });
  await create(store, NS);
  const place = { store, namespace: NS };
  await importEvents(recordBody(messages.slice(1000, 2000)), place);
  await importEvents(recordBody(messages.slice(500, 1000)), place);
  await importEvents(recordBody(messages), place, { existing: "skip" });
  for (const stream of ["order-new", "account-1", "single"]) {
    await store.write(NS, stream, {
      id: crypto.randomUUID(),
      type: "Written",
      data: "{}",
      metadata: null,
    });
  }
  return { store, reader: namespaceReader(place), place };
}

const databases: [name: string, url: () => string | Promise<string>][] = [
  ["SQLite", () => "sqlite://memory"],
  ["Postgres", () => postgres.createDatabase()],
  ["Deno KV", () => "kv://memory"],
];

for (const [name, url] of databases) {
  Deno.test(`verifyNamespace() and verify() find nothing wrong in ${name} after imports and writes`, async () => {
    const { store, reader, place } = await fill(await url());
    await using _ = store;
    const found = await verifyNamespace(reader);
    assertEquals([found.problems, found.events], [[], messages.length + 3]);
    assertEquals(found.compared, [
      "info",
      "categories",
      "streams",
      "category_index",
      "stream_index",
    ]);
    for (const slice of [undefined, { to: messages.at(-1)!.globalPosition }]) {
      const { ok, problems } = await verify({
        open: () => recordBody(messages),
        against: { namespace: reader, slice },
      });
      assertEquals([ok, problems], [true, []]);
    }
    // All of it again, from a file that was exported from it.
    const text = await new Response(exportEvents(place)).text();
    const { ok } = await verify({
      open: () => new Blob([text]).stream(),
      against: { namespace: reader, slice: {} },
    });
    assertEquals(ok, true);
  });
}

Deno.test("verifyNamespace() finds counters that are wrong in SQLite's file", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const filled = await fill("sqlite://meta.db", dataDir);
    await filled.store[Symbol.asyncDispose]();
    const files = await Array.fromAsync(walk(dataDir));
    for (const path of files.filter((path) => path.endsWith(".db"))) {
      using database = new DatabaseSync(path);
      const hasMessages = database.prepare(
        "SELECT 1 FROM sqlite_schema WHERE name = 'categories'",
      ).get();
      if (hasMessages === undefined) continue;
      database.exec("UPDATE categories SET messages = messages + 1 WHERE category = 'order'");
      database.exec("DELETE FROM messages WHERE stream = 'single'");
    }
    await using store = await openStore("sqlite://meta.db", { dataDir });
    const reader = namespaceReader({ store, namespace: NS });
    const { ok, counts, problems } = await verifyNamespace(reader);
    assertEquals([ok, Object.keys(counts)], [false, ["counter"]]);
    const text = problems.map(({ message }) => message).join("\n");
    assertMatch(text, /ns\.info says messageCount \d+, there is \d+/);
    assertMatch(text, /ns\.categories says messageCount \d+ of "order", there is \d+/);
    assertMatch(text, /ns\.categories says messageCount 1 of "single", there is 0/);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* walk(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

Deno.test("verifyNamespace() finds what listings and indexes say wrongly, each as a counter", async () => {
  const { store, reader, place } = await fill("sqlite://memory");
  await using _ = store;
  const [first] = await store.listStreams(NS, { prefix: "order-", cursor: "", limit: 1 });
  const { stream } = first!;
  const wrong: [Partial<NamespaceReader>, RegExp][] = [
    [
      {
        streams: async (query) => (await reader.streams(query))!.filter((s) => s.stream !== stream),
      },
      /^ns\.streams says nothing of "order-/,
    ],
    [
      {
        streams: async (query) =>
          (await reader.streams(query))!.map((s) => ({
            ...s,
            version: s.version + (s.stream === stream ? 1 : 0),
          })),
      },
      /^ns\.streams says version \d+ of "order-.*, and its last event has position \d+$/,
    ],
    [
      {
        streams: async (query) => {
          const page = (await reader.streams(query))!;
          const isLast = page.length > 0 && page.length < query.limit;
          return isLast ? [...page, { stream: "~", version: 0, lastActivity: "" }] : page;
        },
      },
      /^ns\.streams says version 0 of "~", and it has no event$/,
    ],
    [
      {
        streamBeginning: async (name, limit) =>
          (await reader.streamBeginning(name, limit)).slice(name === stream ? 1 : 0),
      },
      /^the stream "order-.*", read by its name, does not have the events/,
    ],
    [
      {
        // An index that finds an event of another category in the place of one of its own.
        events: (slice) =>
          slice.categories?.[0] === "order"
            ? Promise.resolve(exportEvents(place, { categories: ["account"] }))
            : reader.events(slice),
      },
      /^the category "order", read by its name, has /,
    ],
    [
      { info: async () => ({ ...(await reader.info())!, lastActivity: null }) },
      /^ns\.info says lastActivity null, there is 20/,
    ],
  ];
  for (const [part, problem] of wrong) {
    const { counts, problems } = await verifyNamespace({ ...reader, ...part });
    assertEquals(counts, { counter: 1 });
    assertMatch(problems[0]!.message, problem);
  }
});

Deno.test("verifyNamespace() takes what is written meanwhile for no mistake, and an import for a change", async () => {
  const { store, reader, place } = await fill("sqlite://memory");
  await using _ = store;
  let writes = 0;
  /** Writes to an old and a new stream before each listing. */
  const writing = async () => {
    for (const stream of ["account-1", `new-${writes++}`]) {
      await store.write(NS, stream, {
        id: crypto.randomUUID(),
        type: "Written",
        data: "{}",
        metadata: null,
      });
    }
  };
  const found = await verifyNamespace({
    ...reader,
    categories: async () => (await writing(), await reader.categories()),
    streams: async (query) => (await writing(), await reader.streams(query)),
  });
  assertEquals([found.problems, found.isWritten], [[], true]);

  const changing = {
    ...reader,
    async events(slice: Parameters<NamespaceReader["events"]>[0]) {
      if (Object.keys(slice).length === 1) {
        await importEvents(recordBody(messages.slice(0, 10)), place, { force: true });
      }
      return await reader.events(slice);
    },
  };
  await assertRejects(() => verifyNamespace(changing), Error, "has changed while it was verified");
});
