import fc from "fast-check";
import { EventoDBError } from "../../src/errors.ts";
import { compactJson } from "../../src/json/scan.ts";
import { parseRecord } from "../../src/record/parse.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { jsonObjectText } from "../support/json_text.ts";
import "../support/property.ts";

/** The fields of a good record, as JSON text. */
const good = {
  id: '"550e8400-e29b-41d4-a716-446655440000"',
  stream: '"workflow-123"',
  type: '"TaskRequested"',
  pos: "0",
  gpos: "47",
  data: '{"task":"process"}',
  meta: "null",
  time: '"2025-07-15T10:00:00Z"',
};

/** The line of a record in which some fields differ. */
function lineWith(changed: Record<string, string>): string {
  const entries = Object.entries({ ...good, ...changed });
  return `{${entries.map(([key, value]) => `"${key}":${value}`).join(",")}}`;
}

function refusal(text: string): [code: string, message: string] {
  const error = assertThrows(() => parseRecord(text, 12), EventoDBError);
  assertEquals(error.line, 12);
  return [error.code, error.message];
}

const notRecords: [why: string, text: string, message: string][] = [
  ["text", "hello", "Unexpected token 'h', \"hello\" is not valid JSON"],
  ["a line cut short", lineWith({}).slice(0, -1), "Expected ',' or '}'"],
  ["a line cut in a string", lineWith({}).slice(0, 30), "Unterminated string"],
  ["two objects", "{}{}", "Unexpected non-whitespace character after JSON"],
  ["a raw U+0000", '{"a":"\0"}', "Bad control character"],
  ["a byte order mark", `\ufeff${lineWith({})}`, "there is a byte order mark in the middle"],
  ["files joined at a byte order mark", `${lineWith({})}\ufeff${lineWith({})}`, "there is a byte"],
  ["an array", "[1]", "a record must be a JSON object, got [1]"],
  ["null", " null ", "a record must be a JSON object, got null"],
  ["a string", '"{}"', 'a record must be a JSON object, got "{}"'],
  ["NaN as a value", lineWith({ pos: "NaN" }), "Unexpected token 'N'"],
  ["a leading zero", lineWith({ pos: "01" }), "Unexpected number"],
];
for (const [why, text, message] of notRecords) {
  Deno.test(`parseRecord() refuses ${why} as INVALID_JSON`, () => {
    const [code, full] = refusal(text);
    assertEquals(code, "INVALID_JSON");
    assert(full.startsWith(`Cannot import line 12: ${message}`), full);
    assert(!full.includes("line 1 "), full);
  });
}

