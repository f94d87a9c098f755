import fc from "fast-check";
import { EventoDBError } from "../../src/errors.ts";
import { batchCharsMax, batchRecordsMax } from "../../src/limits.ts";
import { formatRecord } from "../../src/record/format.ts";
import { type BatchesOptions, packedBatches } from "../../src/record/packed_batches.ts";
import { unpackRecords } from "../../src/record/packed_records.ts";
import type { ImportRecord } from "../../src/record/import_record.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { bodyOf } from "../support/bodies.ts";
import { sampleMessages } from "../support/events.ts";
import { anyMessage } from "../support/messages.ts";
import { pieces, withCuts } from "../support/property.ts";

type Chunks = Parameters<typeof bodyOf>[0];

/** The batches as the records that are in them. */
async function* recordBatches(
  body: ReadableStream<Uint8Array>,
  options: BatchesOptions = {},
): AsyncGenerator<ImportRecord[]> {
  for await (const batch of packedBatches(body, options)) yield unpackRecords(batch);
}

async function recordsOf(chunks: Chunks): Promise<ImportRecord[]> {
  return (await Array.fromAsync(recordBatches(bodyOf(chunks).body))).flat();
}

/** The refusal of a body, and how many records came before it in whole batches. */
async function refusal(chunks: Chunks): Promise<{ code: string; line?: number; message: string }> {
  const { code, line, message } = await assertRejects(() => recordsOf(chunks), EventoDBError);
  return { code, line, message };
}

/** Messages, each with what ends its line: maybe blank lines too. */
const history = fc.array(
  fc.tuple(anyMessage, fc.constantFrom("\n", "\r\n", "\n\n", "\n \t\r\n")),
  { maxLength: 8 },
).map((entries) => {
  let line = 1;
  let text = "";
  const records: ImportRecord[] = [];
  for (const [message, end] of entries) {
    records.push({ ...message, line });
    text += formatRecord(message) + end;
    line += end.split("\n").length - 1;
  }
  return { records, body: new TextEncoder().encode(text) };
});

Deno.test("packedBatches() brings any events back with their lines, wherever the bytes are cut", async () => {
  const cutHistory = history.chain(({ records, body }) =>
    fc.tuple(fc.constant(records), withCuts(fc.constant(body)))
  );
  await fc.assert(fc.asyncProperty(cutHistory, async ([records, cut]) => {
    assertEquals(await recordsOf(pieces(cut)), records);
  }));
});

const [first, second, third] = [...sampleMessages({ count: 3 })].map(formatRecord);

Deno.test("packedBatches() needs no line end after the last record", async () => {
  assertEquals((await recordsOf([`${first}\n${second}`])).map(({ line }) => line), [1, 2]);
});

Deno.test("packedBatches() counts blank lines and skips them", async () => {
  const text = `\n\r\n${first}\n \t \n\n${second}\r\n\n`;
  assertEquals((await recordsOf([text])).map(({ line }) => line), [3, 6]);
});

Deno.test("packedBatches() of an empty body and of empty lines is empty", async () => {
  assertEquals(await Array.fromAsync(recordBatches(bodyOf([]).body)), []);
  assertEquals(await Array.fromAsync(recordBatches(bodyOf(["\n\n  \r\n\n"]).body)), []);
});

Deno.test("packedBatches() takes a byte order mark at the start only", async () => {
  assertEquals((await recordsOf([`\ufeff${first}`])).length, 1);
  assertEquals((await recordsOf([`\ufeff\n${first}`])).length, 1);
  const { code, line } = await refusal([`${first}\n`, `\ufeff${second}`]);
  assertEquals([code, line], ["INVALID_JSON", 2]);
});

Deno.test("packedBatches() refuses a line that is cut at the end of the body", async () => {
  const { code, line } = await refusal([`${first}\n\n${second!.slice(0, -5)}`]);
  assertEquals([code, line], ["INVALID_JSON", 3]);
});

