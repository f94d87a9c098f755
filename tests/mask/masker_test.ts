import fc from "fast-check";
import { EventoDBError } from "../../src/errors.ts";
import { loadPolicy } from "../../src/mask/policy/load_policy.ts";
import { Masker } from "../../src/mask/masker.ts";
import type { MaskObserver } from "../../src/mask/observer.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertMatch,
  assertThrows,
} from "../support/assert.ts";
import "../support/property.ts";

const key = Uint8Array.from({ length: 32 }, (_, i) => i * 3);
const encoder = new TextEncoder();

/** A line; data and metadata as JSON text. */
function line(data: string, { stream = "note-1", type = "Noted", meta = "null" } = {}): string {
  return `{"id":"1","stream":${
    JSON.stringify(stream)
  },"type":"${type}","pos":0,"gpos":1,"data":${data},` +
    `"meta":${meta},"time":"2026-11-30T12:00:00Z"}\n`;
}

function policyOf(rules: string, { unknown = "error", streams = "{note: keep}" } = {}): string {
  const indented = rules.trim().split("\n").map((rule) => `      ${rule.trim()}\n`).join("");
  return `version: 1\nunknown: ${unknown}\nstreams: ${streams}\nevents:\n  - data:\n${indented}`;
}

async function mask(lines: string, policy: string, observer?: MaskObserver): Promise<string> {
  const masker = new Masker(await loadPolicy(policy, "policy.yaml"), key, observer);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    masker.mask(encoder.encode(lines)).bytes,
  );
}

/** The data of one masked line, as text. */
async function maskedData(data: string, policy: string): Promise<string> {
  const masked = await mask(line(data), policy);
  return masked.slice(line("").indexOf('"data":') + 7, masked.indexOf(',"meta":'));
}

async function failure(lines: string, policy: string): Promise<EventoDBError> {
  const error = await mask(lines, policy).then(() => undefined, (error) => error);
  assertInstanceOf(error, EventoDBError, "it is masked");
  return error;
}

const all = policyOf("$..x: keep", { unknown: "drop" });

Deno.test("Masker refuses a stream whose masked name would be too long to be imported", async () => {
  const partsOf = (count: number) => Array.from({ length: count }, (_, i) => 100_000 + i).join("+");
  const policy = (rule: string) =>
    `version: 1\nstreams: {two: ${rule}, note: keep}\nevents: [{data: {$.of: stream}}]\n`;
  const fitting = JSON.parse(
    await mask(line("{}", { stream: `two-${partsOf(37)}` }), policy("hash(x)")),
  );
  assertEquals(fitting.stream.length, "two-".length + 37 * 27 - 1);

  const long = `two-${partsOf(38)}`;
  const problem = 'the name of a stream of category "two" would have more than 1024 bytes';
  const named = await failure(line("{}", { stream: long }), policy("hash(x)"));
  assertEquals([named.message.includes(problem), named.details!.kind], [true, "too long"]);
  const linked = await failure(line(`{"of":"${long}"}`), policy("hash(x)"));
  assertMatch(
    linked.message,
    /data \$\.of of Noted: the name of a stream of category "two" would have/,
  );
  const problems: string[] = [];
  await mask(line("{}", { stream: long }), policy("hash(x)"), {
    onUnfit: ({ problem }) => problems.push(problem),
  });
  assertEquals(problems.map((text) => text.startsWith(problem)), [true]);
  const digits = JSON.parse(await mask(line("{}", { stream: long }), policy("digits(x)")));
  assertEquals(digits.stream.length, long.length);
});

