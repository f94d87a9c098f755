import { assert, assertEquals } from "../support/assert.ts";
import { compactModule } from "../../src/page/compact.ts";

Deno.test("compactModule() leaves out comments, white space and ends of blocks, and nothing else", () => {
  const cases: [source: string, compact: string][] = [
    ["// a comment\nconst a = 1;\n\nconst b = a;\n", "let a=1;let b=a;"],
    ["/** @type {string} */\nlet a = /** @type {any} */ (b);", "let a=(b);"],
    ["const a = b - -c + +d;", "let a=b- -c+ +d;"],
    ["const a = b / c / d;", "let a=b/c/d;"],
    ["const a = (b) / 2; // half", "let a=(b)/2;"],
    [`const a = "// no comment /* at all";`, `let a="// no comment /* at all";`],
    [`const a = "\\"  '  ";`, `let a="\\"  '  ";`],
    ["const a = /[/\"'`]  \\/  /g.test(b);", "let a=/[/\"'`]  \\/  /g.test(b);"],
    ["if (a) return /x {2}/;", "if(a)return/x {2}/;"],
    [
      "const a = `  ${ b /* c */ + `  ${ { d: 1 }.d }  ` }  // text\n   more`;",
      "let a=`  ${b+`  ${{d:1}.d}  `}  // text\n   more`;",
    ],
    [
      "return html`\n    <p>\n      a  b\n      ${ c }\n    </p>\n  `;",
      "return html`<p>\na  b\n${c}</p>`;",
    ],
    ["html`<i>\\`</i>\n  <b>\n  </b>`;", "html`<i>\\`</i><b></b>`;"],
    [
      "class A {\n  #b = 1;\n  static c = async () => await d;\n}\n",
      "class A{#a=1;static c=async()=>await d}",
    ],
    [
      "for (const a of [1]) if (a in b) throw new C();",
      "for(let a of[1])if(a in b)throw new C();",
    ],
    ["const é = a\n  .b\n  ?.c;", "let é=a.b?.c;"],
    ["class A {\n  #to = 1;\n  a = b.#of + this.#to;\n}\n", "class A{#a=1;a=b.#b+this.#a}"],
    ["a.const = { const: 1 };\nif (a) {\n  b();\n}\n", "a.const={const:1};if(a){b()}"],
    ["export function* a() {\n  yield\n}", "export function*a(){yield}"],
    ["f(\n  [\n    1,\n  ],\n  { a, },\n);", "f([1],{a});"],
    ['function a() {\n  for (;;) b(";");\n}', 'function a(){for(;;)b(";")}'],
    [
      "html`\n  ${a}\n  ${b} c\n  <i d=${e}\n    f />\n  ${g}\n`;",
      "html`${a}${b} c\n<i d=${e}\nf />${g}`;",
    ],
  ];
  for (const [source, compact] of cases) assertEquals(compactModule(source), compact);
});

const folder = new URL("../../src/page/", import.meta.url).pathname;

/** The page's own modules, by their paths. */
function modules(path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, isDirectory } of Deno.readDirSync(folder + path)) {
    if (isDirectory) { for (const each of modules(`${path}${name}/`)) found.set(...each); }
    else if (name.endsWith(".js")) {
      found.set(path + name, Deno.readTextFileSync(folder + path + name));
    }
  }
  return found;
}

function asBody(code: string): string {
  return code.replace(/^import\b[^;]*;/gm, "").replace(/^export (?:default )?/gm, "");
}

/** Whether an engine can read a module's code, as that of a function. */
function parses(code: string): boolean {
  const body = asBody(code);
  try {
    new Function(`"use strict";${body}`);
    return true;
  } catch (error) {
    assert(error instanceof SyntaxError);
    return false;
  }
}

/** The pieces of a program that are not white space, but for those that may differ. */
const words = (code: string) =>
  (code.match(/[\w$]+|[^\w$\s]/g) ?? []).join(" ")
    .replaceAll("const ", "let ").replace(/# \w+/g, "#").replaceAll("; }", "}");

Deno.test("compactModule() leaves every word of the page's own modules, but for comments and private names", () => {
  const all = modules();
  assert(all.size > 50);
  for (const [path, code] of all) {
    assert(parses(code), path);
    // No text is taken for a comment: what no code can hold makes the module one that cannot be read, in the place
    // of each of them.
    const comments = [...code.matchAll(/^[ \t]*(?:\/\/.*|\/\*[^]*?\*\/)/gm)];
    for (const { 0: comment, index } of comments) {
      const broken = `${code.slice(0, index)}@@${code.slice(index + comment.length)}`;
      assertEquals(parses(broken), false, `${path}: ${comment}`);
    }
    const uncommented = comments.reduceRight(
      (text, { 0: { length }, index }) => text.slice(0, index) + text.slice(index + length),
      code,
    );
    const plain = uncommented.replace(/\/\*\*[^]*?\*\//g, "").replace(
      /(?<=[;,({]) ?\/\/ .*$/gm,
      "",
      // `deno fmt` writes them at the ends of lines.
    ).replace(/,(?=\s*\n\s*[)\]}])/g, "");
    assert(parses(compactModule(asBody(code))), path);
    assertEquals(words(compactModule(code)), words(plain), path);
  }
});
