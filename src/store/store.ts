/**
 * The contract that every backend keeps. tests/contract/ runs it against each of them.
 *
 * In prose:
 *
 * - A namespace is an isolated store. Every operation on one that is not there throws
 *   `NAMESPACE_NOT_FOUND`; one that is deleted while an operation runs ends it with that code.
 * - A message comes back as it went in: payload text, nanoseconds, positions and id.
 * - Global positions ascend in the order in which messages become visible: a reader that has seen
 *   global position n never later finds a new message below it, but for an import of lower
 *   positions.
 * - A write gets a global position above everything the namespace holds or has ever held, and the
 *   position after its stream's highest.
 * - An import is one unit of work. None of it is visible before `commit` resolves; disposed of
 *   without a commit, or after a crash at any time, it leaves nothing behind. While one runs,
 *   a write or a delete waits up to `importWaitMs` and then throws `IMPORT_IN_PROGRESS`, and a
 *   second import is refused with that code at once.
 * - A read that spans several ticks fixes its upper global position at the first one. When the
 *   namespace's messages are replaced under it, it throws `BACKEND_ERROR` and never mixes old and
 *   new.
 *
 * @module
 */

import type { ConsumerGroup } from "../consumer_group.ts";
import type { ImportCount } from "../import_result.ts";
import type {
  CategorySummary,
  NamespaceInfo,
  NamespaceSummary,
  StreamsQuery,
  StreamSummary,
} from "../listings.ts";
import type { Message, NewMessage, WriteResult } from "../message.ts";
import type { LinkSource } from "../slice/links/link_source.ts";
import type { CatchUpOptions } from "./link_table.ts";
import type { SliceBounds } from "../slice/slice.ts";
import type { ImportedPositions } from "./imported_positions.ts";
import type { EventIndex, LinkBounds } from "./event_index.ts";
import type { PackedRecords } from "../record/packed_records.ts";

/** The kinds of backend. */
export type BackendName = "sqlite" | "postgres" | "kv";

/** A namespace to be made. */
export interface NewNamespace {
  /** 1–255 bytes of UTF-8 without U+0000. */
  id: string;
  /** SHA-256 of the token, 64 lower-case hex digits. */
  tokenHash: string;
  /** What it is for; `""` where nothing was said. */
  description: string;
  /** JSON text of an object, or `null`. */
  metadata: string | null;
}

/** A namespace as it is registered. */
export interface NamespaceRecord extends NewNamespace {
  /** When it was made, in the form of {@linkcode Message.time}. */
  createdAt: string;
}

/** Which messages of a stream to read. */
export interface StreamQuery {
  /** Lowest position, inclusive. */
  from: number;
  /** Lowest global position, inclusive. Default: none. */
  fromGlobal?: number;
  /** Most messages; `Infinity` for all. */
  limit: number;
}

/**
 * Which messages of a namespace to read, in ascending global position. Both times are in the form of
 * {@linkcode Message.time}; a category with `-` matches nothing.
 */
export interface MessageQuery extends SliceBounds {
  /** Lowest global position, inclusive. */
  from: number;
  /** Most messages after every filter; `Infinity` for all. */
  limit: number;
  /**
   * Only messages of these types are wanted. A store leaves the others out where that is cheaper than to read them;
   * who asks has to look at the type as well.
   */
  types?: readonly string[];
  /** Only messages whose `metadata.correlationStreamName` is of this category. */
  correlation?: string;
  /** Only streams of this member. */
  consumerGroup?: ConsumerGroup;
  /**
   * Asked after each step of the read, with the lowest global position that has not been looked at; where it returns
   * `false`, the read ends with the messages below that. A filter that lets nothing through for a million messages
   * would otherwise show nothing before its end. On Postgres a step may be ahead of the reader.
   */
  goesOn?: (next: number) => boolean;
}

/** How an import treats what the namespace holds already. */
export interface ImportMode {
  /** Replace the namespace's messages by the import's. Default: false. */
  force?: boolean;
  /** Skip a record of which all eight fields are there already, instead of refusing it. */
  existing?: "skip";
}

/**
 * An import: begun with {@linkcode Store.beginImport}, then batches, then `commit`. Disposing of it
 * without a commit rolls it back, and resolves once nothing of it is left.
 */
export interface ImportUnit extends AsyncDisposable {
  /**
   * Writes a batch inside the unit. It has the batch's buffers until it resolves. Calls may overlap;
   * they are done in their order.
   *
   * @param batch Records in the order of the file, at most `batchRecordsMax`; {@linkcode packRecords}
   * packs them.
   * @returns How many were written and skipped.
   * @throws {EventoDBError} `POSITION_EXISTS` or `MESSAGE_ID_EXISTS` with the offending line (the
   * later of the two when both are in the file); `NAMESPACE_NOT_FOUND` when the namespace was
   * deleted; `IMPORT_FAILED` when the backend failed.
   */
  write(batch: PackedRecords): Promise<ImportCount>;
  /**
   * Finds what only `commit` would find to be wrong with what was written. Called instead of it, where
   * a later line is bad: the first one is to be named.
   *
   * @throws {EventoDBError} As `write`.
   */
  check(): Promise<void>;
  /**
   * Makes everything visible and durable, all at once. When it rejects, nothing is left of the
   * import, and the namespace is free again.
   *
   * @throws {EventoDBError} As `write`: a backend may find a repeated id or position only here.
   */
  commit(): Promise<void>;
}

/** What has happened to a namespace, for listeners. */
export type Appended = NamespaceChange & {
  /** The namespace's id. */
  namespace: string;
};