Deno.test("Masker makes no two keys of an object one", async () => {
  const rules = (rule: string) => policyOf(`$.map: keys(${rule})\n$.map.*: keep`);
  const twoCases = '{"map":{"Ada@a.org":1,"b@b.org":{"x":2},"ada@A.ORG":3}}';
  const error = await failure(line(twoCases), rules("email(x)"));
  assertEquals(
    [error.message, error.details],
    [
      "Cannot mask line 1, global position 1: data $.map['…'] of Noted: keys(email(x)) would make one key of two: " +
      "keys(hash(domain)) keeps them apart",
      {
        kind: "unfit",
        type: "Noted",
        section: "data",
        path: "$.map['…']",
        rule: "keys(email(x))",
        globalPosition: 1,
      },
    ],
  );
  // Of 27 letters two have to become one.
  const letters = Array.from("abcdefghijklmnopqrstuvwxyzé", (letter) => `"${letter}":1`);
  const scrambled = await failure(line(`{"map":{${letters}}}`), rules("scramble"));
  assertMatch(scrambled.message, /would make one key of two/);

  const apart = await maskedData(twoCases, rules("hash(x)"));
  assertEquals(Object.keys(JSON.parse(apart).map).length, 3);
  // A key that stands twice stands twice, and each object has keys of its own.
  const own = policyOf("$.*: keys(email(x))\n$.*.*: keep");
  const masked = await maskedData(
    '{"map":{"a@a.org":1,"a@a.org":2},"other":{"A@a.org":1}}',
    own,
  );
  assertEquals(new Set(masked.match(/[a-z2-7]{26}/g)).size, 1);
  let unfit = 0;
  await mask(line(twoCases), rules("email(x)"), { onUnfit: () => unfit++ });
  assertEquals(unfit, 1);
});

Deno.test("Masker replaces spans, and leaves every other byte as it is", async () => {
  const policy = policyOf("$.a: keep\n$.b: redact\n$.c: set-null\n$.d: constant(7)");
  assertEquals(
    await maskedData(
      '{"a":[9007199254740993,1.0,"\\u0061\\/"],"b":"x","c":[1,{}],"d":"y","a":1e400}',
      policy,
    ),
    '{"a":[9007199254740993,1.0,"\\u0061\\/"],"b":"***","c":null,"d":7,"a":1e400}',
  );
});

Deno.test("Masker masks every one of repeated keys, and keys that are spelled with escapes", async () => {
  assertEquals(
    await maskedData('{"a":"real","a":"x","\\u0061":[true,1.5]}', policyOf("$.a: redact")),
    '{"a":"***","a":"***","\\u0061":[false,0]}',
  );
});

Deno.test("Masker drops members and elements with their commas", async () => {
  const policy = policyOf(
    "$.a: drop\n$.b: keep\n$.c[0]: drop\n$.c[*]: keep\n$.d[*].x: drop\n$.e: drop",
  );
  const masked: Record<string, string> = {
    '{"a":1}': "{}",
    '{"a":1,"b":2}': '{"b":2}',
    '{"b":2,"a":1}': '{"b":2}',
    '{"a":1,"a":2,"b":3,"a":4,"b":5,"a":6,"e":7}': '{"b":3,"b":5}',
    '{"c":[1,2,3]}': '{"c":[2,3]}',
    '{"c":[1]}': '{"c":[]}',
    '{"c":[]}': '{"c":[]}',
    '{"d":[{"x":1},{"x":[2]},[]]}': '{"d":[{},{},[]]}',
    '{"a":{"deep":[1,{"x":2}]},"b":0,"a":[]}': '{"b":0}',
  };
  for (const [data, expected] of Object.entries(masked)) {
    assertEquals(await maskedData(data, policy), expected);
  }
});

Deno.test("Masker keeps below what a shorter path drops or replaces what a longer path keeps", async () => {
  const policy = policyOf(
    "$.a: drop\n$.a.country: keep\n$.b: set-null\n$.b[*].n: keep\n$.c: keep\n$.c[-1]: redact",
  );
  assertEquals(
    await maskedData(
      '{"a":{"street":"x","country":"UK","zip":1},"b":[{"n":1,"m":2}],"c":["a","b",["c","d"]]}',
      policy,
    ),
    '{"a":{"country":"UK"},"b":[{"n":1,"m":null}],"c":["a","b",["***","***"]]}',
  );
  assertEquals(await maskedData('{"a":{"street":"x"},"b":[{"m":2}]}', policy), '{"b":null}');
});

