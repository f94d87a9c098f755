import { EventoDBError } from "../../../src/errors.ts";
import { loadPolicy } from "../../../src/mask/policy/load_policy.ts";
import { Masker } from "../../../src/mask/masker.ts";
import { randomSeeds } from "../../../src/mask/residual/text_hash.ts";
import { MergedStreams } from "../../../src/mask/rules/merged_streams.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { lineOf } from "../../support/history.ts";

const seeds = randomSeeds();

/** Adds so many streams, each twice. */
function addMany(merged: MergedStreams, count: number): void {
  for (const i of [...Array(count).keys(), ...Array(count).keys()]) {
    assertEquals(merged.add(`customer-masked${i}`, `customer-${i}@x.test`, "customer"), false);
  }
}

Deno.test("MergedStreams tells at once of a name that is among the first", () => {
  using merged = new MergedStreams(seeds, 2, 4);
  addMany(merged, 20);
  assertEquals(merged.add("customer-masked1", "customer-1@X.test", "customer"), true);
  assertEquals(merged.find(), undefined);
});

Deno.test("MergedStreams compares what several have added", () => {
  for (const inMemoryMax of [1_000, 4]) {
    using all = new MergedStreams(seeds);
    const add = (...streams: [name: string, category: string][]) => {
      using merged = new MergedStreams(seeds, inMemoryMax, inMemoryMax);
      addMany(merged, 30);
      for (const [name, category] of streams) merged.add(`${category}-masked`, name, category);
      const take = all.streamsOfOthers();
      for (let added = merged.next(20); added.records.length > 0; added = merged.next(20)) {
        take(added);
      }
    };
    add(["order-1@x.test", "order"], ["person-a@x.test", "person"]);
    add();
    assertEquals(all.find(), undefined);
    add(["person-A@x.test", "person"]);
    assertEquals(all.find(), "person");
  }
});

Deno.test("MergedStreams tells of all others in the end, in memory and on the disk", () => {
  for (const inMemoryMax of [1_000, 4]) {
    using merged = new MergedStreams(seeds, 2, inMemoryMax);
    addMany(merged, 50);
    assertEquals(merged.find(), undefined);
    assertEquals(merged.add("person-masked", "person-a@x.test", "person"), false);
    assertEquals(merged.add("person-masked", "person-A@x.test", "person"), false);
    assertEquals(merged.find(), "person");
  }
});

Deno.test("Masker fails in the end where two streams that it did not compare at once would become one", async () => {
  const policy = await loadPolicy("version: 1\nstreams: {customer: id(c)}\n", "policy.yaml");
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  using masker = new Masker(policy, key, { onUndecided() {} }, new MergedStreams(seeds, 1, 1));
  const names = ["bob@x.test", "alice@x.test", "carol@x.test", "ALICE@x.test"];
  const lines = names.map((name, i) => lineOf(i + 1, { stream: `customer-${name}`, pos: 0 }));
  masker.mask(new TextEncoder().encode(lines.join("")));
  const error = assertThrows(() => masker.end(), EventoDBError);
  assertEquals(
    [error.code, error.message, error.details],
    [
      "MASK_FAILED",
      'Cannot mask the events: two streams of category "customer", whose names differ only in the case of an ' +
      "e-mail address, would become one: hash(domain) keeps them apart",
      { kind: "merged", section: "stream", path: "customer" },
    ],
  );
});
