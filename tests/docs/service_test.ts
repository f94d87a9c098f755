/** Tries the systemd unit of docs/operating.md. */

import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { startCli } from "../support/cli.ts";
import { installed } from "../support/proxies.ts";
import { checkout } from "./documents.ts";

const page = Deno.readTextFileSync(`${checkout}docs/operating.md`);
const unit = /^```ini\n(.*?)^```$/ms.exec(page)![1]!;
const [, program, command] = /^ExecStart=(\S+) (.*)$/m.exec(unit)!;

const analyze = installed("systemd-analyze");

Deno.test({
  name: "the unit in docs/operating.md is one that systemd accepts" +
    (analyze === undefined ? " (not run: systemd-analyze is not installed)" : ""),
  ignore: analyze === undefined,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
    try {
      const path = `${folder}/eventodb.service`;
      // Only the program is another: it has to be there, as the user of a service need not.
      await Deno.writeTextFile(path, unit.replace(program!, Deno.execPath()));
      const { stderr } = await new Deno.Command(analyze!, {
        args: ["verify", "--man=no", path],
      }).output();
      const complaints = new TextDecoder().decode(stderr).split("\n")
        .filter((line) => line.includes("eventodb.service"));
      assertEquals(complaints, []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("the unit in docs/operating.md starts a server that stops as a service does", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    assertStringIncludes(unit, "StateDirectory=eventodb\n");
    const args = command!.replace("/var/lib/eventodb", folder).split(" ");
    await using server = startCli(args, { env: { EVENTODB_PORT: "0" } });
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit)!;
    await server.sees(/"url":"http:\/\/127\.0\.0\.1:\d+"|http:\/\/127\.0\.0\.1:\d+/);
    const started = performance.now();
    server.process.kill("SIGTERM");
    assertEquals((await server.ended).status, 0);
    assert(performance.now() - started < Number(seconds) * 1000);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
