/**
 * The index of links in a file of SQLite. A step is one tick and one transaction: others that ask at the same
 * time take steps in between.
 *
 * @module
 */

import { linksAtOnceMax } from "../limits.ts";
import { linkIndexStepMax } from "./limits.ts";
import type { StreamLink } from "../../slice/links/link_source.ts";
import { DistinctLinks } from "../event_links.ts";
import type { LinkPages } from "../event_index.ts";
import {
  LinksCleared,
  type LinkSnapshot,
  type LinkTable,
  type LinkTableState,
} from "../link_table.ts";
import type { Connection } from "./connection.ts";
import { EVENT_LINKS, MAY_HAVE_LINKS } from "./message_table.ts";
import type { LinkConnections } from "./namespace.ts";
import { StepSize } from "./step_size.ts";

const LAST_ID = "SELECT id FROM messages WHERE global_position = ?";

export class SqliteLinkTable implements LinkTable {
  readonly #connect: () => Promise<LinkConnections>;
  readonly #step = new StepSize(linkIndexStepMax);

  /** @param connect Gives the connections of a tick. */
  constructor(connect: () => Promise<LinkConnections>) {
    this.#connect = connect;
  }

  async snapshot(): Promise<LinkSnapshot> {
    const { messages } = await this.#connect();
    // One statement: an import may commit between two.
    return messages.get<LinkSnapshot>(
      `SELECT messages, (SELECT coalesce(max(global_position), 0) FROM messages) AS highest
       FROM state`,
    )!;
  }

  async state(): Promise<LinkTableState> {
    return stateOf(await this.#connect());
  }

  async advance(to: number): Promise<LinkTableState> {
    const connections = await this.#connect();
    const state = stateOf(connections);
    return state.upTo >= to
      ? state
      : this.#step.measure(() => this.#advance(connections, state, to));
  }

  #advance(
    { messages, links }: LinkConnections,
    state: LinkTableState,
    to: number,
  ): LinkTableState {
    const found = new DistinctLinks();
    const { upTo, count } = messages.get<{ upTo: number | null; count: number }>(
      `SELECT max(global_position) AS upTo, count(*) AS count FROM (
         SELECT global_position FROM messages NOT INDEXED
         WHERE global_position > ?1 AND global_position <= ?2 ORDER BY global_position LIMIT ?3)`,
      state.upTo,
      to,
      this.#step.size,
    )!;
    // It was there just now; the caller finds out why.
    if (upTo === null) return { ...state, upTo: to };
    const rows = messages.allArrays<[stream: string, globalPosition: number, links: string]>(
      `SELECT stream, global_position, ${EVENT_LINKS} FROM messages NOT INDEXED
       WHERE global_position > ?1 AND global_position <= ?2 AND ${MAY_HAVE_LINKS}
       ORDER BY global_position`,
      state.upTo,
      upTo,
    );
    for (const [stream, globalPosition, json] of rows) {
      found.add(stream, globalPosition, JSON.parse(json));
    }
    const next = { ...state, upTo, messages: state.messages + count };
    const id = messages.get<{ id: string }>(LAST_ID, upTo)?.id ?? "";
    links.transaction(() => {
      for (const { target, link, stream, first } of found.links) {
        links.run(
          "INSERT INTO links VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
          target,
          link,
          stream,
          first,
        );
      }
      links.run(
        "UPDATE state SET up_to = ?, messages = ?, last_id = ?",
        next.upTo,
        next.messages,
        id,
      );
    });
    return next;
  }

  async clear(): Promise<void> {
    const { links } = await this.#connect();
    clearLinks(links);
  }

  async *linksTo(targets: readonly string[], to: number, epoch: number): LinkPages {
    let found: StreamLink[] = [];
    let { links } = await this.#connect();
    let looked = 0;
    for (const target of targets) {
      let last: [link: number, stream: string] = [-1, ""];
      for (;;) {
        if (epochOf(links) !== epoch) throw new LinksCleared();
        const rows = links.allArrays<[link: number, stream: string, first: number]>(
          `SELECT link, stream, first FROM links
           WHERE target = ?1 AND (link, stream) > (?2, ?3) ORDER BY link, stream LIMIT ?4`,
          target,
          ...last,
          linksAtOnceMax,
        );
        for (const [link, stream, first] of rows) {
          if (first <= to) found.push({ stream, target, link });
        }
        looked += rows.length + 10;
        if (looked >= linksAtOnceMax) {
          looked = 0;
          yield found;
          found = [];
          // Ticks may have passed while they were read.
          ({ links } = await this.#connect());
        }
        if (rows.length < linksAtOnceMax) break;
        const [link, stream] = rows.at(-1)!;
        last = [link, stream];
      }
    }
    yield found;
  }
}

/** How far the index has got; it is emptied where it is of other messages. */
function stateOf({ messages, links }: LinkConnections): LinkTableState {
  const state = links.get<LinkTableState & { lastId: string }>(
    "SELECT up_to AS upTo, messages, last_id AS lastId, epoch FROM state",
  );
  if (state === undefined) throw new Error(`"${links.path}" has no state`);
  const { lastId, ...known } = state;
  const { upTo } = known;
  if (upTo === 0 || messages.get<{ id: string }>(LAST_ID, upTo)?.id === lastId) return known;
  clearLinks(links);
  return { upTo: 0, messages: 0, epoch: epochOf(links) };
}

function epochOf(links: Connection): number {
  return links.get<{ epoch: number }>("SELECT epoch FROM state")!.epoch;
}

function clearLinks(links: Connection): void {
  links.transaction(() => {
    links.run("DELETE FROM links");
    links.run("UPDATE state SET up_to = 0, messages = 0, last_id = '', epoch = random() >> 11");
  });
}
