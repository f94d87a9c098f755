import { loadPolicy } from "../../../src/mask/policy/load_policy.ts";
import { type PolicyProblem, rulesOf } from "../../../src/mask/policy/policy.ts";
import { EventoDBError } from "../../../src/errors.ts";
import { Pattern } from "../../../src/slice/pattern.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStringIncludes,
} from "../../support/assert.ts";

const good = `version: 1
unknown: error            # a comment
streams:
  customer: id(customer)
  order: keep
  audit: drop
events:
  - types: [Customer*]
    data:
      $.email: email(customer)
      $.address: drop
      $['first name']: name(customer)
      $.contacts[*]: phone(contact)
    metadata:
      $.userId: id(customer)
  - categories: order
    data:
      $.total: number(10)
      $.note: constant("x, y")
      $.map: keys(email(customer))
`;

Deno.test("loadPolicy() reads YAML, with the line of each rule", async () => {
  const policy = await loadPolicy(good, "policy.yaml");
  assertEquals(policy.unknown, "error");
  assertEquals(policy.events.map(({ types, categories }) => [types, categories]), [
    [[{ text: "Customer*", line: 8, column: 13 }], undefined],
    [undefined, [{ text: "order", line: 16, column: 17 }]],
  ]);
  assertEquals(rulesOf(policy).map(({ line, path, rule }) => `${line} ${path} ${rule.text}`), [
    "4 customer id(customer)",
    "5 order keep",
    "6 audit drop",
    "10 $.email email(customer)",
    "11 $.address drop",
    "12 $['first name'] name(customer)",
    "13 $.contacts[*] phone(contact)",
    "15 $.userId id(customer)",
    "18 $.total number(10)",
    '19 $.note constant("x, y")',
    "20 $.map keys(email(customer))",
  ]);
});

Deno.test("loadPolicy() reads JSON with comments, tabs and trailing commas", async () => {
  const policy = await loadPolicy(
    `// The policy
{
\t"version": 1, /* not
\t  yet 2 */
\t"streams": { "a//b": "keep" },
\t"events": [{ "types": ["A*"], "data": { "$['a \\"b\\" /*c']": "redact", } }],
}`,
    "policy.jsonc",
  );
  assertEquals([...policy.streams.keys()], ["a//b"]);
  const [rule] = policy.events[0]!.rules;
  assertEquals([rule!.path, rule!.line], [`$['a "b" /*c']`, 6]);
});

