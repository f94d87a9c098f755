/**
 * The whole contract of src/store/store.ts, to be run against every backend.
 *
 * @module
 */

import { appendedContract } from "./appended.ts";
import { concurrencyContract } from "./concurrency.ts";
import { errorsContract } from "./errors.ts";
import { historiesContract } from "./histories.ts";
import { linksContract } from "./links.ts";
import { findMessageContract } from "./find_message.ts";
import { importContract } from "./import.ts";
import { namesContract } from "./names.ts";
import { namespacesContract } from "./namespaces.ts";
import { payloadsContract } from "./payloads.ts";
import { readLinesContract } from "./read_lines.ts";
import { readMessagesContract } from "./read_messages.ts";
import { readStreamContract } from "./read_stream.ts";
import { searchContract } from "./search.ts";
import { selectionContract } from "./selection.ts";
import { relatedContract } from "./related.ts";
import type { OpenStore } from "./support.ts";
import { timeWindowsContract } from "./time_windows.ts";
import { writeContract } from "./write.ts";

/**
 * Registers every test of the contract.
 *
 * @param open Opens a new, empty store.
 * @param backend What it is called in the tests' names.
 */
export function storeContract(open: OpenStore, backend: string): void {
  namespacesContract(open, backend);
  writeContract(open, backend);
  readStreamContract(open, backend);
  readMessagesContract(open, backend);
  readLinesContract(open, backend);
  selectionContract(open, backend);
  searchContract(open, backend);
  findMessageContract(open, backend);
  relatedContract(open, backend);
  linksContract(open, backend);
  timeWindowsContract(open, backend);
  importContract(open, backend);
  payloadsContract(open, backend);
  namesContract(open, backend);
  concurrencyContract(open, backend);
  appendedContract(open, backend);
  errorsContract(open, backend);
  historiesContract(open, backend);
}
