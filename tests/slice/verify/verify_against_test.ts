import { formatRecord } from "../../../src/record/format.ts";
import type { NamespaceReader } from "../../../src/slice/namespace_reader.ts";
import { verify } from "../../../src/slice/verify/verify.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { recordBody, sampleMessages } from "../../support/events.ts";

const messages = [...sampleMessages({ count: 3000 })];

const versions = new Map<string, number>();
for (const { stream, position } of messages) {
  versions.set(stream, Math.max(position, versions.get(stream) ?? -1));
}

/** A namespace with these events, that lists streams in small pages. */
function namespaceWith(part: Partial<NamespaceReader> = {}, held = versions): NamespaceReader {
  const encoder = new TextEncoder();
  const byBytes = (a: string, b: string) => {
    const [left, right] = [encoder.encode(a), encoder.encode(b)];
    const at = left.findIndex((byte, i) => byte !== right[i]);
    return at < 0 ? left.length - right.length : left[at]! - (right[at] ?? -1);
  };
  const names = [...held.keys()].sort(byBytes);
  return {
    name: "a namespace",
    events: ({ from = 0, to = Infinity }) =>
      Promise.resolve(
        recordBody(
          messages.filter(({ globalPosition }) => globalPosition >= from && globalPosition <= to),
        ),
      ),
    info: () => Promise.resolve(null),
    categories: () => Promise.resolve(null),
    streams: ({ cursor }) =>
      Promise.resolve(
        names.filter((name) => cursor === "" || byBytes(name, cursor) > 0).slice(0, 50)
          .map((stream) => ({ stream, version: held.get(stream)!, lastActivity: "" })),
      ),
    streamVersion: (stream) => Promise.resolve(held.get(stream) ?? null),
    streamBeginning: () => Promise.resolve([]),
    ...part,
  };
}

Deno.test("verify() finds the streams whose next write would not come after the file", async () => {
  const names = [...versions.keys()];
  const behind = new Map(versions);
  const [gone, short] = [names[7]!, names.find((name) => versions.get(name)! > 2)!];
  behind.delete(gone);
  behind.set(short, 1);
  const wanted = [gone, short].sort();
  for (const count of [100, messages.length]) {
    const some = [
      ...messages.slice(0, count),
      ...messages.slice(count)
        .filter(({ stream }) => stream === gone || stream === short),
    ];
    for (const streams of [undefined, () => Promise.resolve(null)]) {
      const namespace = namespaceWith(streams && { streams }, behind);
      const { counts, problems } = await verify({
        open: () => recordBody(some),
        against: { namespace },
      });
      assertEquals(counts, { next_write: 2 });
      assertEquals(problems.map(({ stream }) => stream).sort(), wanted);
    }
  }
});

Deno.test("verify() looks for a file's events only where they can be", async () => {
  const asked: unknown[] = [];
  const namespace = namespaceWith();
  const against = {
    namespace: {
      ...namespace,
      events: (slice: Parameters<NamespaceReader["events"]>[0]) => {
        asked.push(slice);
        return namespace.events(slice);
      },
    },
  };
  const star = { ...messages[0]!, stream: "order-*" };
  const few = [star, messages[1]!];
  await verify({ open: () => recordBody(few), against });
  await verify({ open: () => recordBody(messages), against });
  const [first, last] = [messages[0]!.globalPosition, messages.at(-1)!.globalPosition];
  const categories = [...new Set(messages.map(({ stream }) => stream.split("-")[0]!))].sort();
  assertEquals(asked.map((slice) => JSON.stringify(slice)), [
    JSON.stringify({
      from: first,
      to: few[1]!.globalPosition,
      streams: ["order-\\*", few[1]!.stream],
    }),
    JSON.stringify({ from: first, to: last, categories }),
  ]);
});

Deno.test("verify() ends both readings when one of them fails, and reports the one that failed first", async () => {
  const text = messages.map((message) => `${formatRecord(message)}\n`).join("");
  let cancelled = 0;
  /** Lines without an end. */
  const endless = () =>
    new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        controller.enqueue(new TextEncoder().encode(text));
      },
      cancel() {
        cancelled++;
      },
    });
  const failing = () =>
    new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error("The disk is gone")) });
  const cases: [
    open: () => ReadableStream<Uint8Array>,
    events: () => ReadableStream<Uint8Array>,
  ][] = [
    [endless, failing],
    [failing, endless],
  ];
  for (const [open, events] of cases) {
    cancelled = 0;
    const namespace = namespaceWith({ events: () => Promise.resolve(events()) });
    await assertRejects(
      () => verify({ open, against: { namespace, slice: {} } }),
      Error,
      "The disk is gone",
    );
    assertEquals(cancelled > 0, true);
  }
});
