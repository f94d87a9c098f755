/**
 * Times: any RFC 3339 time in, one canonical form out. They are text from end to end, since a
 * `Date` knows milliseconds and histories know nanoseconds.
 *
 * @module
 */

import { excerpt } from "./excerpt.ts";

const timeForm =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:(Z)|([+-])(\d\d):(\d\d))?$/i;
/** What is canonical already, but for the days that not every month has: the common case. */
const canonicalForm =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{0,8}[1-9])?Z$/;
const dateForm = /^(\d{4})-(\d\d)-(\d\d)$|^(\d{4})(\d\d)(\d\d)$/;
/** What ISO 8601 allows beyond RFC 3339: no seconds, a comma, offsets of hours, no hyphens and colons. */
const isoForms = [
  /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,40}))?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i,
  /^(\d{8})T(\d\d)(\d\d)(?:(\d\d)(?:[.,](\d{1,40}))?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i,
];
const msPerMinute = 60_000;

/**
 * Reads a time with a zone.
 *
 * @param text RFC 3339 with `Z` or an offset, of the years 0000–9999, up to nine fraction digits.
 * @param given The text as messages show it, where it was written in another form.
 * @returns The same instant in UTC with `Z`, nanoseconds kept, trailing zeros dropped.
 * @throws {RangeError} The text is not such a time; the message says why.
 */
export function parseTime(text: string, given: string = text): string {
  if (canonicalForm.test(text)) return text;
  const match = timeForm.exec(text);
  if (match === null) {
    throw problem(given, "is not an RFC 3339 time such as 2025-07-15T10:00:00Z");
  }
  const [, year, month, day, hour, minute, second, digits = "", utc, sign, zoneHour, zoneMinute] =
    match;
  if (utc === undefined && sign === undefined) {
    throw problem(given, "has no time zone: add Z for UTC, or an offset such as +02:00");
  }
  checkDate(given, Number(year), Number(month), Number(day));
  if (second === "60") throw problem(given, "is a leap second, which is not supported");
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    throw problem(given, "is a time of day that does not exist");
  }
  if (digits.length > 9) {
    throw problem(given, `has ${digits.length} fraction digits, at most nine are allowed`);
  }
  const fraction = digits.endsWith("0") ? digits.replace(/0+$/, "") : digits;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const seconds = utc === undefined
    ? toUtc(given, local, sign!, Number(zoneHour), Number(zoneMinute))
    : local;
  return fraction === "" ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

/**
 * Reads a time with a zone, or a date, which means midnight UTC.
 *
 * @param text What {@linkcode parseTime} takes, or another time of ISO 8601: without seconds
 * (`2025-07-01T10:00Z`), in the basic form (`20250701T100000Z`), with an offset of hours (`+02`); or a
 * date, `YYYY-MM-DD` or `YYYYMMDD`.
 * @returns The instant, in the form of {@linkcode parseTime}.
 * @throws {RangeError} The text is neither; the message says why.
 */
export function parseDateOrTime(text: string): string {
  const date = dateForm.exec(text)?.slice(1).filter((part) => part !== undefined);
  if (date === undefined) return parseTime(toRfc3339(text) ?? text, text);
  const [year, month, day] = date;
  checkDate(text, Number(year), Number(month), Number(day));
  return `${year}-${month}-${day}T00:00:00Z`;
}

/** Writes a time of ISO 8601 as RFC 3339 does; `undefined` when it has another form. */
function toRfc3339(text: string): string | undefined {
  for (const form of isoForms) {
    const match = form.exec(text);
    if (match === null) continue;
    const [, day = "", hour, minute, second = "00", digits, zone = ""] = match;
    const date = day.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
    const fraction = digits === undefined ? "" : `.${digits}`;
    const offset = zone.replace(
      /^([+-]\d\d):?(\d\d)?$/,
      (_, hours, minutes = "00") => `${hours}:${minutes}`,
    );
    return `${date}T${hour}:${minute}:${second}${fraction}${offset}`;
  }
  return undefined;
}

/**
 * Puts two times in order.
 *
 * @param a A time in the form of {@linkcode parseTime}.
 * @param b Another one.
 * @returns A negative number when `a` is earlier, a positive one when it is later, else 0.
 */
export function compareTimes(a: string, b: string): number {
  if (a === b) return 0;
  // Without its Z, a time is a prefix of each later one in the same second; Z itself comes after
  // the point and the digits.
  return a.slice(0, -1) < b.slice(0, -1) ? -1 : 1;
}

function checkDate(text: string, year: number, month: number, day: number): void {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) {
    throw problem(text, "is a date that does not exist");
  }
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Moves a local time of whole seconds by its offset, which has whole minutes. */
function toUtc(
  text: string,
  local: string,
  sign: string,
  zoneHour: number,
  zoneMinute: number,
): string {
  if (zoneHour > 23 || zoneMinute > 59) throw problem(text, "has an offset that does not exist");
  const offsetMs = (zoneHour * 60 + zoneMinute) * msPerMinute;
  const utc = new Date(Date.parse(`${local}Z`) + (sign === "+" ? -offsetMs : offsetMs));
  const year = utc.getUTCFullYear();
  if (year < 0 || year > 9999) throw problem(text, "is outside the years 0000 to 9999 in UTC");
  return utc.toISOString().slice(0, 19);
}

function problem(text: string, reason: string): RangeError {
  return new RangeError(`${JSON.stringify(excerpt(text))} ${reason}`);
}
