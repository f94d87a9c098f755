/**
 * nginx and HAProxy in front of a server, for tests. Both run in the foreground with files in a folder of
 * their own, as the user who runs the tests.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { delimiter, join } from "node:path";

/** A proxy that runs. */
export interface TestProxy extends AsyncDisposable {
  /** The ports that it listens on, as its configuration was given them. */
  readonly ports: readonly number[];
}

/** A configuration, for the ports that it shall listen on and the folder in which it may write. */
export type ProxyConfiguration = (ports: readonly number[], folder: string) => string;

/** The certificate for `localhost` that signs itself, and its key. */
export const tlsFiles = {
  certificate: new URL("tls/server.crt", import.meta.url).pathname,
  key: new URL("tls/server.key", import.meta.url).pathname,
};

/**
 * Tells whether a program is installed.
 *
 * @param name Its name, such as `nginx`.
 * @returns Its path; `undefined` when it is not installed.
 */
export function installed(name: string): string | undefined {
  const folders = [...Deno.env.get("PATH")?.split(delimiter) ?? [], "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, name)).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/**
 * Starts nginx with `server` blocks.
 *
 * @param servers The blocks.
 * @param portCount How many ports they listen on.
 * @returns The proxy, which listens.
 */
export function startNginx(servers: ProxyConfiguration, portCount: number): Promise<TestProxy> {
  const main: ProxyConfiguration = (ports, folder) => {
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    return [
      "daemon off;",
      // Started by root, its workers would be another user, who may not write here.
      ...Deno.uid() === 0 ? ["user root;"] : [],
      "worker_processes 1;",
      `pid ${folder}/nginx.pid;`,
      `error_log ${folder}/log;`,
      "events {}",
      "http {",
      "  access_log off;",
      ...temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`),
      servers(ports, folder),
      "}",
      "",
    ].join("\n");
  };
  return start("nginx", main, portCount, (file, folder) => ["-c", file, "-p", folder]);
}

/**
 * Starts HAProxy.
 *
 * @param configuration All of its configuration.
 * @param portCount How many ports it listens on.
 * @returns The proxy, which listens.
 */
export function startHaproxy(
  configuration: ProxyConfiguration,
  portCount: number,
): Promise<TestProxy> {
  return start("haproxy", configuration, portCount, (file) => ["-db", "-f", file]);
}

/** How often other ports are tried when somebody else has taken one. */
const attempts = 5;

async function start(
  program: string,
  configuration: ProxyConfiguration,
  portCount: number,
  argumentsFor: (file: string, folder: string) => string[],
): Promise<TestProxy> {
  await using undo = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  undo.defer(() => Deno.remove(folder, { recursive: true }));
  const file = `${folder}/configuration`;
  for (let attempt = 1;; attempt++) {
    const ports = Array.from({ length: portCount }, freePort);
    await Deno.writeTextFile(file, configuration(ports, folder));
    const process = new Deno.Command(installed(program)!, {
      args: argumentsFor(file, folder),
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const said = new Response(process.stderr).text();
    let ended = false;
    const end = process.status.then(() => ended = true);
    while (!ended && !await listens(ports)) await delay(20);
    if (ended) {
      const why = await said + await Deno.readTextFile(`${folder}/log`).catch(() => "");
      if (attempt < attempts && /address already in use|cannot bind/i.test(why)) continue;
      throw new Error(`${program} has ended: ${why}`);
    }
    undo.defer(async () => {
      if (!ended) process.kill("SIGTERM");
      await end;
      await said;
    });
    const resources = undo.move();
    return {
      ports,
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  }
}

/** A port that nobody listens on, below those that systems give to whoever asks for any. */
function freePort(): number {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

async function listens(ports: readonly number[]): Promise<boolean> {
  try {
    for (const port of ports) (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
