import fc from "fast-check";
import { jsonDepthMax, messageIdBytesMax, nameBytesMax } from "../../src/limits.ts";
import { scanCanonical } from "../../src/record/canonical.ts";
import { formatRecord } from "../../src/record/format.ts";
import { parseRecord } from "../../src/record/parse.ts";
import { packedNumbers, unpackRecords } from "../../src/record/packed_records.ts";
import type { ImportRecord } from "../../src/record/import_record.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { sampleMessages } from "../support/events.ts";
import { anyMessage } from "../support/messages.ts";
import "../support/property.ts";

const [someMessage] = sampleMessages({ count: 1 });

/** The record of a line that is recognised, else `undefined`. */
function recognise(line: string): ImportRecord | undefined {
  const bytes = new TextEncoder().encode(`${line}\n`);
  const numbers = new Float64Array(packedNumbers);
  const end = scanCanonical(bytes, 0, numbers, 0);
  if (end !== bytes.length - 1) return undefined;
  return unpackRecords({ length: 1, bytes, numbers })[0];
}

/** What a record is said to be by the one who knows the rules. */
function parse(line: string): ImportRecord | undefined {
  try {
    return parseRecord(line, 0);
  } catch {
    return undefined;
  }
}

/** Changes that come near to something: signs of JSON, digits, letters of its words. */
const patch = fc.oneof(
  fc.constantFrom(...'{}[]":,\\u0eE+-.9 tTzZ\t\r\0\u007f\ufeff\u2028', "", "null", "true", "fals"),
  fc.string({ unit: "grapheme", maxLength: 3 }),
);

Deno.test("scanCanonical() recognises what an export writes", () => {
  fc.assert(fc.property(anyMessage, (message) => {
    const line = formatRecord(message);
    const isLeft = JSON.stringify(message.id + message.stream + message.type).includes("\\") ||
      // Characters whose first byte is that of control characters.
      /[\u0080-\u00bf]/.test(message.id) ||
      Math.max(message.position, message.globalPosition) >= 1e15 || /^.{5}02-29/.test(message.time);
    // Escapes in names, the longest numbers and leap days are the parser's.
    assertEquals(recognise(line), isLeft ? undefined : { ...message, line: 0 });
  }));
});

Deno.test("scanCanonical() takes nothing that parseRecord() refuses or reads differently", () => {
  const edits = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3), patch), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(anyMessage, edits, (message, edits) => {
      let line = formatRecord(message);
      for (const [share, removed, text] of edits) {
        const at = Math.floor(share * line.length);
        line = line.slice(0, at) + text + line.slice(at + removed);
      }
      if (!line.isWellFormed() || line.includes("\n")) return;
      const recognised = recognise(line);
      if (recognised !== undefined) assertEquals(recognised, parse(line));
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("scanCanonical() reads every kind of value, and leaves what is near to one", () => {
  const good = [
    ...["{}", '{"":""}', '{"a":[],"b":{},"c":[{},[]]}', '{"a":[1,"]",{"b":"}"}]}', '{"a":1,"a":2}'],
    ...["0", "-0", "10", "1.50", "1e400", "1E+2", "0.1e-2", "-1.0e0", "9007199254740993"]
      .map((number) => `{"a":${number},"b":[${number}]}`),
    ...["true", "false", "null", '"\\u0000"', '"\\ud800"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"ü€😀"']
      .map((value) => `{"a":${value},"b":[${value},${value}]}`),
  ];
  const bad = [
    ...[
      "{",
      "{]",
      "[]",
      '{"a"}',
      '{"a":}',
      '{"a":1,}',
      "{a:1}",
      '{"a":1 }',
      '{"a":[1,]}',
      '{"a":[,1]}',
    ],
    ...[
      '{"a":[1}}',
      '{"a":[1]]}',
      "{}}",
      "{},",
      '{"a":1"b":2}',
      '{"a":"\t"}',
      '{"a":"\\x"}',
      "true",
    ],
    ...["01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "1_0", "--1", "NaN", "tru", "nulll"]
      .map((number) => `{"a":${number}}`),
    ...['"', '"\\"', '"\\u12g4"', '"\\u123"'].map((value) => `{"a":${value}}`),
  ];
  const withData = (data: string) => formatRecord({ ...someMessage!, data });
  for (const data of good) assertEquals(recognise(withData(data))?.data, data);
  for (const data of bad) {
    assertEquals(recognise(withData(data)), undefined, data);
    assertEquals(recognise(formatRecord({ ...someMessage!, metadata: data })), undefined, data);
  }
});

Deno.test("scanCanonical() leaves what is beyond a bound", () => {
  const nested = (depth: number) => '{"a":'.repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
  const arrays = (depth: number) => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
  const changes: [within: Partial<ImportRecord>, beyond: Partial<ImportRecord>][] = [
    [{ data: nested(jsonDepthMax) }, { data: nested(jsonDepthMax + 1) }],
    [{ data: arrays(jsonDepthMax) }, { data: arrays(jsonDepthMax + 1) }],
    [{ stream: "é".repeat(nameBytesMax / 2) }, { stream: "é".repeat(nameBytesMax / 2) + "a" }],
    [{ type: "x" }, { type: "" }],
    [{ globalPosition: 1 }, { globalPosition: 0 }],
    [{ position: 0 }, { position: -1 }],
    [{ position: 999_999_999_999_999 }, { position: 9_999_999_999_999_999 }],
    [{ time: "2024-12-31T23:59:59.999999999Z" }, { time: "2024-12-31T23:59:59.9999999991Z" }],
    [{ time: "2024-01-31T00:00:00Z" }, { time: "2024-04-31T00:00:00Z" }],
    [{ time: "2023-02-28T00:00:00Z" }, { time: "2023-02-29T00:00:00Z" }],
    [{ time: "2024-01-01T00:00:00.01Z" }, { time: "2024-01-01T00:00:00.10Z" }],
    [{ time: "2024-01-01T23:59:59Z" }, { time: "2024-01-01T24:00:00Z" }],
    [{ time: "2024-01-01T23:59:59Z" }, { time: "2024-01-01T23:60:00Z" }],
    [{ time: "2024-01-01T23:59:59Z" }, { time: "2024-01-01T23:59:60Z" }],
    [{ time: "2024-01-01T23:59:59Z" }, { time: "2024-00-01T23:59:59Z" }],
    [{ id: "x" }, { id: "" }],
    [{ id: "x".repeat(messageIdBytesMax) }, { id: "x".repeat(messageIdBytesMax + 1) }],
    [{ id: "é".repeat(127) }, { id: "é".repeat(128) }],
    [{ id: "order 42~" }, { id: "order 42\u007f" }],
    [{ id: "\u00e0" }, { id: "\u0085" }],
    [{ id: someMessage!.id.toUpperCase() }, { id: "\n" }],
  ];
  for (const [within, beyond] of changes) {
    assert(recognise(formatRecord({ ...someMessage!, ...within })), JSON.stringify(within));
    const line = formatRecord({ ...someMessage!, ...beyond });
    assertEquals(recognise(line), undefined, JSON.stringify(beyond));
  }
});
