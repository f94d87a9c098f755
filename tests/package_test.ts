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

Deno.test("the package has its licence, its changes, and nothing beside modules and documents", () => {
  const others = [...shipped].filter((path) => !/\.(ts|md)$/.test(path));
  assertEquals(others.sort(), ["LICENSE", "deno.json"]);
  assert(shipped.has("CHANGELOG.md"));
});
