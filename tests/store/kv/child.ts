/**
 * Uses a Deno KV file in a process of its own, to run beside others or to be killed on the way.
 *
 * Arguments: the file, then
 *
 * - `write COUNT NAME`: writes to streams `shared-0` … `shared-4`, ten at a time;
 * - `import COUNT MODE HOLD`: imports, MODE being JSON; says `begun`, then `committed`; with HOLD it
 *   says `filled` before it commits, and then waits;
 * - `large`: writes messages of 3 MiB without end; says `begun` before the first.
 */

import { batchRecordsMax } from "../../../src/limits.ts";
import { openFile } from "../../../src/store/kv/open.ts";
import { packRecords } from "../../../src/record/packed_records.ts";
import { newMessage, NS, record } from "../../contract/support.ts";

const [path, what, ...rest] = Deno.args;
await using store = await openFile(path!);

switch (what) {
  case "write": {
    const [count, name] = [Number(rest[0]), rest[1]];
    let next = 0;
    const writer = async () => {
      while (next < count) {
        const n = next++;
        await store.write(NS, `shared-${n % 5}`, newMessage({ data: `{"by":"${name}"}` }));
      }
    };
    await Promise.all(Array.from({ length: 10 }, writer));
    console.log("done");
    break;
  }
  case "import": {
    const [count, mode, hold] = [Number(rest[0]), JSON.parse(rest[1]!), rest[2] === "hold"];
    await using unit = await store.beginImport(NS, mode);
    console.log("begun");
    for (let start = 0; start < count; start += batchRecordsMax) {
      await unit.write(packRecords(Array.from({ length: batchRecordsMax }, (_, index) => {
        const n = 1_000 + start + index;
        return record({ globalPosition: n, stream: `imported-${n % 700}`, position: n });
      })));
    }
    if (hold) {
      console.log("filled");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    }
    await unit.commit();
    console.log("committed");
    break;
  }
  case "large": {
    const data = `{"text":"${"x".repeat(3 * 1024 * 1024)}"}`;
    console.log("begun");
    for (;;) await store.write(NS, "large-1", newMessage({ data }));
  }
}
