/**
 * What a service does with the client, the same in Node and in a browser.
 *
 * @module
 */

import {
  consume,
  EventoDBClient,
  formatRecord,
  MemoryPositionStore,
  parseRecord,
  rawJson,
} from "@eventodb/cli/client";

/** Uses the client, and says what came of it. `lines` are an export's, of the positions from 9 on. */
export async function useClient(url, token, lines) {
  const client = new EventoDBClient({ url, token });
  const written = await client.streamWrite("account-1", {
    type: "Deposited",
    data: rawJson('{"cents":9007199254740993}'),
  });
  const [message] = await client.streamGet("account-1", { raw: true });
  const encoder = new TextEncoder();
  // As a stream, in chunks cut anywhere.
  const [first, ...others] = lines;
  const streamed = await client.upload(
    new ReadableStream({
      start(controller) {
        controller.enqueue(encoder.encode(first.slice(0, 20)));
        controller.enqueue(encoder.encode(first.slice(20)));
        controller.close();
      },
    }),
  );
  const blob = new Blob([others.join("")]);
  const progress = [];
  const uploaded = await client.upload(blob, {
    onProgress: ({ imported }) => progress.push(imported),
  });
  const skipped = await client.upload(blob, { existing: "skip" });
  const refused = await client.upload(blob).catch(({ code, line }) => ({ code, line }));
  const broken = new ReadableStream({
    pull(controller) {
      controller.error(new Error("the file is gone"));
    },
  });
  const unread = await client.upload(broken).catch(({ message }) => message);
  const read = [];
  for await (const { type } of client.readCategory("", { batchSize: 1 })) read.push(type);
  let exported = "";
  for await (const bytes of client.exportArriving({ from: 9, to: 9 })) {
    exported += new TextDecoder().decode(bytes);
  }
  const pokes = [];
  for await (const poke of client.subscribeToCategory("load")) {
    if (pokes.push(poke.globalPosition) === 2) break;
  }
  const end = new AbortController();
  const positionStore = new MemoryPositionStore();
  // The second message comes while the consumer waits for a poke.
  await consume(client, "account", ({ position }) => {
    if (position === 1) return end.abort();
    setTimeout(() => client.streamWrite("account-1", { type: "Closed", data: {} }));
  }, { positionStore, signal: end.signal });
  const gone = new EventoDBClient({ url: "http://127.0.0.1:9", retries: 1, retryDelayMs: 1 });
  return {
    written,
    data: message.data,
    imported: [streamed.imported, uploaded.imported, skipped.skipped],
    progress: progress.at(-1),
    refused,
    unread,
    read,
    exported: formatRecord(parseRecord(exported.trimEnd())) === first.trimEnd(),
    pokes,
    consumed: positionStore.load(),
    gone: await gone.version().catch(({ code }) => code),
  };
}
