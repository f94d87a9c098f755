import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { bytesOfCode, HmacSha256 } from "../../../src/mask/crypto/hmac_sha256.ts";
import { assertEquals } from "../../support/assert.ts";
import "../../support/property.ts";

const hex = (code: Int32Array) => Buffer.from(bytesOfCode(code)).toString("hex");

Deno.test("HmacSha256 gives what node:crypto gives, for every length of message and key", () => {
  // Long ones are hashed in another way.
  const lengths = [...Array(400).keys(), ...[1000, 4095, 4096, 4097, 5000]];
  for (const length of lengths) {
    const message = Uint8Array.from({ length }, (_, i) => i * 7 + length);
    const key = Uint8Array.from({ length: length % 65 }, (_, i) => i + length);
    const expected = createHmac("sha256", key).update(message).digest("hex");
    assertEquals(hex(new HmacSha256(key).ofBytes(message)), expected);
    const around = Uint8Array.of(1, 2, ...message, 3);
    assertEquals(hex(new HmacSha256(key).ofBytes(around, 2, 2 + length)), expected);
  }
});

Deno.test("HmacSha256 takes text as UTF-8", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 100 });
  fc.assert(fc.property(text, (text) => {
    const key = new Uint8Array(32).fill(3);
    const expected = createHmac("sha256", key).update(text).digest("hex");
    assertEquals(hex(new HmacSha256(key).ofText(text)), expected);
  }));
});

Deno.test("HmacSha256 gives what node:crypto gives of texts around the lengths at which the way changes", () => {
  const key = new Uint8Array(32).fill(5);
  for (const length of [0, 1, 55, 56, 63, 64, 255, 256, 1023, 1024, 1025, 4096, 4097]) {
    for (const end of ["", "z", "é", "🙂"]) {
      const text = "Ada ".repeat(length / 4 + 1).slice(0, length) + end;
      const expected = createHmac("sha256", key).update(text).digest("hex");
      assertEquals(hex(new HmacSha256(key).ofText(text)), expected);
    }
  }
});
