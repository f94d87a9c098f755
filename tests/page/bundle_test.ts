import { assertEquals } from "../support/assert.ts";
import { bundlePage } from "../../src/page/bundle.ts";

Deno.test("bundlePage() renames what is imported, and leaves words in quotes alone", () => {
  const { files } = bundlePage({
    "index.html": "<!-- files -->",
    "main.js": 'import { a } from "./parts/a.js";\nexport const sides = ["from", "to", a];\n',
    "parts/a.js": "export const a = 1;\n",
  }, {});
  const [main] = [...files].filter(([name]) => name.startsWith("main."));
  const part = [...files.keys()].find((name) => name.startsWith("parts/"));
  assertEquals(
    new TextDecoder().decode(main![1].bytes),
    `import { a } from "./${part}";\nexport const sides = ["from", "to", a];\n`,
  );
});
