/**
 * What every backend refuses, or cannot tell the outcome of, in the same words: a client must not be able to tell
 * them apart.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { writesWaitingMax } from "./limits.ts";
import { POSITION_MAX, type WriteResult } from "../message.ts";
import { unavailableStatus } from "./backend_failure.ts";

export function storeClosed(): EventoDBError {
  return new EventoDBError("BACKEND_ERROR", "The store is closed: the server is stopping", {
    status: unavailableStatus,
  });
}

export function queueFull(): EventoDBError {
  return new EventoDBError(
    "BACKEND_ERROR",
    `The write queue of this namespace is full (${writesWaitingMax} writes): try again later`,
    { status: unavailableStatus },
  );
}

export function namespaceNotFound(id: string): EventoDBError {
  return new EventoDBError("NAMESPACE_NOT_FOUND", `There is no namespace ${JSON.stringify(id)}`);
}

export function replacedWhileRead(id: string): EventoDBError {
  return new EventoDBError(
    "BACKEND_ERROR",
    `An import replaced the messages of the namespace ${JSON.stringify(id)} ` +
      "while they were being read: read them again",
  );
}

/** Which messages of which namespace: others have others of both numbers. */
export interface MessagesIdentity {
  /** Another one when all messages are replaced. */
  generation: number;
  /** The namespace's number: another one of the same id has another. */
  namespace: number;
}

/**
 * Makes sure that the messages are still those that a read began with.
 *
 * @throws {EventoDBError} `NAMESPACE_NOT_FOUND`, or `BACKEND_ERROR` when an import has replaced them.
 */
export function checkSameMessages(
  id: string,
  begun: MessagesIdentity,
  now: MessagesIdentity | null | undefined,
): void {
  if (now?.namespace !== begun.namespace) throw namespaceNotFound(id);
  if (now.generation !== begun.generation) throw replacedWhileRead(id);
}

/**
 * What an import fails with: what the backend could not do is the import's failure, what is wrong with a
 * record is not.
 */
export function importFailure(error: unknown): EventoDBError {
  if (error instanceof EventoDBError && error.code !== "BACKEND_ERROR") return error;
  const message = error instanceof Error ? error.message : String(error);
  const status = error instanceof EventoDBError ? error.status : undefined;
  return new EventoDBError("IMPORT_FAILED", message, { cause: error, status });
}

export function importEnded(): EventoDBError {
  return new EventoDBError("IMPORT_FAILED", "The import has ended");
}

export function namespaceExists(id: string): EventoDBError {
  return new EventoDBError(
    "NAMESPACE_EXISTS",
    `The namespace ${JSON.stringify(id)} already exists`,
  );
}

/** The error of an action, such as `write to`, that an import into the namespace blocks. */
export function importInProgress(action: string, id: string): EventoDBError {
  return new EventoDBError(
    "IMPORT_IN_PROGRESS",
    `Cannot ${action} the namespace ${JSON.stringify(id)} while an import into it is running: ` +
      "try again when it has ended",
  );
}

/** A message id as it stands in a sentence: one that is not a plain word is quoted. */
export function shownId(id: string): string {
  return /^[\w.:{}-]+$/.test(id) ? id : JSON.stringify(id);
}

export function idTaken(
  id: string,
  { stream, position, globalPosition }: WriteResult & { stream: string },
): EventoDBError {
  return new EventoDBError(
    "MESSAGE_ID_EXISTS",
    `The message id ${shownId(id)} is taken by position ${position} of the stream ` +
      `${JSON.stringify(stream)} (global position ${globalPosition})`,
    { details: { stream, position, globalPosition } },
  );
}

/**
 * What a write of a new id is refused for.
 *
 * @param expected The version that was asked for; absent for any.
 * @param version That of the stream, −1 for an empty one.
 * @param highWater The highest global position that there ever was.
 */
export function writeRefusal(
  stream: string,
  expected: number | undefined,
  version: number,
  highWater: number,
): EventoDBError | undefined {
  if (expected !== undefined && expected !== version) {
    return versionConflict(stream, expected, version);
  }
  // An import may bring the highest position there can be.
  if (version >= POSITION_MAX) return positionsUsedUp(stream);
  if (highWater >= POSITION_MAX) return positionsUsedUp();
}

export function versionConflict(
  stream: string,
  expected: number | undefined,
  actual: number,
): EventoDBError {
  return new EventoDBError(
    "STREAM_VERSION_CONFLICT",
    `Cannot write to the stream ${JSON.stringify(stream)}: ` +
      `its version is ${actual}, expected ${expected}`,
    { details: { expected, actual } },
  );
}

/**
 * The error of a write after the highest position there can be, which an import may have brought.
 *
 * @param stream The stream whose positions are used up; absent when the global ones are.
 */
export function positionsUsedUp(stream?: string): EventoDBError {
  const what = stream === undefined
    ? "the namespace's highest global position"
    : `the highest position of the stream ${JSON.stringify(stream)}`;
  return new EventoDBError(
    "POSITION_EXISTS",
    `Cannot write after ${what}: it is ${POSITION_MAX}, and there is none above it`,
  );
}

/** The error of a database, or of a file of it, that this program is too old for. */
export function writtenByNewer(what: string, version: number, known: number): EventoDBError {
  return new EventoDBError(
    "BACKEND_ERROR",
    `${what} was written by a newer EventoDB (its version is ${version}, ` +
      `this program knows up to ${known}): upgrade EventoDB`,
  );
}

/** Thrown when it is not known whether something was committed. */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown";
  /** What the database or the network said. */
  readonly reason: EventoDBError;

  constructor(reason: EventoDBError) {
    super(reason.message);
    this.reason = reason;
  }

  ofImport(): EventoDBError {
    return new EventoDBError(
      "IMPORT_FAILED",
      `${this.message}. It is not known whether the import was committed: ` +
        "run it again with existing=skip to find out",
      { cause: this.reason },
    );
  }

  ofWrite(id: string): EventoDBError {
    return new EventoDBError(
      "BACKEND_ERROR",
      `${this.message}. The message may or may not have been written: ` +
        `write it again with its id ${shownId(id)} to find out`,
      { status: this.reason.status, cause: this.reason.cause },
    );
  }
}
