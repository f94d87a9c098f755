/**
 * The bounds of SQLite.
 *
 * @module
 */

import { KiB, MiB } from "../../limits.ts";

/** Most namespaces whose files a SQLite store keeps open. */
export const namespacesOpenMax: number = 64;
/** Pages that a SQLite import keeps in memory, in bytes. */
export const sqliteImportCacheBytes: number = 64 * MiB;
/** The same for a new file, which is written once from end to end and sorted in runs of this size, in bytes. */
export const sqliteBuildCacheBytes: number = 4 * MiB;
/** The same for an index of links, in bytes. */
export const sqliteIndexCacheBytes: number = 16 * MiB;
/** Most records of an import that is loaded without a worker: they take two ticks of about 5 ms. */
export const importRecordsHereMax: number = 250;
/** Most text of their fields, in bytes. */
export const importBytesHereMax: number = 256 * KiB;
/** After so many batches the file that a SQLite import builds begins to be written to the disk. */
export const syncEveryBatches: number = 32;
/** How long a server waits for a predecessor that is closing its data folder, in milliseconds. */
export const takeoverWaitMs: number = 12_000;
/** Most messages that SQLite takes into an index of links in one tick. */
export const linkIndexStepMax: number = 2_000;
/** How many messages it takes in the first tick; how many fit one is measured from there. */
export const linkStepFirst: number = 100;
/** How long a statement waits for another connection's lock, in milliseconds. */
export const sqliteBusyMs: number = 5_000;
/** Most prepared statements that a connection keeps. */
export const sqliteStatementsMax: number = 100;
/** How often a server tries again to lock a data folder that another one holds, in milliseconds. */
export const sqliteLockPollMs: number = 50;
/** How long an unreadable lock file is read again, since its holder may just be writing it, in milliseconds. */
export const sqliteLockUnreadableMs: number = 500;
/**
 * Fewest lines that certainly fit a page to read it at once; otherwise the lengths of a thousand
 * are looked at first, which costs less than many small pages.
 */
export const sqliteCertainLinesMin: number = 100;
