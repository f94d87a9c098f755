/**
 * The names of schemas, and how names and texts stand in SQL.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** The schema of the registry. */
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

/**
 * A text as it stands in SQL, where no value can be bound.
 *
 * @param text The text, without U+0000.
 * @returns The literal; it means the same whatever `standard_conforming_strings` says.
 */
export function literal(text: string): string {
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
