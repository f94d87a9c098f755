import { assert, assertEquals, assertMatch } from "./support/assert.ts";

const root = new URL("../", import.meta.url);

Deno.test("What is published names its dependencies only in src/deps, with their versions", async () => {
  const found: string[] = [];
  for await (const path of publishedModules()) {
    const text = await Deno.readTextFile(new URL(path, root));
    for (const [, specifier] of text.matchAll(specifiers)) {
      if (/^(\.|node:)/.test(specifier!)) continue;
      const isDependency = path.startsWith("src/deps/") &&
        /^npm:(@[^/]+\/)?[^/@]+@\d/.test(specifier!);
      if (!isDependency) found.push(`${path}: ${specifier}`);
    }
  }
  assertEquals(found, [], "An installation needs no import map, as long as nothing here uses one");
});

Deno.test("Each file in src/deps says at its top which package it stands for", async () => {
  for await (const path of publishedModules()) {
    if (!path.startsWith("src/deps/") || path.endsWith(".d.ts")) continue;
    assertMatch(
      await Deno.readTextFile(new URL(path, root)),
      /^\/\*\*[^]*?`@?[a-z/0-9_-]+`[^]*?\n \*\//i,
      path,
    );
  }
});

Deno.test("docs/adr/0014-dependencies.md names every package that the code and its tests use", async () => {
  const record = await Deno.readTextFile(new URL("docs/adr/0014-dependencies.md", root));
  const texts = [await Deno.readTextFile(new URL("deno.json", root))];
  for await (const path of publishedModules("src/deps/")) {
    texts.push(await Deno.readTextFile(new URL(path, root)));
  }
  const packages = new Set(
    [...texts.join("\n").matchAll(/"npm:((?:@[^/]+\/)?[^/@]+)@(?:[^/"]+\/(\w+))?/g)]
      // The standard library by its packages.
      .map(([, name, part]) => name === "deno-std" ? `@std/${part}` : name!),
  );
  const isNamed = (name: string) =>
    name.startsWith("@types/") || ["`", "`npm:"].some((start) => record.includes(start + name));
  assertEquals([...packages].filter((name) => !isNamed(name)), []);
  assert(packages.size > 15);
});

/** What follows `from`, `import`, `import(` and `@ts-types=`, outside the examples of comments. */
const specifiers = /(?:^(?! \*| {2,}\*).*?\bfrom |^import |\bimport\(|^\/\/ @ts-types=)"([^"]+)"/gm;

async function* publishedModules(folder = "src/"): AsyncGenerator<string> {
  if (folder === "src/") yield* ["mod.ts", "cli.ts", "server.ts"];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) yield* publishedModules(`${folder}${name}/`);
    else if (name.endsWith(".ts")) yield `${folder}${name}`;
  }
}
