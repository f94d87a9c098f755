import fc from "fast-check";
import { isCausedBy } from "../../src/page/api/effects.js";
import { differencesOf } from "../../src/page/text/json_diff.js";
import { lastBelow } from "../../src/page/text/last_below.js";
import { PrettyJson } from "../../src/page/text/pretty_json.js";
import { childrenOf, elementsOf, membersOf } from "../../src/page/text/raw_json.js";
import { JsonTree, type Row } from "../../src/page/text/tree_rows.js";
import { visible, visibleParts, wholeEnd } from "../../src/page/text/visible.js";
import { compactJson } from "../../src/json/scan.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { jsonObjectText, jsonText } from "../support/json_text.ts";
import { anyCharacter } from "../support/property.ts";

function printed(text: string, chunk: number): string {
  const printer = new PrettyJson(text);
  let all = "";
  for (let next = printer.next(chunk); next !== ""; next = printer.next(chunk)) all += next;
  assert(printer.isDone);
  return all;
}

Deno.test("PrettyJson changes white space alone, in chunks of any size", () => {
  assertEquals(
    printed('{"a":[1.0,9007199254740993,{}, [ ]],"a":"\\u0061 : ,","b":-0}', 1000),
    `{\n  "a": [\n    1.0,\n    9007199254740993,\n    {},\n    []\n  ],\n  "a": "\\u0061 : ,",\n  "b": -0\n}`,
  );
  fc.assert(fc.property(jsonText, fc.integer({ min: 1, max: 30 }), (text, chunk) => {
    const lines = printed(text, chunk);
    assertEquals(compactJson(lines), compactJson(text));
    assertEquals(lines, printed(compactJson(text), 1_000_000));
  }));
});

Deno.test("PrettyJson prints 1,000 levels and long literals within its chunks", () => {
  const deep = `${"[".repeat(1000)}1${"]".repeat(1000)}`;
  assertEquals(compactJson(printed(deep, 500)), deep);
  const long = JSON.stringify("😀".repeat(50_000));
  const printer = new PrettyJson(long);
  const first = printer.next(1000);
  assert(first.length <= 1001 && first.isWellFormed(), String(first.length));
});

