/**
 * What stores, the protocol and the client report of namespaces, streams and categories.
 *
 * @module
 */

/** A namespace in a list of them. */
export interface NamespaceSummary {
  /** Its id. */
  namespace: string;
  /** What it is for; `""` where nothing was said. */
  description: string;
  /** When it was made, in the form of {@linkcode Message.time}. */
  createdAt: string;
  /** How many messages it holds. */
  messageCount: number;
}

/** What is known of a namespace and its messages. */
export interface NamespaceInfo extends NamespaceSummary {
  /** How many streams have messages. */
  streamCount: number;
  /** Time of the message with the highest global position, or `null` where there is none. */
  lastActivity: string | null;
  /** The highest global position that a reader can see; 0 for none. Servers written in Go do not report it. */
  globalPosition?: number;
}

/** A stream in a list of them. */
export interface StreamSummary {
  /** The stream's name. */
  stream: string;
  /** Position of its last message. */
  version: number;
  /** Time of its last message. */
  lastActivity: string;
}

/** A category in a list of them. */
export interface CategorySummary {
  /** The category's name. */
  category: string;
  /** How many streams it has. */
  streamCount: number;
  /** How many messages those streams have. */
  messageCount: number;
}

/** Which streams to list. */
export interface StreamsQuery {
  /** Only names that begin with this; `""` for all. */
  prefix: string;
  /** Only names after this one, in byte order of their UTF-8; `""` for all. */
  cursor: string;
  /** Most streams, 1–1,000. Servers list 100 where nothing is said. */
  limit: number;
}
