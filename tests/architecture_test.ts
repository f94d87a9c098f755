/** Reads the imports, and holds what CONTRIBUTING.md says of the structure. */

import { basename, dirname, join, normalize } from "node:path";
import { assert, assertEquals } from "./support/assert.ts";

const root = new URL("../", import.meta.url).pathname;

/** Every file of a folder, by its path from the root of the checkout. */
function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(join(root, folder))].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? filesIn(path) : name.endsWith(".ts") ? [path] : [];
  });
}

interface Import {
  from: string;
  to: string;
  /** Whether it is loaded only when it is needed. */
  late: boolean;
}

/** Comments and examples in them import nothing. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function importsOf(path: string): Import[] {
  const source = withoutComments(Deno.readTextFileSync(join(root, path)));
  const statics = source.matchAll(
    /\b(?:import|export)\b[^;"()]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"/gm,
  );
  const lates = source.matchAll(
    /\bimport\("([^"]+)"\)|new URL\("([^"]+\.ts)", import\.meta\.url\)/g,
  );
  const target = (name: string) =>
    name.startsWith(".") ? normalize(join(dirname(path), name)) : name;
  return [
    ...[...statics].map(([, a, b]) => ({ from: path, to: target((a ?? b)!), late: false })),
    ...[...lates].map(([, a, b]) => ({ from: path, to: target((a ?? b)!), late: true })),
  ];
}

/** The entries of the package. */
const entries = ["mod.ts", "client.ts", "server.ts"];

/** What they export. */
const publicNames: ReadonlySet<string> = new Set(
  entries.flatMap((path) =>
    [...Deno.readTextFileSync(join(root, path)).matchAll(/^export (?:type )?\{([^}]*)\}/gm)]
      .flatMap(([, list]) => list!.match(/\w+(?=\s*(?:,|$))/g) ?? [])
  ),
);

const sources = filesIn("src");
const imports = sources.flatMap(importsOf);

/** The folder of a file below `src/`; `terms` for the files in `src/` itself. */
function layerOf(path: string): string {
  const [, folder, ...rest] = path.split("/");
  return rest.length === 0 ? "terms" : folder!;
}

/** What each folder may import besides `terms`, `deps` and itself; these two import nothing above them. */
const arrows: Record<string, readonly string[]> = {
  deps: [],
  terms: [],
  json: [],
  record: ["json"],
  slice: ["json", "record"],
  mask: ["json", "record", "slice"],
  store: ["json", "record", "slice"],
  auth: ["store"],
  subscription: ["store"],
  client: ["json", "record", "slice"],
  consumer: ["client"],
  search: ["json", "record", "slice", "store", "transfer"],
  rpc: ["auth", "json", "record", "search", "slice", "store"],
  transfer: ["client", "mask", "record", "slice", "store"],
  http: ["auth", "json", "page", "record", "rpc", "slice", "store", "subscription", "transfer"],
  page: [],
  cli: ["auth", "client", "mask", "record", "slice", "transfer"],
  commands: ["cli", "client", "http", "mask", "record", "slice", "transfer"],
};

Deno.test("every folder of src/ imports only what lies below it", () => {
  const wrong = imports.filter(({ from, to }) => {
    if (!to.startsWith("src/")) return to.startsWith("../") || to.startsWith("tests/");
    const [layer, other] = [layerOf(from), layerOf(to)];
    return layer !== other && !["terms", "deps"].includes(other) && !arrows[layer]!.includes(other);
  });
  assertEquals(wrong, []);
  assertEquals(Object.keys(arrows).sort(), [...new Set(sources.map(layerOf))].sort());
});

Deno.test("a file in src/ itself is for more than one folder", () => {
  const entryImports = ["cli.ts", ...entries].flatMap(importsOf);
  for (const path of sources.filter((path) => layerOf(path) === "terms")) {
    const users = new Set(
      [...imports, ...entryImports].filter(({ to }) => to === path).map(({ from }) =>
        from.startsWith("src/") ? layerOf(from) : "entries"
      ),
    );
    assert(users.size > 1 || users.has("terms"), `${path} is for ${[...users]} alone`);
  }
});

