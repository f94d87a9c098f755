import fc from "fast-check";
import { nowTime } from "../src/now.ts";
import { compareTimes, parseDateOrTime, parseTime } from "../src/time.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "./support/assert.ts";
import "./support/property.ts";

const leastNs = Temporal.Instant.from("0000-01-01T00:00:00Z").epochNanoseconds;
const mostNs = Temporal.Instant.from("9999-12-31T23:59:59.999999999Z").epochNanoseconds;

const instants = fc.oneof(
  fc.bigInt({ min: leastNs, max: mostNs }),
  fc.bigInt({ min: leastNs / 1_000_000_000n, max: mostNs / 1_000_000_000n })
    .map((seconds) => seconds * 1_000_000_000n),
).map((ns) => new Temporal.Instant(ns));

const offsets = fc.tuple(fc.constantFrom("+", "-"), fc.nat(23), fc.nat(59)).map(
  ([sign, hours, minutes]) =>
    `${sign}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`,
);

Deno.test("parseTime() gives back a canonical time as it is", () => {
  fc.assert(fc.property(instants, (instant) => {
    assertEquals(parseTime(instant.toString()), instant.toString());
  }));
});

Deno.test("parseTime() converts an offset to UTC as Temporal does", () => {
  fc.assert(fc.property(instants, offsets, fc.nat(9), (instant, offset, digits) => {
    const zoned = instant.toZonedDateTimeISO(offset);
    fc.pre(zoned.year >= 0 && zoned.year <= 9999);
    const fractionalSecondDigits = digits as 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
    const text = `${zoned.toPlainDateTime().toString({ fractionalSecondDigits })}${offset}`;
    assertEquals(parseTime(text), Temporal.Instant.from(text).toString());
  }));
});

Deno.test("parseTime() refuses the dates and times of day that Temporal refuses", () => {
  const two = fc.nat(99).map((n) => String(n).padStart(2, "0"));
  const text = fc.tuple(fc.nat(9999), two, two, two, two, two).map(
    ([year, month, day, hour, minute, second]) =>
      `${String(year).padStart(4, "0")}-${month}-${day}T${hour}:${minute}:${second}Z`,
  );
  const near = fc.tuple(fc.integer({ min: 1890, max: 2110 }), fc.nat(13), fc.nat(32)).map(
    ([year, month, day]) =>
      `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}T10:00:00Z`,
  );
  fc.assert(
    fc.property(fc.oneof(text, near), (text) => {
      fc.pre(!text.endsWith(":60Z")); // Temporal takes a leap second for the second before it.
      let expected: string | null = null;
      try {
        expected = Temporal.Instant.from(text).toString();
      } catch { /* There is no such time. */ }
      if (expected === null) assertThrows(() => parseTime(text), RangeError, text);
      else assertEquals(parseTime(text), expected);
    }),
    { numRuns: 1000 },
  );
});

const same: [text: string, canonical: string][] = [
  ["2025-07-15T10:00:00.120000000Z", "2025-07-15T10:00:00.12Z"],
  ["2025-07-15T10:00:00.000Z", "2025-07-15T10:00:00Z"],
  ["2025-07-15t10:00:00z", "2025-07-15T10:00:00Z"],
  ["2025-07-15T10:00:00-00:00", "2025-07-15T10:00:00Z"],
  ["2025-07-15T00:30:00.5+02:00", "2025-07-14T22:30:00.5Z"],
  ["2023-12-31T23:30:00-01:00", "2024-01-01T00:30:00Z"],
  ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
  ["0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"],
  ["0099-01-01T00:00:00+01:00", "0098-12-31T23:00:00Z"],
];
for (const [text, canonical] of same) {
  Deno.test(`parseTime() reads ${text} as ${canonical}`, () => {
    assertEquals(parseTime(text), canonical);
  });
}

const refused: [text: string, reason: string][] = [
  ["", "not an RFC 3339 time"],
  ["yesterday", "not an RFC 3339 time"],
  ["2025-07-15", "not an RFC 3339 time"],
  ["2025-07-15 10:00:00Z", "not an RFC 3339 time"],
  ["2025-07-15T10:00Z", "not an RFC 3339 time"],
  ["2025-07-15T10:00:00.Z", "not an RFC 3339 time"],
  ["2025-07-15T10:00:00,5Z", "not an RFC 3339 time"],
  ["2025-07-15T10:00:00+0200", "not an RFC 3339 time"],
  [" 2025-07-15T10:00:00Z", "not an RFC 3339 time"],
  ["2025-07-15T10:00:00Z\n", "not an RFC 3339 time"],
  ["+12025-07-15T10:00:00Z", "not an RFC 3339 time"],
  ["２０25-07-15T10:00:00Z", "not an RFC 3339 time"],
  ["2025-07-15T10:00:00", "has no time zone"],
  ["2025-02-30T10:00:00Z", "date that does not exist"],
  ["2025-02-29T10:00:00Z", "date that does not exist"],
  ["1900-02-29T10:00:00Z", "date that does not exist"],
  ["2025-13-01T10:00:00Z", "date that does not exist"],
  ["2025-00-10T10:00:00Z", "date that does not exist"],
  ["2025-04-31T10:00:00Z", "date that does not exist"],
  ["2025-07-15T24:00:00Z", "time of day that does not exist"],
  ["2025-07-15T10:60:00Z", "time of day that does not exist"],
  ["2025-07-15T10:00:61Z", "time of day that does not exist"],
  ["2016-12-31T23:59:60Z", "leap second"],
  ["2025-07-15T10:00:00.1234567890Z", "has 10 fraction digits"],
  ["2025-07-15T10:00:00+24:00", "offset that does not exist"],
  ["2025-07-15T10:00:00+10:60", "offset that does not exist"],
  ["0000-01-01T00:00:00+00:01", "outside the years"],
  ["9999-12-31T23:59:00-00:01", "outside the years"],
];
for (const [text, reason] of refused) {
  Deno.test(`parseTime() refuses ${JSON.stringify(text)}: ${reason}`, () => {
    const { message } = assertThrows(() => parseTime(text), RangeError, reason);
    assert(message.startsWith(JSON.stringify(text)), message);
  });
}

