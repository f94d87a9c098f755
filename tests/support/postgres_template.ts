/**
 * The data folder of a new cluster, which `initdb` takes most of a second of a core to make: made once, in
 * the system's temporary folder, and copied.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";

/** The user that a server runs as, where that is another one. */
export interface RunAs {
  uid: number;
  gid: number;
}

/** The administrator of each cluster. */
export const superuser = "eventodb_test";

/**
 * Makes the data folder of a cluster.
 *
 * @param bin Where `initdb` is.
 * @param data The folder, which is not there yet.
 * @param runAs Who is to own it.
 */
export async function makeDataFolder(bin: string, data: string, runAs?: RunAs): Promise<void> {
  const template = await templateOf(bin, runAs);
  // Owners and permissions as they are: a server takes no other folder.
  await run("cp", ["-Rp", template, data]);
}

/** The folder that is copied; of each version and owner there is one. */
async function templateOf(bin: string, runAs?: RunAs): Promise<string> {
  const version = await run(join(bin, "postgres"), ["--version"]);
  const uid = runAs?.uid ?? Deno.uid();
  const key = createHash("sha256").update(JSON.stringify([bin, version, uid])).digest("hex");
  const temporary = Deno.env.get("TMPDIR") ?? "/tmp";
  const home = join(temporary, `eventodb-initdb-${key.slice(0, 16)}-${Deno.uid()}`);
  Deno.mkdirSync(home, { recursive: true, mode: 0o755 });
  if (Deno.statSync(home).uid !== Deno.uid()) throw new Error(`${home} is another user's`);
  const data = join(home, "data");
  const complete = join(home, "complete");
  // Test files run at the same time: the first one makes it, the others wait.
  using lock = Deno.openSync(join(home, "lock"), { create: true, write: true });
  await lock.lock(true);
  if (exists(complete)) return data;
  if (exists(data)) await Deno.remove(data, { recursive: true });
  await Deno.mkdir(data, { mode: 0o700 });
  if (runAs !== undefined) await Deno.chown(data, runAs.uid, runAs.gid);
  await run(join(bin, "initdb"), [
    "--pgdata",
    data,
    "--username",
    superuser,
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
  ], runAs);
  await Deno.writeTextFile(complete, "");
  return data;
}

async function run(program: string, args: string[], runAs?: RunAs): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: "/",
    env: { LC_ALL: "C", TZ: "UTC" },
    ...runAs,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`${program} failed: ${text(stderr)}`);
  return text(stdout);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
