import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { chacha20 } from "npm:@noble/ciphers@2.4.0/chacha.js";
import { Scrambler } from "../../../src/mask/values/scramble.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import "../../support/property.ts";

const key = Uint8Array.from({ length: 32 }, (_, i) => i * 5);

/** The same by libraries: what masked files hold must stay what it is. */
function scrambled(text: string): string {
  const code = createHmac("sha256", key).update(text).digest();
  const bytes = text.length <= code.length
    ? code
    : chacha20(code, new Uint8Array(12), new Uint8Array(text.length));
  let taken = 0;
  return text.replace(/[a-zA-Z0-9]/g, (char) => {
    const byte = bytes[taken++]!;
    if (char <= "9") return String((Number(char) + 1 + byte % 9) % 10);
    const first = char < "a" ? 0x41 : 0x61;
    return String.fromCharCode(first + (char.charCodeAt(0) - first + 1 + byte % 25) % 26);
  });
}

/** Around the lengths at which another block of random bytes begins, or another way is taken. */
const lengths = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.constantFrom(1024, 1025, 32_767, 32_768, 32_769, 40_000),
);
const asciiTexts = fc.tuple(lengths, fc.string({ unit: "grapheme-ascii", minLength: 1 }))
  .map(([length, part]) => part.repeat(length).slice(0, length));

Deno.test("Scrambler.text() takes its random bytes from HMAC-SHA-256 and ChaCha20, in their order", () => {
  const scrambler = new Scrambler(key);
  fc.assert(fc.property(asciiTexts, (text) => {
    assertEquals(scrambler.text(text), scrambled(text));
  }));
});

Deno.test("Scrambler.ascii() writes what text() gives, and leaves other texts to it", () => {
  const scrambler = new Scrambler(key);
  const texts = fc.oneof(asciiTexts, fc.string({ unit: "grapheme", minLength: 1 }));
  fc.assert(fc.property(texts, fc.nat(3), (text, from) => {
    const bytes = Buffer.from(`${"-".repeat(from)}${text}"`);
    const target = new Uint8Array(bytes.length + 2);
    const isTaken = scrambler.ascii(bytes, from, bytes.length - 1, target, 1);
    // deno-lint-ignore no-control-regex -- ASCII begins with them
    assertEquals(isTaken, /^[\x00-\x7f]*$/.test(text) && !text.includes("\\"));
    if (!isTaken) return;
    const end = 1 + bytes.length - 1 - from;
    assertEquals(Buffer.from(target.subarray(1, end)).toString(), scrambler.text(text));
    assert(target[0] === 0 && target.subarray(end).every((byte) => byte === 0));
  }));
});
