/**
 * The index of links in tables of the namespace's schema, which are made when they are first needed. A step is one
 * transaction under a lock: servers that ask at the same time do it one after another, and each goes on where the other was.
 *
 * @module
 */

import { pageCharsMax } from "../../limits.ts";
import { linkIndexTransactionMax, linksAtOnceMax } from "../limits.ts";
import type { StreamLink } from "../../slice/links/link_source.ts";
import { DistinctLinks, LINK_FIELD_END } from "../event_links.ts";
import type { LinkPages } from "../event_index.ts";
import {
  LinksCleared,
  type LinkSnapshot,
  type LinkTable,
  type LinkTableState,
  noLinks,
} from "../link_table.ts";
import { checkSameMessages } from "../refusals.ts";
import type { Database } from "./connection/database.ts";
import type { Queryable, Session } from "./connection/session.ts";
import { isMissing, whileThere } from "./errors.ts";
import { LOCKS } from "./locks.ts";
import { REGISTRY, schemaOf } from "./names.ts";
import type { Snapshot } from "./read/scan.ts";

/** An event that may have links. */
export interface LinkingRow {
  stream: string;
  globalPosition: number;
  metadata: string;
}

/** Selects the events that may have links, by their positions, as many as fit a page: metadata may be large. */
export function linkingEvents(schema: string, condition: string): string {
  return `SELECT stream_name AS stream, global_position AS "globalPosition", metadata FROM (
      SELECT stream_name, global_position, metadata,
        sum(octet_length(metadata)) OVER (ORDER BY global_position) AS bytes
      FROM ${schema}.messages WHERE ${condition}
        AND (position('${LINK_FIELD_END}' in metadata) > 0 OR position(E'\\\\u' in metadata) > 0)
    ) AS linking
    WHERE bytes - octet_length(metadata) < ${pageCharsMax} ORDER BY global_position`;
}

export class PostgresLinkTable implements LinkTable {
  readonly #database: Database;
  readonly #id: string;
  readonly #schema: string;
  readonly begun: Snapshot;

  constructor(database: Database, id: string, begun: Snapshot) {
    this.#database = database;
    this.#id = id;
    this.#schema = schemaOf(id);
    this.begun = begun;
  }

  /** One statement, so that all of it is of one snapshot. */
  async snapshot(): Promise<LinkSnapshot> {
    const [row] = await whileThere(
      this.#id,
      this.#database.query<Snapshot & LinkSnapshot>(
        `SELECT generation, namespace_number::bigint AS namespace,
         (SELECT coalesce(max(global_position), 0) FROM ${this.#schema}.messages) AS highest,
         (SELECT coalesce(sum(messages), 0)::bigint FROM ${this.#schema}.counts) AS messages
       FROM ${this.#schema}.state`,
      ),
    );
    checkSameMessages(this.#id, this.begun, row);
    return row!;
  }

  async state(): Promise<LinkTableState> {
    try {
      return await this.#stateIn(this.#database) ?? noLinks;
    } catch (error) {
      if (!isMissing(error)) throw error;
      // Either the index, or the whole namespace, which the next step finds out.
      return noLinks;
    }
  }

  async advance(to: number): Promise<LinkTableState> {
    return await this.#step(async (session) => {
      const state = (await this.#stateIn(session))!;
      if (state.upTo >= to) return state;
      const [range] = await session.queryLong<{ upTo: number | null; count: number }>(
        `SELECT max(global_position) AS "upTo", count(*) AS count FROM (
           SELECT global_position FROM ${this.#schema}.messages
           WHERE global_position > $1 AND global_position <= $2
           ORDER BY global_position LIMIT $3) AS next`,
        [state.upTo, to, linkIndexTransactionMax],
      );
      const { upTo, count } = range!;
      const found = new DistinctLinks();
      for (let from = state.upTo; upTo !== null;) {
        const rows = await session.queryLong<LinkingRow>(
          linkingEvents(this.#schema, "global_position > $1 AND global_position <= $2"),
          [from, upTo],
        );
        found.addEvents(rows);
        if (rows.length === 0) break;
        from = rows.at(-1)!.globalPosition;
      }
      const { links } = found;
      if (links.length > 0) {
        await session.queryLong(
          `INSERT INTO ${this.#schema}.links (target, link, stream, first)
           SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::bigint[])
           ON CONFLICT DO NOTHING`,
          [
            links.map(({ target }) => target),
            links.map(({ link }) => link),
            links.map(({ stream }) => stream),
            links.map(({ first }) => first),
          ],
        );
      }
      // Where nothing is left of what was there just now, the caller finds out why.
      const next = { ...state, upTo: upTo ?? to, messages: state.messages + count };
      await session.query(
        `UPDATE ${this.#schema}.links_state SET up_to = $1, messages = $2`,
        [next.upTo, next.messages],
      );
      return next;
    });
  }

