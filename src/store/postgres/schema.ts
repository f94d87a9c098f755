/**
 * The tables of the registry and of a namespace, as the steps that lead to them.
 *
 * @module
 */

import { literal, REGISTRY } from "./names.ts";
import { writeFunction } from "./write_function.ts";

export interface NamespaceSchema {
  schema: string;
  /** Its number, the key of its advisory locks. */
  number: number;
}

/** The steps to the registry's tables; its version is how many have been taken. */
export const REGISTRY_STEPS: readonly string[] = [
  `CREATE SCHEMA ${REGISTRY};
   CREATE TABLE ${REGISTRY}.registry (
     singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
     version integer NOT NULL
   );
   INSERT INTO ${REGISTRY}.registry (version) VALUES (0);
   CREATE SEQUENCE ${REGISTRY}.generations;
   CREATE TABLE ${REGISTRY}.namespaces (
     id text COLLATE "C" PRIMARY KEY,
     number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
     schema_name text COLLATE "C" NOT NULL UNIQUE,
     version integer NOT NULL,
     token_hash text NOT NULL,
     description text NOT NULL,
     metadata text,
     created_at text NOT NULL
   )`,
];

/** The steps to a namespace's tables; its version is how many have been taken. */
export const NAMESPACE_STEPS: readonly ((namespace: NamespaceSchema) => string)[] = [
  ({ schema, number }) =>
    `CREATE TABLE ${schema}.messages ${MESSAGE_COLUMNS};
     ${messageIndexes(schema, "messages").join(";\n")};
     CREATE TABLE ${schema}.counts (
       category text COLLATE "C" NOT NULL,
       streams bigint NOT NULL,
       messages bigint NOT NULL
     );
     COMMENT ON TABLE ${schema}.counts IS 'what was added to each category; the sum is what it has';
     CREATE TABLE ${schema}.state (
       singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
       replaced_up_to bigint NOT NULL,
       generation bigint NOT NULL,
       namespace_number integer NOT NULL
     );
     COMMENT ON COLUMN ${schema}.state.replaced_up_to IS
       'the highest global position among messages that were replaced; it is not given again';
     COMMENT ON COLUMN ${schema}.state.generation IS 'another one when all messages are replaced';
     INSERT INTO ${schema}.state VALUES (true, 0, nextval('${REGISTRY}.generations'), ${number});
     ${writeFunction(schema, number)}`,
  // Ids were of the type `uuid`, which holds no others. The columns of a new namespace have the present
  // types from the first step on: nothing is left to be done for it.
  ({ schema, number }) =>
    `DROP FUNCTION IF EXISTS ${schema}.write_messages(
       uuid[], text[], text[], text[], text[], text[], text[], bigint[]
     );
     ALTER TABLE ${schema}.messages ALTER COLUMN id TYPE text COLLATE "C";
     ${writeFunction(schema, number)}`,
];

/**
 * Message DB's columns, and what the filters need. Payloads are `text`, so that they come back byte
 * for byte: `jsonb` reorders keys and refuses \u0000, and there are databases on which `json` is
 * `jsonb`. Times are text, since `timestamp` ends at microseconds.
 */
const MESSAGE_COLUMNS = `(
  id text COLLATE "C" NOT NULL,
  stream_name text COLLATE "C" NOT NULL,
  type text NOT NULL,
  position bigint NOT NULL,
  global_position bigint NOT NULL,
  data text NOT NULL,
  metadata text,
  time text COLLATE "C" NOT NULL,
  correlation text COLLATE "C",
  category text COLLATE "C" GENERATED ALWAYS AS (split_part(stream_name, '-', 1)) STORED
)`;

/** The columns that a message is loaded into, in the order of {@linkcode encodeRecord}'s fields. */
export const LOADED_COLUMNS: string =
  "id, stream_name, type, position, global_position, data, metadata, time, correlation";

const TIME_INDEX = "messages_time";

/**
 * What the index of times is made of. Without its Z, a time is a prefix of each later one in the same
 * second: bytes order times.
 */
export const TIME_KEY: string = "rtrim(time, 'Z')";

/**
 * The indexes of a table of messages. A row goes into them in the order in which they were made, so
 * of two keys that are taken, a COPY names the position rather than the id, as every backend does.
 */
const INDEXES = {
  messages_stream: "UNIQUE INDEX {} USING btree (stream_name, position)",
  messages_id: "UNIQUE INDEX {} USING btree (id)",
  messages_category: "INDEX {} USING btree (category, global_position)",
  // A few bytes for each 32 pages, so a write has next to nothing to do for it.
  [TIME_INDEX]: `INDEX {} USING brin ((${TIME_KEY})) WITH (pages_per_range=32, autosummarize=on)`,
} as const;

const NEXT = "messages_next";

/**
 * Statements that make a table's key and indexes: with the table for small ones, after its rows for
 * an import, which is twice as fast.
 */
export function messageIndexes(schema: string, table: string): string[] {
  return [
    `ALTER TABLE ${schema}.${table} ADD CONSTRAINT ${table}_pkey PRIMARY KEY (global_position)`,
    ...Object.entries(INDEXES).map(([name, rest]) =>
      `CREATE ${rest.replace("{}", name.replace("messages", table))}`
        .replace("USING", `ON ${schema}.${table} USING`)
    ),
  ];
}

/**
 * Has the index of times know of rows that were added to a table that had it before: else that
 * is done when the table is next vacuumed, and until then a window of time looks at all of them.
 */
export function summarizeTimes(table: string): string {
  return `SELECT brin_summarize_new_values('${table}${TIME_INDEX.slice("messages".length)}')`;
}

/** The table that an import fills before it becomes the table of messages: its name, and what makes it. */
export function nextTable(schema: string): { table: string; sql: string } {
  return { table: NEXT, sql: `CREATE TABLE ${schema}.${NEXT} ${MESSAGE_COLUMNS}` };
}

/**
 * Replaces the table of messages by the filled table. Readers wait from the first of these
 * statements to the end of the transaction, so they come last.
 */
export function swapTables(schema: string): string {
  return [
    `DROP TABLE ${schema}.messages`,
    `ALTER TABLE ${schema}.${NEXT} RENAME CONSTRAINT ${NEXT}_pkey TO messages_pkey`,
    ...Object.keys(INDEXES).map((name) =>
      `ALTER INDEX ${schema}.${name.replace("messages", NEXT)} RENAME TO ${name}`
    ),
    `ALTER TABLE ${schema}.${NEXT} RENAME TO messages`,
  ].join(";\n");
}

/** Says in `\dn+` which namespace a schema is of. */
export function describeSchema(schema: string, id: string): string {
  return `COMMENT ON SCHEMA ${schema} IS ${literal(`EventoDB namespace ${JSON.stringify(id)}`)}`;
}