/** A policy that is wrong: the line, and words of the message. */
const bad: Record<string, [policy: string, ...problems: [line: number, words: string][]]> = {
  "an empty text": ["", [1, "the policy is empty: it begins with version: 1"]],
  "no version": ["unknown: drop\n", [1, "version is missing: write version: 1"]],
  "another version": ["version: 2\n", [1, "version must be 1, got 2"]],
  "a version as text": ['version: "1"\n', [1, "write version: 1"]],
  "a list": ["- version: 1\n", [1, "a policy must be a mapping, got a list"]],
  "an unknown key": ["version: 1\nunknwon: drop\n", [
    2,
    'no "unknwon": its keys are version, unknown',
  ]],
  "a wrong unknown": ["version: 1\nunknown: keep\n", [
    2,
    "unknown must be error, drop or scramble",
  ]],
  "a key twice": [
    "version: 1\nstreams:\n  a: keep\n  a: drop\n",
    [4, '"a" stands on line 3 already'],
  ],
  "no YAML": ["version: 1\nstreams: [}\n", [2, "neither YAML nor JSON"]],
  "a star without quotes": [
    "version: 1\nevents:\n  - types: [*]\n",
    [3, "neither YAML nor JSON"],
  ],
  "a reference": [
    "version: 1\nevents:\n  - types: *All\n",
    [3, '*All is an alias of YAML, which policies do not have: put it in quotes, such as "*All"'],
  ],
  "several problems": [
    "version: 1\nstreams:\n  a: redact\n  b-c: keep\nevents:\n  - data:\n      $.x: null\n      y: keep\n" +
    "      $.z: mask\n",
    [3, "redact is not a rule for the ids of streams, of which two would become one"],
    [4, '"b-c" is not a category, which is what stands before the first -'],
    [7, "drop or set-null"],
    [8, "$.y"],
    [9, '"mask" is not a rule. Rules are keep'],
  ],
  "an empty rule": ["version: 1\nevents:\n  - data:\n      $.x:\n", [4, "drop or set-null"]],
  "a rule that is a date": [
    "version: 1\nevents:\n  - data:\n      $.x: 2026-01-01\n",
    [4, '"2026-01-01" is not a rule'],
  ],
  "a number for a rule": [
    "version: 1\nevents:\n  - data:\n      $.x: 7\n",
    [4, "a rule must be a text such as email(customer), got 7"],
  ],
  "a domain that is missing": [
    "version: 1\nevents:\n  - data:\n      $.x: email\n      $.y: id()\n",
    [4, "email needs a domain"],
    [5, "id needs a domain"],
  ],
  "a domain too much": [
    "version: 1\nevents:\n  - data:\n      $.x: keep(customer)\n",
    [4, "keep takes nothing in parentheses: write keep"],
  ],
  "wrong arguments": [
    "version: 1\nevents:\n  - data:\n      $.a: number(0)\n      $.b: date(1.5)\n      $.c: constant(x)\n" +
    "      $.d: keys(redact)\n      $.e: id(a b)\n",
    [4, "must be a number above 0"],
    [5, "must be an integer from 1"],
    [6, "constant takes a text, a number, true or false"],
    [7, "keys cannot be masked by redact"],
    [8, "must consist of"],
  ],
  "wrong paths": [
    "version: 1\nevents:\n  - data:\n      $.a-b: keep\n      $.a[?@.b]: keep\n      email: keep\n      $.a[: keep\n",
    [4, '"-" at character 4 is wrong. Right is a path such as'],
    [5, "has a filter expression, which policies do not have"],
    [6, "is not a JSONPath, which begins with $: write $.email"],
    [7, "it ends too early"],
  ],
  "a rule beside data": [
    "version: 1\nevents:\n  - $.a: keep\n",
    [3, "write it below data or metadata"],
  ],
  "types that are none": [
    "version: 1\nevents:\n  - types: []\n  - types: [1]\n  - types:\n",
    [3, "types is empty"],
    [4, "types must be texts"],
    [5, "types must be texts"],
  ],
  "events that are no list": ["version: 1\nevents:\n  data: {}\n", [3, "events must be a list"]],
  "a constant for all of data": [
    'version: 1\nevents:\n  - data:\n      $: constant("x")\n',
    [4, "data as a whole must stay an object"],
  ],
  "keys of keys, however deep": [
    `version: 1\nevents:\n  - data:\n      $.x: keys(keys(id(a)))\n` +
    `      $.y: "${"keys(".repeat(20_000)}id(a)${")".repeat(20_000)}"\n`,
    [4, "keys cannot be masked by keys, only by keep"],
    [5, "keys cannot be masked by keys, only by keep"],
  ],
  "names that no type and no category can have": [
    `version: 1\nstreams: {"a\\0b": keep}\nevents:\n  - types: ["${"*a".repeat(2_000)}"]\n` +
    `    categories:\n      - "a\\0"\n      - order-*\n`,
    [2, "is not a category, since it contains the character U+0000"],
    [4, 'types: "*a*a'],
    [6, "contains the character U+0000"],
    [7, "is not a category: category names have no"],
  ],
  "the same path twice in one entry": [
    "version: 1\nevents:\n  - data:\n      $.a: keep\n      $['a']: drop\n",
    [5, "$['a']: drop contradicts line 4, which has keep for the same value"],
  ],
  "the same path in entries that may match the same event": [
    "version: 1\nevents:\n  - types: [A*]\n    data:\n      $.a: keep\n  - types: ['*B']\n    data:\n" +
    "      $.a: drop\n",
    [8, "contradicts line 5"],
  ],
};

for (const [what, [policy, ...problems]] of Object.entries(bad)) {
  Deno.test(`loadPolicy() refuses ${what}`, async () => {
    const error = await loadPolicy(policy, "policy.yaml").then(() => undefined, (error) => error);
    assertInstanceOf(error, EventoDBError, "it is taken");
    assertEquals(error.code, "INVALID_POLICY");
    const found = error.details!.problems as PolicyProblem[];
    assertEquals(found.map(({ line }) => line), problems.map(([line]) => line), error.message);
    for (const [i, [line, words]] of problems.entries()) {
      assertStringIncludes(found[i]!.message, words);
      const place = `policy.yaml:${line}:${found[i]!.column}: `;
      assert(error.message.split("\n")[i]!.startsWith(place), error.message);
    }
  });
}

