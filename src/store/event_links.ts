/**
 * The links of events, as they are taken out of metadata: by {@linkcode linksOf}, and never by SQL.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { bufferOf, nameOfKey } from "../record/line_head.ts";
import type { StreamLink } from "../slice/links/link_source.ts";
import { linksOf } from "../slice/links/links.ts";

/** A link of one event: which one it is, an index into `linkFields`, and the name of the stream. */
export type EventLink = [link: number, target: string];

export function eventLinks(metadata: string | Uint8Array | null): EventLink[] {
  if (metadata === null || !mayHaveLinks(metadata)) return [];
  const bytes = typeof metadata === "string" ? Buffer.from(metadata) : bufferOf(metadata);
  const links: EventLink[] = [];
  for (const [link, key] of linksOf(bytes, 0, bytes.length).entries()) {
    if (key !== "") links.push([link, nameOfKey(key)]);
  }
  return links;
}

/** What the names of all link fields end with: metadata without it has none, unless it has escapes. */
export const LINK_FIELD_END = "StreamName";

/** Bytes are looked at in the database. */
function mayHaveLinks(metadata: string | Uint8Array): boolean {
  if (typeof metadata !== "string") return true;
  return metadata.includes(LINK_FIELD_END) || metadata.includes("\\u");
}

/** Gathers links, each once. */
export class DistinctLinks {
  readonly #seen = new Set<string>();
  #links: (StreamLink & { first: number })[] = [];

  /** @param globalPosition Its global position; calls come in ascending order. */
  add(stream: string, globalPosition: number, links: readonly EventLink[]): void {
    for (const [link, target] of links) {
      // No name has U+0000 in it.
      const key = `${link}${target}\0${stream}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#links.push({ stream, target, link, first: globalPosition });
    }
  }

  /** Adds the links of events, which come in ascending global position. */
  addEvents(
    events: readonly { stream: string; globalPosition: number; metadata: string | null }[],
  ): void {
    for (const { stream, globalPosition, metadata } of events) {
      this.add(stream, globalPosition, eventLinks(metadata));
    }
  }

  /** Those that were added, each with the first event's global position. */
  get links(): readonly (StreamLink & { first: number })[] {
    return this.#links;
  }
}
