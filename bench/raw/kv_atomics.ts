/**
 * The atomic operations of an import into Deno KV by themselves: the same keys, values and checks in
 * the same order, committed from memory to a file, with as many under way at once as an import has.
 *
 * @module
 */

import { kvAtomicsInFlightMax } from "../../src/store/kv/limits.ts";
import { readInput } from "../processes.ts";
import { Database } from "../../src/store/kv/database.ts";
import { Maintenance } from "../../src/store/kv/layers/maintenance.ts";
import { KvStore } from "../../src/store/kv/store.ts";
import { importRecords } from "../../src/transfer/import.ts";

/** An atomic operation that was recorded. */
interface Operation {
  checks: Deno.AtomicCheck[];
  mutations: Deno.KvMutation[];
}

const { input, file } = await readInput<{ input: string; file: string }>();
const operations = await record(input);
console.log(JSON.stringify({ ms: await commitAll(operations, file) }));

/** Imports into a database in memory, and keeps what it commits. */
async function record(input: string): Promise<Operation[]> {
  const operations: Operation[] = [];
  using kv = await Deno.openKv(":memory:");
  const database = new Database(recording(kv, operations), { name: "bench" });
  const store = new KvStore({
    database,
    maintenance: new Maintenance(database),
    importWaitMs: 0,
  });
  await store.createNamespace({ id: "bench", tokenHash: "", description: "", metadata: null });
  operations.length = 0;
  using source = await Deno.open(input);
  await importRecords(source.readable, store, "bench");
  return operations;
}

/** The same database; it notes each atomic operation when that is committed. */
function recording(kv: Deno.Kv, operations: Operation[]): Deno.Kv {
  return new Proxy(kv, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (property !== "atomic") return typeof value === "function" ? value.bind(target) : value;
      return () => {
        const recorded: Operation = { checks: [], mutations: [] };
        const atomic = target.atomic();
        const { check, mutate, commit } = atomic;
        return Object.assign(atomic, {
          check(...checks: Deno.AtomicCheck[]) {
            recorded.checks.push(...checks);
            return check.apply(atomic, checks);
          },
          mutate(...mutations: Deno.KvMutation[]) {
            recorded.mutations.push(...mutations);
            return mutate.apply(atomic, mutations);
          },
          commit() {
            operations.push(recorded);
            return commit.apply(atomic);
          },
        });
      };
    },
  });
}

/** Commits what was recorded. @returns How long it took, in milliseconds. */
async function commitAll(operations: readonly Operation[], file: string): Promise<number> {
  using kv = await Deno.openKv(file);
  // Versions are given again in each database: a check on one becomes a check on this one's.
  const key = ["stand-in"];
  const { versionstamp } = await kv.set(key, 0);
  const underWay = new Set<Promise<void>>();
  const start = performance.now();
  for (const { checks, mutations } of operations) {
    const atomic = kv.atomic()
      .check(...checks.map((check) => check.versionstamp === null ? check : { key, versionstamp }))
      .mutate(...mutations);
    const committing: Promise<void> = atomic.commit().then((result) => {
      if (!result.ok) throw new Error("A check did not hold");
      underWay.delete(committing);
    });
    underWay.add(committing);
    if (underWay.size >= kvAtomicsInFlightMax) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return performance.now() - start;
}
