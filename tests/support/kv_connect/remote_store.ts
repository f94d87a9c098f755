/**
 * Stores in a remote Deno KV.
 *
 * @module
 */

import { openRemote } from "../../../src/store/kv/open.ts";
import type { KvStore } from "../../../src/store/kv/store.ts";
import { accessToken, KvConnectServer } from "./server.ts";

/** How stores are opened here. */
type Options = { importWaitMs?: number };

/** Opens a store by its URL. */
export async function openAt(url: string, options?: Options): Promise<KvStore> {
  Deno.env.set("DENO_KV_ACCESS_TOKEN", accessToken);
  return await openRemote(url, options);
}

/** Opens a store on a server of its own, which goes with it. */
export async function openRemoteKv(options?: Options): Promise<KvStore> {
  const server = new KvConnectServer();
  const store = await openAt(server.url, options);
  const dispose = store[Symbol.asyncDispose].bind(store);
  let disposed: Promise<void> | undefined;
  const close = async () => {
    await dispose();
    await server[Symbol.asyncDispose]();
  };
  store[Symbol.asyncDispose] = () => disposed ??= close();
  return store;
}

/** A `denokv` process, with a new database for each store. */
export interface Denokv extends AsyncDisposable {
  /** Opens a new, empty store. */
  open(options?: Options): Promise<KvStore>;
}

/** Makes ready to start the binary that `EVENTODB_TEST_DENOKV` names, once for each store. */
export async function startDenokv(): Promise<Denokv> {
  const binary = Deno.env.get("EVENTODB_TEST_DENOKV") ?? "";
  const folder = await Deno.makeTempDir({ prefix: "eventodb-" });
  let stores = 0;
  return {
    async open(options) {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr as Deno.NetAddr;
      listener.close();
      const process = new Deno.Command(binary, {
        args: [
          ...["--sqlite-path", `${folder}/${stores++}.sqlite`, "serve"],
          ...["--access-token", accessToken, "--addr", `127.0.0.1:${port}`],
        ],
        stdout: "null",
        stderr: "null",
      }).spawn();
      await untilListening(port);
      const store = await openAt(`http://127.0.0.1:${port}`, options);
      const dispose = store[Symbol.asyncDispose].bind(store);
      let disposed: Promise<void> | undefined;
      const close = async () => {
        await dispose();
        process.kill();
        await process.status;
      };
      store[Symbol.asyncDispose] = () => disposed ??= close();
      return store;
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function untilListening(port: number): Promise<void> {
  const end = performance.now() + 30_000;
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
