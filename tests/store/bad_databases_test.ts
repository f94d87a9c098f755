/**
 * `eventodb serve` with a database that is not to be had, for every backend: it ends with status 1 and
 * says what is wrong and what to do, without a stack trace and without secrets.
 *
 * @module
 */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openFile } from "../../src/store/kv/open.ts";
import { openStore } from "../../src/store/open.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { runCli, type RunCliOptions, startCli } from "../support/cli.ts";
import { startCluster } from "../support/postgres.ts";

const secret = "s3cr3t-w0rd";
const checkout = new URL("../../", import.meta.url).pathname;

/** A folder that goes with the test. */
class Folder implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "eventodb-" });

  file(name: string): string {
    return join(this.path, name);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Serves from a database, and asserts that it is refused with all of these words. */
async function assertRefused(
  dbUrl: string,
  says: readonly RegExp[],
  options: RunCliOptions = {},
): Promise<void> {
  const { status, stdout, stderr } = await runCli(
    ["serve", "--port", "0", "--db-url", dbUrl],
    options,
  );
  assertEquals([status, stdout], [1, ""], `${dbUrl}: ${stderr}`);
  for (const words of says) assertMatch(stderr, words);
  assert(!stderr.includes("    at "), `a stack trace: ${stderr}`);
  assert(!stderr.includes(secret), `a secret: ${stderr}`);
}

Deno.test("serve refuses a URL that names no database, and lists those that do", async () => {
  const allowed = /sqlite:\/\/.*postgres:\/\/.*kv:\/\//s;
  await Promise.all([
    assertRefused(`mysql://me:${secret}@db/events`, [/unknown/, allowed]),
    assertRefused("events.db", [/unknown/, allowed]),
    assertRefused("kv://", [/malformed/, allowed]),
    assertRefused("sqlite://%", [/malformed/, allowed]),
    assertRefused(`postgres://me:${secret}@db:port/events`, [/must look like postgres:/]),
    assertRefused(`kv+http://me:${secret}@:x`, [/malformed/], {
      env: { DENO_KV_ACCESS_TOKEN: secret },
    }),
  ]);
});

Deno.test("serve refuses files that are not what the URL says, and leaves them alone", async () => {
  using folder = new Folder();
  const text = folder.file("text");
  Deno.writeTextFileSync(text, "This is no database.\n".repeat(500));
  const other = folder.file("other.db");
  {
    const database = new DatabaseSync(other);
    database.exec("CREATE TABLE customers (name TEXT); INSERT INTO customers VALUES ('Ada')");
    database.close();
  }
  const kv = folder.file("events.kv");
  await (await openFile(kv))[Symbol.asyncDispose]();
  const before = [text, other, kv].map((path) => Deno.readFileSync(path));
  await Promise.all([
    assertRefused(`kv://${text}`, [/not a (file of Deno KV|database)/, /Choose another file/]),
    assertRefused(`kv://${other}`, [/SQLite database of another program/, /Choose another file/]),
    assertRefused(`kv://${folder.path}`, [/cannot be opened/, /is a file/]),
    assertRefused(`kv://${text}/below.kv`, [/text/]),
    assertRefused(`sqlite://${text}/below.db`, [/text/]),
  ]);
  // One after the other: a data folder is one process's at a time.
  await assertRefused(`sqlite://${text}`, [/not a database/, /text/]);
  await assertRefused(`sqlite://${other}`, [/other\.db/]);
  await assertRefused(`sqlite://${kv}`, [/events\.kv/]);
  assertEquals([text, other, kv].map((path) => Deno.readFileSync(path)), before);
});

Deno.test("serve refuses a database of another version of its tables or keys", async () => {
  using folder = new Folder();
  const sqlite = folder.file("events.db");
  await (await openStore(`sqlite://${sqlite}`))[Symbol.asyncDispose]();
  {
    const database = new DatabaseSync(sqlite);
    database.exec("PRAGMA user_version = 900");
    database.close();
  }
  await assertRefused(`sqlite://${sqlite}`, [/newer/, /upgrade EventoDB/]);
  const path = folder.file("events.kv");
  for (
    const [version, age, remedy] of [[900, /newer/, /upgrade/], [0, /older/, /export/]] as const
  ) {
    {
      using kv = await Deno.openKv(path);
      await kv.set(["eventodb", "schema"], version);
    }
    await assertRefused(`kv://${path}`, [age, remedy]);
  }
});

Deno.test("serve gives up on a file of Deno KV that another program has locked", async () => {
  using folder = new Folder();
  const path = folder.file("events.kv");
  await (await openFile(path))[Symbol.asyncDispose]();
  const locker = new DatabaseSync(path);
  locker.exec("BEGIN IMMEDIATE");
  await assertRefused(`kv://${path}`, [/locked by another program/, /close the program/]);
  locker.exec("ROLLBACK");
  locker.close();
  await using serving = startCli(["serve", "--port", "0", "--db-url", `kv://${path}`]);
  await serving.sees(/http:\/\/127\.0\.0\.1:\d+/);
});

Deno.test("serve names the flag when Deno was started without Deno KV", async () => {
  using folder = new Folder();
  // The checkout's own configuration turns Deno KV on; an installed command has only its flags.
  const { imports } = JSON.parse(Deno.readTextFileSync(join(checkout, "deno.json")));
  const config = folder.file("deno.json");
  Deno.writeTextFileSync(config, JSON.stringify({ imports }));
  const permissions = ["--allow-all", "--no-lock", "--config", config];
  const url = `kv://${folder.file("events.kv")}`;
  await assertRefused(url, [
    new RegExp(`deno run --unstable-kv .* serve --db-url ${url}, or install`),
    /deno install .*--unstable-kv/,
  ], { permissions });
  await using serving = startCli(["serve", "--port", "0", "--db-url", url], {
    permissions: [...permissions, "--unstable-kv"],
  });
  await serving.sees(/http:\/\/127\.0\.0\.1:\d+/);
});

Deno.test("serve says what is wrong with a remote Deno KV", async () => {
  const env = { DENO_KV_ACCESS_TOKEN: secret };
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    asked.push(request.headers.get("Authorization") ?? "");
    switch (new URL(request.url).pathname) {
      case "/token":
        return new Response("Invalid access token", { status: 401 });
      case "/down":
        return new Response("Bad gateway", { status: 502 });
      default:
        return new Response("<html>Welcome</html>", { headers: { "Content-Type": "text/html" } });
    }
  });
  const { port } = server.addr as Deno.NetAddr;
  const url = `kv+http://127.0.0.1:${port}`;
  await Promise.all([
    assertRefused(url, [/DENO_KV_ACCESS_TOKEN/, /Set it/]),
    assertRefused(`${url}/token`, [/refused the access token/, /Check .*DENO_KV_ACCESS_TOKEN/], {
      env,
    }),
    assertRefused(`${url}/down`, [/127\.0\.0\.1/, /does not respond|responded with an error/], {
      env,
    }),
    assertRefused(`${url}/html`, [/not at that address|failed/, /127\.0\.0\.1/], { env }),
    assertRefused("kv+http://127.0.0.1:1", [/cannot be reached|does not respond/, /Check/], {
      env,
    }),
  ]);
  assert(asked.includes(`Bearer ${secret}`));
});

