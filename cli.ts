/**
 * The command line: `eventodb COMMAND`. `eventodb help` lists the commands, and `eventodb help COMMAND`
 * explains one.
 *
 * ```sh
 * deno install --global --name eventodb --allow-net --allow-read --allow-write --allow-env \
 *   --unstable-kv jsr:@eventodb/cli/cli
 * eventodb help
 * ```
 *
 * docs/cli.md has all of them, with exit statuses and permissions.
 *
 * @example Run a command from a program
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { main } from "@eventodb/cli/cli";
 *
 * assertEquals(await main(["version"]), 0);
 * ```
 *
 * @module
 */

import { denoProblem } from "./src/deno_floor.ts";

/**
 * Runs the command that the arguments name.
 *
 * @param args The arguments of the program, such as `["export", "--all"]`.
 * @returns The exit status: 0 done, 1 failed (also when Deno is older than 2.8), 2 wrong usage, 130
 * interrupted.
 */
export async function main(args: readonly string[]): Promise<number> {
  const problem = denoProblem();
  if (problem !== null) {
    console.error(`error: ${problem}`);
    return 1;
  }
  // Not before, since an old Deno cannot load all of it.
  const { main } = await import("./src/commands/main.ts");
  return await main(args);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
