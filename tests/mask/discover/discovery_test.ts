import type { Message } from "../../../src/message.ts";
import { Discovery } from "../../../src/mask/discover/discovery.ts";
import { starterPolicy } from "../../../src/mask/discover/starter_policy.ts";
import { loadPolicy } from "../../../src/mask/policy/load_policy.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";

function policyOf(events: readonly Partial<Message>[]): string {
  const found = new Discovery();
  for (const event of events) {
    found.add({
      id: crypto.randomUUID(),
      stream: "customer-1",
      type: "Registered",
      position: 0,
      globalPosition: 1,
      data: "{}",
      metadata: null,
      time: "2025-07-15T10:00:00Z",
      ...event,
    });
  }
  return [...starterPolicy(found, "july.ndjson")].join("\n");
}

Deno.test("starterPolicy() says of metadata what is metadata, also where nothing in it needs a rule", () => {
  const link = '{"correlationStreamName":"order-1"}';
  const policy = policyOf([{ data: '{"plan":"pro"}', metadata: link }]);
  assertStringIncludes(
    policy,
    "      $.plan: # text, 1 value, 1 different, word\n" +
      "      # metadata $.correlationStreamName is masked as the name of a stream by itself",
  );
});

Deno.test("starterPolicy() lists every type, path and category, and decides nothing", () => {
  const policy = policyOf([
    {
      stream: "customer-alice@example.com+4711",
      data: '{"email":"alice@example.com","email":"bob@example.com","plan":"pro","age":41,' +
        '"ok":true,"items":[{"sku":"A-1"},{"sku":null}],"first name":"Alice"}',
      metadata: '{"correlationStreamName":"order-1","ip":"10.0.0.1"}',
    },
    { stream: "audit", type: "Seen *", data: "[[1],[2,3]]" },
  ]);
  assertEquals(
    policy.split("\n").slice(3).join("\n"),
    `version: 1
unknown: error
streams:
  audit: # 1 stream without an id
  customer: # 1 stream, ids: 2 values, 2 different, e-mail or digits
  order: # 1 stream, ids: 1 value, 1 different, digits
events:
  - types: [Registered] # 1 event
    data:
      $.email: # text, 2 values, 2 different, e-mail
      $.plan: # text, 1 value, 1 different, word
      $.age: # number, 1 value, 1 different
      $.ok: # true or false, 1 value, 1 different
      $.items[*].sku: # text or null, 2 values, 2 different, stream name
      "$['first name']": # text, 1 value, 1 different, word
    metadata:
      $.ip: # text, 1 value, 1 different, digits
      # $.correlationStreamName is masked as the name of a stream by itself
  - types: ["Seen \\\\*"] # 1 event
    data:
      $[*][*]: # number, 3 values, 3 different`,
  );
});

Deno.test("starterPolicy() has a line of its own for keys where there are values too", async () => {
  const byMail = { "alice@example.com": { "bob@example.com": 1 }, "carol@example.com": 2 };
  const values = [{ a: byMail, "b c": [byMail] }, { a: 1, "b c": ["x"] }];
  const policy = policyOf(values.map((data) => ({ data: JSON.stringify(data) })));
  // Each line with a rule: of keys, and of values.
  const decided = policy.replace(/: # its keys/g, ": keys(id(x)) # its keys")
    .replace(/: # (number|text)/g, ": id(x) # $1").replace("customer: #", "customer: keep #");
  const { events } = await loadPolicy(decided, "policy.yaml");
  assertEquals(events[0]!.rules.map(({ path, rule }) => `${path} ${rule.text}`), [
    "$.a keys(id(x))",
    "$['a'] id(x)",
    "$.a.* keys(id(x))",
    "$.a[*] id(x)",
    "$.a.*.* id(x)",
    "$['b c'][*] keys(id(x))",
    "$['b c'][* ] id(x)",
    "$['b c'][*].* keys(id(x))",
    "$['b c'][*][*] id(x)",
    "$['b c'][*].*.* id(x)",
  ]);
});

Deno.test("starterPolicy() shows no value, not one that stands as a key, a type or a category", () => {
  const secrets = ["alice@example.com", "4711223344", "deadbeefdeadbeef01", "Alice Smith"];
  const policy = policyOf([
    {
      data: JSON.stringify({
        byMail: { "alice@example.com": { phone: "0301234567" }, "Alice Smith": { phone: "1" } },
        list: secrets,
      }),
    },
    { type: "4711223344" },
    { stream: "alice@example.com" },
    { stream: "deadbeefdeadbeef01-1" },
  ]);
  for (const secret of secrets) assert(!policy.includes(secret), `${secret} in\n${policy}`);
  assertStringIncludes(policy, "$.byMail: # its keys may be values: keys(…)");
  assertStringIncludes(policy, "$.byMail.*.phone: # text, 2 values, 2 different");
  assertStringIncludes(policy, "# Not named here: 2 categories that look like values");
  assertStringIncludes(policy, "# Not named here: types of 1 event that look like values");
});

Deno.test("Discovery takes many keys of one object for values, and bounds all paths", () => {
  const words = (from: number, to: number) =>
    Object.fromEntries(
      Array.from({ length: to - from }, (_, i) => [letters(from + i), { x: i }]),
    );
  const many = policyOf([{ data: JSON.stringify({ map: words(0, 500) }) }]);
  assertStringIncludes(many, "$.map: # its keys may be values");
  assertStringIncludes(many, "$.map.*.x: # number, 500 values");
  assertEquals(many.split("\n").length < 20, true);

  // Every object of another shape.
  const wide = Array.from({ length: 120 }, (_, i) => ({
    type: `T${letters(i)}`,
    data: JSON.stringify(words(i * 150, i * 150 + 150)),
  }));
  const bounded = policyOf(wide);
  assertStringIncludes(bounded, "there are too many");
  assert(bounded.split("\n").length < 10_500);
});

function letters(n: number): string {
  return n.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)]!);
}
