import { dirname, join } from "node:path";
import { assert, assertEquals } from "../support/assert.ts";
import { checkout, documents } from "./documents.ts";

/** The anchor that a heading gets. */
function anchorOf(heading: string): string {
  const text = heading.replace(/^#+ /, "").toLowerCase();
  return text.replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

for (const path of documents()) {
  Deno.test(`${path} has links that lead somewhere`, () => {
    const markdown = Deno.readTextFileSync(join(checkout, path));
    for (const [, target] of markdown.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file, anchor] = target.split("#");
      const found = file === "" ? path : join(dirname(path), file);
      const { isFile } = Deno.statSync(join(checkout, found));
      if (anchor === undefined) continue;
      assert(isFile, `${target} is a file`);
      const headings = Deno.readTextFileSync(join(checkout, found)).match(/^#+ .*$/gm) ?? [];
      assert(headings.some((heading) => anchorOf(heading) === anchor), `${found} has #${anchor}`);
    }
  });
}

Deno.test("docs/adr/README.md lists every decision by its number and heading, in order", () => {
  const folder = join(checkout, "docs/adr");
  const records = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name !== "README.md").sort();
  const rows = Deno.readTextFileSync(join(folder, "README.md"))
    .matchAll(/^\| \[(.*)\]\((.*)\) +\| (\d{4}-\d\d-\d\d) \|$/gm);
  assertEquals(
    [...rows].map(([, title, name]) => `${name}: # ${title}`),
    records.map((name) => {
      const [heading] = Deno.readTextFileSync(join(folder, name)).split("\n");
      return `${name}: ${heading}`;
    }),
  );
  for (const name of records) {
    const number = /^# (\d+)\. /.exec(Deno.readTextFileSync(join(folder, name)))?.[1];
    assertEquals(name.slice(0, 4), number?.padStart(4, "0"), name);
  }
});
