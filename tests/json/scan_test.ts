import fc from "fast-check";
import {
  compactJson,
  compactWithin,
  lastField,
  splitArray,
  splitObject,
} from "../../src/json/scan.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "../support/assert.ts";
import { jsonObjectText, jsonStringText, jsonText } from "../support/json_text.ts";
import { anyCharacter } from "../support/property.ts";

/** Whoever drops white space outside of strings, one character at a time. */
function slowCompact(text: string): string {
  let compact = "";
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    if (inString && text[i] === "\\") compact += text[i++];
    else if (text[i] === '"') inString = !inString;
    else if (!inString && " \t\n\r".includes(text[i]!)) continue;
    compact += text[i];
  }
  return compact;
}

function trimJson(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

Deno.test("compactJson() undoes the indentation of JSON.stringify()", () => {
  fc.assert(fc.property(fc.json({ stringUnit: anyCharacter }), fc.nat(4), (text, indent) => {
    const value: unknown = JSON.parse(text);
    assertEquals(compactJson(JSON.stringify(value, null, indent)), JSON.stringify(value));
  }));
});

Deno.test("compactJson() drops white space outside of strings and nothing else", () => {
  fc.assert(fc.property(jsonText, (text) => {
    JSON.parse(text);
    assertEquals(compactJson(text), slowCompact(text));
  }));
});

Deno.test("compactJson() does the same to large text", () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      const repeated = `[${Array(Math.ceil(70_000 / text.length)).fill(text).join(" , ")} ]`;
      assertEquals(compactJson(repeated), slowCompact(repeated));
    }),
    { numRuns: 20 },
  );
});

Deno.test("lastField() finds what JSON.parse() would, in the same words", () => {
  fc.assert(fc.property(jsonObjectText, (text) => {
    for (const [key] of [...splitObject(text), ["none", ""]] as [string, string][]) {
      assertEquals(lastField(text, key), splitObject(text).findLast(([name]) => name === key)?.[1]);
    }
  }));
});

Deno.test("splitArray() and splitObject() take no more than they are asked for", () => {
  assertEquals(splitArray("[1 , 2,3]", 2), ["1", "2"]);
  assertEquals(splitArray("[1]", 2), ["1"]);
  assertEquals(splitObject('{"a":1, "b" : 2,"c":3}', 2), [["a", "1"], ["b", "2"]]);
});

Deno.test("compactJson() keeps what JSON.parse() would change", () => {
  const text = '{"a":9007199254740993,"b":1.0,"c":1e400,"d":"\\u0000","a":-0,"__proto__":1}';
  assertEquals(compactJson(text.replaceAll(",", " ,\n")), text);
});

Deno.test("compactJson() gives back the very text when there is nothing to drop", () => {
  const text = '{"a b":" \\" ","c":[1,"\t"]}'.replace("\t", "\\t");
  assertStrictEquals(compactJson(text), text);
});

Deno.test("compactWithin() counts arrays and objects, and nothing in strings", () => {
  const depths: [string, number][] = [
    ["1", 0],
    ['"[[{"', 0],
    ["{}", 1],
    ["[[]]", 2],
    [' {"a":[{"b":"]]"},[],[[3]]]} ', 4],
    ['{"\\"":{"\\\\":[]}}', 3],
    ["[".repeat(5000) + "]".repeat(5000), 5000],
  ];
  for (const [text, depth] of depths) {
    assertEquals(compactWithin(text, depth), compactJson(text), text.slice(0, 50));
    if (depth > 0) assertEquals(compactWithin(text, depth - 1), depth, text.slice(0, 50));
  }
});

Deno.test("splitObject() agrees with JSON.parse()", () => {
  fc.assert(fc.property(jsonObjectText, (text) => {
    // V8 15 takes an escaped key for another one that it has seen in its place: {"a":1,"\n":2}
    // after {"a":1,"\\":2,"b":3} may come out with a backslash as its key.
    fc.pre(!text.includes("\\"));
    const parsed = splitObject(text).map(([key, value]) => [key, JSON.parse(value)] as const);
    assertEquals(Object.fromEntries(parsed), JSON.parse(text));
  }));
});

Deno.test("splitObject() gives each key decoded and each value as it is written", () => {
  fc.assert(fc.property(fc.array(fc.tuple(jsonStringText, jsonText)), (entries) => {
    const text = entries.map(([key, value]) => `\n${key} :${value}`).join(",");
    const expected = entries.map(([key, value]): [string, string] => [
      JSON.parse(key) as string,
      trimJson(value),
    ]);
    assertEquals(splitObject(`{${text}}`), expected);
  }));
});

Deno.test("splitObject() keeps order and repeats, and decodes keys", () => {
  assertEquals(splitObject(' { "b" : 1.0 , "\\u0061":[1 , 2],"b":{"c":"}"} } '), [
    ["b", "1.0"],
    ["a", "[1 , 2]"],
    ["b", '{"c":"}"}'],
  ]);
});

Deno.test("splitArray() agrees with JSON.parse() and keeps every element's text", () => {
  fc.assert(fc.property(fc.array(jsonText, { maxLength: 8 }), (texts) => {
    const elements = splitArray(`[${texts.join(",")}]`);
    assertEquals(elements, texts.map(trimJson));
  }));
});

Deno.test("splitArray() and splitObject() find an empty one empty", () => {
  assertEquals(splitArray(" [ \n] "), []);
  assertEquals(splitObject("{ }"), []);
});

Deno.test("splitArray() and splitObject() refuse what is of another kind", () => {
  assertThrows(() => splitArray('{"a":1}'), SyntaxError, "not an array");
  assertThrows(() => splitObject("[1]"), SyntaxError, "not an object");
  assertThrows(() => splitArray('"[]"'), SyntaxError);
});

Deno.test("splitArray() takes a long string of backslashes and quotes in its stride", () => {
  const strings = ["\\".repeat(200_000), '\\"'.repeat(100_000), `${"\\".repeat(99_999)}"`];
  const texts = strings.map((text) => JSON.stringify(text));
  assertEquals(splitArray(`[${texts.join(",")}]`), texts);
});
