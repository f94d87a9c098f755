import fc from "fast-check";
import { packedBatches } from "../../src/record/packed_batches.ts";
import { RecordCount } from "../../src/record/record_count.ts";
import { assertEquals } from "../support/assert.ts";
import { lineOf } from "../support/history.ts";
import "../support/property.ts";

const pieces = fc.constantFrom(
  ...["\n", "\r\n", " \t\r\n", "   ", lineOf(1), lineOf(2).trim(), ` ${lineOf(3)}`],
  lineOf(4, { data: { text: "x\u2028".repeat(100) } }).replace("\n", "\r\n"),
);

Deno.test("RecordCount counts what an import takes for records, wherever the bytes are cut", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(pieces, { maxLength: 12 }),
    fc.boolean(),
    fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 200 })),
    async (parts, hasMark, size) => {
      const lines = parts.map((part) => part.endsWith("\n") ? part : `${part}\n`).join("");
      const bytes = new TextEncoder().encode((hasMark ? "\ufeff" : "") + lines.replace(/\n$/, ""));
      const chunks = Array.from(
        { length: Math.ceil(bytes.length / size) },
        (_, i) => bytes.slice(i * size, (i + 1) * size),
      );
      const count = new RecordCount();
      let records = 0;
      const body = count.of(ReadableStream.from(chunks));
      for await (const batch of packedBatches(body)) records += batch.length;
      assertEquals(count.records, records);
    },
  ));
});
