/**
 * What a route is. An endpoint is one file that makes one of these; handler.ts lists them.
 *
 * @module
 */

import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";
import type { SubscriptionHub } from "../subscription/hub.ts";
import type { Exchange } from "./request_context.ts";
import type { LargeBodies } from "./large_bodies.ts";

/** What routes work with. */
export interface RouteContext {
  /** Where the messages are. */
  readonly store: Store;
  /** Notifies of new messages. */
  readonly hub: SubscriptionHub;
  /** Where what takes long is logged. */
  readonly log: Log;
  /** Most imports at the same time. */
  readonly importsMax: number;
  /** The memory for large bodies. */
  readonly largeBodies: LargeBodies;
  /** How long a body may be slow while others wait, in milliseconds. */
  readonly bodySlowMs: number;
  /** How long an import waits for a slot, in milliseconds. */
  readonly importSlotWaitMs: number;
  /** How long a request's body may send nothing, in milliseconds. */
  readonly bodyStallMs: number;
  /** How long a reader may take nothing of a response, in milliseconds. */
  readonly readerStallMs: number;
}

/** An endpoint. */
export interface Route {
  /** Its path, such as `/rpc`. */
  readonly path: string;
  /** The HTTP method that it takes, or both; `GET` stands for `HEAD` too. */
  readonly method: "GET" | "POST" | "GET or POST";
  /** Whether it responds for every path below its own as well. */
  readonly isFolder?: boolean;
  /**
   * Whether it is what a browser shows: links of other sites may lead to it, and whatever the mode, only by a
   * name that the server is known by.
   */
  readonly isPage?: boolean;
  /** Pages of any origin may call it, whatever the operator has named. */
  readonly isOpenToAnyOrigin?: boolean;
  /** In test mode, too, it does not matter by which name the server is called. */
  readonly isOpenToAnyHost?: boolean;
  /**
   * Responds.
   *
   * @param exchange The request.
   * @returns The response.
   * @throws {EventoDBError} What the client receives instead.
   */
  respond(exchange: Exchange): Response | Promise<Response>;
}

/**
 * The HTTP methods that a route takes.
 *
 * @returns Their names.
 */
export function methodsOf(route: Route): string[] {
  return route.method.split(" or ").flatMap((method) =>
    method === "GET" ? ["GET", "HEAD"] : method
  );
}

/** Routes by path. */
export class RouteTable {
  readonly #byPath: ReadonlyMap<string, Route>;
  readonly #folders: readonly Route[];

  constructor(routes: readonly Route[]) {
    this.#byPath = new Map(routes.map((route) => [route.path, route]));
    this.#folders = routes.filter((route) => route.isFolder);
  }

  /**
   * Finds the route of a path.
   *
   * @param path The path of a request.
   * @returns The route; `undefined` where there is none.
   */
  find(path: string): Route | undefined {
    return this.#byPath.get(path) ??
      this.#folders.find((folder) => path.startsWith(`${folder.path}/`));
  }
}
