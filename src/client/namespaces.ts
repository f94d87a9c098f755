/**
 * What a server is asked about namespaces and what is in them, and what it tells of them.
 *
 * @module
 */

import type { CallOptions } from "./options.ts";
import type { Payload } from "./parsed_message.ts";
import type { RawJson } from "./raw_json.ts";

/** A namespace that was made. */
export interface CreatedNamespace {
  /** Its id. */
  namespace: string;
  /** The token that opens it. The server keeps only its hash. */
  token: string;
  /** When it was made. */
  createdAt: string;
}

/** A namespace whose token was replaced. */
export interface RotatedToken {
  /** Its id. */
  namespace: string;
  /** The token that opens it from now on. The server keeps only its hash. */
  token: string;
}

/** Another token for a namespace. */
export interface NamespaceRotateTokenOptions extends CallOptions {
  /** The token that is to open it. Default: a new one. */
  token?: string;
}

/** A namespace that was deleted. */
export interface DeletedNamespace {
  /** Its id. */
  namespace: string;
  /** When it was deleted. */
  deletedAt: string;
  /** How many messages went with it. */
  messagesDeleted: number;
}

/** A namespace in a list of them. */
export interface NamespaceListing {
  /** Its id. */
  namespace: string;
  /** What it is for; `""` where nothing was said. */
  description: string;
  /** When it was made. */
  createdAt: string;
  /** How many messages it holds. */
  messageCount: number;
}

/** What is known of a namespace. */
export interface NamespaceDetails extends NamespaceListing {
  /** How many streams have messages. */
  streamCount: number;
  /** Time of its last message, or `null` where there is none. */
  lastActivity: string | null;
  /** The highest global position that a reader can see, 0 for none. Not every server says it. */
  globalPosition?: number;
}

/** A stream in a list of them. */
export interface StreamListing {
  /** Its name. */
  stream: string;
  /** Position of its last message. */
  version: number;
  /** Time of its last message. */
  lastActivity: string;
}

/** A category in a list of them. */
export interface CategoryListing {
  /** Its name. */
  category: string;
  /** How many streams it has. */
  streamCount: number;
  /** How many messages those streams have. */
  messageCount: number;
}

/** A namespace to be made. */
export interface NamespaceCreateOptions extends CallOptions {
  /** What it is for. */
  description?: string;
  /** The token that is to open it. Default: a new one. */
  token?: string;
  /** What else is to be kept with it. */
  metadata?: Payload | RawJson;
}

/** Which streams to list. */
export interface NamespaceStreamsOptions extends CallOptions {
  /** Only names that begin with this. */
  prefix?: string;
  /** Only names after this one, in byte order. */
  cursor?: string;
  /**
   * Most streams, 1–1,000.
   *
   * @default {100}
   */
  limit?: number;
}
