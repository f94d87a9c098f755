/**
 * What stores, the protocol and the client report of an import.
 *
 * @module
 */

/** What has become of records: of a batch, or of all of them. */
export interface ImportCount {
  /** Records written. */
  imported: number;
  /** Records skipped, since they were there already. */
  skipped: number;
}

/** How far an import has come. Nobody sees any of it before the import is committed. */
export interface ImportProgress {
  /** Records written so far. */
  imported: number;
  /** The last global position among them; 0 before the first. */
  globalPosition: number;
}

/** What has become of an import that is committed. */
export interface ImportResult extends ImportCount {
  /** How long it took, in milliseconds. */
  elapsedMs: number;
}
