import { countIn, PatternIndex } from "../../../src/mask/policy/pattern_index.ts";
import { Pattern } from "../../../src/slice/pattern.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const numbers = Array.from({ length: 10_000 }, (_, i) => String(i).padStart(5, "0"));

const kinds: Record<string, (number: string) => string> = {
  "names": (number) => `Created${number}`,
  "beginnings": (number) => `Created${number}*`,
  "ends": (number) => `*${number}Created`,
  "beginnings with the same end": (number) => `${number}*Created`,
  "ends with the same beginning": (number) => `Created*${number}`,
  "names and beginnings": (number) => Number(number) % 2 ? `Created${number}` : `Created${number}*`,
};

for (const [what, of] of Object.entries(kinds)) {
  Deno.test(`PatternIndex finds few among 10,000 ${what}, each of them itself among them`, () => {
    const index = new PatternIndex<string>();
    for (const number of numbers) index.add(new Pattern(of(number)), number);
    for (const number of numbers) {
      const near = index.near(new Pattern(of(number)));
      assert(countIn(near) <= 2, of(number));
      const found = near.flat();
      assert(found.length > 0 && found.every(({ value }) => value === number), of(number));
    }
  });
}

Deno.test("PatternIndex finds those whose long beginnings and ends fit, and those of all names", () => {
  const long = "x".repeat(200);
  const patterns = [`${long}*`, `${long}y*`, "x*", `*${long}`, `${long}z`, "y*"];
  const index = new PatternIndex<string>();
  for (const text of patterns) index.add(new Pattern(text), text);
  index.add(undefined, "all");
  const near = (pattern: string | undefined) =>
    new Set(
      index.near(pattern === undefined ? undefined : new Pattern(pattern)).flat()
        .map(({ value }) => value),
    );
  for (const text of patterns) {
    const found = near(text);
    for (const other of patterns) {
      const isFit = [[text, other], [other, text]].some(([a, b]) =>
        new Pattern(a!).matches(b!.replaceAll("*", ""))
      );
      if (isFit) assert(found.has(other), `${text} and ${other}`);
    }
    assert(found.has("all"));
  }
  assertEquals(near(undefined), new Set([...patterns, "all"]));
});
