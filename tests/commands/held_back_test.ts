import { createToken } from "../../src/auth/create_token.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { startCli } from "../support/cli.ts";
import { importMessages, lineOf } from "../support/history.ts";
import { installed, startNginx } from "../support/proxies.ts";
import { rpc, startServer } from "../support/server.ts";

/** What must be said, and within how many milliseconds of the last byte that got through. */
const heldBack = /Something in between, such as a proxy, holds the rest back\..*HTTP\/2/;
const saidWithinMs = 10_000;
/** What a busy machine may add. */
const marginMs = 50_000;

/** Between a proxy and a server: notes when the last byte went to the server. */
function startRelay(port: number) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.Conn>();
  const state = { port: listener.addr.port, lastByteAt: performance.now() };
  const pump = async (from: Deno.Conn, to: Deno.Conn, onByte?: () => void) => {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const count = await from.read(buffer);
        if (count === null) break;
        onByte?.();
        for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
      }
      await to.closeWrite();
    } catch {
      // One side has gone: so does the other.
      close(from);
      close(to);
    }
  };
  const close = (connection: Deno.Conn) => {
    if (connections.delete(connection)) connection.close();
  };
  const serving = (async () => {
    const pumps: Promise<void>[] = [];
    for await (const client of listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      connections.add(client).add(server);
      pumps.push(pump(client, server, () => state.lastByteAt = performance.now()));
      pumps.push(pump(server, client));
    }
    for (const connection of [...connections]) close(connection);
    await Promise.all(pumps);
  })();
  return {
    ...state,
    get lastByteAt() {
      return state.lastByteAt;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of [...connections]) close(connection);
      await serving.catch(() => {});
    },
  };
}

/** Settings of `proxy_pass` that people use. */
const settings = ["", "proxy_request_buffering off; proxy_buffering off;"];

const why = installed("nginx") === undefined ? " (not run: nginx is not installed)" : "";

Deno.test({
  name: "eventodb import through nginx's proxy_pass ends well, or says what holds its bytes back" +
    why,
  ignore: why !== "",
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
    try {
      const file = `${folder}/events.ndjson`;
      const text = "x".repeat(20_000);
      const lines = Array.from(
        { length: 2_500 },
        (_, index) => lineOf(index + 1, { data: { text } }),
      );
      await Deno.writeTextFile(file, lines.join(""));
      // Each waits for seconds, mostly.
      await Promise.all(settings.map((more) => importThrough(more, file)));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function importThrough(more: string, file: string): Promise<void> {
  const token = createToken("default");
  await using server = await startServer({ token });
  await importMessages(server, 10);
  await using relay = startRelay(server.port);
  await using proxy = await startNginx(
    ([port]) => `
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://127.0.0.1:${relay.port};
          proxy_http_version 1.1;
          client_max_body_size 0;
          ${more}
        }
      }`,
    1,
  );
  const url = `http://127.0.0.1:${proxy.ports[0]}`;
  await using importing = startCli(["import", "--url", url, "--input", file, "--force", "--yes"], {
    env: { EVENTODB_TOKEN: token },
  });
  const saidAt = await importing.sees(heldBack).then(() => performance.now(), () => undefined);
  if (saidAt === undefined) {
    const { status, stderr } = await importing.ended;
    assertEquals(status, 0, stderr);
    assertMatch(stderr, /2,500 events imported/);
    return;
  }
  const waitedMs = saidAt - relay.lastByteAt;
  assert(waitedMs < saidWithinMs + marginMs, `said after ${waitedMs} ms`);
  importing.process.kill("SIGINT");
  assertEquals((await importing.ended).status, 130);
  const { messageCount } = await rpc<{ messageCount: number }>(server, "ns.info", "default");
  assertEquals(messageCount, 10);
}
