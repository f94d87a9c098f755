/**
 * Why an export, or a category of it, had no events.
 *
 * @module
 */

import type { EventoDBClient } from "../client/client.ts";
import { compareTimes } from "../time.ts";
import { CommandError } from "./problems.ts";
import { nearest } from "./suggest.ts";
import { namespaceOf } from "./token_namespace.ts";

/** What was asked for. */
interface Request {
  categories?: readonly string[];
  position?: number;
  to?: number;
  since?: string;
  until?: string;
}

/**
 * The error of an export without any event.
 *
 * @param request What was asked for.
 * @param bound The highest global position that could come, where the server tells.
 * @param server Whom to ask why.
 * @returns The error, to be thrown, with the reasons that can be told.
 */
export async function nothingToExport(
  request: Request,
  bound: number | null,
  { client, token, signal }: { client: EventoDBClient; token?: string; signal: AbortSignal },
): Promise<CommandError> {
  const reasons = await whyMissing(request.categories ?? [], request, { client, signal });
  const { position, since } = request;
  if (bound === 0) {
    reasons.push("The namespace has no events");
  } else if (position !== undefined && bound !== null && bound < position) {
    reasons.push(
      `The highest global position there is ${bound}, below --from-position ${position}`,
    );
  } else if (since !== undefined) {
    const info = await client.namespaceInfo(namespaceOf(token), { signal }).catch(() => undefined);
    const last = info?.lastActivity ?? since;
    if (compareTimes(last, since) < 0) reasons.push(`The last event is of ${last}, before --since`);
  }
  return new CommandError("Nothing to export: no event matches", [
    ...reasons,
    "With --allow-empty, an export of no events is a success",
  ]);
}

/**
 * Says of categories of which nothing came whether they are there, and what may have been meant.
 *
 * @param missing The categories.
 * @param request What was asked for.
 * @param server Whom to ask.
 * @returns Lines, one or two for each.
 */
export async function whyMissing(
  missing: readonly string[],
  request: Request,
  { client, signal }: { client: EventoDBClient; signal: AbortSignal },
): Promise<string[]> {
  if (missing.length === 0) return [];
  const listed = await client.namespaceCategories({ signal }).catch(() => undefined);
  const names = listed?.map(({ category }) => category);
  const where = isUnbounded(request) ? "" : " in this window";
  return missing.flatMap((category) => {
    const nothing = `No event of the category "${category}" was found`;
    if (names === undefined || names.includes(category)) return [`${nothing}${where}`];
    const meant = nearest(category, names) ?? nearest(category.toLowerCase(), names);
    const hint = meant === undefined ? "" : `. Did you mean "${meant}"?`;
    return [nothing, `There is no category of that name${hint}`];
  });
}

/** Whether a request has no bounds of time or position. */
function isUnbounded({ since, until, position, to }: Request): boolean {
  return [since, until, position, to].every((bound) => bound === undefined);
}
