/**
 * Arbitrary messages.
 *
 * @module
 */

import fc from "fast-check";
import { compactJson } from "../../src/json/scan.ts";
import type { Message } from "../../src/message.ts";
import { messageIdProblem, nameProblem } from "../../src/names.ts";
import { jsonObjectText } from "./json_text.ts";
import { anyCharacter } from "./property.ts";

const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.string({ minLength: 1, maxLength: 40, unit: anyCharacter }),
  fc.constantFrom("account-1", "a-b-c+d", '"', "\\", "\n", "\u2028", "\ufeffbom", "😀"),
).filter((text) => nameProblem(text) === null);

const id = fc.oneof(
  { weight: 4, arbitrary: fc.uuid() },
  fc.constantFrom("order-42", "{550E8400-E29B-41D4-A716-446655440000}", '"', "\\", " ", "é¢\u2028"),
  fc.string({ minLength: 1, maxLength: 60 }),
  fc.string({ minLength: 1, maxLength: 60, unit: anyCharacter }),
).filter((text) => messageIdProblem(text) === null);

const time = fc.bigInt({
  min: Temporal.Instant.from("0000-01-01T00:00:00Z").epochNanoseconds,
  max: Temporal.Instant.from("9999-12-31T23:59:59.999999999Z").epochNanoseconds,
}).map((ns) => new Temporal.Instant(ns).toString());

const payload = jsonObjectText.map(compactJson);

/** A message as a store may hold it. */
export const anyMessage: fc.Arbitrary<Message> = fc.record({
  id,
  stream: name,
  type: name,
  position: fc.maxSafeNat(),
  globalPosition: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  data: fc.oneof({ weight: 9, arbitrary: payload }, fc.constant("null")),
  metadata: fc.option(payload),
  time,
});
