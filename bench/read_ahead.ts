/**
 * What an HTTP server of the platform keeps in memory of a body that comes faster than it is read,
 * for docs/adr/0004-import-memory.md: time, and the peak of the server's memory (Linux only).
 *
 *     deno run --allow-all bench/read_ahead.ts [MEBIBYTES]
 *
 * @module
 */

import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

const [mebibytes = "100", kind] = Deno.args;
const chunk = new Uint8Array(64 * 1024);
const event = new TextEncoder().encode("data: {}\n\n");

/** Reads a body as an import does: some work, then a wait for the database. */
async function read(body: AsyncIterable<Uint8Array>, tell: (bytes: Uint8Array) => void) {
  let chunks = 0;
  let toldAt = performance.now();
  tell(event);
  for await (const _ of body) {
    if (++chunks % 8 === 0) await delay(3);
    if (performance.now() - toldAt < 100) continue;
    toldAt = performance.now();
    tell(event);
  }
}

/** The servers; each says its port on standard output. */
const servers: Record<string, () => void> = {
  "Deno.serve": () => {
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const { body } = request;
      if (body === null) return new Response();
      return new Response(
        new ReadableStream<Uint8Array>({
          start(controller) {
            // Not awaited: events are to go out while the body comes in.
            read(body, (bytes) => controller.enqueue(bytes)).then(() => controller.close());
          },
        }),
      );
    });
    console.log(server.addr.port);
  },
  "node:http": () => {
    const server = createServer((request, response) => {
      read(request, (bytes) => response.write(bytes)).then(() => response.end());
    }).listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address !== null && typeof address !== "string") console.log(address.port);
    });
  },
};

async function measure(server: string, http2: boolean): Promise<void> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", import.meta.filename!, mebibytes, server],
    stdout: "piped",
  }).spawn();
  const output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: port } = await output.read();
  using client = Deno.createHttpClient(http2 ? { http1: false, http2 } : { http2 });
  let left = Number(mebibytes) * 16;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => left-- > 0 ? controller.enqueue(chunk) : controller.close(),
  });
  const start = performance.now();
  const url = `http://127.0.0.1:${port?.trim()}/`;
  await (await fetch(url, { method: "POST", body, client })).text();
  const seconds = (performance.now() - start) / 1000;
  const status = await Deno.readTextFile(`/proc/${process.pid}/status`);
  const peakMiB = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / 1024;
  console.log(
    `${server} over ${http2 ? "HTTP/2" : "HTTP/1.1"}`.padEnd(26) +
      `${seconds.toFixed(1).padStart(6)} s ${peakMiB.toFixed(0).padStart(5)} MiB`,
  );
  process.kill();
  await output.cancel();
  await process.status;
}

if (kind === undefined) {
  await measure("node:http", false);
  await measure("Deno.serve", true);
  await measure("Deno.serve", false);
} else servers[kind]!();
