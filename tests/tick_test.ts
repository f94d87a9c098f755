import { assertEquals } from "./support/assert.ts";
import { denoVersion } from "./support/deno_versions.ts";

const script = `
import { nextTick } from "${new URL("../src/tick.ts", import.meta.url)}";
Deno.serve({ port: 0, onListen: ({ port }) => console.log(port) }, async () => {
  for (let n = 0; n < 3; n++) await nextTick();
  return new Response("next");
});
`;

for (const version of new Set([Deno.version.deno, "2.8.0"])) {
  const deno = await denoVersion(version);
  Deno.test({
    name: `nextTick() wakes a server that waits for input (Deno ${version})` +
      (deno.path === null ? `: ${deno.reason}` : ""),
    ignore: deno.path === null,
    async fn() {
      await using server = new Deno.Command(deno.path!, {
        args: ["run", "--quiet", "--allow-net", "--ext=ts", "-"],
        env: deno.env,
        stdin: "piped",
        stdout: "piped",
      }).spawn();
      const writer = server.stdin.getWriter();
      await writer.write(new TextEncoder().encode(script));
      await writer.close();
      const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const { value: port } = await reader.read();
      // Nothing else happens in the server's process that could wake it.
      const response = await fetch(`http://127.0.0.1:${port?.trim()}`, {
        signal: AbortSignal.timeout(20_000),
      });
      assertEquals(await response.text(), "next");
      server.kill();
      await reader.cancel();
    },
  });
}
