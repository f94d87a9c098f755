/**
 * What is known of a namespace, its streams and its categories, without a look at every message.
 *
 * @module
 */

import type {
  CategorySummary,
  NamespaceInfo,
  StreamsQuery,
  StreamSummary,
} from "../../listings.ts";
import type { Database } from "./connection/database.ts";
import { REGISTRY } from "./names.ts";

/**
 * What is known of a namespace.
 *
 * @returns What is known; `undefined` when the namespace is not there.
 */
export async function namespaceInfo(
  database: Database,
  schema: string,
  id: string,
): Promise<Required<NamespaceInfo> | undefined> {
  const [info] = await database.query<Required<NamespaceInfo>>(
    `SELECT n.id AS namespace, n.description, n.created_at AS "createdAt", counts.messages AS "messageCount",
            counts.streams AS "streamCount", last.time AS "lastActivity",
            coalesce(last.global_position, 0) AS "globalPosition"
     FROM ${REGISTRY}.namespaces n CROSS JOIN (
       SELECT coalesce(sum(streams), 0)::bigint AS streams,
              coalesce(sum(messages), 0)::bigint AS messages FROM ${schema}.counts
     ) counts
     LEFT JOIN LATERAL (
       SELECT time, global_position FROM ${schema}.messages ORDER BY global_position DESC LIMIT 1
     ) last ON true
     WHERE n.id = $1`,
    [id],
  );
  return info;
}

/** The streams of a namespace, by name in byte order: from each name, the index leads to the next. */
export async function listStreams(
  database: Database,
  schema: string,
  { prefix, cursor, limit }: StreamsQuery,
): Promise<StreamSummary[]> {
  return await database.query<StreamSummary>(
    `WITH RECURSIVE names (name, ordinal) AS (
       (SELECT stream_name, 1 FROM ${schema}.messages
        WHERE stream_name >= $1 AND stream_name > $2 ORDER BY stream_name LIMIT 1)
       UNION ALL
       SELECT (SELECT stream_name FROM ${schema}.messages
               WHERE stream_name > name ORDER BY stream_name LIMIT 1), ordinal + 1
       FROM names WHERE starts_with(name, $1) AND ordinal < $3
     )
     SELECT name AS stream, last.position AS version, last.time AS "lastActivity"
     FROM names CROSS JOIN LATERAL (
       SELECT position, time FROM ${schema}.messages
       WHERE stream_name = name ORDER BY position DESC LIMIT 1
     ) last
     WHERE starts_with(name, $1) ORDER BY ordinal`,
    [prefix, cursor, limit],
  );
}

/** The categories of a namespace, by name in byte order. */
export async function listCategories(
  database: Database,
  schema: string,
): Promise<CategorySummary[]> {
  return await database.query<CategorySummary>(
    `SELECT category, sum(streams)::bigint AS "streamCount", sum(messages)::bigint AS "messageCount"
     FROM ${schema}.counts GROUP BY category ORDER BY category`,
  );
}