Deno.test("Masker leaves null, the empty text and empty lists", async () => {
  const policy = policyOf("$.a: id(x)\n$.b: email(x)\n$.c: digits(x)\n$.d: redact\n$.e[*].f: keep");
  const data = '{"a":null,"b":"","c":[null,""],"d":[],"e":[]}';
  assertEquals(await maskedData(data, policy), data);
});

Deno.test("Masker gives a number and the same digits as text one pseudonym", async () => {
  const data = await maskedData('{"a":123456,"b":"123456","c":-123456}', policyOf("$[*]: id(x)"));
  const [, number] = /"a":(\d{6}),/.exec(data)!;
  assertEquals(data, `{"a":${number},"b":"${number}","c":-${number}}`);
});

Deno.test("Masker gives short ids and negative ones one pseudonym in numbers, texts and ids of streams", async () => {
  const policy = policyOf("$.*: id(note)\n$.s: stream", { streams: "{note: id(note)}" });
  for (const id of ["0", "7", "123", "-12", "-0", "-123456", "1".repeat(65)]) {
    const masked = JSON.parse(
      await mask(
        line(`{"a":${id},"b":"${id}","s":"note-7+${id}"}`, { stream: `note-${id}` }),
        policy,
      ),
    );
    const pseudonym = String(masked.data.a);
    assert(pseudonym !== id);
    assertEquals(masked.data.b, pseudonym);
    assertEquals(masked.stream, `note-${pseudonym}`);
    assertEquals(masked.data.s.split("+")[1], pseudonym);
    assertEquals(typeof masked.data.a, id === "-123456" ? "number" : "string");
  }
});

Deno.test("Masker drops the events of categories that the policy drops, and names their streams by pseudonyms", async () => {
  const policy = policyOf("$..x: keep", {
    streams: "{note: keep, audit: drop, customer: id(customer)}",
  });
  const masked = await mask(
    line("{}", { stream: "audit-Ada" }) +
      line("{}", {
        meta: '{"correlationStreamName":"audit-Ada","replyStreamName":"customer-Ada+Bob"}',
      }) +
      line("{}", { stream: "customer-Ada" }),
    policy,
  );
  const lines = masked.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ stream }) => stream.split("-")[0]), ["note", "customer"]);
  const [note, customer] = lines;
  assertMatch(note.meta.correlationStreamName, /^audit-[a-z2-7]{26}$/);
  assertEquals(note.meta.replyStreamName.split("+")[0], customer.stream);
  assert(!masked.includes("Ada") && !masked.includes("Bob"));
});

Deno.test("Masker masks the keys of an object, and the values below by their own rules", async () => {
  const data = await maskedData(
    '{"by":{"ada@example.com":{"n":1},"":2,"ada@example.com":3}}',
    policyOf("$.by: keys(email(x))\n$.by[*]: keep"),
  );
  const [, key] = /\{"by":\{"([^"]*)"/.exec(data)!;
  assertMatch(key!, /@example\.invalid$/);
  assertEquals(data, `{"by":{"${key}":{"n":1},"":2,"${key}":3}}`);
});

Deno.test("Masker shifts the dates of one stream by the same days", async () => {
  const policy = policyOf("$.a: date(30)\n$.b: date(30)");
  const lines = line('{"a":"2026-11-01","b":"2026-11-30"}') + line('{"a":1793491200}') +
    line('{"a":"2026-11-01"}', { stream: "note-2" });
  const [first, second] = (await mask(lines, policy)).split("\n").slice(0, 2).map((line) =>
    JSON.parse(line).data
  );
  const days = (text: string) => Date.parse(text) / 86_400_000;
  const shift = days(first.a) - days("2026-11-01");
  assert(shift !== 0 && Math.abs(shift) <= 30);
  assertEquals(days(first.b) - days("2026-11-30"), shift);
  assertEquals((second.a - 1793491200) / 86_400, shift);
});

Deno.test("Masker shifts the dates of several streams by different days, whether their names stay or not", async () => {
  for (const rule of ["keep", "id(note)"]) {
    const policy = policyOf("$.a: date(30)", { streams: `{note: ${rule}}` });
    const lines = Array.from(
      { length: 8 },
      (_, i) => line('{"a":"2026-11-30"}', { stream: `note-${i}` }),
    ).join("");
    const dates = (await mask(lines, policy)).trim().split("\n").map((line) =>
      JSON.parse(line).data.a
    );
    assert(new Set(dates).size > 3, rule);
  }
});

