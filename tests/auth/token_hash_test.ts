import { createToken } from "../../src/auth/create_token.ts";
import { hashToken, tokenMatches } from "../../src/auth/token_hash.ts";
import { assert, assertEquals, assertFalse } from "../support/assert.ts";

Deno.test("hashToken() is the SHA-256 in lower-case hex", () => {
  assertEquals(
    hashToken("abc"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

Deno.test("tokenMatches() tells a token's own hash from any other", () => {
  const token = createToken("default");
  assert(tokenMatches(token, hashToken(token)));
  assertFalse(tokenMatches(token, hashToken(createToken("default"))));
  assertFalse(tokenMatches(token, ""));
  assertFalse(tokenMatches(token, hashToken(token).slice(1)));
  assertFalse(tokenMatches(token, `${hashToken(token)}0`));
});
