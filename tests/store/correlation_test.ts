import { correlationCategory } from "../../src/store/correlation.ts";
import { assertEquals } from "../support/assert.ts";

const cases: [why: string, metadata: string | null, category: string | null][] = [
  ["the category of the stream name", '{"correlationStreamName":"workflow-1-2"}', "workflow"],
  ["a name without an id", '{"a":1,"correlationStreamName":"workflow"}', "workflow"],
  [
    "the last one of a repeated key",
    '{"correlationStreamName":"a-1","correlationStreamName":"b-1"}',
    "b",
  ],
  [
    "the last one also when it is no string",
    '{"correlationStreamName":"a-1","correlationStreamName":null}',
    null,
  ],
  ["a key written with escapes", '{"\\u0063orrelationStreamName":"a-1"}', "a"],
  ["a name written with escapes", '{"correlationStreamName":"\\u0061\\u002d1"}', "a"],
  ["nothing without metadata", null, null],
  ["nothing from an empty object", "{}", null],
  ["nothing from a number", '{"correlationStreamName":1}', null],
  ["nothing from an object", '{"correlationStreamName":{"correlationStreamName":"a-1"}}', null],
  ["nothing from an empty name", '{"correlationStreamName":""}', null],
  ["nothing from an empty category", '{"correlationStreamName":"-1"}', null],
  ["nothing from further down", '{"x":{"correlationStreamName":"a-1"}}', null],
  ["nothing from a value", '{"x":"correlationStreamName","y":"\\u0000"}', null],
  ["nothing from a name that no stream can have", '{"correlationStreamName":"a\\u0000-1"}', null],
  ["nothing from half a surrogate pair", '{"correlationStreamName":"\\ud800-1"}', null],
  ["nothing from a longer name", `{"correlationStreamName":"${"x".repeat(1025)}-1"}`, null],
];

for (const [why, metadata, category] of cases) {
  Deno.test(`correlationCategory() takes ${why}`, () => {
    assertEquals(correlationCategory(metadata), category);
  });
}
