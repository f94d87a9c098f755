/**
 * The bounds that the backends share.
 *
 * @module
 */

/** How long a write waits for an import into its namespace, in milliseconds. */
export const importWaitMs: number = 5_000;
/** Most runs of global positions that are remembered of one import, 16 bytes each. */
export const importedRunsMax: number = 100_000;
/** Most runs of records whose lines an import remembers to name an earlier one, 32 bytes each. */
export const importedLineRunsMax: number = 500_000;
/** Most runs of lines with even gaps that an import remembers, 32 bytes each: after those, it names no line. */
export const lineRunsMax: number = 1_000_000;
/** Most rows that a filtered read looks at in one tick. */
export const scanMessagesMax: number = 5000;
/** Most writes that share one transaction. */
export const writesPerCommitMax: number = 500;
/** Most writes to one namespace that wait for their transaction. */
export const writesWaitingMax: number = 10_000;
/** How often an index of links is compared with the messages before a read gives up, while imports change them. */
export const linkIndexAttemptsMax: number = 20;
/** Most messages that one transaction of Postgres or Deno KV takes into an index of links. */
export const linkIndexTransactionMax: number = 20_000;
/** Most links in one page of an index of links. */
export const linksAtOnceMax: number = 5_000;
/** Most categories whose messages are read one by one and merged; of more, every message is looked at. */
export const mergedCategoriesMax: number = 32;
/** Most registrations of namespaces that are kept in memory. */
export const registrationsKeptMax: number = 1_000;
/** Most namespaces whose write queue is kept for their next write. */
export const writeQueuesMax: number = 1_000;
