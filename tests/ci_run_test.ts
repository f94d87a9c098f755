/** Runs `.ci/run` with stand-ins for `npx` and `apt-get`: what it makes of how its steps end. */

import { assertEquals, assertStringIncludes } from "./support/assert.ts";

const script = new URL("../.ci/run", import.meta.url).pathname;
const onLinux = Deno.build.os === "linux";

/** Programs by name, each a line of shell. */
type Programs = Record<string, string>;

const summary = (text: string) => `echo "${text}"`;
const green = summary("ok | 214 passed (3 steps) | 0 failed | 1 ignored (12s)");

/** `npx`, given what `deno task ok` does. */
function npx(ok = green): string {
  return `case "$*" in *" task ok") ${ok};; *) echo "what is $*?" >&2; exit 9;; esac`;
}

async function run(programs: Programs) {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const tools = "bash dirname mktemp rm sed tail grep tee timeout sleep touch".split(" ");
    for (const tool of tools) await Deno.symlink(`/usr/bin/${tool}`, `${folder}/${tool}`);
    for (const [name, line] of Object.entries(programs)) {
      await Deno.writeTextFile(`${folder}/${name}`, `#!${folder}/bash\n${line}\n`, { mode: 0o755 });
    }
    const { code, stdout, stderr } = await new Deno.Command(`${folder}/bash`, {
      args: [script],
      clearEnv: true,
      env: { PATH: folder },
      stdin: "null",
    }).output();
    const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    const lines = output!.trimEnd().split("\n");
    const made = [...Deno.readDirSync(folder)].map(({ name }) => name);
    return { code, output: output! + errors!, last: lines.at(-1), made };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const root = { id: "echo 0" };

Deno.test({
  name: ".ci/run ends with the number of tests, and with 0 when all is well",
  ignore: !onLinux,
  async fn() {
    const { code, last, output } = await run({ ...root, npx: npx() });
    assertEquals([code, last], [0, "214 passed, 0 failed"], output);
  },
});

Deno.test({
  name: ".ci/run counts tests that fail once, and a run that breaks off as one",
  ignore: !onLinux,
  async fn() {
    const two = `${summary("FAILED | 212 passed (3 steps) | 2 failed (12s)")}; false`;
    const failed = await run({ ...root, npx: npx(two) });
    assertEquals([failed.code, failed.last], [1, "212 passed, 2 failed"], failed.output);
    const broken = await run({ ...root, npx: npx("false") });
    assertEquals([broken.code, broken.last], [1, "0 passed, 1 failed"], broken.output);
  },
});

Deno.test({
  name: ".ci/run installs what is missing as root, and goes on when it cannot",
  ignore: !onLinux,
  async fn() {
    const installs = `case "$*" in *install*) touch "\${0%/*}/asked-\${!#}";; esac`;
    const asked = (made: string[]) => made.filter((name) => name.startsWith("asked-")).sort();
    // What is installed on this machine is not asked for.
    const here = (name: string) => {
      try {
        return Deno.statSync(`/usr/sbin/${name}`).isFile;
      } catch {
        return false;
      }
    };
    const wanted = ["haproxy", "nginx", "pgbouncer"].filter((name) => !here(name))
      .map((name) => name === "nginx" ? "asked-nginx-light" : `asked-${name}`);
    const installed = await run({ ...root, npx: npx(), "apt-get": installs });
    assertEquals(asked(installed.made), ["asked-chromium", ...wanted].sort(), installed.output);
    const user = await run({ id: "echo 1000", npx: npx(), "apt-get": installs });
    assertEquals([user.code, asked(user.made)], [0, []], user.output);
    const offline = await run({ ...root, npx: npx(), "apt-get": "exit 100" });
    assertEquals([offline.code, offline.last], [0, "214 passed, 0 failed"], offline.output);
    assertStringIncludes(offline.output, "chromium could not be installed");
  },
});
