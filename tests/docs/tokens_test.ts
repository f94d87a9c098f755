import { commands } from "../../src/commands/registry.ts";
import { assertEquals } from "../support/assert.ts";
import { checkout, documents } from "./documents.ts";
import { shownCommands } from "./shell_blocks.ts";

Deno.test("neither a document nor a help text shows a token on a command line", async () => {
  const shown = documents().flatMap((path) =>
    shownCommands(Deno.readTextFileSync(`${checkout}${path}`)).map(({ text }) => text)
  );
  for (const { load } of commands) {
    shown.push(...(await load()).examples.map(({ line }) => line));
  }
  // Whoever lists the processes of the machine would see it.
  assertEquals(shown.filter((line) => /\s--?token[\s=]/.test(line)), []);
});