Deno.test("loadPolicy() names the column, so that a policy of one line is told about as well", async () => {
  const problemsOf = async (text: string) => {
    const error = await loadPolicy(text, "p.json").then(() => undefined, (error) => error);
    return (error as EventoDBError).message.replaceAll(/: (?! ).*$/gm, "").split("\n");
  };
  const json = '{"version":1,"streams":{"a":"kep"},\t"events":[{"data":{"b":"keep","$.c":"drp"}}]}';
  const wrong = ['"kep"', '"b"', '"drp"'];
  const places = wrong.map((text) => `p.json:1:${json.indexOf(text) + 1}`);
  assertEquals(await problemsOf(json), places);
  assertEquals(await problemsOf(`\ufeff${json}`), places);
  assertEquals(
    await problemsOf(
      "version: 1\r\nstreams:\r\n  ä: x\r\nevents:\r\n  - types: A\r\n    data: {$.é: y}\r\n",
    ),
    ["p.json:3:6", "p.json:6:17"],
  );
  const twice = '{"version":1,"events":[{"data":{"$.a":"keep","$[\\u0027a\\u0027]":"drop"}}]}';
  assertEquals(await problemsOf(twice), [`p.json:1:${twice.indexOf('"$[') + 1}`]);
});

Deno.test("loadPolicy() says in words for people that there are two documents, and what is too deep", async () => {
  const tooDeep = /^p:\d+:\d+: the text is neither YAML nor JSON: it is nested too deeply$/;
  const bad: [text: string, message: RegExp][] = [
    [
      "version: 1\n---\nversion: 1\n",
      /^p:2:1: a policy is one document: leave out this line, and what is another policy$/,
    ],
    [`version: 1\nevents: ${"[".repeat(3_000)}`, tooDeep],
    ["- ".repeat(100_000), tooDeep],
  ];
  for (const [text, message] of bad) {
    const error = await loadPolicy(text, "p").then(() => undefined, (error) => error);
    assertMatch((error as EventoDBError).message, message);
  }
});

Deno.test("loadPolicy() refuses two rules for one value just where entries may match the same event", async () => {
  const patterns = ["A", "B", "A*", "*A", "A*A", "*", "AB*", "*B", "A*B*C", "\\*", "\\**", "AA"];
  const alphabet = ["A", "B", "C", "*"];
  const names = [""];
  let longest = [""];
  for (let length = 1; length <= 5; length++) {
    longest = longest.flatMap((name) => alphabet.map((letter) => name + letter));
    names.push(...longest);
  }
  for (const a of patterns) {
    for (const b of patterns) {
      const [one, other] = [new Pattern(a), new Pattern(b)];
      const overlaps = names.some((name) => one.matches(name) && other.matches(name));
      const text = JSON.stringify({
        version: 1,
        events: [
          { types: ["X", a], categories: ["x"], data: { "$.a": "keep" } },
          { types: [b], categories: ["y*", "x"], data: { "$.a": "drop" } },
          // Other categories.
          { types: [a, b], categories: ["z"], data: { "$.a": "redact" } },
        ],
      });
      const problem = await loadPolicy(text, "policy.json").then(() => "", String);
      assertEquals(problem.includes("contradicts"), overlaps, `${a} and ${b}`);
    }
  }
});

Deno.test("loadPolicy() compares the rules of thousands of types", async () => {
  const types: [count: number, type: (i: number) => string][] = [
    [10_000, (i) => `Type${i}Happened`],
    [1_000, (i) => `Type*${"a".repeat(99)}${i}Happened`],
    [10_000, (i) => `Type${i}Happened*`],
  ];
  for (const [count, type] of types) {
    const events = Array.from({ length: count }, (_, i) => ({
      types: [type(i)],
      data: { "$.id": `id(domain${i})` },
    }));
    const policy = await loadPolicy(JSON.stringify({ version: 1, events }), "policy.json");
    assertEquals(policy.events.length, count);
  }
});

Deno.test("loadPolicy() takes the same path for other types, and the same rule twice", async () => {
  const policy = await loadPolicy(
    "version: 1\nevents:\n  - types: [A]\n    data: {$.a: keep}\n  - types: [B*]\n    data: {$.a: drop}\n" +
      "  - types: [A]\n    data: {$.a: keep}\n",
    "policy.yaml",
  );
  assertEquals(rulesOf(policy).length, 3);
});

Deno.test("loadPolicy() takes 1,000 rules, and refuses what is too large or nested too deeply", async () => {
  const rules = Array.from({ length: 1_000 }, (_, i) => `      $.a${i}.b: keep\n`).join("");
  const policy = await loadPolicy(`version: 1\nevents:\n  - data:\n${rules}`, "policy.yaml");
  assertEquals(rulesOf(policy).length, 1_000);

  for (const text of ["version: 1\n" + "#".repeat(5_000_000), "[".repeat(100_000)]) {
    const error = await loadPolicy(text, "policy.yaml").then(() => undefined, (error) => error);
    assertEquals((error as EventoDBError)?.code, "INVALID_POLICY");
    assert(error.message.length < 1_000, error.message);
  }
});
