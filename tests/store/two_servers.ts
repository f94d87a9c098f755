/**
 * Two server processes on one database: writers on both, and readers that follow.
 *
 * @module
 */

import { EventoDBClient } from "../../mod.ts";
import { createToken } from "../../src/auth/create_token.ts";
import { assertEquals } from "../support/assert.ts";
import { startCli } from "../support/cli.ts";

/**
 * Registers the tests.
 *
 * @param backend What the database is.
 * @param newDatabase Makes an empty one, and gives its URL.
 */
export function twoServers(backend: string, newDatabase: () => Promise<string>): void {
  Deno.test(`a follower misses nothing of what two server processes write (${backend})`, async () => {
    const url = await newDatabase();
    const token = createToken("default");
    const args = ["serve", "--port", "0", "--db-url", url, "--token", token];
    // Started in the same moment: the tables and the namespace are made once.
    await using one = startCli(args);
    await using other = startCli(args);
    const servers = await Promise.all(
      [one, other].map(async (serving) => (await serving.sees(/http:\/\/127\.0\.0\.1:\d+/))[0]),
    );
    const clients = servers.map((url) => new EventoDBClient({ url, token }));
    const writers = 12;
    const each = 60;
    let written = 0;
    const writing = Promise.all(Array.from({ length: writers }, async (_, writer) => {
      const client = clients[writer % clients.length];
      for (let n = 0; n < each; n++) {
        // A stream that all of them write to, and one of its own with a version to keep.
        if (n % 2 === 0) await client?.streamWrite("shared-1", { type: "Tested", data: { n } });
        else {
          await client?.streamWrite(`own-${writer}`, { type: "Tested", data: { n } }, {
            expectedVersion: (n - 1) / 2 - 1,
          });
        }
        written++;
      }
    }));
    const followed = clients.map(async (client) => {
      const seen: number[] = [];
      for (let from = 1, isLast = false; !isLast;) {
        isLast = written === writers * each;
        const page = await client.categoryGet("", { position: from });
        seen.push(...page.map(({ globalPosition }) => globalPosition));
        from = (seen.at(-1) ?? 0) + 1;
      }
      return seen;
    });
    await writing;
    const all = Array.from({ length: writers * each }, (_, index) => index + 1);
    for (const seen of await Promise.all(followed)) assertEquals(seen, all);
    const positions = (await clients[0]?.streamGet("shared-1", { batchSize: -1 }) ?? [])
      .map(({ position }) => position);
    assertEquals(positions, positions.map((_, index) => index));
  });
}
