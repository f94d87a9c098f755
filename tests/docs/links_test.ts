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
      if (/^https?:/.test(target!)) continue;
      const [file, anchor] = target!.split("#");
      const found = file === "" ? path : join(dirname(path), file!);
      const { isFile } = Deno.statSync(join(checkout, found));
      if (anchor === undefined) continue;
      assert(isFile, `${target} is a file`);
      const headings = Deno.readTextFileSync(join(checkout, found)).match(/^#+ .*$/gm) ?? [];
      assert(headings.some((heading) => anchorOf(heading) === anchor), `${found} has #${anchor}`);
    }
  });
}

Deno.test("docs/adr/README.md lists every decision by its number, heading, status and date", () => {
  const folder = join(checkout, "docs/adr");
  const records = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name !== "README.md").sort();
  const rows = Deno.readTextFileSync(join(folder, "README.md"))
    .matchAll(/^\| \[(.*)\]\((.*)\) +\| ([a-z0-9 ]+?) +\| (\d{4}-\d\d-\d\d) \|$/gm);
  assertEquals(
    [...rows].map(([, title, name, status, date]) =>
      `${name}: # ${title}, Status: ${status}, ${date}`
    ),
    records.map((name) => {
      const [heading, , status] = Deno.readTextFileSync(join(folder, name)).split("\n");
      return `${name}: ${heading}, ${status}`;
    }),
  );
  for (const [i, name] of records.entries()) {
    const number = /^# (\d+)\. /.exec(Deno.readTextFileSync(join(folder, name)))?.[1];
    assertEquals(name.slice(0, 4), number?.padStart(4, "0"), name);
    assertEquals(Number(number), i + 1, "numbers have no holes");
  }
});
