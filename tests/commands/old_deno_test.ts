import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { runCli } from "../support/cli.ts";
import { denoVersion } from "../support/deno_versions.ts";
import { denoFloor, denoProblem } from "../../src/deno_floor.ts";

const checkout = new URL("../../", import.meta.url).pathname;
const commands = [
  ["cli.ts"],
  ["cli.ts", "help"],
  ["cli.ts", "version"],
  ["cli.ts", "serve", "--test-mode", "--port", "0"],
  ["cli.ts", "export", "--all"],
  ["cli.ts", "import"],
  ["cli.ts", "ns", "list"],
  ["mod.ts", "import"],
  ["server.ts", "--test-mode", "--port", "0"],
];

// What runs almost everything, and what knows neither `node:sqlite` nor this lock file.
for (const version of ["2.7.14", "2.1.14"]) {
  const deno = await denoVersion(version);
  Deno.test({
    name: `Every command names the Deno that it needs (Deno ${version})` +
      (deno.path === null ? `: ${deno.reason}` : ""),
    ignore: deno.path === null,
    async fn() {
      for (const [module, ...args] of commands) {
        // As an installed command does, and `deno run jsr:…`: without the checkout's lock file.
        const options = ["run", "--no-lock", "--no-config", "--allow-all", "--quiet"];
        const { status, stdout, stderr } = await runCli(args, {
          program: [deno.path!, ...options, `${checkout}${module}`],
          env: deno.env,
        });
        assertEquals({ status, stdout, stderr }, {
          status: 1,
          stdout: "",
          stderr: `error: EventoDB needs Deno 2.8 or later, and this is Deno ${version}\n` +
            'Upgrade it with "deno upgrade", or run a newer one with "npx deno@latest"\n',
        }, `${module} ${args.join(" ")}`);
      }
    },
  });
}

Deno.test("README and docs/cli.md name the Deno that is needed", async () => {
  for (const path of ["README.md", "docs/cli.md"]) {
    assertStringIncludes(await Deno.readTextFile(checkout + path), `Deno ${denoFloor} or later`);
  }
});

Deno.test("continuous integration runs the oldest Deno that is needed", async () => {
  const workflow = await Deno.readTextFile(`${checkout}.github/workflows/test.yml`);
  assertStringIncludes(workflow, `deno: v${denoFloor}.0`);
});

Deno.test("denoProblem() accepts 2.8.0 and everything after it", () => {
  for (const version of ["2.8.0", "2.8.3", "2.10.0", "3.0.0", "2.8.0-rc.1", "2.9.6+a1b2c3d"]) {
    assertEquals(denoProblem(version), null, version);
  }
  for (const version of ["1.46.3", "2.0.0", "2.7.14"]) {
    assertEquals(denoProblem(version)?.includes(`this is Deno ${version}\n`), true, version);
  }
});
