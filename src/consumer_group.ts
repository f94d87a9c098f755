/**
 * Consumer groups, in which each member reads its share of the streams.
 *
 * @module
 */

import { integerProblem } from "./integer.ts";

/** One member of a consumer group. */
export interface ConsumerGroup {
  /** This member: an integer from 0 to `size` − 1. */
  member: number;
  /** How many members there are: an integer from 1. */
  size: number;
}

/**
 * Checks a consumer group.
 *
 * @param group Its member and size, as far as they were given.
 * @param memberName What the member is called where it comes from.
 * @returns What is wrong with it, as a sentence that goes on after a colon; `null` when it is fine.
 */
export function consumerGroupProblem(
  { member, size }: { member?: unknown; size?: unknown },
  memberName = "member",
): string | null {
  if (member === undefined || size === undefined) {
    const missing = member === undefined ? memberName : "size";
    return `a consumer group needs both "${memberName}" and "size", and there is no "${missing}"`;
  }
  const problemOfSize = integerProblem(size, { min: 1 });
  if (problemOfSize !== null) return `"size" ${problemOfSize}, got ${size}`;
  const problem = integerProblem(member, { min: 0 }) ??
    ((member as number) < (size as number) ? null : `must be less than the size ${size}`);
  return problem === null ? null : `"${memberName}" ${problem}, got ${member}`;
}
