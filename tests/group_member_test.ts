/**
 * The values are the MD5s of RFC 1321's test suite (and `md5sum`'s), so that the rule that decides
 * who reads what is held to something outside this repository.
 *
 * @module
 */

import { hash64, isMemberOf, memberHash } from "../src/group_member.ts";
import { assertEquals } from "./support/assert.ts";

/** A text, the first 8 bytes of its MD5, and what is left of the absolute value by size. */
const HASHES: [text: string, md5: bigint, member: { [size: number]: number }][] = [
  ["a", 0x0cc175b9c0f1b6a8n, { 1: 0, 2: 0, 3: 0, 7: 6, 10: 0 }],
  ["abc", 0x900150983cd24fb0n, { 1: 0, 2: 0, 3: 2, 7: 2, 10: 4 }],
  ["message digest", 0xf96b697d7cb7938dn, { 1: 0, 2: 1, 3: 2, 7: 1, 10: 5 }],
  ["123", 0x202cb962ac59075bn, { 1: 0, 2: 1, 3: 1, 7: 3, 10: 3 }],
  ["ü", 0xc03410a5204b21cdn, { 1: 0, 2: 1, 3: 2, 7: 1, 10: 1 }],
];

for (const [text, md5, members] of HASHES) {
  Deno.test(`hash64() is the first half of the MD5 of "${text}", with its sign`, () => {
    assertEquals(hash64(text), BigInt.asIntN(64, md5));
  });

  Deno.test(`isMemberOf() gives the streams of "${text}" to one member of any size`, () => {
    for (
      const [size, member] of Object.entries(members).map(([size, of]) =>
        [Number(size), of] as const
      )
    ) {
      const readers = Array.from({ length: size }, (_, i) => i)
        .filter((member) => isMemberOf(`account-${text}+again`, { member, size }));
      assertEquals(readers, [member], `of ${size}`);
    }
  });
}

Deno.test("hash64() takes a text without characters too", () => {
  assertEquals(hash64(""), BigInt.asIntN(64, 0xd41d8cd98f00b204n));
});

Deno.test("memberHash() is never negative, and goes by the cardinal id alone", () => {
  assertEquals(memberHash("account-abc"), 2n ** 64n - 0x900150983cd24fb0n);
  assertEquals(memberHash("order-abc+retry+1"), memberHash("account-abc"));
});

Deno.test("isMemberOf() gives a stream without an id to nobody", () => {
  for (const stream of ["account", "account-", "account-+retry"]) {
    assertEquals(memberHash(stream), null);
    assertEquals(isMemberOf(stream, { member: 0, size: 1 }), false);
  }
});
