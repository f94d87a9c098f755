/**
 * What an import holds: whatever goes wrong, the namespace is free again.
 *
 * @module
 */

import { openGiven } from "../../../src/store/kv/open.ts";
import { leaseKey } from "../../../src/store/kv/schema.ts";
import { assertCode, create, importAll, NS, readAll, record } from "../../contract/support.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("beginImport() that fails once it has the lease gives it up (kv)", async () => {
  const kv = await Deno.openKv(":memory:");
  let failures = 0;
  const failing = new Proxy(kv, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (property !== "getMany") return typeof value === "function" ? value.bind(target) : value;
      return async (keys: Deno.KvKey[]) => {
        const isHeld = (await target.get(leaseKey(NS))).value !== null;
        if (isHeld && failures++ === 0) throw new Error("The disk was unplugged");
        return await target.getMany(keys);
      };
    },
  });
  {
    await using store = await openGiven(failing);
    await create(store, NS);
    await assertCode(() => store.beginImport(NS), "BACKEND_ERROR");
    assertEquals([failures, (await kv.get(leaseKey(NS))).value], [1, null]);
    await importAll(store, [record({ globalPosition: 7 })]);
    assertEquals((await readAll(store)).length, 1);
  }
  kv.close();
});