Deno.test("packedBatches() refuses a body that is cut within a character", async () => {
  const bytes = new TextEncoder().encode(`${first}\n{"stream":"ü`);
  const { code, line, message } = await refusal([bytes.subarray(0, -1)]);
  assertEquals([code, line], ["INVALID_JSON", 2]);
  assertEquals(message, "Cannot import line 2: it is not valid UTF-8");
});

Deno.test("packedBatches() names the first bad line of the file, whatever follows it", async () => {
  const notUtf8 = new Uint8Array([0xff, 0x0a]);
  const cases: [code: string, chunks: (string | Uint8Array)[]][] = [
    ["INVALID_JSON", [`${first}\n{"a\n`, notUtf8]],
    ["INVALID_RECORD", [`${first}\n{}\n`, notUtf8]],
    ["INVALID_JSON", [`${first}\n`, notUtf8, "{}\n"]],
    ["INVALID_RECORD", [`${first}\n{}\n`, "x".repeat(17 * 1024 * 1024)]],
    ["LINE_TOO_LONG", [`${first}\n`, "x".repeat(17 * 1024 * 1024), "\n{}\n"]],
  ];
  for (const [code, chunks] of cases) {
    const apart = await refusal(chunks);
    assertEquals([apart.code, apart.line], [code, 2]);
    const joined = new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
    const together = await refusal([joined]);
    assertEquals([together.code, together.line], [code, 2]);
  }
});

Deno.test("packedBatches() refuses a line that begins with a raw U+0000", async () => {
  const { code, line } = await refusal([`${first}\n\0\n`]);
  assertEquals([code, line], ["INVALID_JSON", 2]);
});

Deno.test("packedBatches() holds no batch of more records than its bound", async () => {
  const lines = [...sampleMessages({ count: 2 * batchRecordsMax + 1 })]
    .map((message) => `${formatRecord({ ...message, data: "{}" })}\n`);
  const batches = await Array.fromAsync(recordBatches(bodyOf(lines).body));
  assertEquals(batches.map(({ length }) => length), [batchRecordsMax, batchRecordsMax, 1]);
});

Deno.test("packedBatches() ends a batch of long records early", async () => {
  const [message] = sampleMessages({ count: 1 });
  const data = JSON.stringify({ text: "x".repeat(batchCharsMax / 4) });
  const line = `${formatRecord({ ...message!, data })}\n`;
  const batches = await Array.fromAsync(recordBatches(bodyOf(Array(9).fill(line)).body));
  assertEquals(batches.map(({ length }) => length), [4, 4, 1]);
});

Deno.test("packedBatches() reads no further than it is asked to", async () => {
  function* endless(): Generator<string> {
    for (const message of sampleMessages({ count: 1_000_000 })) yield `${formatRecord(message)}\n`;
  }
  const watched = bodyOf(endless());
  for await (const batch of recordBatches(watched.body)) {
    assertEquals(batch.length, batchRecordsMax);
    break;
  }
  assert(watched.taken < batchRecordsMax + 10, `${watched.taken} chunks were taken`);
  await watched.cancelled;
});

Deno.test("packedBatches() releases the body when a line is refused", async () => {
  function* endless(): Generator<string> {
    yield `${first}\n{}\n`;
    for (;;) yield `${third}\n`;
  }
  const watched = bodyOf(endless());
  await assertRejects(() => Array.fromAsync(recordBatches(watched.body)), EventoDBError);
  assert(watched.taken < 10, `${watched.taken} chunks were taken`);
  await watched.cancelled;
});

Deno.test("packedBatches() fails as its body fails", async () => {
  const error = new TypeError("connection reset");
  await assertRejects(() => recordsOf([`${first}\n`, error]), TypeError, "connection reset");
});

Deno.test("packedBatches() ends with its signal and releases the body", async () => {
  const reason = new RangeError("stopped");
  const watched = bodyOf([`${first}\n`]);
  const options = { signal: AbortSignal.abort(reason) };
  await assertRejects(
    () => Array.fromAsync(recordBatches(watched.body, options)),
    RangeError,
    "stopped",
  );
  assertEquals(await watched.cancelled, reason);
});
