/**
 * Lines as the masker hands them on, with what it made between « and ».
 *
 * @module
 */

import { JsonCursor } from "../../../src/json/cursor.ts";

/** A line and the layout of its values. */
export interface MarkedLine {
  bytes: Uint8Array;
  layout: number[];
}

/** What a line holds; data and metadata as JSON text. */
export interface MarkedEvent {
  stream?: string;
  type?: string;
  position?: number;
  data?: string;
  metadata?: string;
}

/** Makes a line. */
export function markedLine(event: MarkedEvent): MarkedLine {
  const { stream = "note-1", type = "NoteAdded", position = 1, data = "{}" } = event;
  const { metadata = "null" } = event;
  const marked = `{"id":"${crypto.randomUUID()}","stream":"${stream}","type":"${type}","pos":0,` +
    `"gpos":${position},"data":${data},"meta":${metadata},"time":"2025-07-15T10:00:00Z"}`;
  let line = "";
  const made: number[] = [];
  for (const part of marked.split(/([«»])/)) {
    if (part === "«" || part === "»") made.push(line.length);
    else line += part;
  }
  return { bytes: new TextEncoder().encode(`${line}\n`), layout: [...headOf(line), ...made] };
}

function headOf(line: string): number[] {
  const span = (key: string) => {
    const cursor = new JsonCursor(line);
    cursor.at = line.indexOf(`,"${key}":`) + key.length + 4;
    const start = cursor.at;
    cursor.skipValue();
    return [start, cursor.at];
  };
  const [start, end] = span("stream");
  return [start + 1, end - 1, ...span("data"), ...span("meta")];
}
