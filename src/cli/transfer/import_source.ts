/**
 * What an import sends: one input, or several as one, each checked against its manifest.
 *
 * @module
 */

import type { Arguments } from "../arguments.ts";
import { type Input, isConnected, isStandardInput, noInput, openInput } from "../files/input.ts";
import { JoinedInputs } from "../files/joined_inputs.ts";
import { checkManifestOptions, findManifest } from "../files/manifest_option.ts";
import type { FoundManifest } from "../files/manifest_file.ts";
import { wrongContent } from "../files/wrong_content.ts";
import { UsageError } from "../problems.ts";
import { noRecord, type ReadInput, unsent, withMeaning } from "./import_problems.ts";

/** How to treat inputs without records. */
export interface ImportSourceOptions {
  /** Whether the namespace's events are replaced. */
  force: boolean;
  /** Whether an input without records is accepted. */
  allowEmpty: boolean;
}

/** What is sent. */
export interface ImportSource extends Omit<Input, "isEmpty" | "content"> {
  /** Where a line of several inputs stands; absent for one input. */
  locate?: ReadInput["locate"];
}

/**
 * The inputs that a command line names: `--input`, and the arguments after it.
 *
 * @returns Their paths; none for standard input.
 * @throws {UsageError} They cannot be read together, or what is said of manifests contradicts them.
 */
export function inputsOf(args: Arguments): readonly string[] {
  const paths = [...args.list("input") ?? [], ...args.operands];
  checkManifestOptions(args);
  if (paths.length > 1 && args.text("manifest") !== undefined) {
    throw new UsageError(
      "--manifest names the manifest of one input, and there are several",
      "Leave it out: the manifest beside each file is used. --no-manifest uses none",
    );
  }
  if (paths.filter(isStandardInput).length > 1) {
    throw new UsageError("Standard input cannot be read twice", "Name - once");
  }
  return paths;
}

/**
 * Opens what is to be sent. What its beginning, its size and its manifest show to be wrong is refused here,
 * before anything is sent; the rest before the last bytes are handed on.
 *
 * @param paths The inputs, as {@linkcode inputsOf} gives them.
 * @param options How to treat inputs without records.
 * @param signal Ends the waiting for their first bytes.
 * @throws {CommandError} An input cannot be read, cannot be records, or is not what its manifest describes.
 */
export async function openImportSource(
  paths: readonly string[],
  args: Arguments,
  options: ImportSourceOptions,
  signal: AbortSignal,
): Promise<ImportSource> {
  if (paths.length > 1) {
    return await JoinedInputs.open(paths, {
      check: (input) => checkBeginning(input, paths, options),
      manifestOf: (input) => manifestOf(input, args),
      atEnd: (input, records) => {
        if (records === 0 && !options.allowEmpty) throw noRecord(input, options);
      },
      signal,
    }).catch((error) => {
      throw unsent(error);
    });
  }
  const input = await openInput(paths[0], signal).catch((error) => {
    throw unsent(error);
  });
  try {
    await checkBeginning(input, paths, options);
    const manifest = await manifestOf(input, args).catch((error) => {
      throw unsent(error);
    });
    if (manifest === undefined) return input;
    const { checkedBytes } = await import("../../slice/manifest/checked_bytes.ts");
    const stream = checkedBytes(input.stream, checkedFile(input, manifest));
    return {
      name: input.name,
      path: input.path,
      size: input.size,
      gzip: input.gzip,
      isBlank: input.isBlank,
      get bytesRead() {
        return input.bytesRead;
      },
      stream: stream as ReadableStream<Uint8Array<ArrayBuffer>>,
      [Symbol.asyncDispose]: () => input[Symbol.asyncDispose](),
    };
  } catch (error) {
    await input[Symbol.asyncDispose]();
    throw error;
  }
}

async function checkBeginning(
  input: Input,
  paths: readonly string[],
  options: ImportSourceOptions,
): Promise<void> {
  if (input.content !== undefined) {
    throw wrongContent(input, input.content, {
      action: "Cannot import",
      next: "| eventodb import …",
      meaning: ["Nothing was sent"],
    });
  }
  if (!input.isEmpty || options.allowEmpty) return;
  if (paths.length === 0 && !await isConnected()) throw noInput();
  throw noRecord(input, options);
}

/** The manifest of an input, where it has one and is not already seen to differ from it. */
async function manifestOf(input: Input, args: Arguments): Promise<FoundManifest | undefined> {
  // Only a file has one beside it, and not a named pipe.
  const found = await findManifest(args, input.size === undefined ? undefined : input.path);
  if (found === undefined || input.gzip || input.size === undefined) return found;
  const { bytes } = found.manifest;
  if (input.size === bytes) return found;
  const { mismatch } = await import("../../slice/manifest/checked_bytes.ts");
  const problem = `it has ${input.size} bytes, not ${bytes}`;
  throw withMeaning(mismatch(checkedFile(input, found), problem), ["Nothing was sent"]);
}

function checkedFile({ name, gzip }: Input, { path, manifest }: FoundManifest) {
  return { name, manifestName: path, manifest, gzip };
}
