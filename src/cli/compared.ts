/**
 * Comparisons: what keeps them from being made has an exit status of its own, since 1 means that there is a
 * difference.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { CommandError, NotComparedError } from "./problems.ts";
import { describe, hintsFor } from "./report.ts";

/**
 * Makes a comparison.
 *
 * @param run Makes it.
 * @throws {NotComparedError} It could not be made.
 */
export async function compared<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof EventoDBError) {
      throw new NotComparedError(describe(error), hintsFor(error), error);
    }
    if (error instanceof CommandError && error.status === 1) {
      throw new NotComparedError(error.message, error.hints, error);
    }
    throw error;
  }
}