Deno.test("no folder of src/ is above itself", () => {
  const below = (layer: string, path: readonly string[]): void => {
    assert(!path.includes(layer), [...path, layer].join(" → "));
    for (const other of arrows[layer]!) below(other, [...path, layer]);
  };
  for (const layer of Object.keys(arrows)) below(layer, []);
  assertEquals([arrows.terms, arrows.deps], [[], []]);
});

Deno.test("no folder of src/cli/, mask/, slice/ or store/ is above another that is above it", () => {
  const isIn = (folder: string, other: string) => folder.startsWith(`${other}/`);
  for (const layer of ["cli", "mask", "slice", "store"]) {
    const below = new Map<string, Set<string>>();
    for (const { from, to } of imports) {
      if (layerOf(from) !== layer || layerOf(to) !== layer) continue;
      const [folder, other] = [dirname(from), dirname(to)];
      // Elsewhere what stands in a folder itself is for the folders in it, and made of them.
      const isOwn = layer !== "slice" && (isIn(folder, other) || isIn(other, folder));
      if (folder === other || isOwn) continue;
      below.set(folder, (below.get(folder) ?? new Set()).add(other));
    }
    assert(below.size >= 3);
    const visit = (folder: string, path: readonly string[]): void => {
      assert(!path.includes(folder), [...path, folder].join(" → "));
      for (const other of below.get(folder) ?? []) visit(other, [...path, folder]);
    };
    for (const folder of below.keys()) visit(folder, []);
  }
});

