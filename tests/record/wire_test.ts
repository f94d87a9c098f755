import fc from "fast-check";
import {
  formatCategoryMessage,
  formatStreamMessage,
  parseCategoryMessage,
  parseStreamMessage,
} from "../../src/record/wire.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";
import { anyMessage } from "../support/messages.ts";
import "../support/property.ts";

const message = {
  id: "550e8400-e29b-41d4-a716-446655440000",
  stream: "workflow-123",
  type: "Requested",
  position: 3,
  globalPosition: 47,
  data: '{"exact":9007199254740993}',
  metadata: null,
  time: "2025-07-15T10:00:00.1Z",
};

Deno.test("formatStreamMessage() writes seven elements, without the stream", () => {
  assertEquals(
    formatStreamMessage(message),
    '["550e8400-e29b-41d4-a716-446655440000","Requested",3,47,' +
      '{"exact":9007199254740993},null,"2025-07-15T10:00:00.1Z"]',
  );
});

Deno.test("formatCategoryMessage() writes eight elements, the stream second", () => {
  assertEquals(
    formatCategoryMessage(message),
    '["550e8400-e29b-41d4-a716-446655440000","workflow-123","Requested",3,47,' +
      '{"exact":9007199254740993},null,"2025-07-15T10:00:00.1Z"]',
  );
});

Deno.test("parseCategoryMessage() and parseStreamMessage() read back what is written", () => {
  fc.assert(fc.property(anyMessage, (any) => {
    assertEquals(parseCategoryMessage(formatCategoryMessage(any)), any);
    assertEquals(parseStreamMessage(formatStreamMessage(any), any.stream), any);
  }));
});

Deno.test("parseCategoryMessage() makes another server's forms canonical", () => {
  const text =
    ' [ "550e8400-e29b-41d4-a716-446655440000" , "workflow-123" , "Requested" , 3 , 47 ' +
    ', { "exact" : 9007199254740993 } , null , "2025-07-15T12:00:00.100+02:00" ] ';
  assertEquals(parseCategoryMessage(text), message);
});

Deno.test("parseCategoryMessage() takes ids, types, names and positions of another server as they are", () => {
  for (
    const changed of [
      { id: "" },
      { id: "x".repeat(300) },
      { id: "550E8400-E29B-41D4-A716-446655440000" },
      { id: 'a"\\\n' },
      { type: "" },
      { stream: "s".repeat(2_000) },
      { stream: "a\0" },
      { globalPosition: 0 },
    ]
  ) {
    const any = { ...message, ...changed };
    assertEquals(parseCategoryMessage(formatCategoryMessage(any)), any);
  }
});

const refused: [why: string, text: string, problem: string][] = [
  ["what is not JSON", '["x"', "not a list of messages"],
  ["an object", '{"id":1}', "The JSON text is not an array"],
  ["a stream message", formatStreamMessage(message), "it has 7 elements, not 8"],
  ["an id that is not a text", '[7,"s","t",0,1,{},null,""]', '"id" must be a string, got 7'],
  [
    "a global position in quotes",
    formatCategoryMessage(message).replace("47", '"47"'),
    '"globalPosition" must be an integer, got "47"',
  ],
  [
    "a global position of −1",
    formatCategoryMessage(message).replace("47", "-1"),
    '"globalPosition" must be at least 0, got -1',
  ],
  [
    "data that is an array",
    formatCategoryMessage({ ...message, data: "[]" }),
    '"data" must be a JSON object or null, got []',
  ],
  [
    "a time without zone",
    formatCategoryMessage({ ...message, time: "2025-07-15T10:00:00" }),
    "has no time zone",
  ],
];
for (const [why, text, problem] of refused) {
  Deno.test(`parseCategoryMessage() refuses ${why}`, () => {
    assertThrows(() => parseCategoryMessage(text), Error, problem);
  });
}

Deno.test("parseStreamMessage() refuses a category message", () => {
  assertThrows(
    () => parseStreamMessage(formatCategoryMessage(message), "workflow-123"),
    Error,
    "it has 8 elements, not 7",
  );
});
