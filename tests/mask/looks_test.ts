import { isValueLike, lookOf } from "../../src/mask/looks.ts";
import { assertEquals } from "../support/assert.ts";

const looks: Record<string, string> = {
  "alice.smith+shop@example.com": "e-mail",
  "jörg@müller.example": "e-mail",
  "+49 30 1234567": "phone",
  "(030) 123-4567": "phone",
  "DE89 3704 0044 0532 0130 00": "IBAN",
  "DE88370400440532013000": "word",
  "4111 1111 1111 1111": "card number",
  "4111111111111112": "digits",
  "0190f4c2-8d7e-7cc3-98c4-dc0c0c07398f": "UUID",
  "2025-07-15T10:00:00.123456789Z": "time",
  "2025-07-15": "time",
  "Alice Smith": "name",
  "Gabriel García Márquez": "name",
  "please call back": "free text",
  "customer-123": "stream name",
  "https://example.com/": "address of a page",
  "pending": "word",
  "42": "digits",
};

for (const [text, look] of Object.entries(looks)) {
  Deno.test(`lookOf() takes "${text}" for ${look}`, () => assertEquals(lookOf(text), look));
}

Deno.test("lookOf() reads long texts in linear time", () => {
  for (const text of ["a@".repeat(1e6), "A b".repeat(1e6), "+1 ".repeat(1e6)]) {
    assertEquals(lookOf(text), "free text");
  }
});

Deno.test("isValueLike() tells names of fields from values", () => {
  for (const key of ["email", "first_name", "größe", "line2", "x-request-id", "$type", "@id"]) {
    assertEquals(isValueLike(key), false, key);
  }
  for (
    const key of [
      "alice@example.com",
      "+49301234567",
      "12",
      "0190f4c2-8d7e-7cc3-98c4-dc0c0c07398f",
      "deadbeef12",
      "customer-4711",
      "Alice Smith",
      "",
      "x".repeat(65),
    ]
  ) assertEquals(isValueLike(key), true, key);
});
