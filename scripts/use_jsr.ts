/**
 * Puts `jsr:@std` in the place of its repackaging for npm, for the package that is published:
 *
 *     deno run --allow-read --allow-write scripts/use_jsr.ts [--dry-run] [FOLDER]
 *
 * Only the modules of `src/deps/` name packages. The types that stand beside them stay: they say what of
 * a library is used.
 *
 * @module
 */

/** `npm:deno-std@1.4.0/cli/parse_args.js`: a version of all, a package, a module. */
const repackaged = /"npm:deno-std@[\d.]+\/(\w+)\/(\w+)\.js"/g;

/**
 * The same modules by their own names.
 *
 * @param source A module's source.
 * @returns The source, with `jsr:@std/cli@1/parse-args` for what it takes from the repackaging.
 */
export function useJsr(source: string): string {
  return source.replace(repackaged, (_, package_: string, module: string) => {
    const name = package_.replaceAll("_", "-");
    return `"jsr:@std/${name}@1/${module.replaceAll("_", "-")}"`;
  });
}

if (import.meta.main) {
  const isDryRun = Deno.args.includes("--dry-run");
  const folder = Deno.args.find((arg) => !arg.startsWith("--")) ??
    new URL("../src/deps/", import.meta.url).pathname;
  for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = `${folder}/${name}`;
    const source = Deno.readTextFileSync(path);
    const changed = useJsr(source);
    if (changed === source) continue;
    console.log(`${name}: ${/"(jsr:[^"]*)"/.exec(changed)![1]}`);
    if (!isDryRun) Deno.writeTextFileSync(path, changed);
  }
}
