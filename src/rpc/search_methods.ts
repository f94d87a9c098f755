/**
 * The method that looks for messages.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import {
  searchesMax,
  searchesWaitingMax,
  searchLimitDefault,
  searchLimitMax,
  searchTextCharsMax,
  searchWaitMs,
} from "./limits.ts";
import { messageIdProblem } from "../names.ts";
import { selectionFields, sliceOfFields } from "../slice/slice_fields.ts";
import { Slots } from "./slots.ts";
import type { MethodTable } from "./method.ts";

/** Fields beside those that select. */
const ownFields = ["text", "id", "limit"];

/** `ns.search` */
export const searchMethods: MethodTable = {
  "ns.search": {
    parameters: ["query"],
    async run(args, { store, caller, searches }) {
      const query = args.requiredObject("query");
      const { text: _text, id: _id, limit: _limit, ...selection } = query.parsed;
      const wanted = {
        ...sliceOfFields(selection, {
          failure: "Cannot call ns.search",
          fields: selectionFields,
          others: ownFields,
        }),
        text: query.optionalText("text", orEmpty(textProblem)) || undefined,
        id: query.optionalText("id", orEmpty(messageIdProblem)) || undefined,
        limit: query.optionalInteger("limit", { min: 1, max: searchLimitMax }) ??
          searchLimitDefault,
      };
      const { search } = await import("../search/search.ts");
      using _slot = await searches.take();
      const { messages, ...rest } = await search(store, caller.namespace, wanted);
      return `{"messages":[${messages.join()}],${JSON.stringify(rest).slice(1)}`;
    },
  },
};

/**
 * Makes what bounds the searches of a server: each takes a page of events and its messages in memory, and time.
 *
 * @returns The slots.
 */
export function searchSlots(): Slots {
  return new Slots({
    capacity: searchesMax,
    waitingMax: searchesWaitingMax,
    waitMs: searchWaitMs,
    refusal: () =>
      new EventoDBError(
        "BACKEND_ERROR",
        `This server is running ${searchesMax} searches, its maximum. Try again later`,
        { status: 503 },
      ),
  });
}

/** An empty text means that there is none. */
function orEmpty(problemOf: (value: string) => string | null): (value: string) => string | null {
  return (value) => value === "" ? null : problemOf(value);
}

function textProblem(value: string): string | null {
  if (!value.isWellFormed()) return "contains half of a surrogate pair";
  if (value.length <= searchTextCharsMax) return null;
  const [is, may] = [value.length, searchTextCharsMax].map((count) =>
    count.toLocaleString("en-US")
  );
  return `is ${is} characters long, at most ${may} are allowed`;
}
