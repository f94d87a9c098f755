/**
 * Builds the index of links of a store, to be killed on the way or to run beside others.
 *
 * Arguments: the store's URL, its data folder or `""`. Says `step` after each step, and `done`.
 */

import { openStore } from "../../src/store/open.ts";
import { NS } from "../contract/support.ts";

const [url = "", dataDir] = Deno.args;
await using store = await openStore(url, { dataDir: dataDir || undefined });
await using _ = await store.openLinks(NS, {}, { onIndexed: () => console.log("step") });
console.log("done");
