/**
 * A server as the source of an export, by its `GET /export`: lines that are ready, and are handed on as
 * they are.
 *
 * @module
 */

import { LINE_END } from "../../record/line_end.ts";
import type { EventoDBClient } from "../../client/client.ts";
import { fitsRequest } from "../../client/export_arriving.ts";
import { withRetries } from "../../client/retry.ts";
import { EventoDBError } from "../../errors.ts";
import { elementCharsMax } from "../../limits.ts";
import { exportChunksAheadMax } from "../limits.ts";
import { LineHead } from "../../record/line_head.ts";
import type { Closure } from "../../slice/closure/closure.ts";
import type { Slice } from "../../slice/slice.ts";
import type { ExportSource, SourceLines, SourceQuery } from "../export.ts";
import { lastVisiblePosition } from "../reading/last_position.ts";
import { readAhead } from "../reading/read_ahead.ts";
import { lastLine, WholeLines } from "../../record/whole_lines.ts";

/** Reads a server that has `GET /export`. */
export class EndpointSource implements ExportSource {
  readonly #client: EventoDBClient;
  readonly #namespace: string | null;
  readonly selects: boolean;
  readonly #relates: boolean;

  /**
   * @param client The server, with a token.
   * @param namespace The token's namespace; `null` where it is not known.
   * @param features What the server can do.
   */
  constructor(client: EventoDBClient, namespace: string | null, features: readonly string[] = []) {
    this.#client = client;
    this.#namespace = namespace;
    this.selects = features.includes("select");
    this.#relates = this.selects && features.includes("relate");
  }

