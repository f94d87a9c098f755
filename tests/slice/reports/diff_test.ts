import * as fc from "fast-check";
import type { Message } from "../../../src/message.ts";
import { formatRecord } from "../../../src/record/format.ts";
import { diff, type DiffSide } from "../../../src/slice/reports/diff.ts";
import { jsonDifferences } from "../../../src/slice/reports/json_difference.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";

function message(globalPosition: number, change: Partial<Message> = {}): Message {
  return {
    id: `id-${globalPosition}`,
    stream: "order-1",
    type: "Placed",
    position: globalPosition,
    globalPosition,
    data: '{"a":{"b":[1,2]},"c":1.0}',
    metadata: null,
    time: "2025-07-15T10:00:00Z",
    ...change,
  };
}

function side(name: string, messages: readonly Message[]): DiffSide {
  const text = messages.map((message) => `${formatRecord(message)}\n`).join("");
  return { name, open: () => new Blob([text]).stream() };
}

Deno.test("diff() reports what is on one side only, and what differs, with paths and both texts", async () => {
  const found = await diff(
    side("a", [message(1), message(2), message(5), message(9)]),
    side("b", [
      message(1),
      message(3),
      message(5, { data: '{"a":{"b":[1,3]},"c":1}', type: "Paid", metadata: "{}" }),
      message(9),
      message(10),
    ]),
  );
  assertEquals(
    [found.same, found.eventsA, found.eventsB, found.onlyA, found.onlyB, found.differing],
    [false, 4, 5, 1, 2, 1],
  );
  assertEquals(found.differences.map(({ kind, position }) => [kind, position]), [
    ["only_a", 2],
    ["only_b", 3],
    ["differs", 5],
    ["only_b", 10],
  ]);
  assertEquals(found.differences[2]!.fields, [
    { field: "type", a: "Placed", b: "Paid" },
    {
      field: "data",
      a: '{"a":{"b":[1,2]},"c":1.0}',
      b: '{"a":{"b":[1,3]},"c":1}',
      paths: [
        { path: "$['a']['b'][1]", a: "2", b: "3" },
        { path: "$['c']", a: "1.0", b: "1" },
      ],
    },
    { field: "meta", a: null, b: "{}", paths: [{ path: "$", a: "null", b: "{}" }] },
  ]);
});

Deno.test("diff() leaves out the fields that it is to ignore", async () => {
  const [a, b] = [message(1), message(1, { data: "{}", time: "2025-07-16T10:00:00Z" })];
  const compare = async (ignore: ("data" | "time")[]) =>
    (await diff(side("a", [a]), side("b", [b]), { ignore })).same;
  assertEquals(await compare(["data"]), false);
  assertEquals(await compare(["data", "time"]), true);
});

Deno.test("diff() counts as comparing everything in memory does", async () => {
  const events = fc.uniqueArray(
    fc.record({ globalPosition: fc.integer({ min: 1, max: 30 }), type: fc.constantFrom("A", "B") }),
    { selector: ({ globalPosition }) => globalPosition },
  ).map((all) => all.sort((a, b) => a.globalPosition - b.globalPosition));
  await fc.assert(fc.asyncProperty(events, events, async (left, right) => {
    const all = (some: typeof left) =>
      some.map(({ globalPosition, type }) => message(globalPosition, { type }));
    const { onlyA, onlyB, differing, differences } = await diff(
      side("a", all(left)),
      side("b", all(right)),
    );
    const typeIn = (some: typeof left, at: number) =>
      some.find(({ globalPosition }) => globalPosition === at)?.type;
    const isOnly = (some: typeof left, other: typeof left) =>
      some.filter(({ globalPosition }) => typeIn(other, globalPosition) === undefined).length;
    const changed = left.filter(({ globalPosition, type }) => {
      const other = typeIn(right, globalPosition);
      return other !== undefined && other !== type;
    });
    assertEquals([onlyA, onlyB, differing], [
      isOnly(left, right),
      isOnly(right, left),
      changed.length,
    ]);
    assertEquals(differences.length, Math.min(20, onlyA + onlyB + differing));
  }));
});

Deno.test("diff() refuses a side whose positions go back, and names it", async () => {
  const run = () => diff(side("a", [message(1)]), side("b.ndjson", [message(3), message(2)]));
  const error = await assertRejects(run, Error);
  assert(error.message.includes("Cannot compare b.ndjson: global position 2 comes after 3"));
});

Deno.test("jsonDifferences() calls another order of keys, or a key more, a difference", () => {
  assertEquals(jsonDifferences('{"a":1,"b":2}', '{"b":2,"a":1}'), [
    { path: "$", a: '{"a":1,"b":2}', b: '{"b":2,"a":1}' },
  ]);
  assertEquals(jsonDifferences('{"a":1}', '{"a":1,"it\'s \\"b\\"":2}'), [
    { path: `$['it\\'s "b"']`, a: null, b: "2" },
  ]);
  assertEquals(jsonDifferences('{"a":1,"a":1}', '{"a":1}').length, 1);
});

Deno.test("jsonDifferences() finds something exactly where two texts differ", () => {
  const json = fc.jsonValue().map((value) => JSON.stringify(value));
  fc.assert(fc.property(json, json, (a, b) => {
    assertEquals(jsonDifferences(a, b).length > 0, a !== b);
    for (const difference of jsonDifferences(a, b)) assert(difference.a !== difference.b);
  }));
});
