/**
 * Where a consumer keeps how far it is.
 *
 * @module
 */

/**
 * Keeps a consumer's position. A service keeps it best in its own database, in the transaction that
 * also holds what came of the message: then the two can never differ.
 */
export interface PositionStore {
  /** The global position of the last message that was handled; `null` or 0 before the first. */
  load(): number | null | Promise<number | null>;
  /** Remembers that everything up to this global position has been handled. */
  save(position: number): void | Promise<void>;
}

/**
 * Keeps a position for as long as the process lives: for tests, and for projections in memory, which
 * start again each time.
 */
export class MemoryPositionStore implements PositionStore {
  #position: number;

  /**
   * Begins after a position.
   *
   * @param position The global position after which to begin; 0 for the beginning.
   */
  constructor(position: number = 0) {
    this.#position = position;
  }

  /** The position last saved. */
  load(): number {
    return this.#position;
  }

  /** Remembers a position. */
  save(position: number): void {
    this.#position = position;
  }
}
