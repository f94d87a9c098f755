import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";

const demo = new URL("../../examples/demo.ts", import.meta.url).pathname;
const config = new URL("../../deno.json", import.meta.url).pathname;

async function run(program: string, args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    clearEnv: true,
    env: { ...kept(["PATH", "HOME", "DENO_DIR", "NPM_CONFIG_REGISTRY", "TERM"]), ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(code, 0, text(stderr));
  return text(stdout) + text(stderr);
}

function kept(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

const deno = [Deno.execPath(), "run", "--quiet", "-A", "--config", config, demo];

Deno.test("the demo prints no colours into a pipe", async () => {
  const output = await run(deno[0]!, deno.slice(1));
  assertStringIncludes(output, "6. The next write comes after them.");
  assert(!output.includes("\x1b"), output);
});

Deno.test({
  name: "the demo prints colours on a terminal, unless NO_COLOR is set",
  ignore: Deno.build.os !== "linux" ||
    !(await new Deno.Command("sh", { args: ["-c", "command -v script"] }).output()).success,
  async fn() {
    const command = deno.map((word) => `"${word}"`).join(" ");
    const [coloured, plain] = await Promise.all([
      run("script", ["-qec", command, "/dev/null"]),
      run("script", ["-qec", command, "/dev/null"], { NO_COLOR: "1" }),
    ]);
    assertStringIncludes(coloured, "\x1b[1m1. Two servers");
    const colours = plain.split("\x1b[").slice(1).filter((rest) => /^[\d;]*m/.test(rest));
    assertEquals(colours, []);
  },
});
