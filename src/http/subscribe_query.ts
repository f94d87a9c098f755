/**
 * What a request for a subscription asks for.
 *
 * @module
 */

import { type ConsumerGroup, consumerGroupProblem } from "../consumer_group.ts";
import type { Subject } from "../subscription/subject.ts";
import { Query } from "./query.ts";

/** What to subscribe to, and from where on. */
export interface SubscribeQuery {
  /** What the subscription is about. */
  subject: Subject;
  /** First position, inclusive: in the stream for one stream, global otherwise. */
  from: number;
  /** For a stream: lowest global position, inclusive. */
  fromGlobal?: number;
  /** Only what is written or imported from now on, wherever it is. */
  fromNow?: boolean;
}

/**
 * Reads the query of `GET /subscribe`, and where a client that reconnects goes on. Clients send `position=`
 * and `size=` for what they do not ask for.
 *
 * @param parameters The query.
 * @param lastEventId The header `Last-Event-ID`, or `null`: the last global position that was seen.
 * @returns What is asked for.
 * @throws {EventoDBError} `INVALID_REQUEST`, naming the parameter.
 */
export function subscribeQueryOf(
  parameters: URLSearchParams,
  lastEventId: string | null,
): SubscribeQuery {
  const query = new Query(parameters, "subscribe", { skipsEmpty: true });
  const subject = subjectOf(query);
  const position = query.position("position") ?? 0;
  const seen = lastEventId === null || lastEventId === ""
    ? undefined
    : query.position("Last-Event-ID", lastEventId, 'the header "Last-Event-ID"')!;
  if ("stream" in subject) {
    return { subject, from: position, fromGlobal: seen === undefined ? undefined : seen + 1 };
  }
  const isAll = subject.category === undefined;
  // As servers written in Go do: kits follow a whole namespace that way, and ask again without a
  // position whenever they reconnect.
  if (isAll && position === 0 && seen === undefined) return { subject, from: 0, fromNow: true };
  return { subject, from: Math.max(position, seen === undefined ? 0 : seen + 1) };
}

function subjectOf(query: Query): Subject {
  const stream = query.name("stream");
  const category = query.name("category");
  const all = query.flag("all");
  const named = [stream, category, all || undefined].filter((value) => value !== undefined);
  if (named.length !== 1) {
    const found = named.length === 0 ? "none of them" : `${named.length} of them`;
    throw query.invalid(
      `exactly one of stream=NAME, category=NAME and all=true is needed, got ${found}`,
    );
  }
  const consumerGroup = consumerGroupOf(query);
  const correlation = query.name("correlation");
  if (stream === undefined) return { category, consumerGroup, correlation };
  if (consumerGroup !== undefined || correlation !== undefined) {
    const name = consumerGroup === undefined ? "correlation" : "consumer";
    throw query.invalid(`"${name}" is for a category or for all messages, not for a stream`);
  }
  return { stream };
}

function consumerGroupOf(query: Query): ConsumerGroup | undefined {
  const member = query.integer("consumer") ?? query.integer("consumerGroupMember");
  const size = query.integer("size") ?? query.integer("consumerGroupSize");
  if (member === undefined && size === undefined) return undefined;
  const group = { member, size };
  const problem = consumerGroupProblem(group, "consumer");
  if (problem !== null) throw query.invalid(problem);
  return group as ConsumerGroup;
}
