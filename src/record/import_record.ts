/**
 * What a line of an import becomes.
 *
 * @module
 */

import type { Message } from "../message.ts";

/** A record of an import: a message and the line it stood on. */
export interface ImportRecord extends Message {
  /** The line, from 1. Errors about the record carry it. */
  line: number;
}
