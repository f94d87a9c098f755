/**
 * The manifest of an export: counted while the events go by, and written beside them at the end.
 *
 * @module
 */

import type { LinksOut } from "../../slice/manifest/links_out.ts";
import type { ManifestOrigin, ManifestStream } from "../../slice/manifest/manifest.ts";
import type { Slice } from "../../slice/slice.ts";
import type { Tally } from "../../slice/manifest/tally.ts";
import type { Arguments } from "../arguments.ts";
import { manifestPathOf } from "../files/manifest_path.ts";
import { isStandardOutput, openOutput, type Output } from "../files/output.ts";
import type { Masking } from "../mask/masking.ts";
import { CommandError } from "../problems.ts";
import type { ExportOrigin } from "./export_origin.ts";

/** What was exported, as far as the events do not say it. */
export interface Exported {
  /** Where the events came from. */
  origin: ExportOrigin;
  /** What was asked for. */
  slice: Slice;
  /** The highest global position that could come. */
  bound: number | null;
  /** How they were masked. */
  masking: Masking | undefined;
}

/** Makes the manifest of an export. */
export class ExportManifest implements Disposable {
  /** Counts the events. */
  readonly tally: Tally;
  readonly #links: LinksOut;
  readonly #path: string;

  private constructor(path: string, tally: Tally, links: LinksOut) {
    this.#path = path;
    this.tally = tally;
    this.#links = links;
  }

  /**
   * Begins the manifest that an export is to have. What is wrong with its name shows before anything is fetched.
   *
   * @param output Where the events go.
   * @param slice What was asked for.
   * @returns The manifest; `undefined` where there is to be none.
   * @throws {CommandError} It cannot be written.
   */
  static async open(
    args: Arguments,
    output: Output,
    slice: Slice,
  ): Promise<ExportManifest | undefined> {
    const path = pathOf(args, output);
    if (path === undefined) return undefined;
    await checkWritable(path);
    const { Tally } = await import("../../slice/manifest/tally.ts");
    return new ExportManifest(path, new Tally(), await newLinksOut(slice.links));
  }

  /** Takes lines as they were written. */
  addLines(bytes: Uint8Array<ArrayBuffer>): void {
    this.tally.addBytes(bytes);
    this.#links.addLines(bytes);
  }

  /**
   * Writes the manifest.
   *
   * @param exported What was exported.
   * @param output Where the events are.
   * @param signal Ends the questions to the server.
   * @throws {CommandError} It cannot be written; the events are there.
   */
  async write(exported: Exported, output: Output, signal: AbortSignal): Promise<void> {
    const { writeManifest } = await import("../files/manifest_file.ts");
    const { judgeWhole } = await import("./whole_streams.ts");
    const manifestOrigin = originOf(exported);
    const { upTo } = manifestOrigin;
    // The server knows masked streams by other names.
    const client = exported.masking === undefined ? exported.origin.server?.client : undefined;
    const judge = client === undefined || upTo === null
      ? undefined
      : (streams: ManifestStream[]) => judgeWhole(streams, upTo, client, signal);
    const counted = { tally: this.tally, links: this.#links };
    await writeManifest(this.#path, counted, manifestOrigin, judge).catch((error) => {
      throw withoutManifest(error, output);
    });
  }

  [Symbol.dispose](): void {
    this.tally[Symbol.dispose]();
    this.#links[Symbol.dispose]();
  }
}

function pathOf(args: Arguments, output: Output): string | undefined {
  if (args.flag("no-manifest")) return undefined;
  const path = args.text("output");
  return args.text("manifest") ??
    (output.isWhole && path !== undefined ? manifestPathOf(path) : undefined);
}

async function checkWritable(path: string): Promise<void> {
  const found = await Deno.stat(path).catch(() => undefined);
  // The reader of a pipe would take this for its end.
  if (isStandardOutput(path) || found?.isFile === false && !found.isDirectory) return;
  await using _ = await openOutput(path);
}

async function newLinksOut(declared: readonly string[] = []): Promise<LinksOut> {
  const { LinksOut } = await import("../../slice/manifest/links_out.ts");
  if (declared.length === 0) return new LinksOut();
  const { parseLinkPath } = await import("../../slice/links/parse_link_path.ts");
  return new LinksOut(declared.map(parseLinkPath));
}

/** Where the events came from, for the manifest. */
function originOf({ origin, slice, bound, masking }: Exported): ManifestOrigin {
  const { manifest: source, server } = origin;
  const { types, excludeTypes, relatedTo } = slice;
  const isEverywhere = (slice.categories ?? slice.streams ?? relatedTo) === undefined;
  // What is related comes whole: a window says whose links are followed.
  const { since, until } = relatedTo === undefined || slice.windowOnly ? slice : {};
  return {
    source,
    selection: {
      ...isEverywhere ? { all: true } : {},
      ...masking === undefined ? slice : masking.selection(slice),
    },
    // A file says how far it reaches only by its manifest.
    upTo: upToOf(origin, slice) ?? bound,
    ...origin.parent === undefined ? {} : { parent: { checksum: origin.parent.checksum } },
    // A slice of masked events is masked as they are.
    masking: masking?.manifest ?? origin.masking,
    // By stream or entity, streams come whole; by type or time, they may end early.
    // A policy that drops events may do so as well.
    endsWithStreams: server !== undefined && bound !== null && !masking?.dropped &&
      [since, until, types, excludeTypes].every((each) => each === undefined),
  };
}

function upToOf({ parent }: ExportOrigin, { to = Infinity }: Slice): number | null {
  const upTo = parent?.upTo ?? null;
  return upTo === null ? null : Math.min(upTo, to);
}

/** Says that the events are there, if not their manifest. */
function withoutManifest(error: unknown, { name }: Output): unknown {
  if (!(error instanceof CommandError)) return error;
  const left = `All events were written to ${name}, but there is no manifest of them`;
  return new CommandError(error.message, [left, ...error.hints], { cause: error.cause });
}