const badFields: [why: string, field: keyof typeof good, value: string, problem: string][] = [
  ["a pos of -1", "pos", "-1", '"pos" must be at least 0, got -1'],
  ["a pos of -0", "pos", "-0", '"pos" must be an integer, got -0'],
  ["a pos of 1.5", "pos", "1.5", '"pos" must be an integer, got 1.5'],
  ["a pos of 1.0", "pos", "1.0", '"pos" must be an integer, got 1.0'],
  ["a pos of 1e3", "pos", "1e3", '"pos" must be an integer, got 1e3'],
  ["a pos that is a string", "pos", '"5"', '"pos" must be an integer, got "5"'],
  ["a pos that is null", "pos", "null", '"pos" must be an integer, got null'],
  [
    "a pos of 2^53",
    "pos",
    "9007199254740992",
    '"pos" must be at most 9007199254740991, got 9007199254740992',
  ],
  ["a gpos of 0", "gpos", "0", '"gpos" must be at least 1, got 0'],
  ["a gpos of -1", "gpos", "-1", '"gpos" must be at least 1, got -1'],
  ["a gpos of 0.5", "gpos", "0.5", '"gpos" must be an integer, got 0.5'],
  ["a gpos that is a string", "gpos", '"x"', '"gpos" must be an integer, got "x"'],
  ["a gpos that is an array", "gpos", "[1]", '"gpos" must be an integer, got [1]'],
  ["a gpos above 2^53", "gpos", `1${"0".repeat(400)}`, '"gpos" must be at most 9007199254740991'],
  ["an id that is empty", "id", '""', '"id" is empty'],
  ["an id of 256 bytes", "id", `"${"é".repeat(128)}"`, '"id" is 256 bytes long, at most 255'],
  ["an id with a line end", "id", '"a\\nb"', '"id" contains the control character U+000A'],
  ["an id with DEL", "id", '"a\u007f"', '"id" contains the control character U+007F'],
  ["an id with a control of C1", "id", '"a\u009b"', '"id" contains the control character U+009B'],
  ["an id with a lone surrogate", "id", '"\\ud800"', '"id" contains half of a surrogate'],
  ["an id that is a number", "id", "1", '"id" must be a string, got 1'],
  ["a stream that is empty", "stream", '""', '"stream" is empty'],
  ["a stream that is a number", "stream", "1", '"stream" must be a string, got 1'],
  [
    "a stream of 1,025 bytes",
    "stream",
    `"${"x".repeat(1025)}"`,
    '"stream" is 1,025 bytes long, at most 1,024 are allowed',
  ],
  ["a stream with U+0000", "stream", '"a\\u0000"', '"stream" contains the character U+0000'],
  [
    "a stream with a lone surrogate",
    "stream",
    '"\\ud800"',
    '"stream" contains half of a surrogate',
  ],
  ["a type that is empty", "type", '""', '"type" is empty'],
  ["a type that is null", "type", "null", '"type" must be a string, got null'],
  ["a type with a lone surrogate", "type", '"\\udc00"', '"type" contains half of a surrogate'],
  ["data that is an array", "data", "[1,2]", '"data" must be a JSON object or null, got [1,2]'],
  ["data that is a string", "data", '"{}"', '"data" must be a JSON object or null, got "{}"'],
  ["data that is a number", "data", "1.0", '"data" must be a JSON object or null, got 1.0'],
  ["data that is true", "data", "true", '"data" must be a JSON object or null, got true'],
  ["meta that is an array", "meta", "[]", '"meta" must be a JSON object or null, got []'],
  ["meta that is a string", "meta", '""', '"meta" must be a JSON object or null, got ""'],
  ["a time with no zone", "time", '"2025-07-15T10:00:00"', "has no time zone"],
  ["a 30 February", "time", '"2025-02-30T10:00:00Z"', "is a date that does not exist"],
  ["a leap second", "time", '"2016-12-31T23:59:60Z"', "is a leap second"],
  ["ten fraction digits", "time", '"2025-07-15T10:00:00.1234567891Z"', "has 10 fraction digits"],
  ["a time that is a number", "time", "1752573600", '"time" must be a string, got 1752573600'],
  ["a time that is null", "time", "null", '"time" must be a string, got null'],
];
for (const [why, field, value, problem] of badFields) {
  Deno.test(`parseRecord() refuses ${why} as INVALID_RECORD`, () => {
    const [code, message] = refusal(lineWith({ [field]: value }));
    assertEquals(code, "INVALID_RECORD");
    assert(message.startsWith("Cannot import line 12: "), message);
    assert(message.includes(problem), message);
    assert(message.length < 200, message);
  });
}

for (const field of Object.keys(good)) {
  const isOptional = field === "meta";
  Deno.test(`parseRecord() ${isOptional ? "takes" : "refuses"} a record without ${field}`, () => {
    const entries = Object.entries(good).filter(([key]) => key !== field);
    const text = `{${entries.map(([key, value]) => `"${key}":${value}`).join(",")}}`;
    if (isOptional) return assertEquals(parseRecord(text, 12), parseRecord(lineWith({}), 12));
    assertEquals(refusal(text), [
      "INVALID_RECORD",
      `Cannot import line 12: "${field}" is missing`,
    ]);
  });

  Deno.test(`parseRecord() refuses a record with two of ${field}, also one in escapes`, () => {
    const value = good[field as keyof typeof good];
    const escaped = `\\u${field.charCodeAt(0).toString(16).padStart(4, "0")}${field.slice(1)}`;
    for (const key of [field, escaped]) {
      assertEquals(refusal(`${lineWith({}).slice(0, -1)},"${key}":${value}}`), [
        "INVALID_RECORD",
        `Cannot import line 12: "${field}" is given twice`,
      ]);
    }
  });
}

Deno.test("parseRecord() refuses an empty object", () => {
  assertEquals(refusal("{ }"), ["INVALID_RECORD", 'Cannot import line 12: "id" is missing']);
});

Deno.test("parseRecord() cuts long values in its messages, between characters", () => {
  for (const value of [`"${"x".repeat(1e6)}"`, `"${"x".repeat(58)}😀😀"`]) {
    const [, message] = refusal(lineWith({ gpos: value }));
    assert(message.length < 120 && message.endsWith("…"), message.slice(0, 200));
    assert(message.isWellFormed());
  }
  const [, message] = refusal(`${"x".repeat(1e6)}`);
  assert(message.length < 200);
});

Deno.test("parseRecord() takes the least and the greatest positions", () => {
  const { position, globalPosition } = parseRecord(
    lineWith({ pos: "9007199254740991", gpos: "9007199254740991" }),
    1,
  );
  assertEquals([position, globalPosition], [9007199254740991, 9007199254740991]);
  assertEquals(parseRecord(lineWith({ pos: "0", gpos: "1" }), 1).globalPosition, 1);
});

