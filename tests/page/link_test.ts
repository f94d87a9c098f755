import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { linkModules } from "../../src/page/link.ts";

/** Runs a script, which says what it has by `seen`. */
function run(script: string): unknown[] {
  const seen: unknown[] = [];
  new Function("seen", `"use strict";${script}`)((value: unknown) => seen.push(value));
  return seen;
}

const libraries = { "tiny": "lib/tiny.js", "named": "lib/named.js" };

Deno.test("linkModules() runs each module once, after those that it imports", () => {
  const script = linkModules(
    {
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
    },
    libraries,
    "main.js",
  );
  assertEquals(run(script), [
    "state",
    "effect",
    [3, "far", "2 // no comment", 1, "export const from = import"],
  ]);
  assert(!script.includes("A comment"), script);
});

Deno.test("linkModules() names what it cannot link", () => {
  const link = (main: string) => () => linkModules({ "main.js": main }, {}, "main.js");
  assertThrows(link('import { a } from "./missing.js";\n'), Error, "no module missing.js");
  assertThrows(link('import * as all from "./main.js";\n'), Error, "main.js cannot be linked");
  assertThrows(link('export * from "./main.js";\n'), Error, "main.js cannot be linked");
  assertThrows(link("export let a = 1;\n"), Error, "main.js cannot be linked");
});
