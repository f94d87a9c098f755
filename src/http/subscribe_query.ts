/**
 * What a request for a subscription asks for.
 *
 * @module
 */

import type { ConsumerGroup } from "../consumer_group.ts";
import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { nameProblem } from "../names.ts";
import { readInteger, readPosition } from "./query_integer.ts";
import type { Subject } from "../subscription/subject.ts";

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
 * Reads the query of `GET /subscribe`, and where a client that comes back goes on.
 *
 * @param query The query.
 * @param lastEventId The header `Last-Event-ID`, or `null`: the last global position that was seen.
 * @returns What is asked for.
 * @throws {EventoDBError} `INVALID_REQUEST`, naming the parameter.
 */
export function subscribeQueryOf(
  query: URLSearchParams,
  lastEventId: string | null,
): SubscribeQuery {
  const subject = subjectOf(query);
  const given = valueOf(query, "position");
  const position = given === undefined ? 0 : positionIn('"position"', given);
  const seen = lastEventId === null || lastEventId === ""
    ? undefined
    : positionIn('the header "Last-Event-ID"', lastEventId);
  if ("stream" in subject) {
    return { subject, from: position, fromGlobal: seen === undefined ? undefined : seen + 1 };
  }
  const isAll = subject.category === undefined;
  // As servers written in Go do: kits follow a whole namespace that way, and ask again without a
  // position whenever they reconnect.
  if (isAll && position === 0 && seen === undefined) return { subject, from: 0, fromNow: true };
  return { subject, from: Math.max(position, seen === undefined ? 0 : seen + 1) };
}

function subjectOf(query: URLSearchParams): Subject {
  const stream = nameOf(query, "stream");
  const category = nameOf(query, "category");
  const all = allOf(query);
  const named = [stream, category, all || undefined].filter((value) => value !== undefined);
  if (named.length !== 1) {
    const found = named.length === 0 ? "none of them" : `${named.length} of them`;
    throw invalid(`exactly one of stream=NAME, category=NAME and all=true is needed, got ${found}`);
  }
  const consumerGroup = consumerGroupOf(query);
  const correlation = nameOf(query, "correlation");
  if (stream === undefined) return { category, consumerGroup, correlation };
  if (consumerGroup !== undefined || correlation !== undefined) {
    const name = consumerGroup === undefined ? "correlation" : "consumer";
    throw invalid(`"${name}" is for a category or for all messages, not for a stream`);
  }
  return { stream };
}

function allOf(query: URLSearchParams): boolean {
  const all = valueOf(query, "all");
  if (all === undefined || all === "false") return false;
  if (all === "true") return true;
  throw invalid(`"all" must be true or false, got ${JSON.stringify(excerpt(all))}`);
}

function consumerGroupOf(query: URLSearchParams): ConsumerGroup | undefined {
  const member = integerOf(query, "consumer", "consumerGroupMember");
  const size = integerOf(query, "size", "consumerGroupSize");
  if (member === undefined && size === undefined) return undefined;
  if (member === undefined || size === undefined) {
    const missing = size === undefined ? "size" : "consumer";
    throw invalid(
      `a consumer group needs both "consumer" and "size", and there is no "${missing}"`,
    );
  }
  if (size < 1) throw invalid(`"size" must be at least 1, got ${size}`);
  if (member < 0 || member >= size) {
    throw invalid(`"consumer" must be from 0 to less than the size ${size}, got ${member}`);
  }
  return { member, size };
}

function nameOf(query: URLSearchParams, name: string): string | undefined {
  const value = valueOf(query, name);
  if (value === undefined) return undefined;
  const problem = nameProblem(value);
  if (problem !== null) {
    throw invalid(`"${name}" ${problem}, got ${JSON.stringify(excerpt(value))}`);
  }
  return value;
}

function integerOf(query: URLSearchParams, name: string, alias?: string): number | undefined {
  const value = valueOf(query, name);
  if (value !== undefined) return integer(`"${name}"`, value);
  return alias === undefined ? undefined : integerOf(query, alias);
}

function integer(name: string, value: string): number {
  return readInteger(value) ?? notAnInteger(name, value);
}

function positionIn(name: string, value: string): number {
  return readPosition(value) ?? notAnInteger(name, value);
}

function notAnInteger(name: string, value: string): never {
  throw invalid(
    `${name} must be an integer of at most 2^53 − 1, got ${JSON.stringify(excerpt(value))}`,
  );
}

/**
 * The one value of a parameter; two would leave open which is meant. Clients send `position=` and
 * `size=` for what they do not ask for.
 */
function valueOf(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name).filter((value) => value !== "");
  if (values.length > 1) throw invalid(`"${name}" is given ${values.length} times`);
  return values[0];
}

function invalid(reason: string): EventoDBError {
  return new EventoDBError("INVALID_REQUEST", `Cannot subscribe: ${reason}`);
}
