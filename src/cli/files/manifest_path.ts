/**
 * Where manifests are.
 *
 * @module
 */

/**
 * Where the manifest of a file of events is.
 *
 * @param path The file of events.
 * @returns The path of its manifest.
 */
export function manifestPathOf(path: string): string {
  return `${path}.manifest.json`;
}

/**
 * Where the streams of a manifest are, when they are many.
 *
 * @param manifestPath Where the manifest is.
 * @returns The path of the file of streams.
 */
export function streamsPathOf(manifestPath: string): string {
  return `${manifestPath.replace(/\.json$/, "")}.streams.ndjson`;
}
