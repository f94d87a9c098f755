/**
 * What the closure asks a source of events: who links to whom, and how many events a stream has.
 *
 * There are two kinds of it. `ReadLinks` (`read_links.ts`) reads every event once and keeps a table, for
 * files and for servers that can do no better; a store that has an index of links reads that.
 * `closureOf` (`closure.ts`) runs over either, and both have to say the same, so that the same slice has the
 * same bytes wherever it comes from.
 *
 * @module
 */

import type { LinkPath } from "./link_path.ts";

/** Which events' links count. It is fixed when a source is made, and holds for all that it is asked. */
export interface LinkQuery {
  /**
   * Highest global position, inclusive. It bounds everything that a source says: events above it do not
   * exist. Absent: wherever the source ends.
   */
  to?: number;
  /**
   * Only links of events at or after this time, as `Message.time` has it. It bounds links alone: streams and
   * their counts are those of the whole history.
   */
  since?: string;
  /** Only links of events before this time. */
  until?: string;
  /**
   * The links that payloads hold, beside the fields of metadata in `linkFields`, which always count. A
   * source without an index of them has to read the events.
   */
  paths: readonly LinkPath[];
}

/** A stream that has an event that links to another stream, or to itself. */
export interface StreamLink {
  /** The stream with the event. */
  stream: string;
  /**
   * The name of the stream that the event links to, whether that stream has events or not. A value of metadata
   * that no stream could be called, such as the empty string, is not a link.
   */
  target: string;
  /** Which link it is: an index into `linkFields` followed by the paths of the query. */
  link: number;
}

/** A link whose value was of a kind that names no stream, such as an object. */
export interface OddValues {
  /** Which link it is, as in {@linkcode StreamLink.link}. */
  link: number;
  /** How many such values there were. */
  values: number;
}

/**
 * A source of links. Streams that are not there are no error: they have no events and no links of their own,
 * but others may link to them.
 *
 * Names are compared as they are, byte by byte. Links come in any order, and the same link may come more
 * than once; the fewer times, the better. A caller hands over at most `linkStreamsAskedMax` streams at a time,
 * each once.
 */
export interface LinkSource extends AsyncDisposable {
  /**
   * The links of the events of some streams.
   *
   * @param streams The streams with the events.
   */
  linksFrom(streams: readonly string[]): AsyncIterable<StreamLink>;
  /**
   * The links that lead to some streams.
   *
   * @param streams The streams that are linked to.
   */
  linksTo(streams: readonly string[]): AsyncIterable<StreamLink>;
  /**
   * How many events some streams have, up to the query's highest position.
   *
   * @param streams The streams.
   * @returns A count for each, in their order; 0 for a stream that is not there.
   */
  countEvents(streams: readonly string[]): Promise<number[]>;
  /**
   * The names of the streams that have events, up to the query's highest position.
   *
   * @param prefix What they begin with; `""` for all.
   */
  streams(prefix: string): AsyncIterable<string>;
  /**
   * The values of declared links that name no stream, in all events whose links count. Asked last.
   */
  oddValues(): Promise<OddValues[]>;
}
