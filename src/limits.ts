/**
 * Every bound of the package, with its unit. A buffer, queue or body that is not bounded by one of
 * these is a defect.
 *
 * @module
 */

const KiB = 1024;
const MiB = 1024 * KiB;

/** Longest stream name and message type, in bytes of UTF-8. */
export const nameBytesMax: number = 1024;
/** Longest message id, in bytes of UTF-8. */
export const messageIdBytesMax: number = 255;
/** Longest namespace id, in bytes of UTF-8. */
export const namespaceBytesMax: number = 255;
/** Most namespaces whose spelling in tokens is remembered. */
export const tokenSpellingsMax: number = 1000;
/** Deepest nesting of arrays and objects in `data` or `metadata`. */
export const jsonDepthMax: number = 1000;
/** Most fields of an object of options, or of a message, in a call. */
export const objectFieldsMax: number = 1000;
/** Longest line of an import, in bytes without its line end. */
export const lineBytesMax: number = 16 * MiB;
/** Largest body of `POST /rpc`, in bytes. */
export const rpcBodyBytesMax: number = 16 * MiB;
/** How long the reading of an import goes on before others get a tick, in milliseconds. */
export const timeSliceMs: number = 10;
/** Most records that an import hands to the store at once. */
export const batchRecordsMax: number = 1000;
/** Most characters of record text that an import hands to the store at once. */
export const batchCharsMax: number = 1 * MiB;
/** Most messages that a store reads in one tick. */
export const pageMessagesMax: number = 1000;
/** A store ends a page once its payloads reach this many characters. */
export const pageCharsMax: number = 4 * MiB;
/** Largest `batchSize` of a read. */
export const batchSizeMax: number = 10_000;
/** `batchSize` of a read that names none. */
export const batchSizeDefault: number = 1000;
/** Most streams in one response of `ns.streams`. */
export const streamsLimitMax: number = 1000;
/** Most imports that run at the same time in one server. */
export const importsMax: number = 4;
/** Most imports that wait for one of those to end. */
export const importsWaitingMax: number = 32;
/** How long one of them waits before it is refused with 503, in milliseconds. */
export const importSlotWaitMs: number = 8_000;
/** A body that brings less than this gives way to others that want in, in bytes a second. */
export const bodyBytesPerSecondMin: number = 16 * KiB;
/** Over how long that is measured, in milliseconds. */
export const bodySlowMs: number = 10_000;
/** Largest body of `POST /rpc` that needs no share of the memory for large ones, in bytes. */
export const smallBodyBytesMax: number = 64 * KiB;
/** Most bytes of larger bodies of `POST /rpc` that are in memory before they are worked on. */
export const largeBodiesBytesMax: number = 16 * MiB;
/** Most bytes of those that are worked on at the same time. */
export const largeCallsBytesMax: number = 16 * MiB;
/** Most of those that wait until there is memory for them. */
export const largeBodiesWaitingMax: number = 256;
/** How long one of them waits before it is refused with 503, in milliseconds. */
export const largeBodyWaitMs: number = 1_000;
/** Longest line that needs no slot of `longLineImportsMax`, in bytes. */
export const ordinaryLineBytesMax: number = 4 * MiB;
/** Most imports at the same time that have lines longer than that. */
export const longLineImportsMax: number = 1;
/** How long another one waits before it fails, in milliseconds. */
export const longLineWaitMs: number = 5_000;
/** How often the server reports to a client how much of its import's body has come in, in milliseconds. */
export const receivedEveryMs: number = 2_000;
/** How long a write waits for an import into its namespace, in milliseconds. */
export const importWaitMs: number = 5_000;
/** How long a request's body may send nothing before the request is given up, in milliseconds. */
export const bodyStallMs: number = 60_000;
/** How long a reader may take nothing of a response before the server closes it, in milliseconds. */
export const readerStallMs: number = 60_000;
/** How long a server that is stopping lets running requests finish, in milliseconds. */
export const shutdownMs: number = 10_000;
/** Most pokes that wait in the server for one subscriber; what is beyond is read again later. */
export const feedQueueMax: number = 256;
/** Most runs of global positions that are remembered of one import, 16 bytes each. */
export const importedRunsMax: number = 100_000;
/** Most runs of records whose lines an import remembers to name an earlier one, 24 bytes each. */
export const importedLineRunsMax: number = 500_000;
/** Most imports below its position that a lagging subscriber remembers separately. */
export const feedImportsMax: number = 8;
/** How often an idle subscription gets a heartbeat, in milliseconds. */
export const heartbeatMs: number = 15_000;
/** Most rows that a filtered read looks at in one tick. */
export const scanMessagesMax: number = 5000;
/** Most writes that share one transaction. */
export const writesPerCommitMax: number = 500;
/** Most writes to one namespace that wait for their transaction. */
export const writesWaitingMax: number = 10_000;
/** Most namespaces whose files a SQLite store keeps open. */
export const namespacesOpenMax: number = 64;
/** Pages that a SQLite import keeps in memory, in bytes. */
export const sqliteImportCacheBytes: number = 64 * MiB;
/** The same where the file is new: written once from end to end, and sorted in runs of this size. */
export const sqliteBuildCacheBytes: number = 4 * MiB;
/** The same for an index of links. */
export const sqliteIndexCacheBytes: number = 16 * MiB;
/** After so many batches the disk is asked to begin with the file that a SQLite import builds. */
export const syncEveryBatches: number = 32;
/** How long a server waits for a predecessor that is closing its data folder, in milliseconds. */
export const takeoverWaitMs: number = 12_000;
/** How long a server may send nothing before a client gives the request up, in milliseconds. */
export const responseStallMs: number = 30_000;
/** The same for an import, whose commit may take its time, in milliseconds. */
export const importStallMs: number = 600_000;
/** Largest stream that is uploaded from a browser, which has to hold it whole, in bytes. */
export const browserUploadBytesMax: number = 1024 * MiB;
/** The slowest network that a body is sent over where nobody sees it go, in bytes a millisecond. */
export const slowestUploadBytesPerMs: number = 64;
/** What is kept of an upload until the server responds, to be sent once more, in bytes. */
export const uploadKeptBytesMax: number = 4 * MiB;
/** After so many bytes an upload waits for the response to begin, in bytes. */
export const uploadFirstBytes: number = 64 * KiB;
/** How long it waits at most before it sends more, in milliseconds. */
export const uploadResponseWaitMs: number = 500;
/**
 * After this long without a move, an upload is said to stand still, in milliseconds: with the 2 s after which
 * a server repeats how much it has received, and a look every half a second, within 10 s.
 */
