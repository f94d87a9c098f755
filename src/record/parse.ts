/**
 * Line of NDJSON → record, with every rule that an import has for a single line.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { JsonCursor } from "../json/cursor.ts";
import { type JsonProblem, jsonProblem, syntaxProblem } from "../json/problem.ts";
import { compactJson, passComma, readKey } from "../json/scan.ts";
import { jsonDepthMax } from "../limits.ts";
import { errorLineCharsMax } from "./limits.ts";
import { lineProblem } from "./content.ts";
import type { ImportRecord } from "./import_record.ts";
import { FieldError, nullable, toId, toInteger, toName, toPayload, toTime } from "./fields.ts";

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The text of each field's value; empty for one that has not come. */
class RawRecord {
  id = "";
  stream = "";
  type = "";
  pos = "";
  gpos = "";
  data = "";
  meta = "";
  time = "";
}

/**
 * Reads a record.
 *
 * @param text The line, without its line end.
 * @param line Its number, from 1.
 * @returns The record. `data` and `metadata` are the line's own text without insignificant white
 * space, the time is in UTC.
 * @throws {EventoDBError} `INVALID_JSON` when the line is not a JSON object, `INVALID_RECORD` when
 * the object is not a record; both with the line.
 */
export function parseRecord(text: string, line: number): ImportRecord {
  // A payload stands one level deep in its line.
  const problem = jsonProblem(text, 1 + jsonDepthMax);
  if (problem !== undefined && !problem.isTooDeep) {
    throw invalidJson(line, lineProblem(text) ?? syntaxProblem(text, problem));
  }
  const cursor = new JsonCursor(text);
  if (cursor.skipSpace() !== OPEN_OBJECT) {
    throw invalidJson(line, `a record must be a JSON object, got ${excerpt(text.trim())}`);
  }
  if (problem !== undefined) throw tooDeep(text, problem, line);
  try {
    return toRecord(splitRecord(cursor), line);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    const problem = exportProblem(text) ?? error.message;
    const message = `Cannot import line ${line}: ${problem}`;
    throw new EventoDBError("INVALID_RECORD", message, { line });
  }
}

/**
 * The error of a line that is not a JSON object.
 *
 * @param line The line, from 1.
 * @param problem What is wrong with it.
 * @returns The error, to be thrown.
 */
export function invalidJson(line: number, problem: string): EventoDBError {
  return new EventoDBError("INVALID_JSON", `Cannot import line ${line}: ${problem}`, { line });
}

/** The error of a line with a value that is nested too deep, whatever field it is of. */
function tooDeep(text: string, { at }: JsonProblem, line: number): EventoDBError {
  const cursor = new JsonCursor(text);
  let key: string;
  cursor.at = text.indexOf("{") + 1;
  do {
    key = readKey(cursor);
    cursor.skipValue();
  } while (cursor.at <= at && passComma(cursor));
  const most = jsonDepthMax.toLocaleString("en-US");
  return new EventoDBError(
    "INVALID_RECORD",
    `Cannot import line ${line}: ${
      JSON.stringify(excerpt(key))
    } is nested deeper than ${most} levels`,
    { line },
  );
}

/** What a failed export ends its output with, so that what came before it is not taken for everything. */
function exportProblem(text: string): string | undefined {
  if (text.length > errorLineCharsMax || !/^\s*\{\s*"error"/.test(text)) return undefined;
  const { error, ...others } = JSON.parse(text) as Record<string, unknown>;
  if (typeof error !== "string" || Object.keys(others).length > 0) return undefined;
  return `the export that wrote it failed: ${error}`;
}

/** Finds the fields of the object that begins at the cursor. */
function splitRecord(cursor: JsonCursor): RawRecord {
  const raw = new RawRecord();
  cursor.at++;
  if (cursor.skipSpace() === CLOSE_OBJECT) return raw;
  do {
    const key = readKey(cursor);
    switch (key) { // One property a case: a computed name costs a look-up in a table of strings.
      case "id":
        raw.id = once(key, raw.id, valueAt(cursor));
        break;
      case "stream":
        raw.stream = once(key, raw.stream, valueAt(cursor));
        break;
      case "type":
        raw.type = once(key, raw.type, valueAt(cursor));
        break;
      case "pos":
        raw.pos = once(key, raw.pos, valueAt(cursor));
        break;
      case "gpos":
        raw.gpos = once(key, raw.gpos, valueAt(cursor));
        break;
      case "data":
        raw.data = once(key, raw.data, payloadAt(cursor));
        break;
      case "meta":
        raw.meta = once(key, raw.meta, payloadAt(cursor));
        break;
      case "time":
        raw.time = once(key, raw.time, valueAt(cursor));
        break;
      default:
        cursor.skipValue();
    }
  } while (passComma(cursor));
  return raw;
}

function once(field: string, earlier: string, value: string): string {
  if (earlier !== "") throw new FieldError(`"${field}" is given twice`);
  return value;
}

function valueAt(cursor: JsonCursor): string {
  const start = cursor.at;
  cursor.skipValue();
  return cursor.text.slice(start, cursor.at);
}

/** The white space comes with the way to the value's end: no second look is needed. */
function payloadAt(cursor: JsonCursor): string {
  cursor.spaced = false;
  const value = valueAt(cursor);
  return cursor.spaced ? compactJson(value) : value;
}

function toRecord(raw: RawRecord, line: number): ImportRecord {
  return {
    id: toId("id", raw.id),
    stream: toName("stream", raw.stream),
    type: toName("type", raw.type),
    position: toInteger("pos", raw.pos, 0),
    globalPosition: toInteger("gpos", raw.gpos, 1),
    data: toPayload("data", raw.data),
    metadata: raw.meta === "" ? null : nullable(toPayload("meta", raw.meta)),
    time: toTime("time", raw.time),
    line,
  };
}
