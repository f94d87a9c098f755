/**
 * Lines as the masker hands them on, with what it made between « and ».
 *
 * @module
 */

/** A line, and what the masker made in it. */
export interface MarkedLine {
  bytes: Uint8Array;
  spans: number[];
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
  const spans: number[] = [];
  for (const part of marked.split(/([«»])/)) {
    if (part === "«" || part === "»") spans.push(new TextEncoder().encode(line).length);
    else line += part;
  }
  return { bytes: new TextEncoder().encode(`${line}\n`), spans };
}
