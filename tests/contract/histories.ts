/**
 * Random histories of writes, imports and deletions, against a model that is a list.
 *
 * @module
 */

import fc from "fast-check";
import { EventoDBError } from "../../src/errors.ts";
import type { ImportMode, Store } from "../../src/store/store.ts";
import type { ImportRecord } from "../../src/record/import_record.ts";
import { packRecords } from "../../src/record/packed_records.ts";
import { assertEquals } from "../support/assert.ts";
import "../support/property.ts";
import {
  create,
  importAll,
  newMessage,
  type OpenStore,
  readAll,
  readStreamAll,
  uuid,
} from "./support.ts";

type Step =
  | { do: "write"; stream: string; id: number; expected: number | undefined }
  | { do: "import"; file: ImportRecord[]; mode: ImportMode; commits: boolean }
  | { do: "delete" };

/** Few streams, ids and positions, so that they meet. */
const stream = fc.constantFrom("a-1", "a-2", "b-1", "b");
const id = fc.nat(40);
const file = fc.array(
  fc.record({
    id: id.map(uuid),
    stream,
    type: fc.constantFrom("A", "B"),
    position: fc.nat(12),
    globalPosition: fc.integer({ min: 1, max: 30 }),
    data: fc.constantFrom("{}", '{"a":1}'),
    metadata: fc.constantFrom(null, "{}"),
    time: fc.constantFrom("2025-01-01T00:00:00Z", "2025-01-01T00:00:00.5Z"),
  }),
  { maxLength: 6 },
).chain((file) =>
  // Ascending files and repeated records are what real ones are like.
  fc.tuple(fc.boolean(), fc.boolean()).map(([isSorted, isRepeated]) => {
    const sorted = isSorted ? file.toSorted((a, b) => a.globalPosition - b.globalPosition) : file;
    return (isRepeated ? [...sorted, ...sorted] : sorted)
      .map((record, index) => ({ ...record, line: 2 * index + 1 }));
  })
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      stream,
      id,
      expected: fc.option(fc.integer({ min: -1, max: 3 }), { nil: undefined }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("import" as const),
      file,
      mode: fc.constantFrom<ImportMode>(
        {},
        { force: true },
        { existing: "skip" },
        { force: true, existing: "skip" },
      ),
      commits: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "delete" }) },
);

type Held = Omit<ImportRecord, "line" | "time"> & { time?: string };

/** What a namespace should hold. */
class Model {
  messages: Held[] = [];
  highWater = 0;

  version(stream: string): number {
    return Math.max(
      -1,
      ...this.messages.filter((held) => held.stream === stream).map(({ position }) => position),
    );
  }

  write(step: Step & { do: "write" }, time: () => string | undefined): string {
    const version = this.version(step.stream);
    if (this.messages.some((held) => held.id === uuid(step.id))) return "MESSAGE_ID_EXISTS";
    if (step.expected !== undefined && step.expected !== version) return "STREAM_VERSION_CONFLICT";
    const written = {
      ...newMessage({ id: uuid(step.id) }),
      stream: step.stream,
      position: version + 1,
      globalPosition: ++this.highWater,
    };
    const stamp = time();
    this.messages.push(stamp === undefined ? written : { ...written, time: stamp });
    return `${written.position} ${written.globalPosition}`;
  }

  import({ file, mode, commits }: Step & { do: "import" }): string {
    const messages = mode.force ? [] : [...this.messages];
    let skipped = 0;
    for (const { line, ...record } of file) {
      const same = messages.find((held) => held.globalPosition === record.globalPosition);
      if (
        mode.existing === "skip" && same &&
        JSON.stringify(key(same)) === JSON.stringify(key(record))
      ) {
        skipped++;
        continue;
      }
      const isTaken = same !== undefined ||
        messages.some((held) => held.stream === record.stream && held.position === record.position);
      if (isTaken) return `POSITION_EXISTS ${line}`;
      if (messages.some((held) => held.id === record.id)) return `MESSAGE_ID_EXISTS ${line}`;
      messages.push(record);
    }
    if (commits) {
      this.messages = messages;
      this.highWater = Math.max(
        this.highWater,
        ...messages.map(({ globalPosition }) => globalPosition),
      );
    }
    return `imported ${file.length - skipped} skipped ${skipped}`;
  }
}

