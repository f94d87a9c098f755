import { consumerGroupProblem } from "../src/consumer_group.ts";
import { integerProblem, parseInteger, parsePosition } from "../src/integer.ts";
import { assertEquals } from "./support/assert.ts";

Deno.test("parseInteger() takes decimal digits, also with .0, and nothing else", () => {
  const texts = ["0", "-7", "007", "1.0", "-3.00", "9007199254740993"];
  assertEquals(texts.map(parseInteger), [0, -7, 7, 1, -3, 9007199254740992]);
  for (const text of ["", " 1", "1.5", "1e3", "+1", "0x10", "1.", "--1", "١", "Infinity"]) {
    assertEquals(parseInteger(text), NaN, text);
  }
  assertEquals(parsePosition(`-${"9".repeat(400)}`), 0);
  assertEquals(parsePosition("x"), NaN);
});

Deno.test("integerProblem() names the bound that a value is beyond", () => {
  const most = 2 ** 53 - 1;
  assertEquals(integerProblem(most), null);
  assertEquals(integerProblem(-most), null);
  assertEquals(integerProblem(2 ** 53), `must be at most ${most}`);
  assertEquals(integerProblem(Infinity), `must be at most ${most}`);
  assertEquals(integerProblem(0, { min: 1 }), "must be at least 1");
  assertEquals(integerProblem(6, { min: 1, max: 5 }), "must be an integer from 1 to 5");
  for (const value of [NaN, 1.5, "1", 1n, null, undefined, true, {}]) {
    assertEquals(integerProblem(value, { min: 1 }), "must be an integer");
  }
});

Deno.test("consumerGroupProblem() wants a member below the size", () => {
  assertEquals(consumerGroupProblem({ member: 1, size: 2 }), null);
  assertEquals(
    consumerGroupProblem({ member: 2, size: 2 }, "consumer"),
    '"consumer" must be less than the size 2, got 2',
  );
  assertEquals(
    consumerGroupProblem({ size: 2 }, "consumer"),
    'a consumer group needs both "consumer" and "size", and there is no "consumer"',
  );
});
