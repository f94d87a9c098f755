/**
 * Commits whose outcome is unknown, since the response was lost. They are not
 * repeated blindly: what they were to bring may be there.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { shownId } from "./refusals.ts";

/** Thrown when it is not known whether something was committed. */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown";
  /** What the database or the network said. */
  readonly reason: EventoDBError;

  constructor(reason: EventoDBError) {
    super(reason.message);
    this.reason = reason;
  }

  /** The error of an import. */
  ofImport(): EventoDBError {
    return new EventoDBError(
      "IMPORT_FAILED",
      `${this.message}. It is not known whether the import was committed: ` +
        "run it again with existing=skip to find out",
      { cause: this.reason },
    );
  }

  /** The error of a write of a message. */
  ofWrite(id: string): EventoDBError {
    return new EventoDBError(
      "BACKEND_ERROR",
      `${this.message}. The message may or may not have been written: ` +
        `write it again with its id ${shownId(id)} to find out`,
      { status: this.reason.status, cause: this.reason.cause },
    );
  }
}
