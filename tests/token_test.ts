import fc from "fast-check";
import { createToken } from "../src/auth/create_token.ts";
import { tokenSpellingsMax } from "../src/limits.ts";
import { namespaceProblem } from "../src/names.ts";
import { namespaceOfToken } from "../src/token.ts";
import { assertEquals } from "./support/assert.ts";
import { anyCharacter } from "./support/property.ts";

const hex = "0123456789abcdef".repeat(4);

Deno.test("namespaceOfToken() finds any namespace that createToken() was given", () => {
  const namespaces = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 255 })
    .filter((text) => namespaceProblem(text) === null);
  fc.assert(fc.property(namespaces, (namespace) => {
    assertEquals(namespaceOfToken(createToken(namespace)), namespace);
  }));
});

Deno.test("namespaceOfToken() finds a namespace again, also beyond those that it remembers", () => {
  for (let n = 0; n <= tokenSpellingsMax; n++) {
    const namespace = `tenant-${n}`;
    assertEquals(namespaceOfToken(createToken(namespace)), namespace);
    assertEquals(namespaceOfToken(createToken(namespace)), namespace);
  }
  assertEquals(namespaceOfToken(createToken("tenant-0")), "tenant-0");
});

Deno.test("namespaceOfToken() keeps a byte order mark", () => {
  assertEquals(namespaceOfToken(createToken("\ufeffdefault")), "\ufeffdefault");
});

Deno.test("namespaceOfToken() takes the last _ as the separator", () => {
  const namespace = "???"; // Its base64url is Pz8_.
  const token = `ns_Pz8__${hex}`;
  assertEquals(namespaceOfToken(token), namespace);
});

Deno.test("namespaceOfToken() knows the namespace of the longest id", () => {
  const namespace = "n".repeat(255);
  assertEquals(namespaceOfToken(createToken(namespace)), namespace);
});

for (
  const [what, token] of [
    ["an empty text", ""],
    ["no prefix", `ZGVmYXVsdA_${hex}`],
    ["an empty namespace", `ns__${hex}`],
    ["63 hex digits", `ns_ZGVmYXVsdA_${hex.slice(1)}`],
    ["65 hex digits", `ns_ZGVmYXVsdA_0${hex}`],
    ["upper-case hex digits", `ns_ZGVmYXVsdA_${hex.toUpperCase()}`],
    ["a length that base64 does not have", `ns_ZGVmY_${hex}`],
    ["padding", `ns_ZGVmYXVsdA==_${hex}`],
    ["base64 that is not base64url", `ns_Pz8/_${hex}`],
    ["spare bits that are set", `ns_ZGVmYXVsdB_${hex}`],
    ["bytes that are not UTF-8", `ns__w_${hex}`],
    ["a namespace with U+0000", `ns_AA_${hex}`],
    ["a namespace of 256 bytes", createToken("n".repeat(256))],
    ["a line end", `ns_ZGVmYXVsdA_${hex}\n`],
    ["a megabyte of text", `ns_${"A".repeat(1 << 20)}_${hex}`],
  ] as const
) {
  Deno.test(`namespaceOfToken() refuses ${what}`, () => {
    assertEquals(namespaceOfToken(token), null);
  });
}
