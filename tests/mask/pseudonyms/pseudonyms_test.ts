import fc from "fast-check";
import { MaskKeys } from "../../../src/mask/key/mask_keys.ts";
import { idParts } from "../../../src/mask/rules/stream_masks.ts";
import {
  isAddressPseudonym,
  isEmail,
  Pseudonyms,
} from "../../../src/mask/pseudonyms/pseudonyms.ts";
import { parseDecimal, roundNumber, SmallNumbers } from "../../../src/mask/values/round_number.ts";
import { Scrambler } from "../../../src/mask/values/scramble.ts";
import { shiftDate } from "../../../src/mask/values/shift_date.ts";
import { assert, assertEquals, assertMatch, assertNotEquals } from "../../support/assert.ts";
import "../../support/property.ts";

const key = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const pseudonyms = new Pseudonyms(new MaskKeys(key));
const id = pseudonyms.of("id", "customer");
const email = pseudonyms.of("email", "customer");
const digits = pseudonyms.of("digits", "customer");
const uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";

Deno.test("isAddressPseudonym() knows what email() and id() make of an address, and nothing else", () => {
  const masked = email("ada@example.com")!;
  assert(isAddressPseudonym(masked) && isAddressPseudonym(id("ada@example.com")!));
  const others = [
    ...["ada@example.invalid", `x${masked}`, masked.toUpperCase(), masked.replace(/^./, "z")],
    ...[masked.replace("invalid", "testing"), id("Ada Lovelace")!],
  ];
  assertEquals(others.filter(isAddressPseudonym), []);
});

