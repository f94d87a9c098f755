/**
 * A namespace as `verify` asks it: its events, and what it says of them.
 *
 * @module
 */

import type { CategorySummary, NamespaceInfo, StreamsQuery, StreamSummary } from "../listings.ts";
import type { Slice } from "./slice.ts";

/** Where an event is. */
export interface EventPosition {
  /** Its position in the stream. */
  position: number;
  /** Its global position. */
  globalPosition: number;
}

/** The counts of a namespace whose server reports all of them. */
export type ReportedNamespaceInfo = Required<Omit<NamespaceInfo, "description" | "createdAt">>;

/** A namespace that can be read. What its server does not report is `null`. */
export interface NamespaceReader {
  /** What it is called in messages. */
  readonly name: string;
  /**
   * Opens the lines of its events, in ascending global position.
   *
   * @param slice Which events.
   * @returns The lines. Reading them fails where the events are replaced meanwhile.
   */
  events(slice: Slice): Promise<ReadableStream<Uint8Array>>;
  /** Counts of all of it. Servers written in Go send placeholders. */
  info(): Promise<ReportedNamespaceInfo | null>;
  /** The categories. */
  categories(): Promise<CategorySummary[] | null>;
  /**
   * A page of the streams.
   *
   * @param query Which.
   */
  streams(query: StreamsQuery): Promise<StreamSummary[] | null>;
  /**
   * Position of a stream's last event; `null` where it has none.
   *
   * @param stream Its name.
   */
  streamVersion(stream: string): Promise<number | null>;
  /**
   * The first events of a stream.
   *
   * @param stream Its name.
   * @param limit Most events.
   */
  streamBeginning(stream: string, limit: number): Promise<EventPosition[]>;
}