Deno.test("Masker takes a category for what it means, however it is escaped", async () => {
  const policy = policyOf("$.a: keep", {
    streams: String.raw`{ada: id(ada), '\u0061da': keep, 'a\b': keep}`,
  });
  const escaped = line('{"a":1}', { stream: "ada-1" }).replace("ada-1", String.raw`\u0061da-1`);
  const plain = line('{"a":1}', { stream: "ada-1" });
  assertEquals(await mask(escaped + plain, policy), (await mask(plain, policy)).repeat(2));
  const kept = line('{"a":1}', { stream: String.raw`a\b-1` });
  assertEquals(await mask(kept + kept, policy), kept + kept);
});

Deno.test("Masker stops at what no rule names, with line, type and path and without the value", async () => {
  const cases: [lines: string, policy: string, message: RegExp][] = [
    [
      line('{"a":1}') + line('{"a":1,"secret":{"deep":"Ada"}}'),
      policyOf("$.a: keep"),
      /^Cannot mask line 2, global position 1: no rule names data \$\.secret of Noted$/,
    ],
    [
      line('{"list":[{"a":1,"b":"Ada"}]}'),
      policyOf("$.list[*].a: keep"),
      /^Cannot mask line 1, global position 1: no rule names data \$\.list\[\*\]\.b of Noted$/,
    ],
    [
      line('{"Ada@x.com":{"a":1}}'),
      policyOf("$.b: keep"),
      /no rule names data \$\['…'\] of Noted$/,
    ],
    [line('{"a":{}}'), policyOf("$.b: keep"), /no rule names data \$\.a of Noted$/],
    [line('{"a":null}'), policyOf("$.b: keep"), /no rule names data \$\.a of Noted$/],
    [
      line("{}", { meta: '{"userId":"Ada"}' }),
      policyOf("$.b: keep"),
      /no rule names metadata \$\.userId of Noted$/,
    ],
    [
      line("{}", { stream: "customer-Ada" }),
      policyOf("$.b: keep"),
      /no rule in streams names the category "customer"$/,
    ],
    [
      line("{}", { stream: "Ada@x.com" }),
      policyOf("$.b: keep"),
      /names the category "…", which looks like a value$/,
    ],
    // Whatever becomes of an id, the category would stay.
    [
      line("{}", { stream: "Ada@x.com" }),
      policyOf("$.b: keep", { unknown: "scramble" }),
      /names the category "…", which looks like a value$/,
    ],
    [
      line("{}", { meta: '{"replyStreamName":"Ada Lovelace"}' }),
      policyOf("$.b: keep", { unknown: "drop" }),
      /replyStreamName of Noted: no rule in streams names the category "…"/,
    ],
    [
      line('{"Ada Lovelace":1}'),
      policyOf("$.b: keep"),
      /no rule names data \$\['…'\] of Noted$/,
    ],
    [
      line('{"a":1}', { type: "Ada@x.com" }),
      policyOf("$.b: keep"),
      /no rule names data \$\.a of a type that looks like a value$/,
    ],
    [
      line("{}", { type: "Unheard" }),
      policyOf("$.b: keep").replace("  - data:", "  - types: [Noted]\n    data:"),
      /no entry of events matches its type, Unheard$/,
    ],
    [
      line("null", { type: "Ada@x.com", meta: "{ }" }),
      "version: 1\nstreams: {note: keep}\n",
      /no entry of events matches its type, a type that looks like a value$/,
    ],
    [
      line("{}", { meta: '{"replyStreamName":"customer-Ada"}' }),
      policyOf("$.b: keep"),
      /metadata \$\.replyStreamName of Noted: no rule in streams names the category "customer"$/,
    ],
  ];
  for (const [lines, policy, message] of cases) {
    const error = await failure(lines, policy);
    assertEquals(error.code, "MASK_FAILED");
    assertMatch(error.message, message);
    assert(!JSON.stringify([error.message, error.details]).includes("Ada"), error.message);
  }
});

