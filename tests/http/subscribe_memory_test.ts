/**
 * What subscribers leave behind in a server: nothing. A real process, and the memory that the system
 * says it has.
 *
 * @module
 */

import { createToken } from "../../src/auth/create_token.ts";
import { assert } from "../support/assert.ts";
import { startCli } from "../support/cli.ts";
import { RawConnection } from "../support/raw_http.ts";
import { rpc } from "../support/server.ts";

const MiB = 1024 * 1024;
/** What may come on top of what warming up has left, in bytes: 3 KiB for each subscriber. */
const slackBytes = 32 * MiB;

/** Most writes at the same time; their connections stay open for the next. */
const writersMax = 8;

/** How much memory a process has, in bytes. */
function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  return Number(kib) * 1024;
}

/** How many sockets a process has open. */
function openSockets(pid: number): number {
  let sockets = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    try {
      if (Deno.readLinkSync(`/proc/${pid}/fd/${name}`).startsWith("socket:")) sockets++;
    } catch {
      // Closed meanwhile.
    }
  }
  return sockets;
}

Deno.test({
  name: "GET /subscribe leaves nothing behind of 10,000 subscribers who come and go, or never read",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const token = createToken("default");
    await using process = startCli(["serve", "--port", "0", "--db-url", "sqlite://memory"], {
      env: { EVENTODB_TOKEN: token },
    });
    const [url] = await process.sees(/http:\/\/127\.0\.0\.1:\d+/);
    const { pid } = process.process;
    const server = { url, token, port: Number(new URL(url).port) };
    const headFrom = (position: number) =>
      `GET /subscribe?all=true&position=${position}&token=${token} HTTP/1.1\r\nHost: test\r\n\r\n`;
    const isReady = (text: string) => text.includes(": ready");
    const write = (stream = "a-1") =>
      rpc(server, "stream.write", stream, { type: "Tested", data: {} });

    /** Subscribers who come and go at once, some before they are answered. */
    const comeAndGo = async (subscribers: number) => {
      let left = subscribers;
      await Promise.all(Array.from({ length: 64 }, async () => {
        while (left-- > 0) {
          using connection = await RawConnection.open(server);
          await connection.send(headFrom(Number.MAX_SAFE_INTEGER));
          if (left % 4 > 0) await connection.readUntil(isReady);
        }
      }));
    };
    /** The server has noticed that all have gone. */
    const quiet = async () => {
      for (;;) {
        await write();
        if (openSockets(pid) <= sockets + writersMax) return;
      }
    };

    const sockets = openSockets(pid);
    // So that the heap has grown to what garbage of this kind lets it grow to.
    await comeAndGo(20_000);
    await quiet();
    const before = residentBytes(pid);

    await comeAndGo(10_000);
    {
      // Names of the greatest length, so that what is kept for them would show.
      using never = await RawConnection.open(server);
      await never.send(headFrom(0));
      const name = `${"n".repeat(1_000)}-1`;
      for (let n = 0; n < 125; n++) {
        await Promise.all(Array.from({ length: writersMax }, () => write(name)));
      }
    }
    await quiet();
    const after = residentBytes(pid);
    const grown = `${before / MiB} MiB before, ${after / MiB} MiB after`;
    assert(after < before + slackBytes, grown);
  },
});
