/**
 * `GET /verify` and `POST /verify`: what `eventodb verify --url` finds, without and with a file, as server-sent
 * events.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { verificationsMax, verificationsWaitingMax } from "./limits.ts";
import { BodySlots, slowBody } from "./body_slots.ts";
import { isGzip } from "./content_encoding.ts";
import { EventStream } from "./event_stream.ts";
import { Query } from "./query.ts";
import type { Route, RouteContext } from "./route.ts";

/**
 * Makes the route.
 *
 * @param context What it works with.
 */
export function verifyRoute(context: RouteContext): Route {
  const slots = new BodySlots({
    capacity: verificationsMax,
    waitingMax: verificationsWaitingMax,
    waitMs: context.importSlotWaitMs,
    slowMs: context.bodySlowMs,
    refusal: tooMany,
    tooSlow: () => tooSlow(context.bodySlowMs),
  });
  return {
    path: "/verify",
    method: "GET or POST",
    async respond(exchange) {
      const { namespace } = await exchange.authenticate();
      new Query(exchange.url.searchParams, "verify").checkKnown({ single: [] });
      const isFile = exchange.request.method === "POST";
      const isCompressed = isFile && isGzip(exchange.request, "verify");
      const { VerificationRun } = await import("./verification_run.ts");
      const slot = await slots.take(exchange.signal);
      const events = new EventStream();
      const end = exchange.keepOpen();
      const run = new VerificationRun({ exchange, context, namespace, slot, events });
      const found = isFile ? () => run.file(isCompressed) : () => run.namespace();
      void run.respond(found).then((failure) => {
        slot[Symbol.dispose]();
        end(failure);
      });
      return events.response();
    },
  };
}

function tooMany(): EventoDBError {
  return new EventoDBError(
    "BACKEND_ERROR",
    `This server is running ${verificationsMax} verifications, its maximum. Try again later`,
    { status: 503 },
  );
}

function tooSlow(slowMs: number): EventoDBError {
  const message = `${slowBody(slowMs)}. Start again over a faster connection`;
  return new EventoDBError("INVALID_REQUEST", message, { status: 408 });
}
