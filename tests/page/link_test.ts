import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { startServer } from "../support/server.ts";
import { openUi, uiTest } from "../support/ui.ts";
import { linkModules, namesOf } from "../../src/page/link.ts";

/** Runs a script, which says what it has by `seen`. */
function run(script: string): unknown[] {
  const seen: unknown[] = [];
  new Function("seen", `"use strict";${script}`)((value: unknown) => seen.push(value));
  return seen;
}

const libraries = { "tiny": "lib/tiny.js", "named": "lib/named.js" };

/** Modules with each form of import and export that the page has. */
const modules = {
  "main.js": `// @ts-check
import tiny from "tiny";
import {
  far,
  Near as Nearest,
} from "./parts/near.js";
import { counter, later } from "./state.js";
import "./effect.js";

/** A comment with import { x } from "y"; in it. */
seen([tiny(2), far, new Nearest().say(), counter.count, "export const from = import"]);
later().then(seen);
`,
  "parts/near.js": `import { counter } from "../state.js";
import { twice } from "named";
counter.count++;
export class Near {
  say() {
    // A comment of its own.
    return \`\${twice(counter.count)} // no comment\`;
  }
}
export const far = "far";
`,
  "state.js": `seen("state");
export const counter = { count: 0 };
export async function later() {}
export function* unused() {}
`,
  "effect.js": `seen("effect");\n`,
  "lib/tiny.js": `export default function(x){return x+1}`,
  "lib/named.js": `var a=x=>2*x;export{a as twice,a as double};\n//# sourceMappingURL=x.map\n`,
};

Deno.test("linkModules() runs each module once, after those that it imports", () => {
  const script = linkModules(
    modules,
    libraries,
  );
  assertEquals(run(script), [
    "state",
    "effect",
    [3, "far", "2 // no comment", 1, "export const from = import"],
  ]);
  assert(!script.includes("A comment"), script);
});

Deno.test("linkModules() keeps names apart that several modules have", () => {
  const script = linkModules(
    {
      "main.js": `import { limit, most } from "./a.js";
import { limit as other, most as all } from "./b.js";
import { Live } from "./c.js";
import twice from "tiny";
import { twice as double } from "named";
const own = 5;
seen([limit(), other(), most, all, Live, own, twice(2), double(2)]);
`,
      "a.js": `const own = 1;
export const most = 10;
export function limit() {
  return own;
}
`,
      "b.js": `const [own, rest] = [2, 3];
export const most = 20;
export function limit() {
  return own + rest;
}
`,
      "c.js": `import { Live as Feed } from "./d.js";
const own = "c";
export const Live = own + Feed;
`,
      "d.js": `export const Live = "d";\n`,
      "lib/tiny.js": `const own=0,d=2;export default x=>x*d+own`,
      "lib/named.js": `const own=0;const t=x=>x*2+own;export{t as twice,own as limit};`,
    },
    libraries,
  );
  assertEquals(run(script), [[1, 5, 10, 20, "cd", 5, 4, 4]]);
});

uiTest(
  "no module of the page has a name of the browser, which another module may mean",
  async () => {
    await using server = await startServer();
    await using tab = await openUi(server);
    // The page opens and closes no windows.
    const unused = ["open", "close"];
    const names: string[] = [];
    for await (const path of modulesBelow(new URL("../../src/page/", import.meta.url))) {
      names.push(...namesOf(await Deno.readTextFile(path)));
    }
    assert(names.includes("linkTo"), names.join());
    const meant = names.filter((name) => !unused.includes(name));
    assertEquals(
      await tab.page.evaluate((all) => all.filter((name) => name in globalThis), meant),
      [],
    );
  },
);

async function* modulesBelow(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* modulesBelow(new URL(`${name}/`, folder));
    else if (name.endsWith(".js")) yield new URL(name, folder);
  }
}

Deno.test("linkModules() names what it cannot link", () => {
  const link = (main: string) => () =>
    linkModules({ "main.js": main, "other.js": "export const a = 1;\n" }, {});
  assertThrows(link('import { a } from "./missing.js";\n'), Error, "no module missing.js");
  assertThrows(link('import { b } from "./other.js";\n'), Error, "main.js imports b");
  assertThrows(link('import * as all from "./main.js";\n'), Error, "main.js cannot be linked");
  assertThrows(link('export * from "./main.js";\n'), Error, "main.js cannot be linked");
  assertThrows(link("export let a = 1;\n"), Error, "main.js cannot be linked");
});
