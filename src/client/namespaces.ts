/**
 * What a server is asked about namespaces and what is in them, and what it says when one is changed.
 *
 * @module
 */

import type { StreamsQuery } from "../listings.ts";
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
export interface NamespaceStreamsOptions extends CallOptions, Partial<StreamsQuery> {}
