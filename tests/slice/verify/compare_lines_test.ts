import fc from "fast-check";
import type { Message } from "../../../src/message.ts";
import { formatRecord } from "../../../src/record/format.ts";
import { compareLines } from "../../../src/slice/verify/compare_lines.ts";
import { Problems } from "../../../src/slice/verify/problems.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { sampleMessages } from "../../support/events.ts";
import { pieces } from "../../support/property.ts";

const messages = [...sampleMessages({ count: 60 })];

function bodyOf(text: string, cuts: number[] = []): ReadableStream<Uint8Array> {
  return ReadableStream.from(pieces([new TextEncoder().encode(text), cuts]));
}

function linesOf(events: readonly Message[], lineEnd = "\n"): string {
  return events.map((event) => `${formatRecord(event)}${lineEnd}`).join("");
}

/** What a comparison says, each as its kind and position. */
async function compare(file: string, store: string, complete: boolean, cuts: number[][] = []) {
  const problems = new Problems();
  await compareLines(bodyOf(file, cuts[0]), bodyOf(store, cuts[1]), { complete, problems });
  return problems;
}

type Fate = "both" | "file" | "store" | "changed" | "none";

Deno.test("compareLines() finds what a comparison in memory finds, wherever the bytes are cut", async () => {
  const fates = fc.array(
    // Long runs of the same, and short ones of everything else.
    fc.tuple(
      fc.constantFrom<Fate>("both", "file", "store", "changed", "none"),
      fc.integer({ min: 1, max: 20 }),
    ),
    { minLength: 1, maxLength: 20 },
  ).map((runs) => runs.flatMap(([fate, count]) => Array<Fate>(count).fill(fate)).slice(0, 60));
  await fc.assert(
    fc.asyncProperty(
      fates,
      fc.boolean(),
      fc.constantFrom("\n", "\r\n"),
      fc.array(fc.nat(9000), { maxLength: 30 }),
      fc.array(fc.nat(9000), { maxLength: 30 }),
      async (fates, complete, lineEnd, cutsA, cutsB) => {
        const of = (...wanted: Fate[]) =>
          messages.filter((_, i) => wanted.includes(fates[i] ?? "both"));
        const file = linesOf(of("both", "file", "changed"), lineEnd);
        const changed = messages.map((message, i) =>
          fates[i] === "changed" ? { ...message, type: `${message.type}!` } : message
        );
        const store = linesOf(
          changed.filter((_, i) => ["both", "store", "changed"].includes(fates[i] ?? "both")),
        );
        const cuts = [
          cutsA.map((at) => at % (file.length + 1)),
          cutsB.map((at) => at % (store.length + 1)),
        ];
        const { counts } = await compare(file, store, complete, cuts);
        const count = (fate: Fate) => of(fate).length || undefined;
        assertEquals(
          [counts.missing_in_store, counts.differs, counts.missing_in_file],
          [count("file"), count("changed"), complete ? count("store") : undefined],
        );
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("compareLines() names line, position, stream and the fields that differ", async () => {
  const other = {
    ...messages[2]!,
    data: '{"other":1}',
    time: "2020-01-01T00:00:00Z",
  };
  const file = linesOf(messages.slice(0, 4));
  const store = linesOf([messages[0]!, other, messages[3]!, messages[4]!]);
  const { named } = await compare(file, store, true);
  assertEquals(named.map(({ kind, line, position, stream }) => [kind, line, position, stream]), [
    ["missing_in_store", 2, messages[1]!.globalPosition, messages[1]!.stream],
    ["differs", 3, other.globalPosition, other.stream],
    ["missing_in_file", undefined, messages[4]!.globalPosition, messages[4]!.stream],
  ]);
  assertEquals(named[1]!.message.split("they differ in ")[1], "data, time");
});

Deno.test("compareLines() passes over what a reading of the file alone reports", async () => {
  const [a, b, c] = messages.slice(0, 3).map((message) => linesOf([message]));
  const bad = `\ufeff${a}\noops\n{"id":1}\n${b}${a}${b}${c}`.trimEnd();
  assertEquals((await compare(bad, `${a}${b}${c}`, true)).total, 0);
  // Spelled in another way, the same event.
  const spaced = `  ${a!.trimEnd().replace('","stream"', '" , "stream"')}\r\n`;
  const { named } = await compare(spaced, a!, true);
  assertEquals(named, []);
});

Deno.test("compareLines() fails on a namespace whose lines are not records", async () => {
  await assertRejects(
    () => compare(linesOf(messages), "oops\n", false),
    Error,
    "a line of its export is not a record",
  );
});

Deno.test("compareLines() leaves out a line that is longer than any record", async () => {
  const long = new TextEncoder().encode("x".repeat(1024 * 1024));
  async function* file() {
    yield new TextEncoder().encode(linesOf(messages.slice(0, 2)));
    for (let i = 0; i < 20; i++) yield long;
    yield new TextEncoder().encode(`\n${linesOf(messages.slice(2, 3))}`);
  }
  const problems = new Problems();
  const store = bodyOf(linesOf(messages.slice(0, 2)));
  await compareLines(ReadableStream.from(file()), store, { complete: true, problems });
  assertEquals(problems.named.map(({ kind, line }) => [kind, line]), [["missing_in_store", 4]]);
});