Deno.test("Masker stops at a value that does not fit its rule, without the value", async () => {
  const values: Record<string, string[]> = {
    "digits(x)": ['"Ada"', "12345", "123456.5", "1e9", "true", '"12345"'],
    "id(x)": ["1.5", "1e9", "true"],
    "email(x)": ['"Ada"', "7", '"Ada <ada@example.com>"'],
    "phone(x)": ['"call Ada"', "true"],
    "name(x)": ["7", "false"],
    "number(10)": ['"Ada"', "true"],
    "date(30)": ['"Ada"', "7", "true", '"2026-02-30"'],
    "hash(x)": ["true"],
    "stream": ["7", "true"],
    "keys(email(x))": ['{"Ada":1}'],
  };
  for (const [rule, those] of Object.entries(values)) {
    for (const value of those) {
      const error = await failure(line(`{"a":${value}}`), policyOf(`$.a: ${rule}\n$.a.*: keep`));
      assertEquals(error.line, 1);
      assertMatch(
        error.message,
        /^Cannot mask line 1, global position 1: data \$\.a(\['…'\])? of Noted: /,
      );
      assert(
        error.message.includes(rule.replace(/^keys\((.*)\)$/, "$1").slice(0, 4)),
        error.message,
      );
      assert(!JSON.stringify([error.message, error.details]).includes("Ada"), error.message);
    }
  }
  const error = await failure(
    line("{}", { stream: "note-Ada" }),
    policyOf("$.a: keep", { streams: "{note: email(x)}" }),
  );
  assertMatch(error.message, /the id of a stream of category "note" does not fit email\(x\)/);
});

Deno.test("Masker says which two rules contradict each other for a value", async () => {
  const error = await failure(line('{"a":[1]}'), policyOf("$.a[0]: keep\n$.a[-1]: drop"));
  assertMatch(
    error.message,
    /two rules that are equally specific decide data \$\.a\[\*\] of Noted: .*line 6.*line 7/,
  );
});

Deno.test("Masker refuses two streams that would become one", async () => {
  const error = await failure(
    line("{}", { stream: "note-ada@example.com" }) + line("{}", { stream: "note-Ada@example.com" }),
    policyOf("$.a: keep", { streams: "{note: id(note)}" }),
  );
  assertEquals([error.line, error.details!.kind], [2, "merged"]);
  assertMatch(error.message, /hash\(domain\) keeps them apart$/);
});

Deno.test("Masker refuses lines that are not records, and tells nothing of them", async () => {
  const lines = [
    "Ada\n",
    '["Ada"]\n',
    '{"Ada":1}\n',
    line("{}").replace('"pos":0', '"pos":0,"extra":"Ada"'),
    line("{}").replace('"pos":0', '"pos":0,"data":{"Ada":1}'),
    line('"Ada"'),
    line('["Ada"]'),
    line('{"a":"Ada}'),
    line(`{"a":${"[".repeat(1_001)}${"]".repeat(1_001)}}`),
    line("{}").replace('"stream":"note-1"', '"stream":7'),
  ];
  for (const text of lines) {
    const error = await failure(line("{}") + text, all);
    assertEquals(
      [error.code, error.line, error.details!.kind],
      ["MASK_FAILED", 2, "invalid"],
      text,
    );
    assert(!error.message.includes("Ada"), error.message);
  }
  const masker = new Masker(await loadPolicy(all, "policy.yaml"), key);
  try {
    masker.mask(Uint8Array.of(...encoder.encode(line("{}")), 0xff, 0x0a));
    assert(false, "it is masked");
  } catch (error) {
    assertMatch((error as Error).message, /^Cannot mask line 2: it is not UTF-8$/);
  }
});

