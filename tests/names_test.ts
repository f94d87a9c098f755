import { messageIdProblem, nameProblem, namespaceProblem } from "../src/names.ts";
import { assertEquals } from "./support/assert.ts";

Deno.test("nameProblem() takes 1 to 1,024 bytes of UTF-8", () => {
  for (const name of ["a", "account-1", " ", "\n", "😀", "x".repeat(1024), "é".repeat(512)]) {
    assertEquals(nameProblem(name), null);
  }
  assertEquals(nameProblem("😀".repeat(256)), null);
  assertEquals(nameProblem(""), "is empty");
  assertEquals(nameProblem("x".repeat(1200)), "is 1,200 bytes long, at most 1,024 are allowed");
  assertEquals(nameProblem("é".repeat(513)), "is 1,026 bytes long, at most 1,024 are allowed");
  assertEquals(nameProblem("測".repeat(342)), "is 1,026 bytes long, at most 1,024 are allowed");
  assertEquals(nameProblem("😀".repeat(257)), "is 1,028 bytes long, at most 1,024 are allowed");
});

Deno.test("nameProblem() refuses what a store cannot keep", () => {
  assertEquals(nameProblem("a\0b"), "contains the character U+0000");
  assertEquals(nameProblem("a\ud800"), "contains half of a surrogate pair");
  assertEquals(nameProblem("\udc00\ud800"), "contains half of a surrogate pair");
});

Deno.test("namespaceProblem() takes 1 to 255 bytes of UTF-8, whatever they would mean as a path", () => {
  for (const id of ["../x", "a/b", "ü", "CON", ".", "x".repeat(255)]) {
    assertEquals(namespaceProblem(id), null);
  }
  assertEquals(namespaceProblem(""), "is empty");
  assertEquals(namespaceProblem("a\0"), "contains the character U+0000");
  assertEquals(namespaceProblem("x".repeat(1000)), "is 1,000 bytes long, at most 255 are allowed");
  assertEquals(namespaceProblem("ü".repeat(128)), "is 256 bytes long, at most 255 are allowed");
});

Deno.test("messageIdProblem() takes any short text without control characters", () => {
  for (const id of ["order-42", " ", '"\\', "é".repeat(127), "x".repeat(255), "\u00a0"]) {
    assertEquals(messageIdProblem(id), null, id);
  }
  const problems = {
    "": "is empty",
    "a\0": "contains the control character U+0000",
    "\t": "contains the control character U+0009",
    "\u007f": "contains the control character U+007F",
    "\u0080": "contains the control character U+0080",
    "\udc00": "contains half of a surrogate pair",
    ["x".repeat(256)]: "is 256 bytes long, at most 255 are allowed",
    ["é".repeat(128)]: "is 256 bytes long, at most 255 are allowed",
  };
  for (const [id, problem] of Object.entries(problems)) assertEquals(messageIdProblem(id), problem);
});
