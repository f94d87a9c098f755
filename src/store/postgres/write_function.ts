/**
 * The function that writes: one call, one round trip, one transaction for a group of writes.
 *
 * @module
 */

import { POSITION_MAX } from "../../message.ts";
import { LOCKS } from "./locks.ts";

/** Counts are folded into one row a category each time so many global positions have been given. */
const foldEvery = 10_000;

export type WriteOutcome =
  | "written"
  | "id_exists"
  | "version_conflict"
  | "stream_full"
  | "namespace_full"
  | "importing";

/**
 * The function of a namespace.
 *
 * Promise: commits happen in the order of global positions, so a reader that follows them never
 * misses one. The row of `state` is locked from before the first position is given until the
 * transaction has ended, in this and every other server. Each statement of the function sees what was
 * committed before it (READ COMMITTED, which the server checks at its start).
 *
 * That row is only locked, and counts are only added: a row that each write changed would leave a
 * dead version behind each time, and while a long transaction of any kind runs (an import elsewhere,
 * a dump) the next write would have to look at all of them.
 *
 * A stream's version is asked for by ORDER BY and LIMIT, not by `max`: a session keeps the plan that it
 * made when the table was empty, and that one for `max` goes through the whole stream.
 */
export function writeFunction(schema: string, number: number): string {
  return `
CREATE OR REPLACE FUNCTION ${schema}.write_messages(
  ids text[], streams text[], types text[], datas text[], metadatas text[], times text[],
  correlations text[], expected_versions bigint[]
) RETURNS TABLE (
  outcome text, at_stream text, at_position bigint, at_global_position bigint, previous bigint
)
LANGUAGE plpgsql AS $function$
DECLARE
  high bigint;
  before bigint;
  version bigint;
  one record;
  written_streams text[] := '{}';
  written_firsts integer[] := '{}';
BEGIN
  -- An import or a deletion is under way: the caller waits without holding a connection.
  IF NOT pg_try_advisory_xact_lock_shared(${LOCKS.gate}, ${number}) THEN
    outcome := 'importing';
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT s.replaced_up_to INTO STRICT high FROM ${schema}.state s FOR UPDATE;
  SELECT coalesce(max(m.global_position), 0) INTO previous FROM ${schema}.messages m;
  high := greatest(high, previous);
  before := high;
  FOR one IN
    SELECT * FROM unnest(ids, streams, types, datas, metadatas, times, correlations,
                         expected_versions)
      AS u (id, stream, type, data, metadata, at, correlation, expected)
  LOOP
    SELECT 'id_exists', m.stream_name, m.position, m.global_position
      INTO outcome, at_stream, at_position, at_global_position
      FROM ${schema}.messages m WHERE m.id = one.id;
    IF FOUND THEN
      RETURN NEXT;
      CONTINUE;
    END IF;
    SELECT coalesce((SELECT m.position FROM ${schema}.messages m
                     WHERE m.stream_name = one.stream ORDER BY m.position DESC LIMIT 1), -1)
      INTO version;
    at_stream := one.stream;
    at_position := version;
    at_global_position := NULL;
    IF one.expected <> version THEN
      outcome := 'version_conflict';
    ELSIF version >= ${POSITION_MAX} THEN
      outcome := 'stream_full';
    ELSIF high >= ${POSITION_MAX} THEN
      outcome := 'namespace_full';
    ELSE
      high := high + 1;
      outcome := 'written';
      at_position := version + 1;
      at_global_position := high;
      INSERT INTO ${schema}.messages
        (id, stream_name, type, position, global_position, data, metadata, time, correlation)
        VALUES (one.id, one.stream, one.type, at_position, high, one.data, one.metadata, one.at,
                one.correlation);
      written_streams := written_streams || one.stream;
      written_firsts := written_firsts || (version = -1)::integer;
    END IF;
    RETURN NEXT;
  END LOOP;
  IF cardinality(written_streams) = 0 THEN
    RETURN;
  END IF;
  INSERT INTO ${schema}.counts (category, streams, messages)
    SELECT split_part(u.stream, '-', 1), sum(u.first), count(*)
      FROM unnest(written_streams, written_firsts) AS u (stream, first) GROUP BY 1;
  IF high / ${foldEvery} > before / ${foldEvery} THEN
    WITH folded AS (
      DELETE FROM ${schema}.counts c RETURNING c.category, c.streams, c.messages
    )
    INSERT INTO ${schema}.counts (category, streams, messages)
      SELECT f.category, sum(f.streams), sum(f.messages) FROM folded f GROUP BY 1;
  END IF;
END
$function$`;
}
