import { bearerToken } from "../../src/auth/authenticate.ts";
import { assertEquals } from "../support/assert.ts";

for (
  const [header, token] of [
    [null, null],
    ["", null],
    ["Bearer", null],
    ["Bearer ", null],
    ["Bearer    ", null],
    ["Bearerns_a", null],
    ["Basic ns_a", null],
    ["Bearer ns_a", "ns_a"],
    ["bearer   ns_a  ", "ns_a"],
    ["BEARER a b", "a b"],
  ] as const
) {
  Deno.test(`bearerToken() takes ${token} out of ${JSON.stringify(header)}`, () => {
    assertEquals(bearerToken(header), token);
  });
}
