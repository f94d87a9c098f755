/**
 * How servers notify each other of their commits, through NOTIFY: a notice is less than 8,000 bytes of
 * JSON, and arrives after the commit that it is of. Those of one server arrive in the order of its
 * writes.
 *
 * @module
 */

import { postgresNoticeRunsMax } from "../limits.ts";
import { ImportedPositions } from "../../imported_positions.ts";
import type { ImportWork } from "../../import_unit.ts";
import type { Appended, AppendedMessage } from "../../store.ts";

/** The channel that all servers on a database listen to. */
export const CHANNEL = "eventodb_commits";

/** A message: stream, position, global position, category of the correlation stream. */
type NoticedMessage = [string, number, number, string | null];

/** A notice; its names are short since it may have few bytes. */
interface Notice {
  /** The server that has sent it. */
  s: string;
  n: string;
  /** The highest global position before the messages. */
  p?: number;
  m?: NoticedMessage[];
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
 * The notice of writes.
 *
 * @param messages All that was written after `previous`; `undefined` when that is too much to say.
 * @param previous The highest global position before them.
 */
export function writeNotice(
  server: string,
  namespace: string,
  messages: readonly AppendedMessage[] | undefined,
  previous: number,
): string {
  const about: Notice = { s: server, n: namespace };
  if (messages === undefined) return JSON.stringify(about);
  const m = messages.map(({ stream, position, globalPosition, correlation }): NoticedMessage => [
    stream,
    position,
    globalPosition,
    correlation ?? null,
  ]);
  return JSON.stringify({ ...about, p: previous, m });
}

/** The notices of an import, to be sent in this order; several when it has added many runs. */
export function importNotices(
  server: string,
  namespace: string,
  { replaces, positions }: Pick<ImportWork, "replaces" | "positions">,
): string[] {
  const about = { s: server, n: namespace };
  if (replaces) return [JSON.stringify({ ...about, r: true })];
  const runs = [...positions];
  const notices: Notice[] = [];
  for (let start = 0; start < runs.length; start += postgresNoticeRunsMax) {
    const more = start + postgresNoticeRunsMax < runs.length ? true : undefined;
    notices.push({ ...about, i: runs.slice(start, start + postgresNoticeRunsMax), more });
  }
  return notices.map((notice) => JSON.stringify(notice));
}

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

  /** What to notify listeners of; `undefined` for nothing yet. */
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
    if (d) return { namespace, kind: "deleted" };
    if (r) return { namespace, kind: "replaced" };
    if (i !== undefined) {
      const key = JSON.stringify([server, namespace]);
      const positions = this.#partial.get(key) ?? new ImportedPositions();
      for (const [first, last] of i) positions.add(first, last);
      if (more) this.#partial.set(key, positions);
      else this.#partial.delete(key);
      return more ? undefined : { namespace, kind: "imported", positions };
    }
    if (m === undefined || m.length === 0 || previous === undefined) {
      return { namespace, kind: "unknown" };
    }
    const messages = m.map(([stream, position, globalPosition, correlation]): AppendedMessage => ({
      stream,
      position,
      globalPosition,
      correlation,
    }));
    return { namespace, kind: "written", messages, previous };
  }
}
