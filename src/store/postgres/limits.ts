/**
 * The bounds of Postgres.
 *
 * @module
 */

import { KiB } from "../../limits.ts";

/** Most connections to Postgres that one server keeps. */
export const postgresConnectionsMax: number = 10;
/** Most requests that wait for a connection to Postgres. */
export const postgresWaitingMax: number = 10_000;
/** How long after Postgres refused a connection for want of slots one more is tried, in milliseconds. */
export const postgresGrowMs: number = 5_000;
/** How long a Postgres connection may be silent before it is sent a heartbeat, in milliseconds. */
export const postgresHeardMs: number = 1_000;
/**
 * How long the response to that heartbeat may take, in milliseconds: behind a pooler, a database
 * that is down says nothing.
 */
export const postgresAliveMs: number = 3_000;
/** How long a connection to Postgres may take to be made, or to become free, in milliseconds. */
export const postgresConnectMs: number = 10_000;
/** How long Postgres may take over a write or a look-up, in milliseconds. */
export const postgresResponseMs: number = 60_000;
/** How long Postgres may look for the next page of a read, in milliseconds. */
export const postgresPageMs: number = 600_000;
/** How long a server whose commit was cut off tries to learn what became of it, in milliseconds. */
export const postgresVerdictMs: number = 30_000;
/** How often that server asks, in milliseconds. */
export const postgresVerdictPollMs: number = 200;
/** How long a statement that locks out readers waits for them, in milliseconds. */
export const postgresLockWaitMs: number = 30_000;
/** Most lines of an export that Postgres puts together at once, where `pageCharsMax` allows them. */
export const postgresPageLinesMax: number = 4000;
/** Most messages among which Postgres looks at once for those of a filter, where a read may end meanwhile. */
export const postgresStepMessages: number = 20_000;
/** Most messages of a window of time that Postgres is asked the positions of before it reads them. */
export const timeMatchesMax: number = 1_000_000;
/** Most of them where only a part of the window is read, and the rest asked for again. */
export const searchedTimeMatchesMax: number = 100_000;
/** Most runs of global positions in which such a window is read. */
export const timeRunsMax: number = 256;
/** How long a server relies on what it read of a namespace's registration, in milliseconds. */
export const postgresRegistrationMs: number = 1_000;
/** How often a server makes sure that it still hears of others' commits, in milliseconds. */
export const postgresPingMs: number = 10_000;
/** How often a server looks for commits without a notification, in milliseconds. */
export const postgresLookMs: number = 2_000;
/** Most namespaces whose commits it looks for at once. */
export const postgresLookNamespacesMax: number = 50;
/** How long a server waits before it connects again to listen for commits, in milliseconds. */
export const postgresReconnectMs: number = 250;
/** Most events whose links one query of Postgres asks for. */
export const linkPositionsMax: number = 4_000;
/** Smallest buffer for the response to a COPY before its size is known, in bytes. */
export const postgresCopyBufferBytesMin: number = 64 * KiB;
/**
 * Most bytes of the messages in a notification. Postgres refuses a payload of 8,000 bytes and more,
 * and the namespace's name is in it too.
 */
export const postgresNoticeBytesMax: number = 6_000;
/** Most runs in one notification: each is at most two integers of 16 digits. */
export const postgresNoticeRunsMax: number = 200;
/** How often an import tries again to get a lock, in milliseconds. */
export const postgresImportPollMs: number = 50;
/** Most streams that one query of Postgres asks for. */
export const indexedStreamsMax: number = 1_000;
