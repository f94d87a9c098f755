/** The published schema beside what `loadPolicy()` takes, by the few keywords that the schema uses. */

import { loadPolicy } from "../../../src/mask/policy/load_policy.ts";
import { assert, assertEquals } from "../../support/assert.ts";

interface Schema {
  [keyword: string]: unknown;
}

const schema: Schema = JSON.parse(
  Deno.readTextFileSync(new URL("../../../docs/mask-policy.schema.json", import.meta.url)),
);

const keywords = new Set([
  ...[
    "$schema",
    "$defs",
    "$ref",
    "title",
    "description",
    "default",
    "type",
    "required",
    "properties",
  ],
  ...["additionalProperties", "propertyNames", "pattern", "const", "enum", "items", "minItems"],
  ...["minLength", "anyOf"],
]);

function isValid(rule: Schema, value: unknown): boolean {
  assertEquals(Object.keys(rule).filter((keyword) => !keywords.has(keyword)), []);
  const { type, properties = {}, additionalProperties: others } = rule as {
    type?: string;
    properties?: Record<string, Schema>;
    additionalProperties?: false | Schema;
  };
  if (typeof rule.$ref === "string") {
    const defs = schema.$defs as Record<string, Schema>;
    if (!isValid(defs[rule.$ref.split("/").at(-1)!]!, value)) return false;
  }
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  if (type !== undefined && type !== kind) return false;
  if ("const" in rule && rule.const !== value) return false;
  if (Array.isArray(rule.enum) && !rule.enum.includes(value)) return false;
  if (Array.isArray(rule.anyOf) && !rule.anyOf.some((one) => isValid(one, value))) return false;
  if (typeof value === "string") {
    if (value.length < Number(rule.minLength ?? 0)) return false;
    if (rule.pattern !== undefined && !new RegExp(rule.pattern as string, "u").test(value)) {
      return false;
    }
  }
  if (Array.isArray(value)) {
    if (value.length < Number(rule.minItems ?? 0)) return false;
    if (rule.items !== undefined && !value.every((item) => isValid(rule.items as Schema, item))) {
      return false;
    }
  }
  if (kind !== "object") return true;
  const object = value as Record<string, unknown>;
  if (((rule.required ?? []) as string[]).some((name) => !Object.hasOwn(object, name))) {
    return false;
  }
  return Object.entries(object).every(([name, item]) => {
    if (rule.propertyNames !== undefined && !isValid(rule.propertyNames as Schema, name)) {
      return false;
    }
    if (properties[name] !== undefined) return isValid(properties[name], item);
    return others === undefined ? true : others === false ? false : isValid(others, item);
  });
}

const withRule = (rule: unknown) => ({ version: 1, events: [{ data: { "$.a": rule } }] });

const good: unknown[] = [
  { version: 1 },
  { version: 1, unknown: "scramble", streams: {}, events: [] },
  { version: 1, streams: { a: "id(a)", "b:command": "keep", c: "drop", d: "scramble" } },
  {
    version: 1,
    events: [{ types: ["A*"], categories: "b", metadata: { "$..x[*]['y']": "keep" } }],
  },
  ...[
    "keep",
    "drop",
    "set-null",
    "redact",
    "scramble",
    "stream",
    'constant("x \\" y")',
    "constant(-1)",
  ],
  ...[
    "id(a)",
    "email(a.b:c-d_1)",
    "name( x )",
    "phone(a)",
    "hash(a)",
    "digits(a)",
    "constant(true)",
  ],
  ...["number(0.05)", "number(10)", "number(007)", "date(9999)", "date(36499)", "date(36500)"],
  ...["number(0.5)", "number(1e3)", "date(30)", "keys(email(a))", "keys(scramble)"],
].map((one) => typeof one === "string" ? withRule(one) : one);

const bad: unknown[] = [
  {},
  [],
  { version: 2 },
  { version: "1" },
  { version: 1, unknown: "keep" },
  { version: 1, other: 1 },
  { version: 1, streams: { "a-b": "keep" } },
  { version: 1, streams: { a: "redact" } },
  { version: 1, streams: { a: "id" } },
  { version: 1, events: {} },
  { version: 1, events: [{ types: [] }] },
  { version: 1, events: [{ types: [1] }] },
  { version: 1, events: [{ categories: "order-*" }] },
  { version: 1, events: [{ categories: ["order", "a-b"] }] },
  { version: 1, events: [{ "$.a": "keep" }] },
  { version: 1, events: [{ data: { a: "keep" } }] },
  ...[
    "mask",
    "keep(a)",
    "id",
    "id()",
    "id(a b)",
    "constant(x)",
    "number()",
    "number(x)",
    "date(0)",
  ],
  ...["date(36501)", "date(40000)", "date(99999)", "number(0)", "number(0.0)", "keys(keys(id(a)))"],
  ...["date(1.5)", "keys(redact)", "keys(drop)", "null", 7, null, ["keep"], ""],
].map((one) =>
  typeof one === "object" && one !== null && !Array.isArray(one) ? one : withRule(one)
);

Deno.test("docs/mask-policy.schema.json takes what loadPolicy() takes, and refuses what it refuses", async () => {
  for (const policy of good) {
    const text = JSON.stringify(policy);
    await loadPolicy(text, "policy.json");
    assert(isValid(schema, policy), text);
  }
  for (const policy of bad) {
    const text = JSON.stringify(policy);
    const isTaken = await loadPolicy(text, "policy.json").then(() => true, () => false);
    assert(!isTaken, text);
    assert(!isValid(schema, policy), text);
  }
});
