import { EventoDBError } from "../../src/errors.ts";
import { contentBytes, recogniseContent } from "../../src/record/content.ts";
import { packedBatches } from "../../src/record/packed_batches.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { contents } from "../support/contents.ts";
import { lineOf } from "../support/history.ts";

for (const { name, bytes, what, help } of contents()) {
  Deno.test(`packedBatches() says that a body is ${name}, in pieces of any size`, async () => {
    for (const size of [1, 7, bytes.length]) {
      const pieces = Array.from(
        { length: Math.ceil(bytes.length / size) },
        (_, i) => bytes.slice(i * size, (i + 1) * size),
      );
      const error = await assertRejects(
        () => Array.fromAsync(packedBatches(ReadableStream.from(pieces))),
        EventoDBError,
        `: it is ${what}, not one record a line`,
      );
      assertEquals(error.code, "INVALID_JSON");
      assertStringIncludes(error.message, `Cannot import line ${error.line}: `);
      assertStringIncludes(error.message, help);
    }
  });
}

/** What is a record, and looks like something else at first sight. */
const records: [name: string, text: string][] = [
  ["a record in which ustar stands where it does in an archive", ustarRecord()],
  ["a record of which CR is the last byte that is looked at", cutAfterReturn()],
  ["a record with CR between its fields", lineOf(1).replaceAll(",", ",\r")],
  ["a record with CR for white space around an object", lineOf(1).replaceAll("}", "}\r")],
  ["a record with white space and a mark before it", `\ufeff \r\n\n\t${lineOf(1)}`],
  ["a record of commas", lineOf(1, { data: { list: [1, 2, 3] } })],
];

for (const [name, text] of records) {
  Deno.test(`recogniseContent() takes ${name} for what it is`, async () => {
    const bytes = new TextEncoder().encode(text);
    assertEquals(recogniseContent(bytes), undefined);
    const [batch] = await Array.fromAsync(packedBatches(ReadableStream.from([bytes])));
    assertEquals(batch!.length, 1);
  });
}

Deno.test("packedBatches() says nothing of the content once a line was a record", async () => {
  const bytes = new TextEncoder().encode(`${lineOf(1)}[1]\n`);
  await assertRejects(
    () => Array.fromAsync(packedBatches(ReadableStream.from([bytes]))),
    EventoDBError,
    "Cannot import line 2: a record must be a JSON object, got [1]",
  );
});

function ustarRecord(): string {
  const before = '{"id":"00000000-0000-4000-8000-000000000001","stream":"';
  return lineOf(1, { stream: `${"a".repeat(257 - before.length)}ustar-1` });
}

function cutAfterReturn(): string {
  const { length } = lineOf(1, { data: { text: "" } });
  const text = "x".repeat(contentBytes - length);
  return lineOf(1, { data: { text } }).replace("\n", "\r\n");
}
