/**
 * A server that can be killed, and started again on the same port with the same data, as when a machine loses its
 * power or somebody installs another version.
 *
 * @module
 */

import { createToken } from "../../src/auth/create_token.ts";
import { type CliProcess, type RunCliOptions, startCli } from "./cli.ts";
import type { TestServer } from "./server.ts";

/** A server in a process of its own. */
export interface KillableServer
  extends AsyncDisposable, Pick<TestServer, "url" | "token" | "port"> {
  /** Kills it: it has no time to say goodbye. */
  kill(): Promise<void>;
  /**
   * Starts it again.
   *
   * @param options What is different now, such as the program.
   */
  start(options?: RunCliOptions): Promise<void>;
}

/** Starts one, with its data in a temporary folder. */
export async function startKillableServer(): Promise<KillableServer> {
  await using undo = new AsyncDisposableStack();
  const dataDir = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  undo.defer(() => Deno.remove(dataDir, { recursive: true }));
  const token = createToken("default");
  let process: CliProcess | undefined;
  let port = 0;
  const kill = async () => {
    process?.process.kill("SIGKILL");
    await process?.ended;
    process = undefined;
  };
  undo.defer(kill);
  const start = async (options?: RunCliOptions) => {
    const args = ["serve", "--port", String(port), "--data-dir", dataDir, "--token", token];
    process = startCli(args, options);
    const [, listened] = await process.sees(/listening .*http:\/\/127\.0\.0\.1:(\d+)/);
    port = Number(listened);
  };
  await start();
  const resources = undo.move();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    token,
    kill,
    start,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
