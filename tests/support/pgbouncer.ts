/**
 * A PgBouncer in front of a Postgres, where one is installed.
 *
 * @module
 */

import { join } from "node:path";

/** A PgBouncer that runs. */
export interface TestPgbouncer extends AsyncDisposable {
  /** The URL of a database behind it. */
  through(url: string): string;
}

const paths = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"];

/** Where it is installed; `undefined` where it is not. */
export function findPgbouncer(): string | undefined {
  return paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Starts one in front of the Postgres on a port, in transaction mode. */
export async function startPgbouncer(postgresPort: number): Promise<TestPgbouncer> {
  const binary = findPgbouncer();
  if (binary === undefined) throw new Error("PgBouncer is not installed");
  const folder = await Deno.makeTempDir({ prefix: "eventodb_pgbouncer_" });
  await Deno.chmod(folder, 0o755);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const file = join(folder, "pgbouncer.ini");
  await Deno.writeTextFile(join(folder, "users.txt"), '"eventodb_test" ""\n');
  await Deno.writeTextFile(
    file,
    `[databases]
* = host=127.0.0.1 port=${postgresPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, "users.txt")}
pool_mode = transaction
`,
  );
  // It refuses to be root.
  const user = Deno.uid() === 0 ? ["--user=nobody"] : [];
  const process = new Deno.Command(binary, {
    args: [...user, file],
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (const end = performance.now() + 30_000;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      break;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return {
    through(url) {
      const changed = new URL(url);
      changed.port = String(port);
      return changed.href;
    },
    async [Symbol.asyncDispose]() {
      process.kill();
      await process.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}
