/**
 * As much of JSON Schema (draft 2020-12) as the schemas in docs/ use.
 *
 * @module
 */

type Json = Record<string, unknown>;

/**
 * Finds where a value does not fit a schema, or has a property that the schema does not name.
 *
 * @param value The value.
 * @param schema The schema.
 * @param root What `$ref` points into.
 * @param path Where the value is.
 * @returns The places and what is wrong there.
 */
export function problemsOf(
  value: unknown,
  schema: Json,
  root: Json = schema,
  path = "$",
): string[] {
  const { $ref, anyOf, type, items, required = [], properties = {} } = schema;
  const problems: string[] = [];
  if (typeof $ref === "string") {
    const name = $ref.replace("#/$defs/", "");
    problems.push(...problemsOf(value, (root.$defs as Json)[name] as Json, root, path));
  }
  if (Array.isArray(anyOf)) {
    const each = anyOf.map((one) => problemsOf(value, one as Json, root, path));
    if (each.every((found) => found.length > 0)) problems.push(`${path} fits none`, ...each.flat());
  }
  const types = type === undefined ? [] : [type].flat();
  if (types.length > 0 && !types.some((one) => isOfType(value, one))) {
    return [...problems, `${path} is no ${types.join(" or ")}`];
  }
  if ("const" in schema && value !== schema.const) problems.push(`${path} is not ${schema.const}`);
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) {
    problems.push(`${path} is no choice`);
  }
  if (typeof schema.pattern === "string" && !new RegExp(schema.pattern).test(String(value))) {
    problems.push(`${path} does not match ${schema.pattern}`);
  }
  if (typeof schema.minimum === "number" && Number(value) < schema.minimum) {
    problems.push(`${path} is below ${schema.minimum}`);
  }
  if (items !== undefined) {
    for (const [i, each] of (value as unknown[]).entries()) {
      problems.push(...problemsOf(each, items as Json, root, `${path}[${i}]`));
    }
  }
  for (const name of required as string[]) {
    if (!Object.hasOwn(value as Json, name)) problems.push(`${path} has no ${name}`);
  }
  if (types.includes("object")) {
    for (const [name, each] of Object.entries(value as Json)) {
      const known = (properties as Json)[name];
      if (known === undefined) problems.push(`${path}.${name} is not documented`);
      else problems.push(...problemsOf(each, known as Json, root, `${path}.${name}`));
    }
  }
  return problems;
}

function isOfType(value: unknown, type: unknown): boolean {
  switch (type) {
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "null":
      return value === null;
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number";
    default:
      return type === "string" && typeof value === "string";
  }
}
