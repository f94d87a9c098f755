import { assertEquals } from "../../support/assert.ts";

Deno.test("what is printed and said stands above the status line, and not behind it", async () => {
  const terminal = new URL("../../../src/cli/terminal/terminal.ts", import.meta.url);
  const code = `import { print, say, showStatus } from "${terminal}";
    showStatus("half"); print("data"); say("note"); showStatus(""); print("end");`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
  }).output();
  const [printed, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const [away, back] = ["\r\x1b[K", "\rhalf\x1b[K"];
  assertEquals(printed, "data\nend\n");
  assertEquals(said, `${back}${away}${back}${away}note\n${back}${away}`);
});
