// @ts-check
/**
 * Times, exact: nanoseconds stay, in UTC and in the zone of whoever looks.
 *
 * @module
 */

/** Sweden writes times as ISO 8601 does. */
const localFormat = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "medium" });

/**
 * @param {string} time RFC 3339 in UTC, such as `2026-07-15T10:00:00.123456789Z`.
 * @param {"local" | "utc"} zone
 * @returns {string} Such as `2026-07-15 12:00:00.123456789`, in that zone.
 */
export function timeText(time, zone) {
  const [, date = "", clock = "", fraction = ""] =
    /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d+)?Z$/.exec(time) ?? [];
  if (date === "") return time;
  if (zone === "utc") return `${date} ${clock}${fraction}`;
  const local = new Date(`${date}T${clock}Z`);
  if (Number.isNaN(local.getTime())) return `${date} ${clock}${fraction}`;
  return `${localFormat.format(local).padStart(19, "0")}${fraction}`;
}

/**
 * Reads a time that somebody types.
 *
 * @param {string} text RFC 3339, or `YYYY-MM-DD` with or without `HH:MM[:SS]`, in the zone.
 * @param {"local" | "utc"} zone
 * @returns {string | null} RFC 3339 in UTC, to the digit; `null` when it is not a time.
 */
export function parseTime(text, zone) {
  const [, date = "", clock = "00:00", seconds = ":00", fraction = "", offset] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?:(:\d\d)(\.\d{1,9})?)?\s*(Z|[+-]\d\d:\d\d)?)?$/i
      .exec(text.trim()) ?? [];
  const day = new Date(`${date}T00:00Z`);
  // The parser takes February 30 for March 2.
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(date)) return null;
  const inZone = offset?.toUpperCase() ?? (zone === "utc" ? "Z" : "");
  const time = new Date(`${date}T${clock}${seconds}${inZone}`);
  if (Number.isNaN(time.getTime())) return null;
  return time.toISOString().replace(/\.\d+Z$/, `${fraction}Z`);
}

/**
 * @param {number} ms
 * @returns {string} Such as `5 s`, `2 min 5 s` or `1 h 2 min`.
 */
export function durationText(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
