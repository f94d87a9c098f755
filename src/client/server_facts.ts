/**
 * What a server reports of itself.
 *
 * @module
 */

/** What a server says of itself. */
export interface ServerVersion {
  /** Its version. */
  version: string;
  /** What it can do beyond the servers written in Go, such as `import-atomic`. */
  features: readonly string[];
}

/** How a server is. */
export interface ServerHealth {
  /** `ok`. */
  status: string;
  /** Its kind of database. */
  backend: string;
  /** How many connections to the database are open. */
  connections: number;
}
