/**
 * The manifest: what a file of events holds and what was asked for, so that a file that is cut, edited or
 * of another export is distinguished from the one that was written.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { EventoDBError } from "../../errors.ts";
import { isRecord } from "../../json/is_record.ts";
import { manifestLinkCategoriesMax } from "../limits.ts";
import { nameOfKey } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
import type { StreamTally } from "./stream_table.ts";
import type { CategoryTally, Tally } from "./tally.ts";

/** The version of the form that this code writes, and the highest that it reads. */
const manifestFormat = 1;

/** Where events came from. */
export interface ManifestSource {
  /** The server, without credentials. */
  url?: string;
  /** The file. */
  file?: string;
  /** The namespace. */
  namespace?: string;
}

/** What is known of a stream. */
export interface ManifestStream extends StreamTally {
  /**
   * Whether all events of the stream are there: from position 0 to its version at `upTo`. `null` where
   * that is not known.
   */
  whole: boolean | null;
}

/** Where the streams stand, when they are too many for the manifest itself. */
export interface ManifestStreamsFile {
  /** The file's name, beside the manifest. */
  name: string;
  /** How many streams, one a line. */
  streams: number;
  /** SHA-256 of the file, in hex. */
  sha256: string;
}

/** Links to streams that are not in the file. */
export interface ManifestLinks {
  /** The category of those streams; `null` for all that are not named. */
  category: string | null;
  /** How many events link to a stream of it, each stream counted by itself. */
  links: number;
}

/** What a file of events holds. */
export interface Manifest {
  /** The version of this form. */
  format: number;
  /** When it was written, in UTC. */
  createdAt: string;
  /** Where the events came from. */
  source: ManifestSource;
  /** What was asked for, as it was understood. */
  selection: Record<string, unknown>;
  /** The highest global position that could come; `null` where the source did not report it. */
  upTo: number | null;
  /** The manifest of the file that the events were taken from; absent where there was none. */
  parent?: ManifestParent;
  /** How the events were masked; absent where they were not. */
  masking?: ManifestMasking;
  /** How many events. */
  events: number;
  /** Bytes of the lines, uncompressed. */
  bytes: number;
  /** SHA-256 of those bytes, in hex. */
  sha256: string;
  /** Global position of the first event; `null` for none. */
  first: number | null;
  /** Global position of the last event; `null` for none. */
  last: number | null;
  /** Each category, by name. */
  categories: CategoryTally[];
  /** Each stream, by name, or the file that has them. */
  streams: ManifestStream[] | ManifestStreamsFile;
  /** The links to streams that are not in the file, by category; absent in manifests of older versions. */
  linksOut?: ManifestLinks[];
  /** SHA-256 of this manifest without this field, as `JSON.stringify` writes it, in hex. */
  checksum: string;
}

/** The manifest of the file that events were taken from: what was asked for was asked of that file. */
export interface ManifestParent {
  /** The checksum of that manifest, in hex. */
  checksum: string;
}

/** How events were masked. */
export interface ManifestMasking {
  /** SHA-256 of the policy, in hex. */
  policy: string;
  /** The fingerprint of the key, in hex. */
  key: string;
}

/** What is said of an export besides what is counted. */
export interface ManifestOrigin {
  /** Where the events came from. */
  source: ManifestSource;
  /** What was asked for, as it was understood. */
  selection: Record<string, unknown>;
  /** The highest global position that could come. */
  upTo: number | null;
  /** The manifest of the file that they were taken from. */
  parent?: ManifestParent;
  /** How the events were masked. */
  masking?: ManifestMasking;
  /**
   * Whether a stream that has no hole is whole: the selection leaves out no event of a stream up to
   * `upTo`, but for those before a position.
   */
  endsWithStreams: boolean;
}

/** What is counted of categories. */
export interface ManifestCounts {
  /** How many streams each has. */
  streamsOf: ReadonlyMap<string, number>;
  /** How many links lead to streams of it that are not there, by the key of its name. */
  linksOut?: ReadonlyMap<string, number>;
}

/**
 * Judges whether a stream is whole.
 *
 * @param stream What is known of it.
 * @param endsWithStreams Whether the selection takes streams to their ends.
 * @returns Whether it is; `null` where that is unknown.
 */
export function isWhole(stream: StreamTally, endsWithStreams: boolean): boolean | null {
  if (stream.from !== 0 || stream.events !== stream.to + 1) return false;
  return endsWithStreams ? true : null;
}

/**
 * Makes a manifest of what was counted.
 *
 * @param tally What was counted.
 * @param origin Where it came from.
 * @param streams The streams, read from the tally, or the file that they were written to.
 * @param counts How many streams each category has, and how many links lead out of the file.
 * @returns The manifest.
 */
export function makeManifest(
  tally: Tally,
  { source, selection, upTo, parent, masking }: ManifestOrigin,
  streams: Manifest["streams"],
  { streamsOf, linksOut }: ManifestCounts,
): Manifest {
  const { events, bytes, first, last } = tally;
  const manifest = {
    format: manifestFormat,
    createdAt: new Date().toISOString(),
    source,
    selection,
    upTo,
    ...parent === undefined ? {} : { parent },
    ...masking === undefined ? {} : { masking },
    events,
    bytes,
    sha256: tally.sha256(),
    first,
    last,
    categories: tally.categories(streamsOf),
    streams,
    ...linksOut === undefined ? {} : { linksOut: namedLinks(linksOut) },
  };
  return { ...manifest, checksum: checksumOf(manifest) };
}

