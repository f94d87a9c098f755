/**
 * Files that only their owner may read: events and tokens are nobody else's business. What is there
 * already keeps its mode, since it may have been chosen. Windows has no such modes.
 *
 * @module
 */

/** Mode of a folder that is made. */
export const privateFolderMode = 0o700;

/** Mode of a file that is made. */
export const privateFileMode = 0o600;

/**
 * Makes an empty file for an engine that would make it for others to read too. The files that SQLite
 * puts beside it get the same mode. What is wrong with the path is left to the engine to say.
 *
 * @param path The file's path. One that is there is left alone.
 */
export function makePrivateFile(path: string): void {
  try {
    Deno.openSync(path, { write: true, createNew: true, mode: privateFileMode }).close();
  } catch {
    // It is there, or it cannot be made.
  }
}

/**
 * Opens a file to read and write; makes it where there is none.
 *
 * @param path The file's path. The mode of one that is there stays.
 */
export function openPrivateFile(path: string): Promise<Deno.FsFile> {
  return Deno.open(path, { read: true, write: true, create: true, mode: privateFileMode });
}
