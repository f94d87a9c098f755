import { Buffer } from "node:buffer";
import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { Aes } from "../../../src/mask/crypto/aes.ts";
import { assertEquals } from "../../support/assert.ts";
import "../../support/property.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

function encrypted(key: Uint8Array, plaintext: Uint8Array): string {
  const aes = new Aes(key);
  const words = new Int32Array(plaintext.slice().buffer);
  aes.encrypt(words[0]!, words[1]!, words[2]!, words[3]!);
  return Buffer.from(aes.block.buffer).toString("hex");
}

Deno.test("Aes gives what FIPS 197 gives (C.1 to C.3)", () => {
  const plaintext = Buffer.from("00112233445566778899aabbccddeeff", "hex");
  const ciphertexts = {
    16: "69c4e0d86a7b0430d8cdb78070b4c55a",
    24: "dda97ca4864cdfe06eaf70a0ec0d7191",
    32: "8ea2b7ca516745bfeafc49904b496089",
  };
  for (const [length, expected] of Object.entries(ciphertexts)) {
    const key = Uint8Array.from({ length: Number(length) }, (_, i) => i);
    assertEquals(encrypted(key, plaintext), expected);
  }
});

Deno.test("Aes gives what node:crypto gives", () => {
  fc.assert(fc.property(bytes(32), bytes(16), (key, plaintext) => {
    const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
    assertEquals(encrypted(key, plaintext), cipher.update(plaintext).toString("hex"));
  }));
});
