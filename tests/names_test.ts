import { nameProblem, namespaceProblem } from "../src/names.ts";
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