/**
 * What has happened to a namespace's messages:
 *
 * - `written`: messages one by one, of this process or of another one that says so. `messages` has at
 *   least one; `previous` is the highest global position before them, 0 for none.
 * - `imported`: an import has added to what was there. Its `positions` may lie below older ones.
 * - `replaced`: an import has replaced the messages by its own.
 * - `deleted`: the namespace is gone, also when there is another one of its name by now.
 * - `committing`: an import of this process is about to commit. What is read from now on may hold it
 *   already, or not yet, until the next `imported`, `replaced`, `failed` or `deleted`.
 * - `failed`: that import has failed. One whose outcome is unknown counts as committed.
 * - `unknown`: something may have been committed, such as another process's writes. Look.
 */
export type NamespaceChange =
  | { kind: "written"; messages: readonly AppendedMessage[]; previous: number }
  | { kind: "imported"; positions: ImportedPositions }
  | { kind: "replaced" | "deleted" | "committing" | "failed" | "unknown" };

/** What a listener needs to know of a written message. */
export interface AppendedMessage extends WriteResult {
  /** Its stream. */
  stream: string;
  /** The category of its correlation stream name, or `null`. */
  correlation: string | null;
}

/** A backend that has been opened. */
export interface Store extends AsyncDisposable {
  /** Which kind it is. */
  readonly backend: BackendName;

  /** Makes a namespace. @throws {EventoDBError} `NAMESPACE_EXISTS`. */
  createNamespace(namespace: NewNamespace): Promise<NamespaceRecord>;
  /** Finds a namespace; `null` when there is none. Cheap: called for every request. */
  findNamespace(id: string): Promise<NamespaceRecord | null>;
  /** Gives a namespace another token. @throws {EventoDBError} `NAMESPACE_NOT_FOUND`. */
  replaceToken(id: string, tokenHash: string): Promise<void>;
  /** All namespaces, by id in byte order. */
  listNamespaces(): Promise<NamespaceSummary[]>;
  /** Deletes a namespace and its messages; resolves to how many there were. */
  deleteNamespace(id: string): Promise<number>;
  /** What is known of a namespace. */
  namespaceInfo(id: string): Promise<Required<NamespaceInfo>>;
  /** The streams of a namespace, by name in byte order. */
  listStreams(id: string, query: StreamsQuery): Promise<StreamSummary[]>;
  /** The categories of a namespace, by name in byte order. */
  listCategories(id: string): Promise<CategorySummary[]>;

  /**
   * Writes one message, durably.
   *
   * @param id The namespace.
   * @param stream The stream's name.
   * @param message The message.
   * @param expectedVersion Position that the stream's last message must have, −1 for an empty
   * stream. Absent: any.
   * @throws {EventoDBError} `MESSAGE_ID_EXISTS` with `{stream, position, globalPosition}`, checked
   * before `STREAM_VERSION_CONFLICT` with `{expected, actual}`; `IMPORT_IN_PROGRESS`.
   */
  write(
    id: string,
    stream: string,
    message: NewMessage,
    expectedVersion?: number,
  ): Promise<WriteResult>;
  /** Reads a stream by position, a page at a time; a page has at least one message. */
  readStream(id: string, stream: string, query: StreamQuery): AsyncIterable<Message[]>;
  /** Reads messages by global position, a page at a time; a page has at least one message. */
  readMessages(id: string, query: MessageQuery): AsyncIterable<Message[]>;
  /**
   * The same as the records of an export: whole lines, each with its line end, byte for byte what
   * `formatRecords` makes of the messages. A page has at least one line, and its bytes are the
   * caller's.
   */
  readLines(id: string, query: MessageQuery): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /**
   * Opens the links by metadata of a namespace, by an index of them that is brought up to date first: it is made
   * when it is first asked for, and goes on from there the next time.
   *
   * @param id The namespace.
   * @param bounds Which events' links count.
   * @param options A signal, and a listener to the progress.
   */
  openLinks(id: string, bounds: LinkBounds, options?: CatchUpOptions): Promise<LinkSource>;
  /** Opens what finds events by their streams, over the messages that the namespace has now. */
  openIndex(id: string): Promise<EventIndex>;
  /**
   * Finds a message by its id, by an index: as cheap as to read one message.
   *
   * @param id The namespace.
   * @param messageId The message's id, compared as text.
   * @returns The message; `null` when there is none.
   */
  findMessage(id: string, messageId: string): Promise<Message | null>;
  /** A stream's last message, or its last of a type; `null` when there is none. */
  lastMessage(id: string, stream: string, type?: string): Promise<Message | null>;
  /** Position of a stream's last message; `null` when it has none. */
  streamVersion(id: string, stream: string): Promise<number | null>;

  /** Begins an import. @throws {EventoDBError} `IMPORT_IN_PROGRESS`. */
  beginImport(id: string, mode?: ImportMode): Promise<ImportUnit>;

  /**
   * Calls the listener after each commit of this process, in the order of the commits, and before
   * that of an import, at once where an import is committing now; and, where other processes use the
   * same database, soon after theirs. It may be called with the kind `unknown` once too often, and
   * never too seldom.
   *
   * @param listener What to call. It must not throw: what it throws changes nothing for who has written
   * and for the other listeners, and goes to `reportError`.
   * @param wanted The namespaces whose commits by other processes the listener needs to hear of: a
   * backend that has to look for those asks each time it looks. Absent: all.
   * @returns A function that ends it.
   */
  onAppended(
    listener: (appended: Appended) => void,
    wanted?: () => Iterable<string>,
  ): () => void;
  /** How many connections to the database are open. */
  connections(): Promise<number>;
  /**
   * Called when the store will be disposed of soon, once running work has ended: a backend that only
   * one process may use lets a successor wait for it instead of refusing it.
   */
  closeSoon?(): void;
}
