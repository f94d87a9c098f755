import { useJsr } from "../../scripts/use_jsr.ts";
import { assert, assertEquals } from "../support/assert.ts";

const script = new URL("../../scripts/use_jsr.ts", import.meta.url).pathname;
const deps = new URL("../../src/deps/", import.meta.url).pathname;

async function run(...args: string[]): Promise<string[]> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-read", "--allow-write", script, ...args],
  }).output();
  assertEquals(code, 0);
  return new TextDecoder().decode(stdout).trim().split("\n").filter((line) => line !== "");
}

Deno.test("useJsr() names the packages of std as JSR does, and leaves the rest", () => {
  const source =
    'export { a } from "npm:deno-std@1.4.0/cli/parse_args.js";\nimport "npm:pg@8.23.1";\n';
  const wanted = 'export { a } from "jsr:@std/cli@1/parse-args";\nimport "npm:pg@8.23.1";\n';
  assertEquals(useJsr(source), wanted);
  assertEquals(useJsr(wanted), wanted);
});

Deno.test("scripts/use_jsr.ts rewrites the modules of src/deps/, once, and with --dry-run none", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const sources = new Map<string, string>();
    for await (const { name } of Deno.readDir(deps)) {
      sources.set(name, await Deno.readTextFile(`${deps}${name}`));
      await Deno.copyFile(`${deps}${name}`, `${folder}/${name}`);
    }
    const of = [...sources].filter(([, source]) => source.includes("npm:deno-std@"));
    assert(of.length > 0);
    assertEquals((await run("--dry-run", folder)).length, of.length);
    const said = await run(folder);
    for (const line of said) assert(/^\w+\.ts: jsr:@std\/[a-z-]+@1\/[a-z0-9-]+$/.test(line), line);
    for (const [name, source] of sources) {
      const changed = await Deno.readTextFile(`${folder}/${name}`);
      assert(!changed.includes("npm:deno-std"), name);
      assertEquals(changed === source, !of.some(([other]) => other === name));
    }
    assertEquals(await run(folder), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