Deno.test("Masker takes records with white space, in another order, without a line end", async () => {
  const text =
    '\ufeff \n{ "type":"N\\u006fted" , "data" : { "a" : "Ada" , "b":1 }, "stream":"n\\u006fte-1",\t"id":"1",' +
    '"gpos":1,"pos":0,"meta":{ "replyStreamName" : "note-2" },"time":"2026-11-30T12:00:00Z" }\r\n\r\n';
  const masked = await mask(
    `${text}${line('{"a":1}').trimEnd()}`,
    policyOf("$.a: redact\n$.b: keep"),
  );
  assertEquals(
    masked,
    text.replace('"Ada"', '"***"') + line('{"a":0}').trimEnd(),
  );
});

Deno.test("Masker tells its observer of each value, and goes on where the observer wants it", async () => {
  const told: string[] = [];
  const observer: MaskObserver = {
    onMasked: ({ section, path, plaintext, replacement }) =>
      told.push(`${section} ${path} ${plaintext} → ${replacement}`),
    onKept: ({ section, path }) => told.push(`${section} ${path} kept`),
    onUndecided: ({ section, path }) => told.push(`${section} ${path} undecided`),
    onUnfit: ({ section, path, problem }) =>
      told.push(`${section} ${path} ${problem.slice(0, 28)}`),
  };
  const masked = await mask(
    line('{"a":"Ada","b":[1,{"x":2}],"c":{"d":1},"e":"no","f":12}', { meta: '{"g":"Ada"}' }),
    policyOf("$.a: redact\n$.b: drop\n$.e: email(x)\n$.f: keep"),
    observer,
  );
  assertEquals(told, [
    "stream note kept",
    "data $.a Ada → ***",
    "data $.b 1 → undefined",
    "data $.b 2 → undefined",
    "data $.c undecided",
    "data $.e a text does not fit email(x)",
    "data $.e no → null",
    "data $.f kept",
    "metadata $.g undecided",
  ]);
  assertEquals(masked, line('{"a":"***","c":null,"e":null,"f":12}', { meta: '{"g":null}' }));
});

Deno.test("Masker tells its observer of the ids in names of streams, wherever they stand", async () => {
  const told: string[] = [];
  await mask(
    line('{"a":"note-Ada","b":"customer-Ada+7"}', {
      meta: '{"replyStreamName":"customer-Bob","correlationStreamName":"customer"}',
    }),
    policyOf("$.*: stream", { streams: "{note: keep, customer: id(c)}" }),
    { onMasked: ({ path, plaintext }) => told.push(`${path} ${plaintext}`) },
  );
  assertEquals(told, ["$.* Ada", "$.* 7", "$.replyStreamName Bob"]);
});

Deno.test("Masker counts the values of each rule", async () => {
  const policy = await loadPolicy(policyOf("$.a[*]: keep\n$.b: drop"), "policy.yaml");
  const masker = new Masker(policy, key);
  masker.mask(encoder.encode(line('{"a":[1,2]}') + line('{"a":[3]}')));
  assertEquals([...masker.matches].map(([{ path }, count]) => [path, count]), [["note", 2], [
    "$.a[*]",
    3,
  ]]);
  assertEquals(masker.streamName("note-7"), "note-7");

  const linked = new Masker(
    await loadPolicy(
      policyOf("$.a: keep", { streams: "{note: keep, gone: keep, customer: drop}" }),
      "policy.yaml",
    ),
    key,
  );
  linked.mask(encoder.encode(line('{"a":1}', { meta: '{"replyStreamName":"customer-1"}' })));
  assertEquals([...linked.matches.keys()].map(({ path }) => path), [
    "note",
    "customer",
    "$.a",
    "$.replyStreamName",
  ]);
});

Deno.test("Masker takes a payload of 16 MiB, in memory that is a few times as much", async () => {
  const policy = await loadPolicy(policyOf("$.a: hash(x)\n$.b: scramble"), "policy.yaml");
  const payload = (count: number) =>
    encoder.encode(
      line(
        `{"a":[${Array.from({ length: count }, (_, i) => i)}],"b":"${"Ada ".repeat(3_600_000)}"}`,
      ),
    );
  const before = Deno.memoryUsage().rss;
  const { spans } = new Masker(policy, key).mask(payload(50_000));
  assertEquals(spans.length, 2 * 50_001);
  assertLess(Deno.memoryUsage().rss - before, 500_000_000);

  // An import would refuse what has become too long.
  assertThrows(
    () => new Masker(policy, key).mask(payload(100_000)),
    EventoDBError,
    "Cannot mask line 1, global position 1: it would be 1",
  );
});

