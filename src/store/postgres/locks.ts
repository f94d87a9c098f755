/**
 * Advisory locks: which servers on one database share.
 *
 * @module
 */

/**
 * The first keys of the locks; the second key is the namespace's number. All of them are held to the
 * end of a transaction and no longer. They are spelled "EvD" and a number, since other programs in
 * the same database may have theirs.
 */
export const LOCKS = {
  /** Held while the tables are made or changed at start. Second key: 0. */
  migration: 0x45764400,
  /** Held by an import or a deletion, of which there is one at a time. */
  replacement: 0x45764401,
  /** Held by an import or a deletion alone, by any number of writes together. */
  gate: 0x45764402,
  /** Held by a step that takes messages into the index of links. */
  links: 0x45764403,
} as const;
