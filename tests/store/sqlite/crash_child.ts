/**
 * Imports into a data folder, to be killed on the way.
 *
 * Arguments: the folder, the import's mode as JSON, the lowest global position, how many
 * records each of the ten batches has.
 */

import { openStore } from "../../../src/store/open.ts";
import { packRecords } from "../../../src/record/packed_records.ts";
import { NS, record } from "../../contract/support.ts";

const [dataDir = "", mode = "{}", lowest = "1", length = "1000"] = Deno.args;
const store = await openStore("sqlite://meta.db", { dataDir });
const unit = await store.beginImport(NS, JSON.parse(mode));
console.log("begun");
for (let batch = 0; batch < 10; batch++) {
  await unit.write(packRecords(Array.from({ length: Number(length) }, (_, index) => {
    const n = Number(lowest) + batch * Number(length) + index;
    return record({ globalPosition: n, stream: `new-${n}`, id: crypto.randomUUID() });
  })));
}
await unit.commit();
console.log("committed");
// Stays, so that its end is always the same: killed, without a chance to tidy up.
setInterval(() => {}, 1_000);
