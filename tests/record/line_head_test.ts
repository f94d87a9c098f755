import * as fc from "fast-check";
import { formatRecord } from "../../src/record/format.ts";
import { keyOfName, LineHead, nameOfKey } from "../../src/record/line_head.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";
import { sampleMessages } from "../support/events.ts";

const encoder = new TextEncoder();

Deno.test("LineHead.read() finds what parseRecord() finds, line after line", () => {
  const messages = [...sampleMessages({ count: 500 })];
  const bytes = encoder.encode(messages.map((message) => `${formatRecord(message)}\n`).join(""));
  const head = new LineHead();
  let at = 0;
  for (const { stream, position, globalPosition } of messages) {
    head.read(bytes, at);
    assertEquals([head.stream, head.position, head.globalPosition], [
      stream,
      position,
      globalPosition,
    ]);
    assertEquals(head.streamKey, keyOfName(stream));
    at = head.end;
  }
  assertEquals(at, bytes.length);
});

Deno.test("LineHead.read() reads fields in any order, in escapes and with white space", () => {
  const line =
    ' { "gpos": 9, "pos" :3, "time":"2025-07-15T10:00:00Z","data":{"stream":"x"},"meta":null,' +
    '"type":"T","id":"a\\"b","stream":"caf\\u00e9-1" } \n';
  const head = new LineHead();
  head.read(encoder.encode(line), 0);
  assertEquals([head.stream, head.streamKey, head.position, head.globalPosition], [
    "café-1",
    keyOfName("café-1"),
    3,
    9,
  ]);
});

Deno.test("LineHead.read() refuses a line that is not a record", () => {
  for (
    const line of [
      "{}\n",
      "x\n",
      '{"id":"1","stream":"s\n',
      '{"id":"a","stream":"s","type":"t","pos":\n',
    ]
  ) {
    assertThrows(() => new LineHead().read(encoder.encode(line), 0));
  }
});

Deno.test("nameOfKey() gives back any name, and keys sort as its bytes", () => {
  fc.assert(fc.property(
    fc.array(fc.string({ unit: "grapheme", maxLength: 90 }).filter((name) => name.isWellFormed())),
    (names) => {
      for (const name of names) assertEquals(nameOfKey(keyOfName(name)), name);
      const byBytes = names.map((name) => encoder.encode(name)).sort((a, b) => {
        for (let i = 0; i < Math.min(a.length, b.length); i++) {
          if (a[i] !== b[i]) return a[i]! - b[i]!;
        }
        return a.length - b.length;
      });
      assertEquals(
        names.map(keyOfName).sort().map(nameOfKey),
        byBytes.map((bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)),
      );
    },
  ));
});
