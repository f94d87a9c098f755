import fc from "fast-check";
import { arrayElements } from "../../src/json/array_elements.ts";
import { compactJson, splitArray } from "../../src/json/scan.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { jsonText } from "../support/json_text.ts";
import { pieces, withCuts } from "../support/property.ts";

async function* each<T>(items: T[]): AsyncGenerator<T> {
  yield* items;
}

async function elementsOf(...chunks: string[]): Promise<string[]> {
  return (await Array.fromAsync(arrayElements(each(chunks)))).flat();
}

const arrayText = fc.tuple(fc.array(jsonText, { maxLength: 8 }), fc.constantFrom("", " ", "\n"))
  .map(([texts, space]) => `${space}[${texts.join(",")}]${space}`);

Deno.test("arrayElements() gives the same elements wherever the text is cut", async () => {
  await fc.assert(fc.asyncProperty(withCuts(arrayText), async (cut) => {
    assertEquals(await elementsOf(...pieces(cut)), splitArray(cut[0]));
  }));
});

Deno.test("arrayElements() gives the same elements when they come one character at a time", async () => {
  const text = '[{"a\\\\":"\\"],["} , [1.0,[ ]], "\\\\\\"" ,9007199254740993]';
  assertEquals(await elementsOf(...text), splitArray(text));
});

Deno.test("arrayElements() refuses every text that is cut short", async () => {
  const text = '[{"a":"]"},[1,2],"x"]';
  for (let end = 0; end < text.length; end++) {
    await assertRejects(() => elementsOf(text.slice(0, end)), SyntaxError, "ends early");
  }
});

Deno.test("arrayElements() yields what a chunk completes before it asks for the next one", async () => {
  const asked: string[] = [];
  async function* chunks(): AsyncGenerator<string> {
    for (const chunk of ["[1,2,", "3", ",4", "]"]) {
      asked.push(chunk);
      yield chunk;
    }
  }
  const seen: [string[], number][] = [];
  for await (const elements of arrayElements(chunks())) seen.push([elements, asked.length]);
  assertEquals(seen, [[["1", "2"], 1], [["3"], 3], [["4"], 4]]);
});

Deno.test("arrayElements() of an empty array gives nothing", async () => {
  assertEquals(await elementsOf(" [", " ", "] \n"), []);
});

Deno.test("arrayElements() refuses what is not an array", async () => {
  for (const text of ['{"error":{"code":"X"}}', "<html>", '"[]"', "null", "\ufeff[]"]) {
    await assertRejects(() => elementsOf(text), SyntaxError, "not an array");
  }
});

Deno.test("arrayElements() refuses empty elements", async () => {
  for (const text of ["[,]", "[1,]", "[,1]", "[1,,2]", "[1, ,2]", "[1, ]"]) {
    await assertRejects(() => elementsOf(...text), SyntaxError, "empty element");
  }
});

Deno.test("arrayElements() refuses what comes after the array", async () => {
  for (const text of ["[1]2", "[][]", "[1]]", '[1] "x"']) {
    await assertRejects(() => elementsOf(text), SyntaxError, "text after the JSON array");
    await assertRejects(() => elementsOf(...text), SyntaxError, "text after the JSON array");
  }
});

Deno.test("arrayElements() refuses an array that ends with a brace", async () => {
  await assertRejects(() => elementsOf("[1}"), SyntaxError, "brace");
});

Deno.test("arrayElements() holds an element to its bound, also one that comes in pieces", async () => {
  const options = { elementCharsMax: 10 };
  const fits = await Array.fromAsync(arrayElements(each(['["12345', '678",1]']), options));
  assertEquals(fits.flat(), ['"12345678"', "1"]);
  const long = each(['["123456', '789",1]']);
  await assertRejects(
    () => Array.fromAsync(arrayElements(long, options)),
    RangeError,
    "longer than 10 characters",
  );
  let given = 0;
  async function* endless(): AsyncGenerator<string> {
    yield '["';
    for (;; given++) yield "xxxx";
  }
  await assertRejects(() => Array.fromAsync(arrayElements(endless(), options)), RangeError);
  assertEquals(given, 2);
});

Deno.test("arrayElements() keeps the white space inside of elements", async () => {
  const [element] = await elementsOf('[ {"a" : 1 } ]');
  assertEquals([element, compactJson(element!)], ['{"a" : 1 }', '{"a":1}']);
});

Deno.test("arrayElements() keeps an element whose comma or bracket comes in the next chunk", async () => {
  assertEquals(await elementsOf("[1", ",2", "]"), ["1", "2"]);
});