  /** What `ns.info` says. */
  lastPosition(signal?: AbortSignal): Promise<number | null> {
    return lastVisiblePosition(this.#client, this.#namespace, signal);
  }

  /** A server that knows links says which streams are related; their events are then asked for by name. */
  async related(slice: Slice, signal?: AbortSignal): Promise<Closure | undefined> {
    if (!this.#relates || !fitsRequest(slice)) return undefined;
    const found = await this.#client.related(slice, { signal });
    const { globalPosition: _, streams, ...rest } = found;
    return { ...rest, streams: new Set(streams) };
  }

  /** The server filters. A response that is cut is requested again, from the last whole line on. */
  async *read(query: SourceQuery): AsyncGenerator<SourceLines> {
    const reading = new Reading(
      this.#client,
      query,
      this.selects ? selectionOf(query, this.#relates) : nothingElse,
    );
    try {
      while (true) {
        const lines = await withRetries(() => reading.next(), this.#client.retryPolicy, query);
        if (lines === undefined) return;
        yield lines;
      }
    } finally {
      await reading.close();
    }
  }
}

/** No selection beside the bounds. */
const nothingElse: Slice = {};

/** One export on its way, over as many requests as it takes. */
class Reading {
  readonly #client: EventoDBClient;
  readonly #query: SourceQuery;
  /** What the server chooses by beside the bounds. */
  readonly #selection: Slice;
  readonly #head = new LineHead();
  #arriving: AsyncGenerator<Uint8Array<ArrayBuffer>> | undefined;
  #lines = new WholeLines();
  /** The last line handed on, and its global position. */
  #last: { line: Uint8Array<ArrayBuffer>; position: number } | undefined;
  /** Whether the request under way begins with the last line once more. */
  #repeats = false;
  /** Whether it has brought anything new. */
  #hasBrought = false;

  constructor(client: EventoDBClient, query: SourceQuery, selection: Slice) {
    this.#client = client;
    this.#query = query;
    this.#selection = selection;
  }

  /** Reads the next lines; `undefined` at the end. After a failure the next call goes on. */
  async next(): Promise<SourceLines | undefined> {
    try {
      while (true) {
        const { value, done } = await (this.#arriving ??= this.#ask()).next();
        if (done) {
          this.#arriving = undefined;
          if (this.#lines.begunBytes > 0) throw cutInALine();
          if (this.#repeats) throw replaced(this.#last!.position);
          // What ends early without being cut, as behind some proxies, must not look complete.
          const { to } = this.#query;
          if (!this.#hasBrought || to === undefined || this.#last!.position >= to) return undefined;
          continue;
        }
        const lines = this.#withoutLast(this.#take(value));
        if (lines.length > 0) return this.#taken(lines);
      }
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Lets the request go. */
  async close(): Promise<void> {
    await this.#arriving?.return(undefined);
    this.#arriving = undefined;
  }

  /** Begins with the last line that is there: if it has changed, so has what comes before it. */
  #ask(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const { categories, from, to, since, until, signal } = this.#query;
    this.#lines = new WholeLines();
    this.#repeats = this.#last !== undefined;
    this.#hasBrought = false;
    const selection = this.#selection;
    // The window of what is related may bound links rather than what comes.
    const bounds = selection.relatedTo === undefined ? { categories, since, until } : {};
    const rest = { ...selection, ...bounds, from: this.#last?.position ?? from, to };
    return readAhead(this.#client.exportArriving(rest, { signal }), exportChunksAheadMax);
  }

  #take(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const whole = this.#lines.take(bytes);
    const lines = this.#selection === nothingElse ? whole : withoutEmptyLines(whole);
    if (this.#lines.begunBytes <= elementCharsMax) return lines;
    throw notRecords(`a line is longer than ${elementCharsMax} bytes`);
  }

  #withoutLast(lines: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (!this.#repeats || lines.length === 0) return lines;
    const { line, position } = this.#last!;
    if (!startsWith(lines, line)) throw replaced(position);
    this.#repeats = false;
    return lines.subarray(line.length);
  }

  #taken(bytes: Uint8Array<ArrayBuffer>): SourceLines {
    // A copy, so that it does not hold all of the lines.
    const line = lastLine(bytes).slice();
    readHead(this.#head, line);
    this.#last = { line, position: this.#head.globalPosition };
    this.#hasBrought = true;
    return { bytes, last: this.#last.position };
  }
}

/**
 * What a server can choose by. Of very many related streams the names do not fit a request, and the server finds them
 * again. What does not fit either is filtered by the caller.
 */
function selectionOf({ slice, related }: SourceQuery, relates: boolean): Slice {
  if (slice !== undefined && fitsRequest(slice)) return slice;
  return relates && related !== undefined && fitsRequest(related) ? related : nothingElse;
}

/** A server that has nothing to say for long sends empty lines, nearly always one by itself. */
function withoutEmptyLines(lines: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let kept = 0;
  for (let at = 0; at < lines.length;) {
    const end = lines.indexOf(LINE_END, at) + 1;
    if (end - at > 1) {
      if (kept !== at) lines.copyWithin(kept, at, end);
      kept += end - at;
    }
    at = end;
  }
  return lines.subarray(0, kept);
}

function readHead(head: LineHead, line: Uint8Array): void {
  try {
    head.read(line, 0);
  } catch (cause) {
    throw notRecords("a line is not a record", cause);
  }
}

function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return bytes.length >= beginning.length && beginning.every((byte, at) => bytes[at] === byte);
}

/** Some proxies end what they could not hand on whole. */
function cutInALine(): EventoDBError {
  return new EventoDBError("CONNECTION_FAILED", "The export ended in the middle of a line");
}

function replaced(position: number): EventoDBError {
  return new EventoDBError(
    "UNEXPECTED_ANSWER",
    `Cannot continue the export: the event at global position ${position} has changed since it was ` +
      "exported, so the namespace's events have been replaced. Export again",
    { details: { status: 200, globalPosition: position } },
  );
}

function notRecords(problem: string, cause?: unknown): EventoDBError {
  return new EventoDBError(
    "UNEXPECTED_ANSWER",
    `Cannot use the server's export: ${problem}`,
    { cause, details: { status: 200 } },
  );
}
