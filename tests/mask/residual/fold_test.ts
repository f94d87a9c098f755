import { fold } from "../../../src/mask/residual/fold.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("fold() makes every character the same in upper, in lower case and in every form of Unicode", () => {
  const wrong: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    // Half of a surrogate pair is no character.
    if (code >= 0xd800 && code < 0xe000) continue;
    const char = String.fromCodePoint(code);
    const folded = fold(char);
    const forms = [
      char.toLowerCase(),
      char.toUpperCase(),
      char.normalize("NFD"),
      char.normalize("NFKD"),
      folded,
    ];
    if (forms.some((form) => fold(form) !== folded)) wrong.push(code.toString(16));
  }
  assertEquals(wrong, []);
});

Deno.test("fold() takes the letters i of Turkish for one", () => {
  assertEquals(["İ", "i\u0307", "I", "ı"].map(fold), ["i", "i", "i", "i"]);
});
