import { DistinctCount } from "../../src/mask/distinct_count.ts";
import { assert, assertEquals } from "../support/assert.ts";

Deno.test("DistinctCount counts a few exactly, and many within a tenth", () => {
  for (const wanted of [0, 1, 100, 128, 129, 1000, 50_000]) {
    const count = new DistinctCount();
    for (let i = 0; i < wanted; i++) {
      count.add(`person-${i}`);
      count.add(`person-${i}`);
    }
    assertEquals(count.isExact, wanted <= 128);
    assert(Math.abs(count.estimate - wanted) <= wanted / 10, `${count.estimate} for ${wanted}`);
    if (count.isExact) assertEquals(count.estimate, wanted);
  }
});

Deno.test("DistinctCount adds what another has counted", () => {
  for (
    const [mine, theirs] of [[10, 20], [100, 128], [10, 129], [10, 5000], [5000, 10], [5000, 9000]]
  ) {
    const [one, other, all] = [new DistinctCount(), new DistinctCount(), new DistinctCount()];
    for (let i = 0; i < mine!; i++) one.add(`${i}`);
    for (let i = 0; i < theirs!; i++) other.add(`${i}`);
    one.addAll(other.parts);
    for (let i = 0; i < Math.max(mine!, theirs!); i++) all.add(`${i}`);
    assertEquals([one.estimate, one.isExact], [all.estimate, all.isExact]);
  }
});
