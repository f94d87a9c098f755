/**
 * The data folder of a new cluster, which `initdb` takes most of a second of a core to make: made once, in
 * the system's temporary folder, and copied.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { keptFolder } from "./kept_folder.ts";

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
  return await keptFolder(`initdb-${key.slice(0, 16)}`, "data", async (folder) => {
    const data = join(folder, "data");
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
  });
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
