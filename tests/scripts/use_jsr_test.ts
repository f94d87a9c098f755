import { useJsr } from "../../scripts/use_jsr.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";

const script = new URL("../../scripts/use_jsr.ts", import.meta.url).pathname;
const checkout = new URL("../../", import.meta.url).pathname;

async function run(...args: string[]): Promise<string[]> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-read", "--allow-write", script, ...args],
  }).output();
  assertEquals(code, 0);
  return new TextDecoder().decode(stdout).trim().split("\n").filter((line) => line !== "");
}

Deno.test("useJsr() names the packages of std as JSR does, and leaves the rest", () => {
  const source =
    'export { a } from "npm:deno-std@1.4.0/cli/parse_args.js";\nimport "npm:pg@8.23.1";\n' +
    'import { b } from "npm:deno-std@1.4.0/data_structures/mod.js";\n';
  const wanted = 'export { a } from "jsr:@std/cli@1/parse-args";\nimport "npm:pg@8.23.1";\n' +
    'import { b } from "jsr:@std/data-structures@1";\n';
  assertEquals(useJsr(source), wanted);
  assertEquals(useJsr(wanted), wanted);
});

Deno.test("scripts/use_jsr.ts rewrites deno.json and the modules of src/deps/, once, and with --dry-run none", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const names = [...Deno.readDirSync(`${checkout}src/deps`)].map(({ name }) =>
      `src/deps/${name}`
    );
    const sources = new Map<string, string>();
    await Deno.mkdir(`${folder}/src/deps`, { recursive: true });
    for (const name of ["deno.json", ...names]) {
      sources.set(name, await Deno.readTextFile(checkout + name));
      await Deno.copyFile(checkout + name, `${folder}/${name}`);
    }
    const of = [...sources].filter(([, source]) => source.includes("npm:deno-std@"));
    assert(of.length > 0);
    assertEquals((await run("--dry-run", folder)).length, of.length);
    const said = await run(folder);
    for (const line of said) {
      assertMatch(line, /^(deno\.json|src\/deps\/\w+\.ts): jsr:@std\/[a-z-]+@1(\/[a-z0-9-]+)?$/);
    }
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
