/**
 * Durability beside SQLite's own.
 *
 * @module
 */

/**
 * Makes a new file's name durable, where the system can (Windows cannot open a folder).
 *
 * @param folder The folder that the file is in.
 */
export function syncFolder(folder: string): void {
  if (Deno.build.os === "windows") return;
  using file = Deno.openSync(folder, { read: true });
  file.syncSync();
}
