/**
 * The command line: `eventodb serve | export | import | ns … | version | help`.
 *
 * ```sh
 * deno install --global --name eventodb --allow-net --allow-read --allow-write --allow-env \
 *   --unstable-kv jsr:@eventodb/cli/cli
 * eventodb help
 * ```
 *
 * `eventodb help COMMAND` explains a command; docs/cli.md has all of them, with exit statuses and
 * permissions.
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

import { main } from "./src/commands/main.ts";

export { main };

if (import.meta.main) Deno.exit(await main(Deno.args));
