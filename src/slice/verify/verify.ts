/**
 * Whether a file of events is what it should be: by itself, and against its manifest.
 *
 * The file is read once, by the code that an import reads it with. What seems to be there twice, or out
 * of order, is looked at in a second reading, in which it is known what to look for: so memory stays
 * flat however large the file is.
 *
 * @module
 */

import { examine, type ExamineInput } from "./examine.ts";
import type { Manifest, ManifestStream } from "../manifest/manifest.ts";
import { compareWithManifest } from "./manifest_check.ts";
import { type Problem, type ProblemKind, Problems } from "./problems.ts";
import {
  type Against,
  checkNextWrite,
  compareWithNamespace,
  sliceAround,
} from "./verify_against.ts";

export type { Problem, ProblemKind };

/** What to verify. */
export interface VerifyInput extends ExamineInput {
  /** The manifest that it has to match. */
  manifest?: Manifest;
  /** The manifest's streams, where they stand in a file of their own. */
  streams?: () => AsyncIterable<ManifestStream>;
  /** A namespace that it has to agree with. */
  against?: Against;
}

/** What was found. */
export interface Verification {
  /** Whether nothing is wrong. */
  ok: boolean;
  /** How many records. */
  events: number;
  /** Bytes of the lines, uncompressed. */
  bytes: number;
  /** SHA-256 of those bytes, in hex. */
  sha256: string;
  /** How many streams. */
  streams: number;
  /** How many categories. */
  categories: number;
  /** Lowest global position that came first; `null` for none. */
  first: number | null;
  /** Global position of the last record; `null` for none. */
  last: number | null;
  /** How often a global position is not the next one: normal, since a slice leaves events out. */
  gaps: number;
  /** How many problems there are of each kind. */
  counts: Partial<Record<ProblemKind, number>>;
  /** The first of them, at most 20. */
  problems: Problem[];
}

/**
 * Verifies a file of events: every line is a record; global positions ascend, and so do the positions of
 * each stream with them; no global position, stream position or message id is there twice; and counts and
 * hash are those of the manifest.
 *
 * @param input The file.
 * @returns What was found.
 * @throws {EventoDBError} `INPUT_CHANGED` when the file changed while it was read; whatever reading it throws.
 *
 * @example A line that is there twice
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatRecord, verify } from "@eventodb/cli";
 *
 * const line = formatRecord({
 *   id: crypto.randomUUID(),
 *   stream: "order-1",
 *   type: "Placed",
 *   position: 0,
 *   globalPosition: 7,
 *   data: "{}",
 *   metadata: null,
 *   time: "2025-07-15T10:00:00Z",
 * });
 * const { ok, problems } = await verify({ open: () => new Blob([`${line}\n${line}\n`]).stream() });
 * assertEquals(ok, false);
 * assertEquals(problems[0]?.line, 2);
 * ```
 */
export async function verify(input: VerifyInput): Promise<Verification> {
  const { against } = input;
  const differences = new Problems();
  // What the file is to have is known, so that it can be read beside the namespace at the same time.
  const comparing = against?.slice === undefined
    ? undefined
    : inParallel(input, (input) => compare(input, against, true, differences));
  const { signal } = comparing ?? input;
  try {
    using examined = await examine({ ...input, signal });
    await comparing?.done;
    const { tally, sha256, problems, gaps } = examined;
    const counted = await compareWithManifest(input, tally, sha256, problems);
    if (against !== undefined) {
      const slice = against.slice ?? await sliceAround(tally);
      if (comparing === undefined && slice !== undefined) {
        await compare(input, { ...against, slice }, false, differences);
      }
      await checkNextWrite(against.namespace, tally, differences);
    }
    problems.addAll(differences);
    return {
      ok: problems.total === 0,
      events: tally.events,
      bytes: tally.bytes,
      sha256,
      streams: counted.streams,
      categories: counted.categories,
      first: tally.first,
      last: tally.last,
      gaps,
      counts: problems.counts,
      problems: problems.named.sort((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity)),
    };
  } catch (error) {
    throw await comparing?.stop(error) ?? error;
  }
}

async function compare(
  { open, signal }: VerifyInput,
  against: Against,
  complete: boolean,
  problems: Problems,
): Promise<void> {
  await compareWithNamespace(open, against, { complete, problems, signal });
}

/** Something that runs beside the reading of the file: whichever fails first ends the other. */
function inParallel(input: VerifyInput, run: (input: VerifyInput) => Promise<void>) {
  const controller = new AbortController();
  const signal = input.signal === undefined
    ? controller.signal
    : AbortSignal.any([input.signal, controller.signal]);
  let failure: { error: unknown } | undefined;
  const done = run({ ...input, signal }).catch((error) => {
    failure ??= { error };
    controller.abort(error);
    throw error;
  });
  // It is awaited later.
  done.catch(() => {});
  return {
    signal,
    done,
    /** Ends it, and says what went wrong first. */
    async stop(error: unknown): Promise<unknown> {
      const first = failure?.error ?? error;
      controller.abort(error);
      await done.catch(() => {});
      return first;
    },
  };
}
