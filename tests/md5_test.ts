import { createHash } from "node:crypto";
import fc from "fast-check";
import { md5 } from "../src/md5.ts";
import { assertEquals } from "./support/assert.ts";
import "./support/property.ts";

/** The digest in hex. */
function hexOf(text: string): string {
  return new Uint8Array(md5(text).buffer).toHex();
}

/** The test suite of RFC 1321, in its appendix A.5. */
const suite: Record<string, string> = {
  "": "d41d8cd98f00b204e9800998ecf8427e",
  "a": "0cc175b9c0f1b6a831c399e269772661",
  "abc": "900150983cd24fb0d6963f7d28e17f72",
  "message digest": "f96b697d7cb7938d525a2f31aaf161d0",
  "abcdefghijklmnopqrstuvwxyz": "c3fcd3d76192e4007dfb496cca67e13b",
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789":
    "d174ab98d277d9f5a5611c2c9f419d9f",
  "12345678901234567890123456789012345678901234567890123456789012345678901234567890":
    "57edf4a22be3c955ac49da2e2107b67a",
};

Deno.test("md5() is what RFC 1321 says", () => {
  for (const [text, digest] of Object.entries(suite)) assertEquals(hexOf(text), digest);
});

Deno.test("md5() is that of node:crypto for any text and length", () => {
  const expected = (text: string) => createHash("md5").update(text).digest("hex");
  for (let length = 0; length < 200; length++) {
    const text = "x".repeat(length);
    assertEquals(hexOf(text), expected(text));
  }
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 100 }), (text) => {
      assertEquals(hexOf(text), expected(text));
    }),
  );
});
