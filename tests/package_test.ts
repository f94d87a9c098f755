/** Reads what `deno publish` would upload. */

import { dirname, join, normalize } from "node:path";
import { assert, assertEquals } from "./support/assert.ts";

const root = new URL("../", import.meta.url).pathname;

/** The files of the package, by their paths in it. */
const shipped: ReadonlySet<string> = await filesOfPackage();

async function filesOfPackage(): Promise<Set<string>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-check"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  assert(success, said);
  const url = new URL("../", import.meta.url).href;
  const paths = [...said.matchAll(/^ +(file:\S+) \(/gm)].map(([, path]) => path!.slice(url.length));
  return new Set(paths.map(decodeURIComponent));
}

function read(path: string): string {
  return Deno.readTextFileSync(join(root, path));
}

/** What a module loads, now or later: modules, workers, and its own types. */
function loadedBy(path: string): string[] {
  const code = read(path).replace(/\/\*[\s\S]*?\*\//g, "");
  return [
    ...code.matchAll(/(?:\bfrom |\bimport\(|\bimport |@ts-(?:self-)?types=|\bURL\()"(\.[^"]+)"/g),
  ]
    .map(([, name]) => normalize(join(dirname(path), name!)));
}

Deno.test("the package ships modules that its entries or its examples load, and no others", () => {
  const { exports } = JSON.parse(read("deno.json"));
  const entries = Object.values<string>(exports).map(normalize);
  const isModule = (path: string) => /\.[cm]?[jt]sx?$/.test(path);
  const loaded = new Set([...entries, ...[...shipped].filter((path) => /^examples\//.test(path))]);
  for (const path of loaded) {
    if (isModule(path)) { for (const other of loadedBy(path)) loaded.add(other); }
  }
  const modules = [...shipped].filter(isModule);
  assert(modules.length > 100 && entries.every((path) => shipped.has(path)), modules.join("\n"));
  assertEquals(modules.filter((path) => !loaded.has(path)), []);
  assertEquals([...loaded].filter((path) => isModule(path) && !shipped.has(path)), []);
});

Deno.test("the package's documents link only to what it ships", () => {
  const documents = [...shipped].filter((path) => path.endsWith(".md"));
  const links = documents.flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)].map(([, target]) => ({
      path,
      target: target!,
    }))
  );
  const isShipped = (path: string) =>
    path.endsWith("/") ? [...shipped].some((file) => file.startsWith(path)) : shipped.has(path);
  const missing = links.filter(({ path, target }) =>
    !/^https?:/.test(target) && !isShipped(normalize(join(dirname(path), target)))
  );
  assert(documents.includes("README.md") && links.length > 50, `${links.length} links`);
  assertEquals(missing, []);
});

Deno.test("the package ships documents that its README leads to, and no others", () => {
  const found = new Set(["README.md"]);
  for (const path of found) {
    for (const [, target] of read(path).matchAll(/\]\(([^)\s#:]+\.md)/g)) {
      found.add(normalize(join(dirname(path), target!)));
    }
  }
  const documents = [...shipped].filter((path) => path.endsWith(".md"));
  assertEquals(documents.filter((path) => !found.has(path)), []);
});

Deno.test("the package has its licence, its changes, and no other file that its documents do not name", () => {
  assert(["LICENSE", "CHANGELOG.md", "deno.json"].every((path) => shipped.has(path)));
  const named = [...shipped].filter((path) => path.endsWith(".md")).map(read).join("\n");
  const page = loadedBy("src/page/files.ts");
  const others = [...shipped].filter((path) =>
    !/\.(ts|md)$|^(LICENSE|deno\.json)$/.test(path) && !page.includes(path)
  );
  assertEquals(others.filter((path) => !named.includes(path.split("/").at(-1)!)), []);
});