Deno.test("parseRecord() keeps an id as it is", () => {
  for (
    const id of [
      "550E8400-E29B-01D4-0716-44665544000F",
      "order-42",
      "{550e8400-e29b-41d4-a716-446655440000}",
      "urn:uuid:550e8400-e29b-41d4-a716-446655440000",
      " ",
      '"\\',
      "é".repeat(127),
    ]
  ) assertEquals(parseRecord(lineWith({ id: JSON.stringify(id) }), 1).id, id);
});

Deno.test("parseRecord() converts a time with an offset to UTC", () => {
  const time = '"2025-07-15T10:00:00.120+02:00"';
  assertEquals(parseRecord(lineWith({ time }), 1).time, "2025-07-15T08:00:00.12Z");
});

Deno.test("parseRecord() takes data of null and a name of 1,024 bytes", () => {
  const stream = "é".repeat(512);
  const record = parseRecord(lineWith({ data: "null", stream: `"${stream}"` }), 1);
  assertEquals([record.data, record.stream], ["null", stream]);
});

Deno.test("parseRecord() keeps any payload's text but for white space between its parts", () => {
  fc.assert(fc.property(jsonObjectText, jsonObjectText, (data, meta) => {
    const record = parseRecord(lineWith({ data, meta }), 1);
    assertEquals([record.data, record.metadata], [compactJson(data), compactJson(meta)]);
  }));
});

Deno.test("parseRecord() keeps lone surrogates, big numbers and repeated keys of payloads", () => {
  const data =
    '{"a":"\\ud800","b":9007199254740993,"c":1.0,"d":1e400,"b":"\\u0000","__proto__":{}}';
  assertEquals(parseRecord(lineWith({ data, meta: data }), 1).data, data);
  assertEquals(parseRecord(lineWith({ data, meta: data }), 1).metadata, data);
});

Deno.test("parseRecord() ignores fields that are not of the record, also repeated ones", () => {
  const extra = '"x":1,"x":[{"id":2}],"__proto__":{"id":3},"constructor":"","":null,"\\"":"\\\\",';
  const record = parseRecord(`{${extra}${lineWith({}).slice(1)}`, 1);
  assertEquals(record, parseRecord(lineWith({}), 1));
});

Deno.test("parseRecord() takes fields in any order, with white space and keys in escapes", () => {
  const shuffled = Object.entries(good).toReversed()
    .map(([key, value]) => ` "${key.replace("t", "\\u0074")}"\t:  ${value} `);
  assertEquals(parseRecord(` {${shuffled.join(" , ")}}\r`, 1), parseRecord(lineWith({}), 1));
});

Deno.test("parseRecord() takes payloads nested 1,000 deep and refuses 1,001", () => {
  for (const field of ["data", "meta"]) {
    const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${"}".repeat(depth - 1)}`;
    parseRecord(lineWith({ [field]: nested(1000) }), 1);
    const [code, message] = refusal(lineWith({ [field]: nested(1001) }));
    assertEquals(code, "INVALID_RECORD");
    assert(message.includes(`"${field}" is nested deeper than 1,000 levels`), message);
  }
});

Deno.test("parseRecord() takes fields that it ignores nested 1,000 deep and refuses 1,001", () => {
  const nested = (depth: number) =>
    `{"x":${"[".repeat(depth)}${"]".repeat(depth)},${lineWith({}).slice(1)}`;
  parseRecord(nested(1000), 1);
  assertEquals(refusal(nested(1001)), [
    "INVALID_RECORD",
    'Cannot import line 12: "x" is nested deeper than 1,000 levels',
  ]);
  const [code, message] = refusal("[".repeat(5000));
  assertEquals(code, "INVALID_JSON");
  assert(message.includes("a record must be a JSON object"), message);
});

Deno.test("parseRecord() names the character of a large line that is not JSON", () => {
  const text = "x".repeat(10_000);
  const [code, message] = refusal(`{"a":"${text}",]}`);
  assertEquals(code, "INVALID_JSON");
  assertEquals(
    message,
    'Cannot import line 12: Unexpected "]}" at character 10009 of the JSON text',
  );
  assertEquals(refusal(`{"a":"${text}`)[1], "Cannot import line 12: Unexpected end of JSON input");
});

Deno.test("parseRecord() knows the line that ends a failed export", () => {
  assertEquals(refusal('{"error":"The database is away"}'), [
    "INVALID_RECORD",
    "Cannot import line 12: the export that wrote it failed: The database is away",
  ]);
  for (const text of ['{"error":7}', '{"error":"a","id":"b"}', lineWith({ pos: "-1" })]) {
    const { message } = assertThrows(() => parseRecord(text, 12), EventoDBError);
    assert(!message.includes("the export that wrote it"), message);
  }
});
