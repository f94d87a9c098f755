/**
 * The memory for what is read whole: large calls, and the longest lines of imports.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import {
  largeBodiesBytesMax,
  largeBodiesWaitingMax,
  largeBodyWaitMs,
  largeCallsBytesMax,
  longLineImportsMax,
  longLineWaitMs,
} from "./limits.ts";
import { BodySlots, type BodySlotsOptions, slowBody } from "./body_slots.ts";

/** Who may take how much. Weights are in bytes, but for imports. */
export interface LargeBodies {
  /** Calls whose bodies come in. */
  readonly received: BodySlots;
  /**
   * Calls, and long lines, that are worked on: their text, and what is made of it, takes several times
   * its length. No client is waited for meanwhile.
   */
  readonly handled: BodySlots;
  /**
   * Imports with long lines. A thread that has handled one keeps the memory, so that it is the rest of
   * the import that counts.
   */
  readonly longLines: BodySlots;
}

/**
 * Makes the slots of a server.
 *
 * @param slowMs Over how long a body is measured, in milliseconds.
 */
export function largeBodies(slowMs: number): LargeBodies {
  const slots = (bounds: Pick<BodySlotsOptions, "capacity" | "waitMs" | "refusal">) =>
    new BodySlots({
      ...bounds,
      waitingMax: largeBodiesWaitingMax,
      slowMs,
      tooSlow: () => new EventoDBError("INVALID_REQUEST", slowBody(slowMs), { status: 408 }),
    });
  return {
    received: slots({
      capacity: largeBodiesBytesMax,
      waitMs: largeBodyWaitMs,
      refusal: tooManyCalls,
    }),
    handled: slots({ capacity: largeCallsBytesMax, waitMs: Infinity, refusal: tooManyCalls }),
    longLines: slots({
      capacity: longLineImportsMax,
      waitMs: longLineWaitMs,
      refusal: tooManyImports,
    }),
  };
}

function tooManyCalls(): EventoDBError {
  return new EventoDBError(
    "BACKEND_ERROR",
    "This server has no memory left for more large requests. Try again later",
    { status: 503 },
  );
}

function tooManyImports(): EventoDBError {
  return new EventoDBError(
    "IMPORT_FAILED",
    "This server is running another import with lines longer than 4 MiB: nothing was imported. " +
      "Try again later",
    { status: 503 },
  );
}
