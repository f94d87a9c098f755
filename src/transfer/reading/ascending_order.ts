/**
 * The order of an export: a server that repeats itself, or goes back, must not end up in a file that looks
 * complete.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";

/** Guards that global positions ascend, from one event to the next. */
export class AscendingOrder {
  /** The global position of the last event. */
  last: number;

  /**
   * @param from The lowest global position that may come.
   */
  constructor(from: number) {
    this.last = from - 1;
  }

  /**
   * Takes the next event.
   *
   * @throws {EventoDBError} `UNEXPECTED_ANSWER` when it is not above the last one.
   */
  next(globalPosition: number): void {
    const { last } = this;
    if (globalPosition <= last) {
      throw new EventoDBError(
        "UNEXPECTED_ANSWER",
        `Cannot export: the server sent global position ${globalPosition}, which is not above ${last}`,
        { details: { status: 200, globalPosition, last } },
      );
    }
    this.last = globalPosition;
  }
}
