import { createToken } from "../../src/auth/create_token.ts";
import { assertMatch, assertNotEquals } from "../support/assert.ts";

Deno.test("createToken() has the form ns_<base64url>_<64 hex digits>", () => {
  assertMatch(createToken("default"), /^ns_ZGVmYXVsdA_[0-9a-f]{64}$/);
});

Deno.test("createToken() never gives the same token twice", () => {
  assertNotEquals(createToken("default"), createToken("default"));
});