Deno.test("id() keeps the shape of what it replaces", () => {
  assertMatch(id(uuid)!, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assertEquals(id(uuid.toUpperCase()), id(uuid)!.toUpperCase());
  assertMatch(id("123456")!, /^[1-9]\d{5}$/);
  assertMatch(id("000001")!, /^0\d{5}$/);
  assertMatch(id("42")!, /^[a-h][a-z2-7]{25}$/);
  assertMatch(id("Ada Lovelace")!, /^[a-h][a-z2-7]{25}$/);
  assertMatch(id("ada@example.com")!, /^[a-h][a-z2-7]{25}@example\.invalid$/);
});

Deno.test("id() and email() make the same of an address, whatever its case", () => {
  assertEquals(id("Ada@Example.COM"), email("ada@example.com"));
  assertEquals(email("ÄDA+tag@exämple.com"), email("äda+tag@exämple.com"));
  assertNotEquals(email("ada+a@example.com"), email("ada@example.com"));
  assertNotEquals(email("ada@example.com"), pseudonyms.of("email", "other")("ada@example.com"));
  assertNotEquals(id("Ada"), id("ada"));
});

Deno.test("isEmail() knows an address from what has an @", () => {
  for (const text of ["a@b", "a+b@c.de", "ä@ö.de"]) assert(isEmail(text), text);
  for (const text of ["", "@", "a@", "@b", "a@b@c", "a b@c", "A <a@b.c>", "a@b,c@d"]) {
    assert(!isEmail(text), text);
  }
});

Deno.test("pseudonyms of ids do not collide: all UUIDs that differ in some bits, and a sample of digits", () => {
  const seen = new Set<string>();
  for (let n = 0; n < 4_096; n++) {
    // Bits of all four words, and those that stay.
    const word = (n * 0x9e3779b1 >>> 0).toString(16).padStart(8, "0");
    seen.add(id(`${word}-${word.slice(0, 4)}-${word.slice(4)}-${word.slice(2, 6)}-${word}0000`)!);
  }
  assertEquals(seen.size, 4_096);
  const numbers = new Set<string>();
  for (let n = 0; n < 20_000; n++) numbers.add(digits(String(100_000 + n * 37))!);
  assertEquals(numbers.size, 20_000);
  assert([...numbers].every((number) => /^[1-9]\d{5}$/.test(number)));
});

Deno.test("digits() permutes what is written with separators as without, and refuses the rest", () => {
  const plain = digits("4111111111111111")!;
  assertEquals(digits("4111 1111 1111 1111")!.replaceAll(" ", ""), plain);
  assertEquals(plain.length, 16);
  for (const text of ["12345", "1234a6", "", "1".repeat(65)]) assertEquals(digits(text), undefined);
});

Deno.test("phone() gives numbers of no country, the same for the same digits", () => {
  const phone = pseudonyms.of("phone", "contact");
  assertMatch(phone("+49 170 1234567")!, /^\+999 \d\d \d{3} \d{7}$/);
  assertEquals(
    phone("+49 170 1234567")!.replace(/\D/g, ""),
    phone("491701234567")!.replace(/\D/g, ""),
  );
  assertEquals(phone("call me"), undefined);
});

Deno.test("name() gives names of as many words, which nobody has", () => {
  const name = pseudonyms.of("name", "customer");
  assertMatch(name("Ada Lovelace")!, /^[A-Z][a-z]+ [A-Z][a-z]+$/);
  assertMatch(name("Ada")!, /^[A-Z][a-z]+$/);
  const names = new Set(Array.from({ length: 10_000 }, (_, i) => name(`Ada Lovelace ${i}`)));
  assertEquals(names.size, 10_000);
});

Deno.test("hash() tells apart texts that are not well-formed", () => {
  const hash = pseudonyms.of("hash", "x");
  assertNotEquals(hash("\ud800"), hash("\udbff"));
  assertNotEquals(hash("\ud800"), hash("\ufffd"));
});

Deno.test("idParts() takes a compound id apart, and leaves an address whole", () => {
  const parts: Record<string, string[]> = {
    "a": ["a"],
    "a+b": ["a", "b"],
    "a++b": ["a", "", "b"],
    "ada+tag@x.com": ["ada+tag@x.com"],
    "123+ada@x.com": ["123", "ada@x.com"],
    [`${uuid}+ada+tag@x.com`]: [uuid, "ada+tag@x.com"],
    "ada@x.com+bob@y.com": ["ada@x.com", "bob@y.com"],
    "ada@x.com+7": ["ada@x.com", "7"],
  };
  for (const [id, expected] of Object.entries(parts)) {
    assertEquals(idParts(id), expected);
    assertEquals(idParts(id).join("+"), id);
  }
});

Deno.test("Scrambler changes each letter and digit to another one of its kind", () => {
  const scrambler = new Scrambler(key);
  const text = "Hello Wörld, 42! Привет Ελλάδα 漢字 ひらがな עברית 𝒜𝓫 😀 é".repeat(30);
  const scrambled = scrambler.text(text);
  assertEquals(scrambled.length, text.length);
  assertEquals(scrambler.text(text), scrambled);
  const kind = (char: string) =>
    [/\p{Lu}/u, /\p{Ll}/u, /\p{L}/u, /\p{M}/u, /\p{Nd}/u].findIndex((kind) => kind.test(char));
  const [before, after] = [[...text], [...scrambled]];
  assertEquals(after.length, before.length);
  before.forEach((char, i) => {
    assertEquals(kind(after[i]!), kind(char), `${char} ${after[i]}`);
    if (kind(char) < 0) assertEquals(after[i], char);
    else assertNotEquals(after[i], char);
  });
  for (const number of ["0", "-0.50", "12", "1.0e+10", "-9", "1E400", "0.0001"]) {
    const scrambled = scrambler.number(number);
    assertEquals(scrambled.length, number.length);
    assertMatch(scrambled, /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/);
  }
});

Deno.test("shiftDate() keeps the form and the time of day", () => {
  const shifted: Record<string, string | undefined> = {
    "2026-02-28": "2026-03-02",
    "20260228": "20260302",
    "2024-02-28": "2024-03-01",
    "2026-11-30T12:00:00.120Z": "2026-12-02T12:00:00.120Z",
    "2026-11-30 12:00+01:00": "2026-12-02 12:00+01:00",
    "1700000000": "1700172800",
    "1700000000123": "1700172800123",
    "1700000000.5": "1700172800.5",
    "9999-12-31": undefined,
    "2026-02-30": undefined,
    "2026-13-01": undefined,
    "tomorrow": undefined,
    "2026-11-30Tea time": undefined,
    "12": undefined,
  };
  for (const [text, expected] of Object.entries(shifted)) {
    assertEquals(shiftDate(text, 2), expected, text);
    if (expected !== undefined) assertEquals(shiftDate(expected, -2), text);
  }
});

Deno.test("roundNumber() is exact, whatever the size", () => {
  const rounded: [string, string, string | undefined][] = [
    ["1234.56", "10", "1230.00"],
    ["-5", "10", "-10"],
    ["-4", "10", "0"],
    ["9007199254740993", "5", "9007199254740995"],
    ["0.15", "0.1", "0.20"],
    ["7", "0.5", "7.0"],
    ["1e3", "300", "900"],
    ["1.5e-2", "1", "0.000"],
    ["x", "1", undefined],
    ["1e9999", "1", undefined],
    ["", "1", undefined],
    ["-", "1", undefined],
    ["1.", "1", undefined],
    [".5", "1", undefined],
    ["-0.4", "1", "0.0"],
    ["-0.5", "1", "-1.0"],
    ["99999999999999", "2", "100000000000000"],
    ["999999999999999999", "2", "1000000000000000000"],
    ["0.05", "0.1", "0.10"],
    ["0.04", "0.1", "0.00"],
    ["1.2.3", "1", undefined],
  ];
  for (const [text, step, expected] of rounded) {
    assertEquals(roundNumber(text, parseDecimal(step)!), expected, text);
  }
});

Deno.test("SmallNumbers rounds the usual number as roundNumber() does, and no other", () => {
  const part = fc.array(fc.constantFrom(..."0123456789"), { maxLength: 8 });
  const numbers = fc.tuple(fc.constantFrom("", "-"), part, fc.constantFrom("", "."), part)
    .map(([sign, whole, point, fraction]) =>
      `${sign}${whole.join("")}${point}${fraction.join("")}`
    );
  const others = fc.constantFrom("", "-", ".", "1.", ".5", "1e3", "1.2.3", "x", "99999999999999");
  const steps = fc.constantFrom(
    "10",
    "1",
    "0.5",
    "0.01",
    "7",
    "300",
    "99999999999999",
    "1000000000000000",
  );
  fc.assert(fc.property(fc.oneof(numbers, others), steps, (text, given) => {
    const step = parseDecimal(given)!;
    const bytes = new TextEncoder().encode(`[${text}]`);
    const target = new Uint8Array(40);
    const length = new SmallNumbers(step).round(bytes, 1, bytes.length - 1, target, 3);
    const expected = roundNumber(text, step);
    if (length >= 0) {
      assertEquals(new TextDecoder().decode(target.subarray(3, 3 + length)), expected);
      assert(length <= text.length + 2);
    } else {
      const isUsual = /^-?\d+(\.\d+)?$/.test(text) && text.length <= 10 &&
        ["1", "7", "10"].includes(given);
      assert(!isUsual, text);
    }
  }));
});
