/**
 * What every test keeps: it ends, and it asserts something.
 *
 * @module
 */

import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertNotMatch } from "./support/assert.ts";

const checkout = new URL("../", import.meta.url).pathname;

/** Each form of a test, hanging. */
const hanging = `
const hang = () => new Promise(() => setInterval(() => {}, 1_000));
test(async function first() { await hang(); });
test("second", hang);
test({ name: "third", fn: hang });
test("fourth", { sanitizeOps: false }, hang);
test({ name: "fifth" }, hang);
test("sixth", async (t) => void await t.step("step", hang));
test("seventh", () => { for (;;); });
test("a limit of its own", { timeout: 60_000 }, async () => {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
});
`.replaceAll(/^test/gm, "Deno.test");

Deno.test("deno task test gives every test a time limit", async () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(checkout, "deno.json")));
  const [, words] = / deno test (.*)$/.exec(tasks.test.command)!;
  const args = ["test", ...words!.split(" ")];
  const folder = Deno.makeTempDirSync({ prefix: "eventodb-" });
  try {
    const file = join(folder, "hanging_test.ts");
    Deno.writeTextFileSync(file, hanging);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args, file],
      cwd: checkout,
      env: { EVENTODB_TEST_TIMEOUT_MS: "500", NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stdout);
    assert(!success, said);
    const names = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"];
    for (const name of names) assertMatch(said, new RegExp(`^${name} .*(FAILED|timed out)`, "ims"));
    assertMatch(said, /a limit of its own \.\.\. ok/, new TextDecoder().decode(stderr));
    assertMatch(said, / 1 passed .* 7 failed/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

/** Assertions that are called by their names. */
const asserts = /\bassert\w*[<(]|\bfail\(|\bt\.step\(/;

Deno.test("every test asserts something", () => {
  // Tests of the page are `uiTest()`, which hands them on.
  const paths = [...filesBelow(join(checkout, "tests"))]
    .filter((path) => !path.endsWith("/support/ui.ts"));
  const sources = paths.map((path) => ({
    path,
    source: Deno.readTextFileSync(path),
  }));
  const tests = sources.flatMap(({ path, source }) => {
    // A test may leave it to functions and methods of its file.
    const helpers = blocksOf(source, helper).filter((block) =>
      asserts.test(block) || /\bthrow\b/.test(block)
    )
      .flatMap((block) => helper.exec(block)?.[2] ?? []);
    const calls = new RegExp(`\\b(${["neverCalled", ...helpers].join("|")})[<(]`);
    return blocksOf(source, test).map((block) => ({
      block: `${path}: ${block}`,
      isGood: asserts.test(block) || calls.test(block) || /\bthrow new /.test(block),
    }));
  });
  assert(tests.length > 500, `${tests.length} tests`);
  assertEquals(tests.filter(({ isGood }) => !isGood).map(({ block }) => block), []);
});

Deno.test("blocksOf() finds tests without an assertion", () => {
  const [one, other, third, fourth] = blocksOf(
    'Deno.test("a", () => {\n  f();\n});\n  Deno.test("b", () => f());\n' +
      'Deno.test({\n  name: "c",\n  fn: () => {\n    assert(1);\n  },\n});\nassert(2);\n' +
      'Deno.test("d", {\n  ignore,\n}, () => {\n  assert(3);\n});\n',
    test,
  );
  assertNotMatch(one!, /assert/);
  assertEquals(other, 'Deno.test("b", () => f());');
  assertMatch(third!, /assert\(1\)/);
  assertNotMatch(third!, /assert\(2\)/);
  assertMatch(fourth!, /assert\(3\)/);
});

function* filesBelow(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesBelow(path);
    else if (name.endsWith(".ts")) yield path;
  }
}

/** The first line of a test. */
const test = /^( *)(?:Deno\.test(?:\.only|\.ignore)?|uiTest)\(/;

/** The first line of a function or a method, and its name. */
const helper =
  /^( *)(?:export )?(?:static )?(?:async )?(?:function |const )?(?!for\b|if\b|while\b|switch\b|return\b|await\b|new\b|it\b|Deno\b)(\w+)(?: = (?:async )?)?[<(].*[{(]$/m;

/** The text of each block of a file that is formatted as `deno fmt` does. */
function blocksOf(source: string, beginning: RegExp): string[] {
  const lines = source.split("\n");
  return lines.flatMap((line, start) => {
    const [, indent] = beginning.exec(line) ?? [];
    if (indent === undefined) return [];
    if (/\);$/.test(line)) return [line.trim()];
    // A backtick ends a text of several lines.
    const isEnd = new RegExp(`^${indent}[})\\]](?!\\x60).*(;|[^{(])$`);
    const end = lines.findIndex((other, at) => at > start && isEnd.test(other));
    return [lines.slice(start, end < 0 ? undefined : end + 1).join("\n")];
  });
}