Deno.test("CONTRIBUTING.md has the folders in the order of their imports", () => {
  const [, chain] = /`(commands → [^`]*)`/.exec(
    Deno.readTextFileSync(join(root, "CONTRIBUTING.md")),
  )!;
  const levels = chain!.split(" → ").map((level) => level.split(", "));
  const levelOf = (layer: string) => levels.findIndex((level) => level.includes(layer));
  assertEquals(levels.flat().filter((layer) => arrows[layer] === undefined), []);
  for (const layer of levels.flat()) {
    for (const other of arrows[layer]!.filter((other) => levelOf(other) >= 0)) {
      assert(levelOf(layer) < levelOf(other), `${layer} → ${other}`);
    }
  }
});

Deno.test("no file of src/ imports itself by a circle, not even of types", () => {
  const to = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    assert(!path.includes(file), [...path.slice(path.indexOf(file)), file].join(" → "));
    if (done.has(file)) return;
    path.push(file);
    for (const { to: next } of to.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of sources) visit(file);
});

Deno.test("what the client imports is free of Deno's own API and of node:", () => {
  const reached = new Set<string>();
  const reach = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { to } of importsOf(file)) {
      assert(!to.startsWith("node:"), `${file} imports ${to}`);
      if (!to.includes(":")) reach(to);
    }
    const source = withoutComments(Deno.readTextFileSync(join(root, file)));
    assert(!/\bDeno\./.test(source), `${file} uses Deno`);
  };
  reach("client.ts");
  assert(reached.size > 20);
});

Deno.test("every package is named once, in src/deps/, with its version", () => {
  for (const { from, to } of imports) {
    if (to.startsWith("npm:")) {
      assertEquals(layerOf(from), "deps", `${from} imports ${to}`);
      assert(/^npm:(@[^/]+\/)?[^@/]+@\d+\.\d+\.\d+(\/|$)/.test(to), `${from}: ${to}`);
    } else assert(/^(node:|src\/)/.test(to) || to === "deno.json", `${from} imports ${to}`);
  }
});

Deno.test("the page's modules import each other and its libraries alone, and all of them are served", () => {
  const inFolder = (folder: string): string[] =>
    [...Deno.readDirSync(join(root, folder))].flatMap(({ name, isDirectory }) => {
      const path = `${folder}/${name}`;
      return isDirectory ? inFolder(path) : /\.(js|css|html|svg)$/.test(name) ? [path] : [];
    });
  const files = inFolder("src/page");
  const modules = files.filter((path) => path.endsWith(".js"));
  assert(modules.length > 20);
  for (const path of modules) {
    const source = Deno.readTextFileSync(join(root, path));
    assert(source.startsWith("// @ts-check\n"), `${path} is not checked`);
    const wrong = importsOf(path).filter(({ to }) =>
      !files.includes(to) && !["preact", "preact/hooks", "htm"].includes(to)
    );
    assertEquals(wrong, []);
  }
  const served = importsOf("src/page/files.ts").map(({ to }) => to);
  assertEquals(files.filter((path) => !served.includes(path)), []);
});

Deno.test("the page's libraries are checked in the version that is served", () => {
  const { imports: names } = JSON.parse(Deno.readTextFileSync(join(root, "deno.json")));
  const served = importsOf("src/deps/page_libraries.ts").map(({ to }) => to);
  for (const library of ["preact", "htm"]) assert(served.includes(names[library]), names[library]);
});

/** The roles of a backend, each a file, and what of `src/store/` it is built on. */
const roles: Record<string, string> = {
  "errors": "backend_failure",
  "import/import": "import_unit",
  "link_table": "link_table",
  "open": "",
  "read/event_index": "event_index",
  "read/read": "category_choice",
  "registry": "base_store",
  "schema": "",
  "store": "base_store",
  "summaries": "base_store",
  "write": "write_queue",
};

Deno.test("the backends have the same roles under the same names, built on the same files", () => {
  const backends = [...Deno.readDirSync(join(root, "src/store"))]
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => `src/store/${name}`);
  assert(backends.length >= 3);
  for (const backend of backends) {
    for (const [role, base] of Object.entries(roles)) {
      const path = `${backend}/${role}.ts`;
      assert(sources.includes(path), `${path} is missing`);
      const isBuiltOn = imports.some(({ from, to }) =>
        from === path && to === `src/store/${base}.ts`
      );
      assert(base === "" || isBuiltOn, `${path} does not import src/store/${base}.ts`);
    }
  }
});

/** A folder with bounds of its own: `src/`, one in it, or a backend's. */
function boundsFolderOf(path: string): string {
  return /^src(\/store\/[^/]+(?=\/)|\/[^/]+(?=\/))?/.exec(path)![0];
}

/** The folder that all folders are in. */
function commonFolder(a: string, b: string): string {
  const names = b.split("/");
  return a.split("/").filter((name, i) => name === names[i]).join("/");
}

Deno.test("every bound stands in a limits.ts, once, with a unit and a sentence", () => {
  const named = /^(?:export )?const ([a-z]\w*(?:Max|Ms|Seconds|Kept|Remembered))\b[^=]*=\s*[\d(]/gm;
  const described =
    /^\/\*\* (?:Most|Longest|Largest|How (?:long|often)) [^*]*\*\/\n(?:export )?const (\w+)[^=]*=\s*[\d(]/gm;
  const unnamed = /\b(?:delay\((?!0\))\d[^)]*|set(?:Timeout|Interval)\(\w+, \d+)/g;
  const all: string[] = [];
  for (const path of sources) {
    const source = Deno.readTextFileSync(join(root, path));
    if (basename(path) !== "limits.ts") {
      const code = withoutComments(source);
      const bounds = [
        ...[...code.matchAll(named), ...source.matchAll(described)].map(([, name]) => name),
        ...code.match(unnamed) ?? [],
      ];
      assertEquals(bounds, [], path);
      continue;
    }
    const names = [...source.matchAll(/\*\/\nexport const (\w+): number = /g)];
    assertEquals(source.match(/^(export )?const/gm)!.length, names.length, path);
    all.push(...names.map(([, name]) => name!));
  }
  assertEquals(all.length, new Set(all).size);
});

Deno.test("a bound stands in the limits.ts of the folder that all its users are in", () => {
  const users = new Map<string, string[]>();
  for (const path of sources) {
    const source = Deno.readTextFileSync(join(root, path));
    for (
      const [, list, from] of source.matchAll(/import \{([^}]*)\} from "([^"]*\/limits\.ts)"/g)
    ) {
      for (const name of list!.split(",").map((name) => name.trim()).filter((name) => name)) {
        const bound = `${normalize(join(dirname(path), from!))}: ${name}`;
        users.set(bound, [...users.get(bound) ?? [], boundsFolderOf(path)]);
      }
    }
  }
  for (const path of sources.filter((path) => basename(path) === "limits.ts")) {
    const source = Deno.readTextFileSync(join(root, path));
    for (const [, name] of source.matchAll(/^export const (\w+)/gm)) {
      const folders = users.get(`${path}: ${name}`) ?? [];
      // What others are made of in the same file.
      if (source.split(new RegExp(`\\b${name}\\b`)).length > 2) folders.push(dirname(path));
      assert(folders.length > 0, `nothing uses ${name} of ${path}`);
      assertEquals(folders.reduce(commonFolder), dirname(path), name);
    }
  }
});

Deno.test("a constant in UPPER_CASE is a code of a character, a part of SQL, or public", () => {
  const codes = new Map<string, string>();
  for (const path of sources) {
    const source = Deno.readTextFileSync(join(root, path));
    for (
      const [, name, value] of source.matchAll(
        /^(?:export )?const ([A-Z][A-Z0-9_]+)\b[^=]*=\s*(\S+)/gm,
      )
    ) {
      if (/^0x[0-9a-f]{2};$/.test(value!)) {
        assertEquals(codes.get(name!) ?? value, value, `${path}: ${name}`);
        codes.set(name!, value!);
        continue;
      }
      const isSql = path.startsWith("src/store/") && !path.startsWith("src/store/kv/");
      assert(isSql || publicNames.has(name!), `${path}: ${name}`);
    }
  }
  assert(codes.size > 15);
});

Deno.test("what a module exports is imported by another one", () => {
  const folders = [...sources, ...filesIn("tests"), ...filesIn("bench"), "cli.ts", ...entries];
  const texts = new Map(
    folders.map((path) => [path, withoutComments(Deno.readTextFileSync(join(root, path)))]),
  );
  const users = new Map<string, Set<string>>();
  for (const [path, text] of texts) {
    for (const [name] of text.matchAll(/\w+/g)) {
      users.set(name, (users.get(name) ?? new Set()).add(path));
    }
  }
  for (const path of sources) {
    const exported = /^export (?:async )?(?:function\*?|const) (\w+)/gm;
    for (const [, name] of texts.get(path)!.matchAll(exported)) {
      assert(users.get(name!)!.size > 1, `nothing imports ${name} of ${path}`);
    }
  }
});

Deno.test("a parameter of what is not public is documented where there is more to say than its name", () => {
  const published = entries.flatMap(importsOf).map(({ to }) => to);
  const words = (text: string) =>
    text.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().replace(/^(the|an?|its|their) /, "");
  for (const path of sources.filter((path) => !published.includes(path))) {
    const source = Deno.readTextFileSync(join(root, path));
    for (
      const [, name, text] of source.matchAll(/@param (\w+) ([^*@\n]+?)\.(?: \*\/|\n\s*\* ?[@/])/g)
    ) {
      assert(words(name!) !== words(text!), `${path}: @param ${name} ${text}.`);
    }
  }
});

Deno.test("tests/ mirrors src/", () => {
  const own = ["contract", "docs", "examples", "installed", "scripts", "support", "testdata"];
  for (const path of filesIn("tests")) {
    const folder = dirname(path).slice("tests".length + 1);
    if (own.some((name) => folder.split("/").includes(name))) continue;
    assert(folder === "" || Deno.statSync(join(root, "src", folder)).isDirectory, path);
  }
});

Deno.test("no file of src/ has more than 450 lines of code, its documentation not counted", () => {
  const long = sources.filter((path) => {
    const code = withoutComments(Deno.readTextFileSync(join(root, path)));
    return code.split("\n").filter((line) => line.trim() !== "").length > 450;
  });
  assertEquals(long, []);
});

Deno.test("CONTRIBUTING.md names files and folders that are there", () => {
  const text = Deno.readTextFileSync(join(root, "CONTRIBUTING.md"));
  const named = [...text.matchAll(/`((?:src|tests|bench|docs|examples|scripts)\/[\w./]*)`/g)]
    .map(([, path]) => path!).filter((path) => !path.includes("NAME"));
  assert(named.length > 30);
  for (const path of named) assert(Deno.statSync(join(root, path)), path);
});