  async clear(): Promise<void> {
    await this.#step((session) => this.#clear(session));
  }

  /** Most streams are linked to by few: all of them at once, and one by one only where there are many. */
  async *linksTo(targets: readonly string[], to: number, epoch: number): LinkPages {
    const page = await this.#linksPage(`target = ANY($2::text[])`, [to, targets], "", epoch);
    if (page.length < linksAtOnceMax) {
      if (page.length > 0) yield page;
      return;
    }
    for (const target of targets) {
      let last: StreamLink = { target, link: -1, stream: "" };
      for (;;) {
        const rows = await this.#linksPage(
          "(target, link, stream) > ($2, $3::smallint, $4) AND target = $2",
          [to, target, last.link, last.stream],
          "ORDER BY target, link, stream",
          epoch,
        );
        if (rows.length > 0) yield rows;
        if (rows.length < linksAtOnceMax) break;
        last = rows.at(-1)!;
      }
    }
  }

  async #linksPage(
    condition: string,
    values: (number | string | readonly string[])[],
    order: string,
    epoch: number,
  ): Promise<StreamLink[]> {
    type Row = StreamLink & { generation: number; epoch: number };
    const rows = await this.#database.queryPage<Row>(
      `SELECT s.generation, s.epoch, l.* FROM ${this.#schema}.links_state s LEFT JOIN LATERAL (
         SELECT stream, target, link::integer AS link FROM ${this.#schema}.links
         WHERE ${condition} AND first <= $1 ${order} LIMIT ${linksAtOnceMax}) l ON true`,
      values,
    ).catch((error) => {
      throw isMissing(error) ? new LinksCleared() : error;
    });
    const state = rows[0];
    // Who brings the index up to date finds out whether its messages are still there.
    if (state?.generation !== this.begun.generation || state.epoch !== epoch) {
      throw new LinksCleared();
    }
    return rows.filter(({ stream }) => stream !== null)
      .map(({ stream, target, link }) => ({ stream, target, link }));
  }

  /** Does something alone, with the tables there and of these messages. */
  async #step<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return await whileThere(
      this.#id,
      this.#database.transaction(async (session) => {
        await session.query("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0");
        const [lock] = await session.queryLong<Snapshot>(
          `SELECT pg_advisory_xact_lock($1, namespace_number), generation,
           namespace_number::bigint AS namespace FROM ${this.#schema}.state`,
          [LOCKS.links],
        );
        checkSameMessages(this.#id, this.begun, lock);
        const [known] = await session.query<{ isThere: boolean }>(
          `SELECT EXISTS (SELECT FROM pg_catalog.pg_tables
                        WHERE schemaname = $1 AND tablename = 'links_state') AS "isThere"`,
          [this.#schema],
        );
        if (!known!.isThere) await session.query(this.#tables());
        if (await this.#stateIn(session) === undefined) await this.#clear(session);
        const result = await work(session);
        // What was read in between may be of messages that have replaced those.
        const [now] = await session.query<Snapshot>(
          `SELECT generation, namespace_number::bigint AS namespace FROM ${this.#schema}.state`,
        );
        checkSameMessages(this.#id, this.begun, now);
        return result;
      }),
    );
  }

  #tables(): string {
    return `CREATE TABLE ${this.#schema}.links (
        target text COLLATE "C" NOT NULL,
        link smallint NOT NULL,
        stream text COLLATE "C" NOT NULL,
        first bigint NOT NULL,
        PRIMARY KEY (target, link, stream)
      );
      COMMENT ON TABLE ${this.#schema}.links IS
        'which streams have events that link to a stream; it can be dropped, with links_state';
      CREATE TABLE ${this.#schema}.links_state (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        generation bigint NOT NULL,
        up_to bigint NOT NULL,
        messages bigint NOT NULL,
        epoch bigint NOT NULL
      )`;
  }

  async #clear(session: Queryable): Promise<void> {
    await session.query(`TRUNCATE ${this.#schema}.links`);
    await session.query(
      `INSERT INTO ${this.#schema}.links_state VALUES (
         true, $1, 0, 0, nextval('${REGISTRY}.generations')
       ) ON CONFLICT (singleton) DO UPDATE SET generation = excluded.generation,
         up_to = excluded.up_to, messages = excluded.messages, epoch = excluded.epoch`,
      [this.begun.generation],
    );
  }

  /** `undefined` where the index is of other messages. */
  async #stateIn(from: Queryable): Promise<LinkTableState | undefined> {
    const [state] = await from.query<LinkTableState>(
      `SELECT up_to AS "upTo", messages, epoch FROM ${this.#schema}.links_state
       WHERE generation = $1`,
      [this.begun.generation],
    );
    return state;
  }
}