export const uploadStandstillMs: number = 7_000;
/** How long an upload waits for a slot in a server that runs as many imports as it may, in milliseconds. */
export const importPlaceWaitMs: number = 600_000;
/** Most that servers written in Go take in one import, in bytes. */
export const goImportBytesMax: number = 100_000_000;
/** Most retries of a request whose failure may pass. */
export const retriesDefault: number = 5;
/** Wait before the first retry, in milliseconds; it doubles with each, and is stretched at random. */
export const retryDelayMs: number = 250;
/** Longest wait before a retry, in milliseconds. */
export const retryDelayMaxMs: number = 15_000;
/** How long a client tries to reach a server that has never responded to it, in milliseconds. */
export const firstContactMs: number = 3_000;
/** Longest response of `GET /version` that a client reads, in characters. */
export const versionCharsMax: number = 64 * KiB;
/** Longest response that a client reads as a whole, in characters. */
export const responseCharsMax: number = 64 * MiB;
/** Most characters of messages that a client hands over in one array. */
export const messagesCharsMax: number = 256 * MiB;
/** Most bytes of an error response that a client reads. */
export const errorBodyBytesMax: number = 64 * KiB;
/** Longest server-sent event that a client reads, in characters. */
export const eventCharsMax: number = 1 * MiB;
/** Most lines of a stream of events that a client passes over, since it does not know them. */
export const unknownLinesMax: number = 1000;
/** How long a subscription may bring nothing before it reconnects: three heartbeats, in milliseconds. */
export const subscriptionIdleMs: number = 3 * heartbeatMs;
/** Most messages that a consumer gets at once. */
export const consumerBatchMessages: number = 1000;
/** A consumer saves its position after this many messages, and at the end of a batch. */
export const consumerSaveEvery: number = 100;
/** How often a consumer looks for messages without a poke, in milliseconds. */
export const consumerPollMs: number = 10_000;
/** How long an interrupted export waits for its reader to take the last line, in milliseconds. */
export const exportEndingMs: number = 10_000;
/** An export's pages, one a category, end at this many characters of payload between them. */
export const exportPagesCharsMax: number = 16 * MiB;
/** The share of them that each category has at least, in characters. */
export const exportPageCharsMin: number = 64 * KiB;
/** Longest message in a server's response that a client reads, in characters. */
export const elementCharsMax: number = 64 * MiB;
/** Most connections to Postgres that one server keeps. */
export const postgresConnectionsMax: number = 10;
/** Most requests that wait for a connection to Postgres. */
export const postgresWaitingMax: number = 10_000;
/** After how long one connection more is tried where Postgres had no more, in milliseconds. */
export const postgresGrowMs: number = 5_000;
/** How long a Postgres connection may be silent before it is sent a heartbeat, in milliseconds. */
export const postgresHeardMs: number = 1_000;
/** How long that may take: behind a pooler, a database that is down says nothing, in milliseconds. */
export const postgresAliveMs: number = 3_000;
/** How long a connection to Postgres may take to be made, or to become free, in milliseconds. */
export const postgresConnectMs: number = 10_000;
/** How long Postgres may take over a write or a look-up, in milliseconds. */
export const postgresResponseMs: number = 60_000;
/** How long Postgres may look for the next page of a read, in milliseconds. */
export const postgresPageMs: number = 600_000;
/** How long a server whose commit was cut off tries to learn what became of it, in milliseconds. */
export const postgresVerdictMs: number = 30_000;
/** How long a statement that locks out readers waits for them, in milliseconds. */
export const postgresLockWaitMs: number = 30_000;
/** Most lines of an export that Postgres puts together at once, where `pageCharsMax` allows them. */
export const postgresPageLinesMax: number = 4000;
/** Most messages among which Postgres looks at once for those of a filter, where a read may end meanwhile. */
export const postgresStepMessages: number = 20_000;
/** Most messages of a window of time that Postgres is asked the positions of before it reads them. */
export const timeMatchesMax: number = 1_000_000;
/** Most of those where only a part of it is read, and then asked for again. */
export const searchedTimeMatchesMax: number = 100_000;
/** Most runs of global positions that such a window is read in. */
export const timeRunsMax: number = 256;
/** How long a server relies on what it read of a namespace's registration, in milliseconds. */
export const postgresRegistrationMs: number = 1_000;
/** How often a server makes sure that it still hears of others' commits, in milliseconds. */
export const postgresPingMs: number = 10_000;
/** How often it looks for commits without a notice, in milliseconds. */
export const postgresLookMs: number = 2_000;
/** Most namespaces that it asks for at once when it does. */
export const postgresLookNamespacesMax: number = 50;
/** How long it waits before it connects again to hear of them, in milliseconds. */
export const postgresReconnectMs: number = 250;
/** Most runs of lines without a gap that a Postgres import remembers, 24 bytes each. */
export const lineRunsMax: number = 1_000_000;
/** Largest value of Deno KV, in bytes as stored. */
export const kvValueBytesMax: number = 65_536;
/** Longest key of Deno KV, in bytes as stored. */
export const kvKeyBytesMax: number = 2_048;
/** Most changes in one atomic operation of Deno KV. */
export const kvMutationsMax: number = 1_000;
/** Most checks in one atomic operation of Deno KV. */
export const kvChecksMax: number = 100;
/** Most bytes of one atomic operation of Deno KV, keys and values. */
export const kvAtomicBytesMax: number = 819_200;
/** Most bytes of keys in one atomic operation of Deno KV. */
export const kvAtomicKeyBytesMax: number = 81_920;
/** Most keys that Deno KV looks up at once. */
export const kvGetsMax: number = 10;
/** Most look-ups of ten keys that one read or write has under way. */
export const kvGetsInFlightMax: number = 10;
/** Most entries that Deno KV lists at once. */
export const kvListMax: number = 1_000;
/** Most atomic operations that one import has under way. */
export const kvAtomicsInFlightMax: number = 4;
/** Most messages whose index entries an import of Deno KV collects, to write them in key order. */
export const kvIndexEntriesMax: number = 20_000;
/** Most characters of their stream names and ids. */
export const kvIndexCharsMax: number = 8 * MiB;
/** Most categories whose messages an import of Deno KV counts before it adds to the counters. */
export const kvCategoriesMax: number = 10_000;
/** What an import of Deno KV remembers its ids and positions in, in bytes. */
export const kvSeenBytes: number = 16 * MiB;
/** Most layers of a namespace in Deno KV; an import that would add one more folds some first. */
export const kvLayersMax: number = 8;
/** How long an import in Deno KV is taken for alive without a heartbeat, in milliseconds. */
export const kvLeaseMs: number = 10_000;
/** How often it gives one, in milliseconds. */
export const kvHeartbeatMs: number = 2_000;
/** How long the chunks of a large message may wait for the message itself, in milliseconds. */
export const kvChunksMs: number = 600_000;
/** Largest file that holds a token, in bytes. */
export const tokenFileBytesMax: number = 4 * 1024;
/** How long a Deno KV that is locked, or written by other servers, is tried again, in milliseconds. */
export const kvRetryMs: number = 10_000;
/** Fewest attempts in vain that mean that other servers are always faster. */
export const kvAttemptsMin: number = 10;
/** How long Deno KV may take to respond, in milliseconds. */
export const kvResponseMs: number = 30_000;
/** How long its first response may take, when a server starts, in milliseconds. */
export const kvOpenMs: number = 10_000;
/** How long a server relies on what it read of a namespace in a remote Deno KV, in milliseconds. */
export const kvRegistrationMs: number = 1_000;
/** How often a server looks for what others have committed to a file of Deno KV, in milliseconds. */
export const kvFollowMs: number = 250;
/** The same for a remote Deno KV, where every look costs, in milliseconds. */
export const kvFollowRemoteMs: number = 1_000;
/** Most runs of global positions that an import in Deno KV leaves word of for other servers. */
export const kvImportedRunsMax: number = 100;
/** Disk space that is reserved beside a file of Deno KV: twice its log, in bytes. */
export const kvReserveBytes: number = 8 * MiB;
/** It is set aside once the file has grown by this much, in bytes. */
export const kvReserveAfterBytes: number = 1 * MiB;
/** Once it has been given back, a file grows only while it has so many free bytes inside. */
export const kvFreeBytesMin: number = 2 * MiB;
/** How long after a vain attempt it is tried again to set it aside, in milliseconds. */
export const kvReserveRetryMs: number = 1_000;
/** After how long a file of Deno KV is put in order again when that has failed, in milliseconds. */
export const kvMaintenanceRetryMs: number = 2_000;
/** Largest description and metadata of a namespace in Deno KV together, in bytes. */
export const kvRegistrationBytesMax: number = 60_000;
/** More categories than this are not asked for because of the streams that are selected: all are read then. */
export const streamCategoriesMax: number = 100;
/** Most streams of which a manifest keeps what it knows in memory; more go to a temporary file. */
export const sliceStreamsInMemoryMax: number = 250_000;
/** Most bytes of their names. */
export const sliceNameBytesMax: number = 32 * MiB;
/** Most streams that stand in a manifest itself; more stand in a file of their own beside it. */
export const manifestStreamsMax: number = 10_000;
/** Most categories that a manifest names as those that links lead to out of its file. */
export const manifestLinkCategoriesMax: number = 10_000;
/** Most streams of which an export asks whether anything follows what it has, for the manifest. */
export const wholeStreamsAskedMax: number = 1_000;
/** How many of them at a time. */
export const wholeStreamsAskedAtOnce: number = 8;
/** Most bytes of a manifest that is read. */
export const manifestBytesMax: number = 64 * MiB;
/** Most message ids whose hashes `verify` keeps in memory, 8 bytes each; more go to a temporary file. */
export const repeatHashesInMemoryMax: number = 1_000_000;
/** Most ids and positions that `verify` looks at again because they seem to come twice. */
export const repeatSuspectsMax: number = 100_000;
/** Most positions of streams that `verify` remembers while it looks at those that seem to repeat. */
export const repeatLinesMax: number = 1_000_000;
/** Most problems that `verify` names one by one; all of them are counted. */
export const problemsNamedMax: number = 20;
/** Most streams that `verify` asks a namespace for by name; more are read by category. */
export const verifyStreamsNamedMax: number = 100;
/** Most streams whose versions `verify` asks for one by one; of more, it reads the listing. */
export const nextWriteStreamsMax: number = 200;
/** Most of these questions that are on their way at once. */
export const nextWriteRequestsMax: number = 8;
/** Most streams in a page of a listing. */
export const streamsPageMax: number = 1_000;
/** Most categories, and most streams, that `verify` of a namespace reads by their names; spread evenly. */
export const namespaceQuestionsMax: number = 1_000;
/** Most events of each of these streams that it reads. */
export const streamBeginningMax: number = 1_000;
/** Most types that `inspect` counts one by one. */
export const inspectTypesMax: number = 10_000;
/** Most time gaps that `inspect` names. */
export const timeGapsMax: number = 5;
/** Most streams that `inspect` names as the largest. */
export const largestStreamsMax: number = 10;
/** Most differences that `diff` names one by one; all of them are counted. */
export const differencesNamedMax: number = 20;
/** Most paths that `diff` names in one payload. */
export const differencePathsMax: number = 20;
/** Deepest nesting down to which `diff` looks for a difference. */
export const differenceDepthMax: number = 32;
/** Longest JSON text that `diff` takes apart, in characters. */
export const differenceCharsMax: number = 1 * MiB;
/** Most characters of a differing text that are kept of it. */
export const differenceTextCharsMax: number = 64 * KiB;
/** Most streams of which a closure asks at once. */
export const linkStreamsAskedMax: number = 1_000;
/** Most events that a closure has where nothing else is said. */
export const closureEventsDefault: number = 1_000_000;
/** Most events that a closure may be allowed to have. */
export const closureEventsMax: number = 100_000_000;
/** How often an index of links is compared with what there is, while imports change that. */
export const linkIndexAttemptsMax: number = 20;
/** Most messages that are taken into an index of links at once. */
export const linkIndexStepMax: number = 2_000;
/** How many SQLite looks at first: how many fit a tick is found from there. */
export const linkStepFirst: number = 100;
/** The most on Postgres and Deno KV, where each time is a transaction. */
export const linkIndexTransactionMax: number = 20_000;
/** How often a server logs how far an index of links is, in milliseconds. */
export const linkIndexLogMs: number = 5_000;
/** Most events whose links Postgres is asked for at once. */
export const linkPositionsMax: number = 4_000;
/** Most links in one page of those. */
export const linksAtOnceMax: number = 5_000;
/** Most streams of a closure, which are kept in memory. */
export const closureStreamsMax: number = 1_000_000;
/** Most streams that the error of a closure that is too large names. */
export const closureFanOutsNamedMax: number = 5;
/** Most names of streams among which the one that was meant is looked for. */
export const nearestStreamsMax: number = 50_000;
/** Most links that are declared. */
export const linkPathsMax: number = 32;
/** Most streams whose links are kept in memory while a source is read; more go to a temporary file. */
export const linkStreamsInMemoryMax: number = 1_000_000;
/** Most characters of the names of those streams. */
export const linkNameCharsInMemoryMax: number = 64 * MiB;
/** Most links in memory, 12 bytes each, and as much again once they are in order. */
export const linksInMemoryMax: number = 4_000_000;
/** Most texts that are sorted at once, which takes some milliseconds. */
export const textsSortedAtOnceMax: number = 16 * 1024;
/** Most patterns with `*` in one list of a selection; names without are not bounded. */
export const patternsMax: number = 1_000;
/** Most streams of which a sample remembers whether they are in it. */
export const sampledStreamsMax: number = 100_000;
/** Most bytes of a file of names that a selection reads. */
export const namesFileBytesMax: number = 64 * MiB;
/** Most patterns that matched nothing of which each is named. */
export const unmatchedNamedMax: number = 10;
/** Most patterns of excluded streams of which an export asks whether there is such a stream. */
export const excludesAskedMax: number = 100;
/** More retries than anybody waits for. */
export const retriesMax: number = 1_000_000;
/** How long a server may take to show that it understands HTTP/2, in milliseconds. */
export const http2ProbeMs: number = 2_000;
/** Most blank bytes that are passed over in looking for a record. */
export const inputBlankBytesMax: number = 64 * KiB;
/** Most links that are followed from a name to its file. */
export const symbolicLinksMax: number = 40;
/** How often the line moves, in milliseconds. */
export const progressRedrawMs: number = 100;
/** How often a plain line is written, in milliseconds. */
export const progressLineMs: number = 5_000;
/** Most categories that are looked at: each is one request. */
export const positionCategoriesMax: number = 20;
/** Only so much of a text is looked at. */
export const foreignExcerptCharsMax: number = 1000;
/** Most characters before the first poke in which a server may report its position. */
export const subscriptionErrorCharsMax: number = 1_000;
/** How often is looked, in milliseconds. */
export const lookMs: number = 500;
/** So many comments of an unchanged count show that the server waits for bytes, not for its disk. */
export const sameCountsMin: number = 2;
/** Longest path that is logged, in characters. */
export const loggedPathCharsMax: number = 200;
/** How often those that run are looked after, in milliseconds: it shows how busy this server itself is. */
export const lookEveryMs: number = 50;
/** Most events that wait for the reader; beyond it, only those that must not be lost are queued. */
export const eventsWaitingMax: number = 16;
/** How long a response waits for what is related before it begins without it, in milliseconds. */
export const relatedFirstMs: number = 20_000;
/** How long a response waits for its first lines before it begins without them, in milliseconds. */
export const exportFirstLineMs: number = 1_000;
/** Most bytes handed over at once, so that each read of a slow reader shows as progress. */
export const sentChunkBytesMax: number = 64 * KiB;
/** How long connections may take to close once nothing runs any more, in milliseconds. */
export const closingLingerMs: number = 250;
/** Text up to this many characters is parsed for the words of its syntax error. */
export const jsonProblemCharsMax: number = 4096;
/** Longest text that is put together of slices, in characters. */
export const jsonSlicedCharsMax: number = 64 * KiB;
/** Digits of which every integer is exact in a number. */
export const exactDigitsMax: number = 15;
/** Longest line that is looked into for the error of an export. */
export const errorLineCharsMax: number = 64 * KiB;
/** Deepest nesting of a body that is looked into at all; the exact rule is that of each argument. */
export const rpcBodyDepthMax: number = 2 * jsonDepthMax;
/** Fewest entries that are listed at once. */
export const kvListMin: number = 16;
/** Most entries with whole messages that are listed at once, each of them up to 64 KiB. */
export const kvCursorMessagesMax: number = 500;
/** Up to this many times as many messages are read in one go, rather than each by its key. */
export const kvSpareFetchesMax: number = 2;
/** Most counters that are moved at once. */
export const kvMergeCountersMax: number = 200;
/**
 * Bytes that a value of several fields may take: those of a namespace are a few hundred, bounded by
 * the most layers and the longest time.
 */
