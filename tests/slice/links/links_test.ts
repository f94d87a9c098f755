import * as fc from "fast-check";
import { bufferOf, keyOfName } from "../../../src/record/line_head.ts";
import { nameProblem } from "../../../src/names.ts";
import { linkFields, linksOf } from "../../../src/slice/links/links.ts";
import { assertEquals } from "../../support/assert.ts";

/** What follows from the words, by a parser. */
function expectedLinks(metadata: string): string[] {
  const parsed = JSON.parse(metadata);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return ["", "", ""];
  const names = linkFields.map((field) => parsed[field]);
  return names.map((name) =>
    typeof name === "string" && nameProblem(name) === null ? keyOfName(name) : ""
  );
}

function linksIn(metadata: string): string[] {
  const before = '"correlationStreamName":"x","';
  const bytes = new TextEncoder().encode(`${before}${metadata}"}`);
  const found = linksOf(bufferOf(bytes), before.length, bytes.length - 2);
  return found.length === 0 ? ["", "", ""] : [...found];
}

Deno.test("linksOf() finds what a parser finds, in any metadata", () => {
  const name = fc.oneof(
    fc.constantFrom(
      "order-1",
      "ü-2",
      'a"b',
      "a\\",
      "",
      "{",
      "\u{1f600}-1",
      "x\0y",
      "\ud800",
      "ü".repeat(600),
      "z".repeat(1025),
    ),
  );
  const key = fc.oneof(fc.constantFrom<string>(...linkFields), fc.string(), name);
  const value = fc.oneof(name, fc.jsonValue(), fc.dictionary(key, name), fc.array(name));
  const space = fc.constantFrom("", " ", "\n\t");
  const member = fc.tuple(key, value, space).map(([key, value, space]) =>
    `${JSON.stringify(key)}${space}:${space}${JSON.stringify(value)}${space}`
  );
  const object = fc.array(member).map((members) => `{${members.join(",")}}`);
  const whole = fc.oneof(object, fc.jsonValue().map((value) => JSON.stringify(value)));
  fc.assert(
    fc.property(whole, (metadata) => assertEquals(linksIn(metadata), expectedLinks(metadata))),
    { numRuns: 2000 },
  );
});

Deno.test("linksOf() knows a field whose name is written with escapes, and takes the last of two", () => {
  const escaped = String.raw`{"reply\u0053treamName":"a-1","n":{"replyStreamName":"b-1"}}`;
  assertEquals(linksIn(escaped), ["", "", "a-1"]);
  assertEquals(linksIn('{"replyStreamName":"a-1","replyStreamName":"b-1"}'), ["", "", "b-1"]);
  assertEquals(linksIn('{"replyStreamName":"a-1","replyStreamName":null}'), ["", "", ""]);
});
