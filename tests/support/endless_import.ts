/**
 * A program for tests to kill: it imports into the namespace of the contract's tests and never ends.
 * Arguments: the store's URL and the import's mode. It says `.` for each batch.
 *
 * @module
 */

import { openStore } from "../../src/store/open.ts";
import { packRecords } from "../../src/record/packed_records.ts";
import { NS, record } from "../contract/support.ts";

const [url = "", mode = "{}"] = Deno.args;
const store = await openStore(url);
const unit = await store.beginImport(NS, JSON.parse(mode));
for (let start = 1_000;; start += 1_000) {
  await unit.write(packRecords(Array.from({ length: 1_000 }, (_, index) =>
    record({
      globalPosition: start + index,
      id: crypto.randomUUID(),
      stream: `endless-${start + index}`,
    }))));
  await Deno.stdout.write(new TextEncoder().encode("."));
}