export const kvFieldsBytesMax: number = 4_096;
/** More categories than this are found by looking at every message. */
export const mergedCategoriesMax: number = 32;
/** Most messages that are fetched at once, each of them up to the size of a value. */
export const kvReadFetchMax: number = 200;
/** Most registrations that are kept in memory. */
export const registrationsKeptMax: number = 1_000;
/** How long the log's emptying waits for others, in milliseconds. */
export const kvReserveBusyMs: number = 2_000;
/** Most namespaces whose write queue is kept for their next write, with what it knows of them. */
export const writeQueuesMax: number = 1_000;
/** Longest wait before an attempt, in milliseconds. */
export const kvRetryPauseMsMax: number = 100;
/** Smallest buffer before it is known how many bytes come, in bytes. */
export const postgresCopyBufferBytesMin: number = 64 * KiB;
/**
 * Most bytes of the messages in a notice. Postgres refuses a payload of 8,000 bytes and more, and the
 * namespace's name is in it too.
 */
export const postgresNoticeBytesMax: number = 6_000;
/** Most runs in one notice: each is at most two integers of 16 digits. */
export const postgresNoticeRunsMax: number = 200;
/** How often it is tried again, in milliseconds. */
export const postgresImportPollMs: number = 50;
/** How long a statement waits for another connection's lock, in milliseconds. */
export const sqliteBusyMs: number = 5_000;
/** Most prepared statements that a connection keeps. */
export const sqliteStatementsMax: number = 100;
/** Longest run: the most rows that a look-up counts. */
export const lineIndexRecordsMax: number = 10_000;
/** How often a held lock is tried again, in milliseconds. */
export const sqliteLockPollMs: number = 50;
/** How long an unreadable lock file is read again (its holder is just writing it), in milliseconds. */
export const sqliteLockUnreadableMs: number = 500;
/** Pages of fewer lines cost more than to look at the lengths of a thousand first. */
export const sqliteCertainLinesMin: number = 100;
/** Most batches that an import is given at once: it is never to wait for one. */
export const importBatchesWaitingMax: number = 3;
/** Longest token: `ns_`, a namespace id of 255 bytes in base64url, `_` and 64 hex digits; in characters. */
export const tokenCharsMax: number = 3 + Math.ceil(namespaceBytesMax / 3) * 4 + 1 + 64;
/** Most chunks that wait to be written to a file: while one is written, the next are fetched. */
export const outputChunksMax: number = 8;
/** Most chunks of an export, of 64 KiB or less, that are fetched before they are wanted. */
export const exportChunksAheadMax: number = 8;
/** Bytes of a key for masking. */
export const maskKeyBytes: number = 32;
/** Largest file that holds a key for masking, in bytes. */
export const maskKeyFileBytesMax: number = 4 * KiB;
/** Most characters at the beginning of a masked text that are looked for in the output; 8 to 64. */
export const residualTextCharsMax: number = 64;
/** Most masked texts whose hashes are kept in memory, 32 bytes each; more go to a temporary file. */
export const residualTextsInMemoryMax: number = 1_000_000;
/** Most places in which masked texts were found that are kept in memory, 32 bytes each. */
export const residualHitsInMemoryMax: number = 500_000;
/** Most places in one line that are kept until it is found out what they mean. */
export const residualHitsInLineMax: number = 100_000;
/** Most bits of each of the two filters for masked texts. */
export const residualFilterBitsMax: number = 2 ** 28;
/** Up to so many bytes of lines are masked without other threads, which take as long to start. */
export const maskThreadsBytesMin: number = 1 * MiB;
/** Lines go to the thread that masks in chunks of so many bytes; a longer one alone. */
export const maskChunkBytes: number = 256 * KiB;
/** Most bytes of lines that wait for it, unless one line is longer. */
export const maskBytesAheadMax: number = 1 * MiB;
/** Most chunks of masked lines that it reads before they are wanted. */
export const maskedChunksAheadMax: number = 2;
/** Most threads that look for masked values at the same time. */
export const scanThreadsMax: number = 4;
/** Most chunks of lines that wait for one of them. */
export const scanBlocksAheadMax: number = 2;
/** How often the thread that hands lines to them takes their replies, in milliseconds. */
export const scanRepliesEveryMs: number = 50;
/** About so many numbers of what one has found are handed over at once. */
export const scanHitsAtOnceMax: number = 64 * KiB;
/** Most places, each a type and a path, that are told apart in what is left of masked texts. */
export const residualPlacesMax: number = 10_000;
/** Most events of streams whose positions are kept to read them by an index, 8 bytes each; more are found by a scan. */
export const indexedEventsMax: number = 2_000_000;
/** Most streams that Postgres is asked for at once. */
export const indexedStreamsMax: number = 1_000;
/** Most streams that Deno KV is asked for at once. */
export const kvStreamsAtOnceMax: number = 16;
/** Largest body of `POST /export`, in bytes. */
export const exportBodyBytesMax: number = rpcBodyBytesMax;
/** Longest pattern of streams or types, in bytes: each byte of a name may be escaped. */
export const patternBytesMax: number = 2 * nameBytesMax;
/** Longest path and query of `GET /export` that a client sends; beyond it, it sends `POST /export`. */
export const exportQueryCharsMax: number = 4_000;
/** After how long without an event an export of a selection sends an empty line, in milliseconds. */
export const exportHeartbeatMs: number = 10_000;
/** Most places in payloads that `mask discover` tells apart, about 2 KiB each. */
export const discoverPathsMax: number = 10_000;
/** Most keys of one object that it takes for names of fields. */
export const discoverKeysMax: number = 200;
/** Most types, and most categories, that it names. */
export const discoverNamesMax: number = 1_000;
/** Fewest digits that are replaced by a permutation: of a million, since one of fewer could be tried out. */
export const maskDigitsMin: number = 6;
/** Most digits that are. */
export const maskDigitsMax: number = 64;
/** Most pseudonyms that a mask remembers, for speed alone: a power of two. */
export const recentPseudonymsMax: number = 2 ** 16;
/** Most masked values that it remembers to have counted, for speed alone: a power of two. */
export const recentMaskedMax: number = 2 ** 13;
/** Most streams whose masked names it remembers, and most types: a power of two. */
export const recentStreamsMax: number = 2 ** 15;
/** Longest text of which it remembers something, in characters. */
export const recentTextCharsMax: number = 128;
/** Longest number that a mask rounds, in characters. */
export const roundedDigitsMax: number = 1_000;
/** Largest masking policy, in bytes. */
export const policyBytesMax: number = 4 * MiB;
/** Most rules of a masking policy. */
export const policyRulesMax: number = 10_000;
/** Most problems of a policy that its error names. */
export const policyProblemsNamedMax: number = 20;
/** Most paths that one path of a policy may stand for, with several selectors in its brackets. */
export const pathAlternativesMax: number = 100;
/** Most segments of a path in a policy. */
export const pathSegmentsMax: number = 64;
/** Longest name of a domain of pseudonyms, in characters. */
export const domainCharsMax: number = 64;
/** Most days that dates are shifted by. */
export const dateDaysMax: number = 36_500;
/** Most states of a policy's paths that a mask remembers; it begins again when it knows so many. */
export const pathStatesMax: number = 10_000;
/** Most pairs of a type and a category whose rules a mask remembers. */
export const maskProgramsMax: number = 10_000;
/** Most names of streams with an e-mail address that are compared as they come, so that no two become one. */
export const comparedStreamsMax: number = 100_000;
/** Most further ones whose hashes are kept in memory, 28 bytes each; more go to a temporary file. */
export const comparedStreamHashesMax: number = 250_000;
/** Most categories that the error about two of them tells apart. */
export const comparedCategoriesMax: number = 1_000;
/** Longest name of a field that the path in an error shows, in characters. */
export const shownKeyCharsMax: number = 64;
/** Longest line that is masked, in bytes: of other servers, whose lines may be longer than an import takes. */
export const maskedLineBytesMax: number = 64 * MiB;
/** Most places with masked values left in them, and most rules, that are named one by one. */
export const residualsNamedMax: number = 20;
/** Most places, each a type and a path, that a report of a masking tells apart. */
export const maskReportPlacesMax: number = 10_000;
/** Most places and rules of each kind that `mask check` names for people; `--json` has all of them. */
export const maskPlacesNamedMax: number = 100;
/** Most further lines of a policy that are named for a problem that several have. */
export const policyLinesNamedMax: number = 10;
/** Most characters of a text that is searched for. */
export const searchTextCharsMax: number = 1_000;
/** How many messages a search returns where nothing else is said. */
export const searchLimitDefault: number = 100;
/** Most messages that it may be asked for. */
export const searchLimitMax: number = 1_000;
/** After so many events looked at, a search returns what it has found. */
export const searchEventsMax: number = 250_000;
/** After so long, too, in milliseconds. */
export const searchMs: number = 1_000;
/** And before its messages have more characters than this; a single one may. */
export const searchResponseCharsMax: number = 4 * MiB;
/** Bytes of JSON text in which a search looks at once. */
export const searchChunkBytes: number = 256 * KiB;
/** Most positions of an index of streams at which a search looks before it asks whether it goes on. */
export const searchedPositionsMax: number = 4_000;
/** Most searches that one server works on at the same time. */
export const searchesMax: number = 4;
/** Most searches that wait for one of those to end. */
export const searchesWaitingMax: number = 256;
/** How long one of them waits before it is refused with 503, in milliseconds. */
export const searchWaitMs: number = 10_000;
/** Most verifications that one server runs at the same time: each may take some 100 MiB. */
export const verificationsMax: number = 2;
/** Most verifications that wait for one of those to end. */
export const verificationsWaitingMax: number = 32;
/** Largest body of `POST /verify`, in bytes as it comes: it is kept in a temporary file. */
export const verifiedBodyBytesMax: number = 4 * 1024 * MiB;
/** How often a client is told how far its verification is, in milliseconds. */
export const verifiedEveryMs: number = 200;
/** How often it gets a heartbeat, in milliseconds. */
export const verifyHeartbeatMs: number = 2_000;
