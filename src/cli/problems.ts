/**
 * What ends a command early, in words for the person who ran it.
 *
 * @module
 */

/** A failure that a person can mend: what went wrong, and on a second line the way out. */
export class CommandError extends Error {
  /** The class's name. */
  override readonly name: string = "CommandError";
  /** What to do, or what it means. One sentence a line. */
  readonly hints: readonly string[];
  /** The exit status. */
  readonly status: number = 1;

  /**
   * @param hints What to do.
   * @param options The error beneath.
   */
  constructor(message: string, hints: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.hints = hints;
  }
}

/** A command line that makes no sense. */
export class UsageError extends CommandError {
  /** The class's name. */
  override readonly name: string = "UsageError";
  /** The exit status. */
  override readonly status: number = 2;

  /**
   * @param message What is wrong.
   * @param wayOut What to do instead.
   */
  constructor(message: string, wayOut: string) {
    super(message, [wayOut]);
  }
}

/** What keeps two things from being compared, or one from being looked at. */
export class NotComparedError extends CommandError {
  /** The class's name. */
  override readonly name: string = "NotComparedError";
  /** The exit status: 1 means that they differ. */
  override readonly status: number = 3;

  /**
   * @param hints What to do.
   * @param cause The error beneath.
   */
  constructor(message: string, hints: readonly string[], cause?: unknown) {
    super(message, hints, { cause });
  }
}

/** Ctrl-C, or a signal like it. */
export class Interrupted extends Error {
  /** The class's name. */
  override readonly name = "Interrupted";
}
