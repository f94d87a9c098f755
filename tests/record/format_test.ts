import fc from "fast-check";
import type { Message } from "../../src/message.ts";
import { formatPacked, formatRecord, formatRecords } from "../../src/record/format.ts";
import { packedBatches } from "../../src/record/packed_batches.ts";
import { parseRecord } from "../../src/record/parse.ts";
import { assertEquals, assertFalse } from "../support/assert.ts";
import { anyMessage } from "../support/messages.ts";
import "../support/property.ts";

const messages: Message[] = [
  {
    id: "550e8400-e29b-41d4-a716-446655440000",
    stream: "workflow-123",
    type: "TaskRequested",
    position: 0,
    globalPosition: 47,
    data: '{"task":"process"}',
    metadata: null,
    time: "2025-07-15T10:00:00Z",
  },
  {
    id: "00000000-0000-0000-0000-00000000000f",
    stream: "order-45-6+retry",
    type: 'Größe "ändern"',
    position: 9007199254740990,
    globalPosition: 9007199254740991,
    data: '{"exact":9007199254740993,"one":1.0,"huge":1e400,"nul":"\\u0000","half":"\\ud800",' +
      '"a":1,"a":2}',
    metadata: '{"correlationStreamName":"workflow-123"}',
    time: "2025-07-15T10:00:00.123456789Z",
  },
  {
    id: "ffffffff-ffff-ffff-ffff-ffffffffffff",
    stream: "😀\n",
    type: "\\",
    position: 0,
    globalPosition: 1,
    data: "null",
    metadata: "{}",
    time: "0000-01-01T00:00:00.1Z",
  },
];

const golden = await Deno.readTextFile(new URL("./testdata/records.ndjson", import.meta.url));

Deno.test("formatRecord() writes the lines of the golden file", () => {
  assertEquals(messages.map((message) => `${formatRecord(message)}\n`).join(""), golden);
});

Deno.test("parseRecord() reads the lines of the golden file", () => {
  const lines = golden.trimEnd().split("\n");
  const expected = messages.map((message, i) => ({ ...message, line: i + 1 }));
  assertEquals(lines.map((text, i) => parseRecord(text, i + 1)), expected);
});

Deno.test("formatRecord() writes what parseRecord() reads back, on one line", () => {
  fc.assert(fc.property(anyMessage, fc.integer({ min: 1 }), (message, line) => {
    const text = formatRecord(message);
    assertEquals(parseRecord(text, line), { ...message, line });
    assertFalse(/[\r\n]/.test(text));
  }));
});

Deno.test("formatPacked() writes what formatRecords() writes, whatever form the lines came in", async () => {
  const forms: ((line: string) => string)[] = [
    (line) => `${line}\n`,
    (line) => `${line}\r\n`,
    (line) => `\n \n${line}\n`,
    (line) => `${line.replace('{"id":', '{ "id" : ')}\n`,
    (line) => `${line.slice(0, -1)} }\t\n`,
    (line) => `${line.replace(/"time":("[^"]*")}$/, '"time": $1}')}\n`,
  ];
  const record = fc.record({
    message: anyMessage,
    form: fc.oneof({ weight: 3, arbitrary: fc.constant(forms[0]!) }, fc.constantFrom(...forms)),
    isWanted: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 12 }), async (records) => {
      const text = records.map(({ message, form }) => form(formatRecord(message))).join("");
      const wanted = [...records.keys()].filter((i) => records[i]!.isWanted);
      const lines: string[] = [];
      for await (const batch of packedBatches(new Blob([text]).stream())) {
        lines.push(
          new TextDecoder("utf-8", { ignoreBOM: true }).decode(formatPacked(batch, wanted)),
        );
      }
      assertEquals(lines, [formatRecords(wanted.map((i) => records[i]!.message))]);
    }),
  );
});
