import { cardinalIdOf, categoryOf, idOf } from "../src/stream_name.ts";
import { assertEquals } from "./support/assert.ts";

const NAMES: [stream: string, category: string, id: string, cardinalId: string][] = [
  ["account-123", "account", "123", "123"],
  ["account-123+retry", "account", "123+retry", "123"],
  ["account-123+retry+again", "account", "123+retry+again", "123"],
  ["account-a-b-c", "account", "a-b-c", "a-b-c"],
  ["account:command-7", "account:command", "7", "7"],
  ["account+old-7", "account+old", "7", "7"],
  ["account", "account", "", ""],
  ["account+old", "account+old", "", ""],
  ["account-", "account", "", ""],
  ["account-+retry", "account", "+retry", ""],
  ["-7", "", "7", "7"],
  ["-", "", "", ""],
];

for (const [stream, category, id, cardinalId] of NAMES) {
  Deno.test(`categoryOf(), idOf() and cardinalIdOf() take ${JSON.stringify(stream)} apart`, () => {
    assertEquals(
      [categoryOf(stream), idOf(stream), cardinalIdOf(stream)],
      [category, id, cardinalId],
    );
  });
}
