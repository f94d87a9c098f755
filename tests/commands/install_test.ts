import config from "../../deno.json" with { type: "json" };
import { assert, assertEquals } from "../support/assert.ts";

Deno.test("deno install, as docs/cli.md has it for a checkout, gives a working eventodb", async () => {
  const checkout = new URL("../../", import.meta.url).pathname;
  const docs = await Deno.readTextFile(`${checkout}docs/cli.md`);
  const words = /^deno (install .*--config deno\.json(?:.*\\\n)*.*cli\.ts)$/m.exec(docs)?.[1]
    .replaceAll("\\\n", " ").split(/ +/);
  assert(words !== undefined, "docs/cli.md shows the command");
  const root = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const [install, ...options] = words;
    const installed = await new Deno.Command(Deno.execPath(), {
      args: [install, "--quiet", "--root", root, ...options],
      cwd: checkout,
    }).output();
    assert(installed.success, new TextDecoder().decode(installed.stderr));
    const name = Deno.build.os === "windows" ? "eventodb.cmd" : "eventodb";
    const { stdout } = await new Deno.Command(`${root}/bin/${name}`, {
      args: ["version"],
      cwd: root,
    }).output();
    assertEquals(new TextDecoder().decode(stdout), `eventodb ${config.version}\n`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
