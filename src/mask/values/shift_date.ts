/**
 * Dates, shifted by whole days: the time of day, the precision and the form stay.
 *
 * @module
 */

const calendar = /^(\d{4})(-?)(\d{2})\2(\d{2})((?:[T ]\d{2}:\d{2}.*)?)$/s;
const timeOfDay = /^[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?:Z|[-+]\d{2}(?::?\d{2})?))?$/i;

/** How many units a day has, by how many digits a time since 1970 has: seconds, ms, µs, ns. */
const unitsOfDay: readonly (readonly [number, bigint])[] = [
  [11, 86_400n],
  [14, 86_400_000n],
  [17, 86_400_000_000n],
  [20, 86_400_000_000_000n],
];

/**
 * Shifts a date.
 *
 * @param text Such as `2026-11-30`, `20261130`, `2026-11-30T12:00:00.123+01:00`, or the digits of a time
 * since 1970: 9 to 11 for seconds, up to 14 for milliseconds, 17 for microseconds, 20 for nanoseconds.
 * @param days By how many days.
 * @returns The date in the same form; `undefined` when the text is not a date, or the result would have
 * another form.
 */
export function shiftDate(text: string, days: number): string | undefined {
  const parts = calendar.exec(text);
  if (parts === null) return shiftUnits(text, days);
  const [, year, hyphen, month, day, time] = parts as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (time !== "" && !timeOfDay.test(time)) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) {
    return undefined;
  }
  const shifted = new Date(date.getTime() + days * 86_400_000);
  const newYear = shifted.getUTCFullYear();
  if (newYear < 0 || newYear > 9999) return undefined;
  const [y, m, d] = [newYear, shifted.getUTCMonth() + 1, shifted.getUTCDate()];
  return pad(y, 4) + hyphen + pad(m, 2) + hyphen + pad(d, 2) + time;
}

function shiftUnits(text: string, days: number): string | undefined {
  const parts = /^(-?)([1-9]\d{8,19})(\.\d+)?$/.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole, fraction = ""] = parts;
  const [, units] = unitsOfDay.find(([digits]) => whole!.length <= digits)!;
  const shift = BigInt(days) * units;
  const shifted = BigInt(whole!) + (sign === "-" ? -shift : shift);
  const digits = String(shifted);
  return digits.length === whole!.length && shifted > 0n ? sign + digits + fraction : undefined;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}
