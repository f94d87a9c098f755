import { assertEquals } from "../support/assert.ts";
import { compactModule } from "../../src/page/compact.ts";

Deno.test("compactModule() leaves out comments and white space, and nothing else", () => {
  const cases: [source: string, compact: string][] = [
    ["// a comment\nconst a = 1;\n\nconst b = a;\n", "const a=1;const b=a;"],
    ["/** @type {string} */\nlet a = /** @type {any} */ (b);", "let a=(b);"],
    ["const a = b - -c + +d;", "const a=b- -c+ +d;"],
    ["const a = b / c / d;", "const a=b/c/d;"],
    ["const a = (b) / 2; // half", "const a=(b)/2;"],
    [`const a = "// no comment /* at all";`, `const a="// no comment /* at all";`],
    [`const a = "\\"  '  ";`, `const a="\\"  '  ";`],
    ["const a = /[/\"'`]  \\/  /g.test(b);", "const a=/[/\"'`]  \\/  /g.test(b);"],
    ["if (a) return /x {2}/;", "if(a)return/x {2}/;"],
    [
      "const a = `  ${ b /* c */ + `  ${ { d: 1 }.d }  ` }  // text\n   more`;",
      "const a=`  ${b+`  ${{d:1}.d}  `}  // text\n   more`;",
    ],
    [
      "return html`\n    <p>\n      a  b\n      ${ c }\n    </p>\n  `;",
      "return html`\n<p>\na  b\n${c}\n</p>\n`;",
    ],
    ["html`<i>\\`</i>\n  <b>\n  </b>`;", "html`<i>\\`</i><b></b>`;"],
    [
      "class A {\n  #b = 1;\n  static c = async () => await d;\n}\n",
      "class A{#b=1;static c=async()=>await d;}",
    ],
    [
      "for (const a of [1]) if (a in b) throw new C();",
      "for(const a of[1])if(a in b)throw new C();",
    ],
    ["const é = a\n  .b\n  ?.c;", "const é=a.b?.c;"],
    ["export function* a() {\n  yield\n}", "export function*a(){yield}"],
  ];
  for (const [source, compact] of cases) assertEquals(compactModule(source), compact);
});
