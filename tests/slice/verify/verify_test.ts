import * as fc from "fast-check";
import { repeatSuspectsMax } from "../../../src/slice/limits.ts";
import type { Message } from "../../../src/message.ts";
import { formatRecord } from "../../../src/record/format.ts";
import { verify } from "../../../src/slice/verify/verify.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { sampleMessages } from "../../support/events.ts";

function inputOf(lines: readonly string[]) {
  const text = lines.map((line) => `${line}\n`).join("");
  return { open: () => Promise.resolve(new Blob([text]).stream()) };
}

function sample(count: number): Message[] {
  return [...sampleMessages({ count })];
}

Deno.test("verify() finds nothing wrong with an export", async () => {
  const messages = sample(2500);
  const found = await verify(inputOf(messages.map(formatRecord)));
  assertEquals(found.problems, []);
  assertEquals(found.counts, {});
  assertEquals([found.ok, found.events], [true, 2500]);
  assertEquals(found.streams, new Set(messages.map(({ stream }) => stream)).size);
  assertEquals([found.first, found.last], [
    messages[0]!.globalPosition,
    messages.at(-1)!.globalPosition,
  ]);
});

Deno.test("verify() names each kind of problem with its line", async () => {
  const base = sample(1)[0]!;
  const message = (gpos: number, position: number, n: number, stream = "a-1") =>
    formatRecord({
      ...base,
      id: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
      stream,
      position,
      globalPosition: gpos,
    });
  const found = await verify(inputOf([
    message(5, 0, 1),
    message(6, 0, 2), // the same position of the stream
    "{}",
    message(6, 3, 3), // the same global position
    message(4, 4, 4), // a lower one
    message(9, 2, 5), // a lower position of the stream
    message(10, 0, 1, "b-1"), // the same id
  ]));
  assertEquals(found.counts, {
    bad_line: 1,
    stream_position_twice: 1,
    position_twice: 1,
    order: 2,
    id_twice: 1,
  });
  assertEquals(found.problems.map(({ kind, line, stream }) => [kind, line, stream]), [
    ["stream_position_twice", 2, "a-1"],
    ["bad_line", 3, undefined],
    ["position_twice", 4, "a-1"],
    ["order", 5, "a-1"],
    ["order", 6, "a-1"],
    ["id_twice", 7, "b-1"],
  ]);
  assert(!found.ok);
});

Deno.test("verify() notices any two lines that are swapped, repeated or damaged", async () => {
  const lines = sample(30).map(formatRecord);
  await fc.assert(fc.asyncProperty(
    fc.nat(29),
    fc.nat(29),
    fc.constantFrom("swap", "repeat", "damage"),
    async (i, j, what) => {
      const changed = [...lines];
      if (what === "swap") [changed[i], changed[j]] = [changed[j]!, changed[i]!];
      else if (what === "repeat") changed.splice(i, 0, lines[j]!);
      else changed[i] = changed[i]!.slice(0, j);
      const isSame = what === "swap" && i === j;
      const { ok } = await verify(inputOf(changed));
      assertEquals(ok, isSame || (what === "damage" && changed[i] === ""));
    },
  ));
});

Deno.test("verify() fails when the file changes between its two readings", async () => {
  const lines = sample(3).map(formatRecord);
  const twice = inputOf([...lines, lines[0]!]);
  const once = inputOf(lines);
  let opened = 0;
  const open = () => (opened++ === 0 ? twice : once).open();
  const error = await assertRejects(() => verify({ open }), Error);
  assert(error.message.includes("it changed while it was read"));
});

Deno.test("verify() counts every line that is there twice, also more than it remembers", async () => {
  const [message] = sample(1);
  const count = repeatSuspectsMax + 7;
  const text = Array.from({ length: count }, (_, i) => {
    const id = `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`;
    const line = formatRecord({ ...message!, id, position: i, globalPosition: i + 1 });
    return `${line}\n${line}\n`;
  }).join("");
  const { events, counts } = await verify({ open: () => new Blob([text]).stream() });
  assertEquals([events, counts.position_twice], [2 * count, count]);
});