/** What is in the text of a row, put together from the rows below it. */
function rebuilt(rows: readonly Row[]): string {
  let at = 0;
  const build = (): string => {
    const row = rows[at++]!;
    if (!row.isOpen || !/^[[{]/.test(row.value)) {
      while (rows[at] !== undefined && rows[at]!.level > row.level) at++;
      return row.value;
    }
    const parts: string[] = [];
    while (rows[at] !== undefined && rows[at]!.level > row.level) {
      assertEquals(rows[at]!.position, parts.length + 1);
      const { name } = rows[at]!;
      parts.push((name === undefined ? "" : `${name}:`) + build());
    }
    assertEquals(parts.length, row.count);
    return `${row.value[0]}${parts.join()}${row.value.at(-1)}`;
  };
  return build();
}

Deno.test("JsonTree has every name and literal as it is written, and repeated ones", () => {
  fc.assert(fc.property(jsonText, (text) => {
    const tree = new JsonTree(text);
    const rows = tree.rows(tree.withAllOpen(new Map(), { path: "", value: text.trim() }));
    assertEquals(compactJson(rebuilt(rows)), compactJson(text));
    assertEquals(new Set(rows.map(({ path }) => path)).size, rows.length);
    assertEquals(compactJson(rebuilt(tree.rows(tree.firstOpened()))), compactJson(text));
  }));
});

Deno.test("JsonTree shows a part of many members, of a long text and of deep levels", () => {
  const many = `[${Array.from({ length: 100_000 }, (_, n) => n).join()}]`;
  const tree = new JsonTree(many);
  const rows = tree.rows(tree.firstOpened());
  assertEquals([rows.length, rows[0]!.count, rows[0]!.level], [102, 100_000, 1]);
  const more = rows.at(-1)!;
  assertEquals([more.kind, more.shown, more.count, more.path], ["more", 100, 100_000, ".more"]);
  const further = tree.rows(new Map([["", 600]]));
  assertEquals([further.length, further[600]!.value], [602, "599"]);
  assertEquals(tree.rows(tree.firstOpened()), rows);
  const text = new JsonTree(JSON.stringify(`${"x".repeat(9_999)}😀${"y".repeat(20_000)}`));
  const [whole, part, rest] = text.rows(new Map([["", 10_000]]));
  assertEquals([whole!.count, part!.value.length, rest!.kind], [30_001, 10_001, "more"]);
  assert(part!.value.isWellFormed());
  const deep = `${"[".repeat(1000)}1${"]".repeat(1000)}`;
  const deepTree = new JsonTree(deep);
  const all = deepTree.withAllOpen(new Map(), { path: "", value: deep });
  assertEquals(deepTree.rows(all).length, 500);
  assertEquals(new JsonTree("[ ]").rows(new Map()).map(({ isOpen }) => isOpen), [undefined]);
});

Deno.test("childrenOf(), elementsOf() and membersOf() keep what is written and count the rest", () => {
  assertEquals(childrenOf(' { "a" : 1.0 , "\\u0061" : [ 1 ] , "b":2} ', 2), {
    children: [{ name: '"a"', value: "1.0" }, { name: '"\\u0061"', value: "[ 1 ]" }],
    count: 3,
  });
  assertEquals(childrenOf("[1,[2,3],4]"), {
    children: ["1", "[2,3]", "4"].map((value) => ({ value })),
    count: 3,
  });
  assertEquals(membersOf('{"a":1,"__proto__":2,"\\u0061":3 , "b":{"a":4}}'), [
    ["a", "1"],
    ["__proto__", "2"],
    ["a", "3"],
    ["b", '{"a":4}'],
  ]);
  assertEquals(elementsOf('[ "]" ,{"a":"\\\\"},[] ]'), ['"]"', '{"a":"\\\\"}', "[]"]);
  assertEquals([elementsOf(" [ ] "), membersOf("{}")], [[], []]);
  for (const other of ["", "1", "{}", '"[]"']) assertThrows(() => elementsOf(other), SyntaxError);
  for (const cut of ["[", "[1,", '["a', "[[1]"]) assertThrows(() => elementsOf(cut), SyntaxError);
  for (const other of ["[]", "null", '{"a"}', '{"a":1']) {
    assertThrows(() => membersOf(other), SyntaxError);
  }
});

/** The same whatever the order of names; of repeated ones their order counts. */
function canonical(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text.trim();
  const { children } = childrenOf(text);
  const parts = children.map(({ name, value }) => ({
    name: name === undefined ? "" : JSON.stringify(JSON.parse(name)),
    value: canonical(value),
  }));
  if (text.trim().startsWith("{")) {
    parts.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  }
  return `${text.trim()[0]}${parts.map(({ name, value }) => name + value).join()}`;
}

Deno.test("differencesOf() finds something exactly where texts differ beyond order and white space", () => {
  fc.assert(fc.property(jsonObjectText, jsonObjectText, (one, other) => {
    assertEquals(differencesOf(one, compactJson(one)).differences, []);
    const { differences, isCut } = differencesOf(one, other);
    assertEquals([differences.length === 0, isCut], [canonical(one) === canonical(other), false]);
    for (const { before, after } of differences) {
      assert(before === undefined || one.includes(before));
      assert(after === undefined || other.includes(after));
      assert(before !== after);
    }
    const reversed = differencesOf(other, one).differences;
    assertEquals(
      new Set(reversed.map(({ path, before, after }) => [path, after, before].join("\n"))),
      new Set(differences.map(({ path, before, after }) => [path, before, after].join("\n"))),
    );
  }));
});

Deno.test("differencesOf() names paths, repeated names and exact values", () => {
  const before =
    '{"n":1.0,"a b":1,"e":"x","e":"y","lines":[1,2,3],"same":[{"k":1}],"o":{"__proto__":1}}';
  const after =
    '{"e":"x","e":"z","n":1,"lines":[1,9,2,3],"same":[{"k":1}],"o":{"__proto__":2},"new":{}}';
  assertEquals(differencesOf(before, after), {
    differences: [
      { path: "$.n", before: "1.0", after: "1" },
      { path: '$["a b"]', before: "1", after: undefined },
      { path: "$.e (2)", before: '"y"', after: '"z"' },
      { path: "$.lines[1]", before: undefined, after: "9" },
      { path: "$.o.__proto__", before: "1", after: "2" },
      { path: "$.new", before: undefined, after: "{}" },
    ],
    isCut: false,
  });
});

Deno.test("differencesOf() ends after so many differences, and goes into no text that is too long", () => {
  const ones = `[${"1,".repeat(999)}1]`;
  const twos = `[${"2,".repeat(999)}2]`;
  const some = differencesOf(ones, twos, { differencesMax: 5 });
  assertEquals([some.differences.length, some.isCut], [5, true]);
  assertEquals(differencesOf(ones, twos, { charsMax: 100 }), {
    differences: [{ path: "$", before: ones, after: twos }],
    isCut: true,
  });
  const deep = (leaf: number) => `${'{"a":['.repeat(500)}${leaf}${"]}".repeat(500)}`;
  assertEquals(differencesOf(deep(1), deep(2)).differences[0]!.path, `$${".a[0]".repeat(500)}`);
});

Deno.test("lastBelow() finds the last one below a bound, wherever the others are", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(5000)), fc.nat(5000), async (numbers, end) => {
      const sorted = numbers.toSorted((a, b) => a - b);
      let reads = 0;
      const found = await lastBelow(end, (from) => {
        reads++;
        return Promise.resolve(sorted.find((one) => one >= from && one < end) ?? null);
      }, (one) => one);
      assertEquals(found, sorted.findLast((one) => one < end) ?? null);
      assert(reads < 25, `${reads} reads`);
    }),
  );
});

