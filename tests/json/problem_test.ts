import fc from "fast-check";
import { jsonProblem, syntaxProblem } from "../../src/json/problem.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { jsonText } from "../support/json_text.ts";
import "../support/property.ts";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

Deno.test("jsonProblem() finds nothing wrong with JSON", () => {
  fc.assert(fc.property(jsonText, (text) => assertEquals(jsonProblem(text, 1000), undefined)));
});

Deno.test("jsonProblem() takes what JSON.parse() takes, and nothing else", () => {
  const character = fc.constantFrom(
    ...'{}[]",:0123456789.eE+-tfn\\/u \t\n\r\0\x1f\x7f\u00a0\ufeffx',
  );
  const damaged = fc.tuple(
    jsonText,
    fc.nat(),
    fc.nat(2),
    fc.string({ unit: character, maxLength: 3 }),
  )
    .map(([text, place, removed, added]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + added + text.slice(at + removed);
    });
  const any = fc.oneof(damaged, fc.string({ unit: character }), fc.json());
  fc.assert(
    fc.property(any, (text) => assertEquals(jsonProblem(text, 1000) === undefined, isJson(text))),
    { numRuns: 2_000 },
  );
});

Deno.test("jsonProblem() counts arrays and objects up to a depth", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"], [' [ {"a" : ', " } ]"]] as const) {
    const levels = open.trim().startsWith("[ {") ? 2 : 1;
    const text = `${open.repeat(6)}1${close.repeat(6)}`;
    assertEquals(jsonProblem(text, 6 * levels), undefined);
    const problem = jsonProblem(text, 6 * levels - 1);
    assert(problem?.isTooDeep);
  }
  // The depth comes before what is wrong after it, and nothing has to be closed.
  assertEquals(jsonProblem("[".repeat(1_000_000), 3), { at: 3, isTooDeep: true });
});

Deno.test("syntaxProblem() has words for small and for large text", () => {
  const words = (text: string) => syntaxProblem(text, jsonProblem(text, 10)!);
  assertEquals(words("[1,]"), "Unexpected token ']', \"[1,]\" is not valid JSON");
  const large = `[${"1,".repeat(3_000)}`;
  assertEquals(words(large), "Unexpected end of JSON input");
  assertEquals(words(`${large}x]`), 'Unexpected "x]" at character 6002 of the JSON text');
});
