/**
 * Which member of a consumer group a stream belongs to.
 *
 * @module
 */

import type { ConsumerGroup } from "./consumer_group.ts";
import { md5 } from "./md5.ts";
import { cardinalIdOf } from "./stream_name.ts";

/**
 * Message DB's `hash_64`: the first 8 bytes of the MD5 of the UTF-8 text, as a signed big-endian
 * integer.
 *
 * @param text Any text.
 * @returns The hash, from −2^63 to 2^63 − 1.
 */
export function hash64(text: string): bigint {
  return md5(text).getBigInt64(0);
}

/**
 * What a stream is shared out by: `|hash64(cardinal id)|`, or `null` for a stream without an id, which
 * belongs to no member.
 *
 * @param stream A stream name.
 * @returns The hash, from 0 to 2^63.
 */
export function memberHash(stream: string): bigint | null {
  const cardinalId = cardinalIdOf(stream);
  if (cardinalId === "") return null;
  const hash = hash64(cardinalId);
  return hash < 0n ? -hash : hash;
}

/**
 * Whether a stream belongs to a member: `|hash64(cardinal id)| mod size = member`, the rule of
 * Message DB. A stream without an id belongs to no member.
 *
 * @param stream A stream name.
 * @param group The member and the size of its group.
 * @returns Whether this member reads the stream.
 */
export function isMemberOf(stream: string, group: ConsumerGroup): boolean {
  const hash = memberHash(stream);
  return hash !== null && hash % BigInt(group.size) === BigInt(group.member);
}