Deno.test("isCausedBy() knows an effect by all that its metadata says of its cause", () => {
  const cause = { id: "e-1", stream: "a-1", position: 3, globalPosition: 9007199254740991 };
  const metadata = '{"causationMessageStreamName":"\\u0061-1","causationMessagePosition":3,' +
    '"causationMessageGlobalPosition":9007199254740991}';
  assert(isCausedBy(metadata, cause));
  assert(isCausedBy('{"causationGlobalPosition":7}', { ...cause, globalPosition: 7 }));
  assert(!isCausedBy(metadata, { ...cause, stream: "a-2" }));
  assert(!isCausedBy(metadata, { ...cause, position: 4 }));
  assert(!isCausedBy(metadata, { ...cause, globalPosition: 47 }));
  const place = (stream: string, position: number) =>
    `{"causationMessageStreamName":"${stream}","causationMessagePosition":${position}}`;
  assert(isCausedBy(place("a-1", 3), cause));
  assert(!isCausedBy(place("a-2", 3), cause) && !isCausedBy(place("a-1", 4), cause));
  assert(!isCausedBy('{"causationMessageStreamName":"a-1"}', cause));
  assert(!isCausedBy('{"causationMessagePosition":3}', cause));
  assert(isCausedBy('{"$causationId":"e-1"}', cause));
  assert(!isCausedBy('{"$causationId":"e-2"}', cause));
  assert(!isCausedBy(null, cause));
});

Deno.test("visibleParts() tells escapes from text that looks like one", () => {
  assertEquals(visibleParts("a\\u202e\u202e\u200bb\nc"), [
    "a\\u202e",
    "\\u202e\\u200b",
    "b",
    "\\u000a",
    "c",
  ]);
  assertEquals(visibleParts("b\nc\t", true), ["b\nc", "\\u0009", ""]);
  fc.assert(fc.property(fc.string({ unit: anyCharacter }), (text) => {
    assertEquals(visibleParts(text).join(""), visible(text));
    for (let end = 0; end <= text.length; end++) {
      assertEquals(text.isWellFormed(), text.slice(0, wholeEnd(text, end)).isWellFormed());
    }
  }));
});