Deno.test("serve says what is wrong with a Postgres, and never its password", async () => {
  await using cluster = await startCluster({
    files: {
      "pg_hba.conf":
        "host all eventodb_test 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n",
    },
  });
  await cluster.run(`CREATE ROLE me LOGIN PASSWORD '${secret}'`);
  const admin = await cluster.createDatabase();
  const url = new URL(admin);
  url.username = "me";
  url.password = secret;
  const wrong = new URL(url);
  wrong.password = `${secret}-not`;
  const nowhere = new URL(url);
  nowhere.pathname = "/nowhere";
  const unreachable = new URL(url);
  unreachable.port = "1";
  await Promise.all([
    assertRefused(wrong.href, [/password/]),
    assertRefused(nowhere.href, [/nowhere/]),
    assertRefused(unreachable.href, [/refused the connection/]),
    assertRefused(url.href, [/GRANT CREATE ON DATABASE/]),
  ]);
  const database = new URL(admin).pathname.slice(1);
  await cluster.run(`GRANT CREATE ON DATABASE ${database} TO me`);
  {
    await using serving = startCli(["serve", "--port", "0", "--db-url", url.href]);
    await serving.sees(/http:\/\/127\.0\.0\.1:\d+/);
  }
  await cluster.run("UPDATE eventodb.registry SET version = 99", admin);
  await assertRefused(url.href, [/newer EventoDB/, /upgrade EventoDB/]);
});
