/** Runs every command that a document shows, in the order of the document, in one shell. */

import { assertEquals } from "../support/assert.ts";
import { checkout, documents } from "./documents.ts";
import { Reader } from "./reader.ts";
import { shownCommands } from "./shell_blocks.ts";

/** Documents whose commands another test runs. */
const runElsewhere = ["docs/backup.md"];

for (const path of documents()) {
  const commands = shownCommands(Deno.readTextFileSync(`${checkout}${path}`));
  if (commands.length === 0 || runElsewhere.includes(path)) continue;
  Deno.test(`${path} shows commands that work`, async (t) => {
    await using reader = await Reader.begin();
    for (const command of commands) {
      await t.step(`line ${command.line}: ${command.text}`, () => reader.type(command));
    }
  });
}

Deno.test("shownCommands() joins lines, and leaves out comments and other blocks", () => {
  const markdown = "```sh\n# why\na \\\n  b |\n c\n\nd\n```\n```ts\ne\n```\n";
  assertEquals(shownCommands(markdown), [{ text: "a b | c", line: 3 }, { text: "d", line: 7 }]);
});
