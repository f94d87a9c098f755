import { Buffer } from "node:buffer";
import fc from "fast-check";
import { chacha20 } from "npm:@noble/ciphers@2.4.0/chacha.js";
import { chachaBlock, chachaBlockWords } from "../../../src/mask/crypto/chacha20.ts";
import { assertEquals } from "../../support/assert.ts";
import "../../support/property.ts";

const wordsOf = (bytes: Uint8Array) => new Int32Array(bytes.slice().buffer);

Deno.test("chachaBlock() gives what RFC 8439 gives (A.1, 1 and 2)", () => {
  const blocks = [
    "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7" +
    "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
    "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed" +
    "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
  ];
  for (const [counter, expected] of blocks.entries()) {
    const words = new Int32Array(chachaBlockWords);
    chachaBlock(new Int32Array(8), counter, words);
    assertEquals(Buffer.from(words.buffer).toString("hex"), expected);
  }
});

Deno.test("chachaBlock() gives what the library gives", () => {
  const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(fc.property(keys, fc.nat(2 ** 31 - 1), (key, counter) => {
    const words = [0, 1].flatMap((i) => {
      const block = new Int32Array(chachaBlockWords);
      chachaBlock(wordsOf(key), counter + i, block);
      return [...block];
    });
    const expected = chacha20(key, new Uint8Array(12), new Uint8Array(128), undefined, counter);
    assertEquals(words, [...wordsOf(expected)]);
  }));
});
