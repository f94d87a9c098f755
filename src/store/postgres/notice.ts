/**
 * What servers tell each other of their commits, through NOTIFY: a notice is at most 8,000 bytes of
 * JSON, arrives after the commit that it is of, and in the order of the commits.
 *
 * @module
 */

import { ImportedPositions } from "../imported_positions.ts";
import type { ImportChange } from "../import_listener.ts";
import type { Appended, AppendedMessage } from "../store.ts";

/** The channel that all servers on a database listen to. */
export const CHANNEL = "eventodb_commits";

/** Postgres refuses a payload of 8,000 bytes and more. */
const noticeBytesMax = 7_900;
/** Most runs in one notice: each is at most two integers of 16 digits. */
const runsMax = 200;

/** A notice; its names are short since there is little room. */
interface Notice {
  /** The server that has sent it. */
  s: string;
  /** The namespace. */
  n: string;
  /** The highest global position before the messages. */
  p?: number;
  /** Messages: stream, position, global position, category of the correlation stream. */
  m?: [string, number, number, string | null][];
  /** What an import has added: first and last position of each run. */
  i?: [number, number][];
  /** More of that import follows. */
  more?: true;
  /** An import has replaced everything. */
  r?: true;
  /** The namespace is gone. */
  d?: true;
}

/**
 * SQL around a call of `write_messages`, so that a write needs no second round trip for its notice.
 *
 * @param call The call, with its first eight parameters, the seventh of them the correlations.
 * @returns A statement with two more parameters: the server and the namespace.
 */
export function noticedWrite(call: string): string {
  return `
    WITH written AS MATERIALIZED (SELECT * FROM ${call} WITH ORDINALITY),
    notice AS (
      SELECT json_build_object('s', $9::text, 'n', $10::text, 'p', min(previous), 'm', json_agg(
          json_build_array(at_stream, at_position, at_global_position,
                           ($7::text[])[ordinality]) ORDER BY ordinality))::text AS whole,
        json_build_object('s', $9::text, 'n', $10::text)::text AS short
      FROM written WHERE outcome = 'written' HAVING count(*) > 0
    ),
    told AS MATERIALIZED (
      SELECT pg_notify('${CHANNEL}',
        CASE WHEN octet_length(whole) < ${noticeBytesMax} THEN whole ELSE short END) FROM notice
    )
    SELECT outcome, at_stream AS stream, at_position AS position,
           at_global_position AS "globalPosition", first_value(previous) OVER () AS previous
    FROM written LEFT JOIN told ON true ORDER BY ordinality`;
}

/**
 * The notices of an import; several when it has added many runs.
 *
 * @param server The server.
 * @param namespace The namespace's id.
 * @param change What the import has changed.
 * @returns The payloads, to be sent in this order.
 */
export function importNotices(
  server: string,
  namespace: string,
  { imported, isReplaced }: ImportChange,
): string[] {
  const about = { s: server, n: namespace };
  if (isReplaced || imported === undefined) return [JSON.stringify({ ...about, r: isReplaced })];
  const runs = [...imported];
  const notices: Notice[] = [];
  for (let start = 0; start < runs.length; start += runsMax) {
    const more = start + runsMax < runs.length ? true : undefined;
    notices.push({ ...about, i: runs.slice(start, start + runsMax), more });
  }
  return notices.map((notice) => JSON.stringify(notice));
}

/**
 * The notice of a deletion.
 *
 * @param server The server.
 * @param namespace The namespace's id.
 * @returns The payload.
 */
export function deletionNotice(server: string, namespace: string): string {
  return JSON.stringify({ s: server, n: namespace, d: true } satisfies Notice);
}

/** Reads the notices that arrive on one connection. */
export class NoticeReader {
  readonly #server: string;
  /** What has arrived of imports of which more follows, by server and namespace. */
  readonly #partial = new Map<string, ImportedPositions>();

  /** @param server This server: it has heard of its own commits already. */
  constructor(server: string) {
    this.#server = server;
  }

  /**
   * Reads a notice.
   *
   * @param payload What has arrived.
   * @returns What listeners are to be told; `undefined` for nothing yet.
   */
  read(payload: string): Appended | undefined {
    let notice: Notice;
    try {
      notice = JSON.parse(payload);
    } catch {
      // Anybody may send on the channel.
      return undefined;
    }
    const { s: server, n: namespace, p: previous, m, i, more, r, d } = notice;
    if (server === this.#server || typeof namespace !== "string") return undefined;
    if (d) return { namespace, isDeleted: true };
    if (r) return { namespace, isReplaced: true };
    if (i !== undefined) {
      const key = JSON.stringify([server, namespace]);
      const imported = this.#partial.get(key) ?? new ImportedPositions();
      for (const [first, last] of i) imported.add(first, last);
      if (more) this.#partial.set(key, imported);
      else this.#partial.delete(key);
      return more ? undefined : { namespace, imported };
    }
    if (m === undefined) return { namespace };
    const messages = m.map(([stream, position, globalPosition, correlation]): AppendedMessage => ({
      stream,
      position,
      globalPosition,
      correlation,
    }));
    return { namespace, messages, previous };
  }
}
