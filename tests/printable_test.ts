import { createToken } from "../src/auth/create_token.ts";
import { escapeControls, hideSecrets, printable } from "../src/printable.ts";
import { assert, assertEquals } from "./support/assert.ts";

Deno.test("escapeControls() escapes what steers a terminal, and nothing else", () => {
  const codes = [...Array(0x20).keys(), 0x7f, ...Array.from({ length: 0x20 }, (_, i) => 0x80 + i)];
  codes.push(0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069, 0xd800, 0xdfff);
  for (const code of codes) {
    const escaped = escapeControls(`a${String.fromCharCode(code)}b`);
    assert(/^a\\[\w]+b$/.test(escaped), escaped);
    assertEquals(JSON.parse(`"${escaped}"`), `a${String.fromCharCode(code)}b`);
  }
  assertEquals(escapeControls("a\x1b[2J\r\n\tb"), "a\\u001b[2J\\r\\n\\tb");
  for (const text of ["", "plain ~", "ü 日本 👩‍👩‍👧 עברית", '"\\n"']) {
    assertEquals(escapeControls(text), text);
  }
});

Deno.test("escapeControls() knows what Unicode calls a control, a separator and a half", () => {
  const harmful = /^[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]$/u;
  const wrong = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const char = String.fromCodePoint(code);
    if (harmful.test(char) !== (escapeControls(char) !== char)) wrong.push(code);
  }
  assertEquals(wrong, []);
});

Deno.test("escapeControls() keeps the meaning of JSON text", () => {
  const value = { "\x9b\u202e": "\x7f\ud800\u2028\n", list: ["\u0000"] };
  const escaped = escapeControls(JSON.stringify(value));
  assertEquals(JSON.parse(escaped), value);
  assert(/^[ -~]*$/.test(escaped));
});

Deno.test("hideSecrets() hides tokens wherever they stand, also cut or percent-encoded", () => {
  const tokens = ["default", "a/b", "ü".repeat(127), "x_y"].map(createToken);
  for (const token of tokens) {
    const encoded = token.replaceAll("_", "%5F");
    for (
      const [text, shown] of [
        [token, "ns_…"],
        [`got "${token}"!`, 'got "ns_…"!'],
        [`/rpc?token=${token}&x=1`, "/rpc?token=ns_…&x=1"],
        [`%2F${token}/x`, "%2Fns_…/x"],
        [encoded, "ns_…"],
        [token.slice(0, -40), "ns_…"],
        [`${token} ${token}`, "ns_… ns_…"],
      ] as const
    ) {
      assertEquals(hideSecrets(text), shown);
    }
  }
});

Deno.test("hideSecrets() hides the user and the password of a URL, and leaves the rest", () => {
  assertEquals(hideSecrets("postgres://me:se@cret@db:5432/x"), "postgres://…@db:5432/x");
  for (
    const text of [
      "http://localhost:8080/rpc",
      "jsr:@eventodb/cli, see https://jsr.io/@eventodb",
      "ns_short",
      "runs_workflow_0123456789abcdef0123",
      "deadbeef".repeat(8),
      "mail me@example.com",
      "postgres://USER:PASSWORD@HOST:PORT/DATABASE",
    ]
  ) {
    assertEquals(hideSecrets(text), text);
  }
});

Deno.test("printable() takes time in proportion to the length of a text", () => {
  const hostile = ["ns_", "ns_aa_", "_0123456789abcdef", "%5f", "//a", "//", "\x1b[", "%41ns_"];
  for (const part of hostile) {
    const text = part.repeat(1_000_000 / part.length);
    const start = performance.now();
    printable(text);
    const ms = performance.now() - start;
    assert(ms < 10_000, `${JSON.stringify(part)} took ${ms} ms`);
  }
});

Deno.test("nothing but the terminal, the log and an export's output writes to the process's streams", async () => {
  const writers: string[] = [];
  const look = async (folder: URL) => {
    for await (const entry of Deno.readDir(folder)) {
      const url = new URL(entry.isDirectory ? `${entry.name}/` : entry.name, folder);
      if (entry.isDirectory) await look(url);
      else if (entry.name.endsWith(".ts")) {
        const code = (await Deno.readTextFile(url)).replaceAll(/^\s*(\*|\/\/).*$/gm, "");
        if (/\bconsole\.|Deno\.std(out|err)\b(?!\.isTerminal)|\b(alert|prompt)\(/.test(code)) {
          writers.push(url.href.split("/src/")[1]!);
        }
      }
    }
  };
  await look(new URL("../src/", import.meta.url));
  assertEquals(writers.map((path) => path.split("/").at(-1)).sort(), [
    "log.ts",
    "output.ts",
    "terminal.ts",
  ]);
});