function key(
  { id, stream, type, position, globalPosition, data, metadata, time }: Held,
): unknown[] {
  return [id, stream, type, position, globalPosition, data, metadata, time];
}

/** Does a step in a namespace, and says what came of it in the model's words. */
async function take(store: Store, ns: string, step: Step): Promise<string> {
  try {
    switch (step.do) {
      case "write": {
        const message = newMessage({ id: uuid(step.id) });
        const result = await store.write(ns, step.stream, message, step.expected);
        return `${result.position} ${result.globalPosition}`;
      }
      case "import": {
        if (step.commits) {
          const { imported, skipped } = await importAll(store, step.file, step.mode, ns);
          return `imported ${imported} skipped ${skipped}`;
        }
        await using unit = await store.beginImport(ns, step.mode);
        const { imported, skipped } = await unit.write(packRecords(step.file));
        return `imported ${imported} skipped ${skipped}`;
      }
      case "delete": {
        const count = await store.deleteNamespace(ns);
        await create(store, ns);
        return `deleted ${count}`;
      }
    }
  } catch (error) {
    if (!(error instanceof EventoDBError)) throw error;
    return error.line === undefined ? error.code : `${error.code} ${error.line}`;
  }
}

/** Registers the test. */
export function historiesContract(open: OpenStore, backend: string): void {
  Deno.test(`any history ends as a list of messages would (${backend})`, async () => {
    await using store = await open();
    let histories = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const ns = `history-${histories++}`;
        await create(store, ns);
        let model = new Model();
        for (const step of steps) {
          const outcome = await take(store, ns, step);
          const stored = await readAll(store, {}, ns);
          if (step.do === "write") {
            assertEquals(outcome, model.write(step, () => stored.at(-1)?.time));
          } else if (step.do === "delete") {
            assertEquals(outcome, `deleted ${model.messages.length}`);
            model = new Model();
          } else {
            const expected = model.import(step);
            // What is not committed may not have been looked at to the end.
            if (step.commits) assertEquals(outcome, expected);
          }
          await assertSame(store, ns, model, stored);
        }
      }),
      { numRuns: 30 },
    );
  });
}

async function assertSame(
  store: Store,
  ns: string,
  model: Model,
  stored: Held[],
): Promise<void> {
  const held = model.messages.toSorted((a, b) => a.globalPosition - b.globalPosition);
  assertEquals(stored.map(key), held.map(key));
  const streams = [...new Set(held.map(({ stream }) => stream))].sort();
  const info = await store.namespaceInfo(ns);
  assertEquals(
    [info.messageCount, info.streamCount, info.globalPosition, info.lastActivity],
    [held.length, streams.length, held.at(-1)?.globalPosition ?? 0, held.at(-1)?.time ?? null],
  );
  assertEquals(
    (await store.listStreams(ns, { prefix: "", cursor: "", limit: 100 }))
      .map(({ stream, version }) => [stream, version]),
    streams.map((stream) => [stream, model.version(stream)]),
  );
  for (const stream of streams) {
    assertEquals(
      (await readStreamAll(store, stream, {}, ns)).map(({ position }) => position),
      held.filter((message) => message.stream === stream)
        .map(({ position }) => position).sort((a, b) => a - b),
    );
  }
  for (const category of ["a", "b"]) {
    const inCategory = held.filter(({ stream }) => stream.split("-")[0] === category);
    assertEquals((await readAll(store, { categories: [category] }, ns)).length, inCategory.length);
    const summary = (await store.listCategories(ns)).find((found) => found.category === category);
    assertEquals(
      [summary?.streamCount ?? 0, summary?.messageCount ?? 0],
      [new Set(inCategory.map(({ stream }) => stream)).size, inCategory.length],
    );
  }
}
