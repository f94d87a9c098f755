/**
 * Puts `jsr:@std` in the place of its repackaging for npm, for the package that is published:
 *
 *     deno run --allow-read --allow-write scripts/use_jsr.ts [--dry-run] [CHECKOUT]
 *
 * Only the modules of `src/deps/` name packages, and the import map in `deno.json` for the examples. The
 * types that stand beside the modules stay: they say what of a library is used.
 *
 * @module
 */

/** `npm:deno-std@1.4.0/cli/parse_args.js`: a version of all, a package, a module or `mod` for all. */
const repackaged = /"npm:deno-std@[\d.]+\/(\w+)\/(\w+)\.js"/g;

/**
 * The same modules by their own names.
 *
 * @param source A module's source.
 * @returns The source, with `jsr:@std/cli@1/parse-args` for what it takes from the repackaging.
 */
export function useJsr(source: string): string {
  return source.replace(repackaged, (_, package_: string, module: string) => {
    const name = `jsr:@std/${package_}@1${module === "mod" ? "" : `/${module}`}`;
    return `"${name.replaceAll("_", "-")}"`;
  });
}

if (import.meta.main) {
  const isDryRun = Deno.args.includes("--dry-run");
  const checkout = Deno.args.find((arg) => !arg.startsWith("--")) ??
    new URL("../", import.meta.url).pathname;
  const modules = [...Deno.readDirSync(`${checkout}/src/deps`)].map(({ name }) => name).sort();
  for (const name of ["deno.json", ...modules.map((name) => `src/deps/${name}`)]) {
    const path = `${checkout}/${name}`;
    const source = Deno.readTextFileSync(path);
    const changed = useJsr(source);
    if (changed === source) continue;
    console.log(`${name}: ${/"(jsr:[^"]*)"/.exec(changed)![1]}`);
    if (!isDryRun) Deno.writeTextFileSync(path, changed);
  }
}
