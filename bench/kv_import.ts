/**
 * What Deno KV does with an import in between, beside what it does by itself, on files of its own:
 *
 * - import, in events/s: NDJSON in, committed messages out;
 * - raw: the very same atomic operations (keys, values, checks, order), from memory;
 * - raw in the file's order: the same keys, but each event's entries beside each other.
 *
 *     deno run --allow-all --unstable-kv bench/kv_import.ts [EVENTS] [ROUNDS]
 *
 * @module
 */

import { kvAtomicsInFlightMax } from "../src/limits.ts";
import { formatRecord } from "../src/record/format.ts";
import { Database } from "../src/store/kv/database.ts";
import { garbageLayerKey } from "../src/store/kv/keys.ts";
import { Maintenance } from "../src/store/kv/maintenance.ts";
import { type Mutation, Pack } from "../src/store/kv/pack.ts";
import { KvStore } from "../src/store/kv/store.ts";
import { importRecords } from "../src/transfer/import.ts";

const events = Number(Deno.args[0] ?? 200_000);
const rounds = Number(Deno.args[1] ?? 3);
const namespace = "bench";

/** What is measured, each in a process of its own: what one keeps in memory slows down no other. */
const runs: Record<string, () => Promise<number>> = {
  "import": async () => {
    const file = history();
    return await measure((kv) => importInto(kv, file));
  },
  "raw": async () => {
    const operations = await recordOperations();
    return await measure((kv) => commitAll(kv, operations));
  },
  "raw, file order": async () => {
    const operations = inFileOrder(await recordOperations());
    return await measure((kv) => commitAll(kv, operations));
  },
};

const [, , run] = Deno.args;
if (run === undefined) await compare();
else console.log(await runs[run]());

async function compare(): Promise<void> {
  const rates: Record<string, number[]> = {};
  for (let round = 1; round <= rounds; round++) {
    for (const name of Object.keys(runs)) {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "--allow-all",
          "--unstable-kv",
          import.meta.filename!,
          String(events),
          "1",
          name,
        ],
        stderr: "inherit",
      }).output();
      const rate = Number(new TextDecoder().decode(stdout));
      (rates[name] ??= []).push(rate);
      console.log(
        `${name.padEnd(16)} ${Math.round(rate).toLocaleString("en-US").padStart(8)} events/s`,
      );
    }
  }
  const middle = (name: string) => rates[name].toSorted((a, b) => a - b)[rounds >> 1];
  for (const name of Object.keys(runs).slice(1)) {
    console.log(
      `import is ${(middle("import") / middle(name)).toFixed(2)} of ${name}, in the median`,
    );
  }
}

/** Runs something on a new database, and says how many events a second it did. */
async function measure(run: (kv: Deno.Kv) => Promise<void>): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-bench-" });
  try {
    using kv = await Deno.openKv(`${folder}/bench.kv`);
    const start = performance.now();
    await run(kv);
    return events / ((performance.now() - start) / 1000);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function importInto(kv: Deno.Kv, file: readonly Uint8Array[]): Promise<void> {
  const database = new Database(kv, { name: "bench" });
  const store = new KvStore({
    database,
    maintenance: new Maintenance(database),
    importWaitMs: 0,
  });
  await store.createNamespace({
    id: namespace,
    tokenHash: "",
    description: "",
    metadata: null,
  });
  await importRecords(ReadableStream.from(file), store, namespace);
}

/** Commits the recorded operations, as many at once as an import does. */
async function commitAll(kv: Deno.Kv, operations: readonly Mutation[][]): Promise<void> {
  const database = new Database(kv, { name: "bench" });
  const key = garbageLayerKey(0);
  const { versionstamp } = await kv.set(key, {});
  const underWay = new Set<Promise<void>>();
  for (const mutations of operations) {
    const pack = new Pack(database, [{ key, versionstamp }]);
    for (const mutation of mutations) pack.add(mutation);
    const committing: Promise<void> = pack.commit().then((versionstamp) => {
      if (versionstamp === null) throw new Error("A check did not hold");
      underWay.delete(committing);
    });
    underWay.add(committing);
    if (underWay.size >= kvAtomicsInFlightMax) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}

/** The same changes packed anew: each event's keys beside each other. */
function inFileOrder(operations: readonly Mutation[][]): Mutation[][] {
  const ofEvent = new Map<unknown, Mutation[]>();
  const rest: Mutation[] = [];
  for (const mutation of operations.flat()) {
    const kind = mutation.key[2];
    const globalPosition = kind === "m" || kind === "c"
      ? mutation.key.at(-1)
      : kind === "i" || kind === "s"
      ? Number((mutation as { value: Deno.KvU64 }).value.value)
      : undefined;
    if (globalPosition === undefined) rest.push(mutation);
    else if (ofEvent.has(globalPosition)) ofEvent.get(globalPosition)?.push(mutation);
    else ofEvent.set(globalPosition, [mutation]);
  }
  const packed: Mutation[][] = [];
  let some: Mutation[] = [];
  for (const mutations of [...ofEvent.values(), ...rest.map((mutation) => [mutation])]) {
    // Far enough from every other limit with events of this size.
    if (some.length + mutations.length > 1_000) {
      packed.push(some);
      some = [];
    }
    some.push(...mutations);
  }
  packed.push(some);
  return packed;
}

/** Imports once, and keeps the operations that fill the layer. */
async function recordOperations(): Promise<Mutation[][]> {
  const operations: Mutation[][] = [];
  const kv = await Deno.openKv(":memory:");
  const recording = new Proxy(kv, {
    get(target, property) {
      if (property !== "atomic") {
        const value: unknown = Reflect.get(target, property);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return () => {
        const operation = target.atomic();
        const mutations: Mutation[] = [];
        const mutate = operation.mutate.bind(operation);
        operation.mutate = (...some) => {
          mutations.push(...some);
          return mutate(...some);
        };
        const commit = operation.commit.bind(operation);
        operation.commit = () => {
          if (mutations.every(({ key }) => typeof key[1] === "number")) operations.push(mutations);
          return commit();
        };
        return operation;
      };
    },
  });
  await importInto(recording, history());
  kv.close();
  return operations.filter((mutations) => mutations.length > 0);
}

/** A history: about 320 bytes an event, random ids, five events a stream. */
function history(): Uint8Array[] {
  const encoder = new TextEncoder();
  const streams = Math.ceil(events / 5);
  const chunks: Uint8Array[] = [];
  for (let n = 0; n < events;) {
    let lines = "";
    for (const end = Math.min(n + 200, events); n < end; n++) {
      lines += formatRecord({
        id: crypto.randomUUID(),
        stream: `account-${(n * 7_919) % streams}`,
        type: "Deposited",
        position: Math.floor(n / streams),
        globalPosition: n + 1,
        data: `{"amount":${n},"note":"${"x".repeat(120)}","quoted":"\\"x\\""}`,
        metadata: `{"correlationStreamName":"workflow-${n}"}`,
        time: "2025-07-15T10:00:00.123456789Z",
      }) + "\n";
    }
    chunks.push(encoder.encode(lines));
  }
  return chunks;
}
