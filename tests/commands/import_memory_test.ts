import { createToken } from "../../src/auth/create_token.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { lastJson, startCli } from "../support/cli.ts";
import { lineOf } from "../support/history.ts";

const MiB = 1024 * 1024;
const bodyMiB = 300;
/** Far below what is sent, and far above what a garbage collector may add. */
const growthMiBMax = 100;

/** The most memory that a process has had, in MiB. */
function peakMiB(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
}

Deno.test({
  name: "eventodb import sends a large body without filling the server's memory or its own",
  // Only there a process's peak can be read from outside.
  ignore: Deno.build.os !== "linux",
  async fn() {
    const dataDir = await Deno.makeTempDir({ prefix: "eventodb-test-" });
    try {
      const token = createToken("default");
      await using serving = startCli(
        ["serve", "--port", "0", "--data-dir", dataDir, "--token", token],
      );
      const [url] = await serving.sees(/http:\/\/127\.0\.0\.1:\d+/);
      await using importing = startCli(
        ["import", "--url", url, "--token", token, "--json", "--quiet"],
        { stdin: "" },
      );
      const processes = [serving.process.pid, importing.process.pid];
      const writer = importing.process.stdin.getWriter();
      const encoder = new TextEncoder();
      const text = "x".repeat(16 * 1024);
      let sent = 0;
      let events = 0;
      const send = async (bytes: number) => {
        while (sent < bytes) {
          events++;
          const line = encoder.encode(lineOf(events, { data: { text } }));
          sent += line.length;
          await writer.write(line);
        }
      };
      // A third of it comes first, so that what each process needs in any case is there.
      await send(bodyMiB / 3 * MiB);
      const before = processes.map(peakMiB);
      await send(bodyMiB * MiB);
      const after = processes.map(peakMiB);
      await writer.close();
      const { status, stdout, stderr } = await importing.ended;
      assertEquals([status, stderr], [0, ""]);
      assertEquals(lastJson(stdout).imported, events);
      after.forEach((peak, i) => {
        const grown = peak - before[i]!;
        assert(grown < growthMiBMax, `${["server", "client"][i]} grew by ${grown.toFixed(0)} MiB`);
      });
    } finally {
      await Deno.remove(dataDir, { recursive: true });
    }
  },
});
