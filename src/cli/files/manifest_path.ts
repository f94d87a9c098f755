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