/** By name; of very many, those that come last are not named. */
function namedLinks(linksOut: ReadonlyMap<string, number>): ManifestLinks[] {
  const all = [...linksOut].sort(([a], [b]) => a < b ? -1 : 1);
  const named: ManifestLinks[] = all.slice(0, manifestLinkCategoriesMax)
    .map(([key, links]) => ({ category: nameOfKey(key), links }));
  const links = all.slice(manifestLinkCategoriesMax).reduce((sum, [, links]) => sum + links, 0);
  return links === 0 ? named : [...named, { category: null, links }];
}

/**
 * Counts the streams of each category.
 *
 * @param counts Where the count goes.
 * @param stream A stream.
 */
export function countStream(counts: Map<string, number>, stream: string): void {
  const category = categoryOf(stream);
  counts.set(category, (counts.get(category) ?? 0) + 1);
}

/**
 * Writes a manifest as text for a file.
 *
 * @param manifest The manifest.
 * @returns The text: one line a field, and one a category or stream.
 */
export function formatManifest(manifest: Manifest): string {
  const fields = Object.entries(manifest).map(([name, value]) => {
    const text = Array.isArray(value) && value.length > 0
      ? `[\n${value.map((each) => `    ${JSON.stringify(each)}`).join(",\n")}\n  ]`
      : JSON.stringify(value);
    return `  ${JSON.stringify(name)}: ${text}`;
  });
  return `{\n${fields.join(",\n")}\n}\n`;
}

/**
 * Reads a manifest.
 *
 * @param text Its text.
 * @param name What it is called in errors.
 * @returns The manifest.
 * @throws {EventoDBError} `INVALID_MANIFEST`: it is damaged, edited, of a newer version or no manifest.
 */
export function parseManifest(text: string, name: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(name, `it is not JSON: ${(cause as Error).message}`, cause);
  }
  if (!isRecord(value) || typeof value.format !== "number") {
    throw invalid(name, 'it is not a manifest: it has no "format"');
  }
  if (value.format > manifestFormat) {
    throw invalid(
      name,
      `it is of format ${value.format}, and this version reads up to ${manifestFormat}: update eventodb`,
    );
  }
  const { checksum, ...rest } = value;
  if (checksum !== checksumOf(rest)) {
    throw invalid(name, "its checksum does not match: it is damaged, or was edited");
  }
  checkShape(value, name);
  return value as unknown as Manifest;
}

/**
 * The error of a manifest, or of a file that does not match its manifest.
 *
 * @param name What is wrong, by name.
 * @param problem What is wrong with it.
 * @param cause The error beneath.
 * @returns The error, to be thrown.
 */
export function invalid(name: string, problem: string, cause?: unknown): EventoDBError {
  return new EventoDBError("INVALID_MANIFEST", `Cannot use ${name}: ${problem}`, { cause });
}

function checksumOf(manifest: Record<string, unknown>): string {
  return createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
}

/** A manifest with a correct checksum can still be nonsense: what is used of it is checked. */
function checkShape(value: Record<string, unknown>, name: string): void {
  const isCount = (field: unknown) => Number.isSafeInteger(field) && (field as number) >= 0;
  const isCountOrNull = (field: unknown) => field === null || isCount(field);
  const { streams } = value;
  const checks: [string, boolean][] = [
    ["events", isCount(value.events)],
    ["bytes", isCount(value.bytes)],
    ["sha256", typeof value.sha256 === "string" && /^[0-9a-f]{64}$/.test(value.sha256)],
    ["first", isCountOrNull(value.first)],
    ["last", isCountOrNull(value.last)],
    ["upTo", isCountOrNull(value.upTo)],
    ["source", isRecord(value.source)],
    ["parent", value.parent === undefined || isParent(value.parent)],
    ["masking", value.masking === undefined || isMasking(value.masking)],
    ["selection", isRecord(value.selection)],
    ["categories", Array.isArray(value.categories) && value.categories.every(isRecord)],
    [
      "streams",
      Array.isArray(streams)
        ? streams.every(isRecord)
        : isRecord(streams) && typeof streams.name === "string" && isPlainName(streams.name),
    ],
    [
      "linksOut",
      value.linksOut === undefined ||
      (Array.isArray(value.linksOut) && value.linksOut.every(isRecord)),
    ],
  ];
  const wrong = checks.find(([, isRight]) => !isRight);
  if (wrong !== undefined) {
    throw invalid(name, `its "${wrong[0]}" is not what a manifest has there`);
  }
}

function isMasking(value: unknown): boolean {
  return isRecord(value) && typeof value.policy === "string" && typeof value.key === "string";
}

function isParent(value: unknown): boolean {
  return isRecord(value) && typeof value.checksum === "string" &&
    /^[0-9a-f]{64}$/.test(value.checksum);
}

/** A name that leads nowhere else: a manifest may come from a stranger. */
function isPlainName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/\\\0]/.test(name);
}
