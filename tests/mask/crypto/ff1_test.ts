import { Buffer } from "node:buffer";
import fc from "fast-check";
import { FF1 } from "npm:@noble/ciphers@2.4.0/ff1.js";
import { Ff1 } from "../../../src/mask/crypto/ff1.ts";
import { maskDigitsMax } from "../../../src/mask/limits.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import "../../support/property.ts";

/** NIST, "FF1samples", to SP 800-38G: key, radix, tweak, plaintext, ciphertext. */
const samples: readonly (readonly [string, number, string, string, string])[] = [
  ["2b7e151628aed2a6abf7158809cf4f3c", 10, "", "0123456789", "2433477484"],
  ["2b7e151628aed2a6abf7158809cf4f3c", 10, "39383736353433323130", "0123456789", "6124200773"],
  [
    "2b7e151628aed2a6abf7158809cf4f3c",
    36,
    "3737373770717273373737",
    "0123456789abcdefghi",
    "a9tv40mll9kdu509eum",
  ],
  ["2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f", 10, "", "0123456789", "2830668132"],
  [
    "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f",
    10,
    "39383736353433323130",
    "0123456789",
    "2496655549",
  ],
  [
    "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f",
    36,
    "3737373770717273373737",
    "0123456789abcdefghi",
    "xbj3kv35jrawxv32ysr",
  ],
  [
    "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94",
    10,
    "",
    "0123456789",
    "6657667009",
  ],
  [
    "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94",
    10,
    "39383736353433323130",
    "0123456789",
    "1001623463",
  ],
  [
    "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94",
    36,
    "3737373770717273373737",
    "0123456789abcdefghi",
    "xs8a0azh2avyalyzuwd",
  ],
];

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const letters = (text: string) => [...text].map((letter) => parseInt(letter, 36));
const text = (letters: readonly number[]) => letters.map((letter) => letter.toString(36)).join("");

Deno.test("Ff1 gives what the samples of NIST give", () => {
  for (const [key, radix, tweak, plaintext, ciphertext] of samples) {
    const ff1 = new Ff1(bytes(key), radix, bytes(tweak));
    assertEquals(text(ff1.encrypt(letters(plaintext))), ciphertext);
    if (radix === 10) assertEquals(ff1.encryptDigits(plaintext), ciphertext);
  }
});

const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });

Deno.test("Ff1.encryptDigits() gives what the library's FF1 gives, for every length", () => {
  // From 57 digits on, the standard makes a number of two blocks.
  for (let length = 2; length <= maskDigitsMax; length++) {
    const digits = fc.array(fc.nat(9), { minLength: length, maxLength: length });
    fc.assert(
      fc.property(keys, digits, (key, digits) => {
        const expected = FF1(10, key).encrypt(digits).join("");
        assertEquals(new Ff1(key, 10).encryptDigits(digits.join("")), expected);
      }),
      { numRuns: 5 },
    );
  }
});

Deno.test("Ff1.encrypt122Bits() gives what the library's FF1 gives", () => {
  const bits = fc.array(fc.nat(1), { minLength: 122, maxLength: 122 });
  fc.assert(fc.property(keys, bits, (key, bits) => {
    const word = (from: number, to: number) => parseInt(bits.slice(from, to).join(""), 2);
    const words = Int32Array.of(word(0, 29), word(29, 61), word(61, 90), word(90, 122));
    new Ff1(key, 2).encrypt122Bits(words);
    const [a, b, c, d] = [...words].map((word) => word >>> 0);
    const found = [[a, 29], [b, 32], [c, 29], [d, 32]]
      .map(([word, length]) => word!.toString(2).padStart(length!, "0")).join("");
    assertEquals(found, FF1(2, key).encrypt(bits).join(""));
  }));
});

Deno.test("Ff1.encryptDigits() permutes all texts of four digits", () => {
  const ff1 = new Ff1(new Uint8Array(32).fill(1), 10);
  const seen = new Set<string>();
  for (let n = 0; n < 10_000; n++) seen.add(ff1.encryptDigits(String(n).padStart(4, "0")));
  assertEquals(seen.size, 10_000);
  assert([...seen].every((digits) => /^\d{4}$/.test(digits)));
});
