import { createServer } from "node:http";
import { Http2Client } from "../../../src/cli/connection/http2.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { lineOf } from "../../support/history.ts";
import { startServer } from "../../support/server.ts";

const { signal: noSignal } = new AbortController();

Deno.test("Http2Client.open() gives a client that uploads to a server of ours", async () => {
  await using server = await startServer();
  using http2 = await Http2Client.open(server, noSignal);
  const { imported } = await http2!.client.upload(new Blob([lineOf(1) + lineOf(2)]).stream());
  assertEquals(imported, 2);
});

Deno.test("Http2Client.open() gives none where HTTP/2 is not understood", async () => {
  const server = createServer((_request, response) => response.end("{}"));
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await listening;
  const { port } = server.address() as { port: number };
  assertEquals(await Http2Client.open({ url: `http://127.0.0.1:${port}` }, noSignal), undefined);
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  server.close(() => close());
  await closed;
});

Deno.test("Http2Client.open() leaves https: to what the two sides agree on", async () => {
  assertEquals(await Http2Client.open({ url: "https://127.0.0.1:1" }, noSignal), undefined);
});

Deno.test("Http2Client.open() ends with the reason of its signal", async () => {
  await using server = await startServer();
  const reason = new RangeError("stopped");
  await assertRejects(() => Http2Client.open(server, AbortSignal.abort(reason)), RangeError);
});
