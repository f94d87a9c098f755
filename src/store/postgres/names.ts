/**
 * The names of schemas, and how names and values stand in SQL.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** What a statement may bind. */
export type SqlValue = string | number | null | readonly (string | number | null)[];

export const REGISTRY: string = "eventodb";

/**
 * The schema of a namespace: the part of its id that a person recognises, and a hash of all of it.
 * Postgres cuts names at 63 bytes and ids have up to 255, in any script and case: without the hash
 * two of them could meet. The name follows from the id alone, so no write has to look it up.
 *
 * @returns The schema's name, at most 62 ASCII characters that need no quotes.
 */
export function schemaOf(id: string): string {
  const slug = id.toLowerCase().replace(/[^a-z0-9]+/g, "_").slice(0, 20).replace(/^_|_$/g, "");
  const hash = createHash("sha256").update(id, "utf8").digest("hex").slice(0, 32);
  return [REGISTRY, slug, hash].filter((part) => part !== "").join("_");
}

/** A text without U+0000 in SQL; it means the same whatever `standard_conforming_strings` says. */
export function literal(text: string): string {
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** Puts values into a statement that has no `$` but theirs: COPY binds none. */
export function inline(sql: string, values: readonly SqlValue[]): string {
  return sql.replace(/\$(\d+)/g, (_, number) => literalOf(values[Number(number) - 1]));
}

function literalOf(value: SqlValue | undefined): string {
  switch (typeof value) {
    case "number":
      return String(value);
    case "string":
      return literal(value);
    case "object":
      return value === null ? "NULL" : `ARRAY[${value.map(literalOf).join()}]`;
    default:
      throw new TypeError("A statement has placeholders for more values than there are");
  }
}
