/** Holds a data folder until it is killed. */

import { openStore } from "../../../src/store/open.ts";

await openStore("sqlite://meta.db", { dataDir: Deno.args[0] ?? "" });
console.log("open");
setInterval(() => {}, 1_000);
