import { gunzipSync } from "node:zlib";
import { page } from "../../src/page/files.ts";
import { bundlePage, type PageBundle } from "../../src/page/bundle.ts";
import { assert, assertEquals, assertNotEquals } from "../support/assert.ts";

const sources = {
  "index.html": "<!-- files -->",
  "icon.svg": "<svg/>",
  "styles/a.css": "a {\n  color: red;\n}\n",
  "main.js": 'import { b } from "./b.js";\nb();\n',
  "b.js": "export function b() {}\n",
};

/** The names of the icon, the style sheet and the script. */
const namesOf = ({ files }: PageBundle) =>
  ["svg", "css", "js"].map((extension) =>
    [...files.keys()].find((name) => name.endsWith(`.${extension}`))!
  );

Deno.test("bundlePage() names files after what is in them, and only those change that differ", () => {
  const before = namesOf(bundlePage(sources, {}));
  assertEquals(before.map((name) => name.replace(/\.[0-9a-f]{12}\./, ".")), [
    "icon.svg",
    "page.css",
    "page.js",
  ]);
  assertEquals(bundlePage(sources, {}).files.size, 3);
  assertEquals(namesOf(bundlePage({ ...sources }, {})), before);
  const [icon, style, script] = before;
  // What a module imports is a part of it.
  const deep = namesOf(bundlePage({ ...sources, "b.js": "export function b() {b();}\n" }, {}));
  assertEquals(deep.slice(0, 2), [icon, style]);
  assertNotEquals(deep[2], script);
  const styled = namesOf(bundlePage({ ...sources, "styles/a.css": "a{color:blue}" }, {}));
  assertEquals([styled[0], styled[2]], [icon, script]);
  assertNotEquals(styled[1], style);
});

Deno.test("bundlePage() compresses what it also has as it is", () => {
  for (const file of [page.document, ...page.files.values()]) {
    assertEquals(new Uint8Array(gunzipSync(file.gzip)), file.bytes);
  }
});

Deno.test("the page is small, whatever is loaded of it", () => {
  const sizes = [page.document, ...page.files.values()].map(({ gzip }) => gzip.length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert(total < 60_000, `${total} bytes compressed`);
});

Deno.test("the page names its own files alone, and its document runs nothing inline", () => {
  const text = new TextDecoder().decode(page.document.bytes);
  const named = [...text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, name]) => name!);
  assertEquals(named, namesOf(page).map((name) => `ui/${name}`));
  assertEquals(/<script(?![^>]* src=)|<style| on\w+=/.test(text), false);
});
