/**
 * The side of a load that the import talks to.
 *
 * @module
 */

import type { PackedRecords } from "../../../record/packed_records.ts";
import type { LoadCount } from "./loader.ts";

/** A load under way. Disposed of without a commit, it leaves the file as it was. */
export interface BatchLoader extends AsyncDisposable {
  /**
   * Loads a batch. It has its buffers until it resolves, and puts them back. Calls may overlap; they
   * are done in their order.
   */
  write(batch: PackedRecords): Promise<LoadCount>;
  /** Finds a repeated key that only the indexes would find. */
  check(): Promise<void>;
  /** Makes what was loaded durable. */
  commit(): Promise<void>;
}
