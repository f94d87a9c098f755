/**
 * Other versions of Deno, from the npm registry.
 *
 * @module
 */

/** A version of Deno that can be run, or why it cannot. */
export type DenoVersion = { path: string } | { path: null; reason: string };

/**
 * Finds a version of Deno.
 *
 * @param version Such as `2.8.0`; the running version is used as it is.
 * @returns The path of its program.
 */
export async function denoVersion(version: string): Promise<DenoVersion> {
  const path = version === Deno.version.deno ? Deno.execPath() : await fromNpm(version);
  if (path === null) return { path, reason: `Deno ${version} is unavailable from npm` };
  return { path };
}

async function fromNpm(version: string): Promise<string | null> {
  const args = ["--yes", "--package", `deno@${version}`, "--"];
  try {
    const { success, stdout } = await new Deno.Command("npx", {
      // Away from the checkout, whose deno.json and deno.lock an old version may refuse.
      args: [...args, "deno", "eval", "console.log(Deno.version.deno, Deno.execPath())"],
      cwd: Deno.env.get("HOME"),
      stderr: "null",
    }).output();
    const found = new TextDecoder().decode(stdout).trim();
    return success && found.startsWith(`${version} `) ? found.slice(version.length + 1) : null;
  } catch {
    return null;
  }
}