Deno.test("parseTime() does not repeat a long text in its message", () => {
  const { message } = assertThrows(() => parseTime("x".repeat(1e6)), RangeError);
  assert(message.length < 200);
});

Deno.test("parseDateOrTime() reads a date as midnight UTC", () => {
  assertEquals(parseDateOrTime("2024-02-29"), "2024-02-29T00:00:00Z");
  assertEquals(parseDateOrTime("2024-02-29T01:00:00+01:00"), "2024-02-29T00:00:00Z");
  assertThrows(() => parseDateOrTime("2025-02-30"), RangeError, "date that does not exist");
  assertThrows(() => parseDateOrTime("2025-2-3"), RangeError, "not an RFC 3339 time");
});

const isoTimes: [text: string, canonical: string][] = [
  ["20240229", "2024-02-29T00:00:00Z"],
  ["2025-07-15T10:00Z", "2025-07-15T10:00:00Z"],
  ["2025-07-15t10:00z", "2025-07-15T10:00:00Z"],
  ["2025-07-15T10:00:00,5Z", "2025-07-15T10:00:00.5Z"],
  ["2025-07-15T10:00+02:00", "2025-07-15T08:00:00Z"],
  ["2025-07-15T10:00:00+0200", "2025-07-15T08:00:00Z"],
  ["2025-07-15T10:00-02", "2025-07-15T12:00:00Z"],
  ["20250715T100000Z", "2025-07-15T10:00:00Z"],
  ["20250715T1000Z", "2025-07-15T10:00:00Z"],
  ["20250715T100000.123456789Z", "2025-07-15T10:00:00.123456789Z"],
  ["20250715T100000+0530", "2025-07-15T04:30:00Z"],
];
for (const [text, canonical] of isoTimes) {
  Deno.test(`parseDateOrTime() reads ${text} of ISO 8601 as ${canonical}`, () => {
    assertEquals(parseDateOrTime(text), canonical);
  });
}

Deno.test("parseDateOrTime() refuses what is wrong in ISO 8601, and shows it as it was given", () => {
  const mistakes: [text: string, reason: string][] = [
    ["2025-07-15T10:00", "has no time zone"],
    ["20250715T100000", "has no time zone"],
    ["20250230", "date that does not exist"],
    ["20250230T1000Z", "date that does not exist"],
    ["20250715T2400Z", "time of day that does not exist"],
    ["20250715T1000+2400", "offset that does not exist"],
    ["20250715T10:00Z", "not an RFC 3339 time"],
    ["2025-07-15T1000Z", "not an RFC 3339 time"],
    ["202507", "not an RFC 3339 time"],
  ];
  for (const [text, reason] of mistakes) {
    const { message } = assertThrows(() => parseDateOrTime(text), RangeError, reason);
    assert(message.startsWith(JSON.stringify(text)), message);
  }
});

Deno.test("compareTimes() puts times in order, with fractions and without", () => {
  fc.assert(fc.property(instants, fc.bigInt({ min: 0n, max: 2_000_000_000n }), (a, ns) => {
    fc.pre(a.epochNanoseconds + ns <= mostNs);
    const b = new Temporal.Instant(a.epochNanoseconds + ns);
    const expected = Temporal.Instant.compare(a, b);
    assertEquals(Math.sign(compareTimes(a.toString(), b.toString())), expected);
    assertEquals(Math.sign(compareTimes(b.toString(), a.toString())), 0 - expected);
  }));
  assert(compareTimes("2025-07-15T10:00:00Z", "2025-07-15T10:00:00.5Z") < 0);
  assert(compareTimes("2025-07-15T10:00:00.5Z", "2025-07-15T10:00:00.45Z") > 0);
});

Deno.test("nowTime() is now, in the canonical form", () => {
  const before = Date.now();
  const now = nowTime();
  const after = Date.now();
  assertEquals(parseTime(now), now);
  assertMatch(now, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
  const ms = Temporal.Instant.from(now).epochMilliseconds;
  assert(before - 5 <= ms && ms <= after + 5, now);
});
