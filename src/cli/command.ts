/**
 * What a command is: its shape, and what it does.
 *
 * @module
 */

import type { Arguments } from "./arguments.ts";
import type { CommandShape } from "./command_shape.ts";

/** A command. */
export interface Command extends CommandShape {
  /** Does it. */
  run(args: Arguments): Promise<number>;
}

/** A command that has not been loaded. */
export interface CommandEntry {
  /** Its words. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** Loads it. */
  load(): Promise<Command>;
}
