import { exactPattern, namesIn, patternsIn } from "../../src/page/text/patterns.js";
import { cutText, visible } from "../../src/page/text/visible.js";
import { assertEquals } from "../support/assert.ts";

Deno.test("visible() shows what would hide or reorder text, and leaves the rest", () => {
  assertEquals(
    visible("a\u202eb\u0007\u200b\ufeffc\u{e0041}\ud800"),
    "a\\u202eb\\u0007\\u200b\\ufeffc\\u{e0041}\\ud800",
  );
  const plain = "order-1 Straße 日本 <b>😀</b> ع\u00a0\\";
  assertEquals(visible(plain), plain);
});

Deno.test("cutText() says that something is missing", () => {
  assertEquals(cutText("abc", 3), "abc");
  assertEquals(cutText("abcd", 3), "abc…");
});

Deno.test("exactPattern() matches one name, patternsIn() and namesIn() split lists", () => {
  for (const name of ["order-1", "a*b", "a\\*", "\\", "**", "a,b", ","]) {
    assertEquals(patternsIn(exactPattern(name)), [exactPattern(name)]);
    assertEquals(namesIn(exactPattern(name)), [name]);
  }
  assertEquals(patternsIn("order-*, a\\,b ,, c\\*"), ["order-*", "a\\,b", "c\\*"]);
  assertEquals(patternsIn(undefined), []);
});
