import { EventoDBError } from "../../src/errors.ts";
import { importFailure, OutcomeUnknown, shownId } from "../../src/store/refusals.ts";
import { assertEquals, assertStrictEquals } from "../support/assert.ts";

Deno.test("importFailure() keeps a backend's status, and what is wrong with a record", () => {
  const away = new EventoDBError("BACKEND_ERROR", "The database is away", { status: 503 });
  const failure = importFailure(away);
  assertEquals([failure.code, failure.status, failure.message], [
    "IMPORT_FAILED",
    503,
    "The database is away",
  ]);
  assertStrictEquals(failure.cause, away);
  const record = new EventoDBError("POSITION_EXISTS", "…", { line: 7 });
  assertStrictEquals(importFailure(record), record);
  const plain = importFailure(new Error("boom"));
  assertEquals([plain.code, plain.status, plain.message], ["IMPORT_FAILED", 500, "boom"]);
});

Deno.test("OutcomeUnknown says how to find out", () => {
  const error = new EventoDBError("BACKEND_ERROR", "The database is away", { status: 503 });
  const unknown = new OutcomeUnknown(error).ofWrite("order-42");
  assertEquals([unknown.code, unknown.status, unknown.message], [
    "BACKEND_ERROR",
    503,
    "The database is away. The message may or may not have been written: " +
    "write it again with its id order-42 to find out",
  ]);
});

Deno.test("shownId() quotes what is more than a word", () => {
  for (const id of ["order-42", "{550e8400-e29b}", "urn:uuid:1", "A.b_c"]) {
    assertEquals(shownId(id), id);
  }
  assertEquals(shownId('a "b"'), '"a \\"b\\""');
  assertEquals(shownId("ü"), '"ü"');
});