Deno.test("an observer gets values as bytes as it gets them as texts, where they are ASCII", async () => {
  const data =
    '{"a":"Kim Lee","b":"Zoë","c":"a\\"b","d":12.5,"e":"12.5","f":true,"g":"","h":"+-","i":"kim@x.org",' +
    '"j":"10","k":-0.5}';
  const policy = policyOf(
    "$.a: scramble\n$.b: scramble\n$.c: scramble\n$.d: number(10)\n$.e: number(10)\n$.f: scramble\n" +
      "$.g: scramble\n$.h: scramble\n$.i: id(x)\n$.j: number(10)\n$.k: number(1)",
    { streams: "{note: id(note), kept: keep}" },
  );
  const lines =
    ["note-7", "note-7+8", "note-Zoë", "kept-1", "note"].map((stream) =>
      line(data, { stream, meta: `{"correlationStreamName":"${stream}"}` })
    ).join("") + line(data, { meta: '{"correlationStreamName":"note-\\u0041b"}' });
  const decoder = new TextDecoder();
  const [texts, bytes]: string[][] = [[], []];
  const shown = (...parts: unknown[]) => parts.join(" ");
  const masked = await mask(lines, policy, {
    onMasked({ line, section, path, plaintext, replacement }) {
      if (plaintext !== replacement) texts!.push(shown(line, section, path, plaintext));
    },
  });
  let inBytes = 0;
  const same = await mask(lines, policy, {
    onMasked({ line, section, path, plaintext, replacement }) {
      if (plaintext !== replacement) bytes!.push(shown(line, section, path, plaintext));
    },
    onMaskedAscii({ line, section, path }, held, start, end) {
      inBytes++;
      bytes!.push(shown(line, section, path, decoder.decode(held.subarray(start, end))));
    },
  });
  assertEquals(same, masked);
  assertEquals(bytes, texts);
  assert(inBytes > 10);
});

Deno.test("Masker makes the same of a value whether it is spelled with escapes or without", async () => {
  const policy = await loadPolicy(
    policyOf(
      "$.s: scramble\n$.i: id(x)\n$.h: hash(x)\n$.n: number(10)\n$.m: number(0.25)\n$.t: stream",
      {
        streams: "{note: id(note)}",
      },
    ),
    "policy.yaml",
  );
  const masker = new Masker(policy, key);
  const escaped = (text: string) =>
    Array.from(text, (char) => char <= "~" ? `\\u00${hexOf(char)}` : char).join("");
  const hexOf = (char: string) => char.charCodeAt(0).toString(16).padStart(2, "0");
  const dataOf = (spell: (text: string) => string, text: string, number: string) =>
    line(
      `{"s":"${spell(text)}","i":"${spell(text)}","h":"${spell(text)}","n":"${spell(number)}",` +
        `"m":"${spell(number)}","t":"note-${spell(text)}"}`,
    );
  const masked = (line: string) =>
    JSON.parse(new TextDecoder().decode(masker.mask(encoder.encode(line)).bytes)).data;
  // Up to a bound, any text has the length at which a value is taken in another way.
  const texts = fc.array(fc.constantFrom("a", "B", "7", "-", " ", "é", "日"), {
    minLength: 1,
    maxLength: 140,
  }).map((chars) => chars.join(""));
  const ascii = fc.integer({ min: 1, max: 400 }).map((length) =>
    "Ab 7-".repeat(80).slice(0, length)
  );
  const numbers = fc.tuple(
    fc.constantFrom("", "-"),
    fc.stringMatching(/^\d{1,20}$/),
    fc.stringMatching(/^(\.\d{1,16})?$/),
  ).map((parts) => parts.join(""));
  fc.assert(fc.property(fc.oneof(texts, ascii), numbers, (text, number) => {
    assertEquals(
      masked(dataOf((text) => text, text, number)),
      masked(dataOf(escaped, text, number)),
    );
  }));
});
