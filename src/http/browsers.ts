/**
 * What a web page in a browser may do here: nothing, unless it is the server's own or was
 * named. A page reaches every server that its reader's machine reaches, local ones included, with
 * whatever names its owner lets point there.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { Cors } from "./cors.ts";
import type { Exchange } from "./request_context.ts";
import type { Route } from "./route.ts";

/** Which pages and which names of the server are known. */
export interface BrowserOptions {
  /** Whether requests need no token, so that nothing else keeps a page out. */
  testMode?: boolean;
  /** Origins whose pages may call; `*` for any. */
  corsOrigins?: readonly string[];
  /** Where browsers find the server when a proxy is before it. */
  publicUrl?: string;
  /** What the server may be called beside the names of loopback; `*` for anything. */
  allowedHosts?: readonly string[];
}

/** Refuses requests of pages of other origins. */
export class Browsers {
  /** What marks responses that a named origin may read. */
  readonly cors: Cors;
  readonly #isTestMode: boolean;
  readonly #publicOrigin: string | undefined;
  readonly #hosts: ReadonlySet<string>;
  /** What the server was called last, and may be called: nearly all requests call it the same. */
  #known: string | undefined;

  /**
   * @param options Which pages and names are known.
   * @throws {EventoDBError} `INVALID_REQUEST` when one of them is not valid.
   */
  constructor(options: BrowserOptions) {
    const { corsOrigins = [], publicUrl, allowedHosts = [], testMode = false } = options;
    this.cors = new Cors(corsOrigins.map(originOf));
    this.#isTestMode = testMode;
    const publicAddress = publicUrl === undefined ? undefined : publicAddressOf(publicUrl);
    this.#publicOrigin = publicAddress?.origin;
    this.#hosts = new Set([
      ...allowedHosts.map(hostOf),
      ...publicAddress === undefined ? [] : [publicAddress.hostname],
    ]);
  }

  /**
   * Lets a request pass, or not. One that names no origin and no site comes from a program.
   *
   * @param exchange The request.
   * @param route Where it goes; `undefined` for nowhere.
   * @throws {EventoDBError} `AUTH_UNAUTHORIZED` for what is not to pass.
   */
  check(exchange: Exchange, route: Route | undefined): void {
    const { headers } = exchange.request;
    if ((this.#isTestMode && !route?.isOpenToAnyHost) || route?.isPage) {
      this.#checkHost(exchange.authority);
    }
    const origin = headers.get("Origin");
    if (origin === null) {
      if (headers.get("Sec-Fetch-Site") !== "cross-site") return;
      // A link to the page itself, in a chat or a ticket. It is the same for everybody.
      if (route?.isPage && isNavigation(headers)) return;
    } else if (this.cors.allows(exchange.request) || this.#isOwn(origin, exchange.authority)) {
      return;
    }
    if (!this.#isTestMode && route?.isOpenToAnyOrigin && isPreflightOrHasToken(exchange)) return;
    exchange.isForeignPage = true;
    throw foreign(origin);
  }

  /** A page whose owner lets a name of theirs point to this machine calls the server by that name. */
  #checkHost(authority: string | null): void {
    if (authority === null || authority === this.#known) return;
    const host = URL.parse(`http://${authority}`)?.hostname ?? "";
    if (isLoopback(host) || this.#hosts.has(host) || this.#hosts.has("*")) {
      this.#known = authority;
      return;
    }
    const shown = excerpt(host);
    throw new EventoDBError(
      "AUTH_UNAUTHORIZED",
      `${
        this.#isTestMode ? "In test mode this server" : "The page of this server"
      } does not accept the ` +
        `host name ${JSON.stringify(shown)}. Call it 127.0.0.1 or localhost, or start it with ` +
        `--allowed-host ${shown}`,
    );
  }

  /** Whether a page is one that came from this server, as it is called in the request. */
  #isOwn(origin: string, authority: string | null): boolean {
    if (origin === this.#publicOrigin) return true;
    const page = URL.parse(origin);
    if (page === null || authority === null || !/^https?:$/.test(page.protocol)) return false;
    // Its scheme says which port may be left out.
    return page.host === URL.parse(`${page.protocol}//${authority}`)?.host;
  }
}

/**
 * Whether a host is this machine itself, whatever network it is in.
 *
 * @param host A host as in a URL, IPv6 in brackets, or as it is listened on.
 * @returns Whether it is a name or an address of loopback.
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return name === "localhost" || name.endsWith(".localhost") || /^127(\.\d{1,3}){3}$/.test(name) ||
    /^\[?(::1|::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4})\]?$/.test(name);
}

/** Whether a browser is to show the response in a tab, and not in a frame. */
function isNavigation(headers: Headers): boolean {
  return headers.get("Sec-Fetch-Mode") === "navigate" &&
    headers.get("Sec-Fetch-Dest") === "document";
}

/** A browser asks first without the token, and sends it only then. */
function isPreflightOrHasToken({ request, url }: Exchange): boolean {
  return request.method === "OPTIONS" || request.headers.has("Authorization") ||
    Boolean(url.searchParams.get("token"));
}

function foreign(origin: string | null): EventoDBError {
  if (origin === null) {
    return new EventoDBError(
      "AUTH_UNAUTHORIZED",
      "A page of another site may not call this server: its browser sent Sec-Fetch-Site: cross-site",
    );
  }
  const shown = excerpt(origin);
  const wayOut = origin === "null"
    ? ""
    : `. Start the server with --cors-origin ${shown} to allow it`;
  return new EventoDBError(
    "AUTH_UNAUTHORIZED",
    `Pages of the origin ${JSON.stringify(shown)} may not call this server${wayOut}`,
  );
}

/** An origin in the spelling of browsers. */
function originOf(text: string): string {
  if (text === "*") return text;
  const url = URL.parse(text);
  const isOrigin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s@]+\/?$/i.test(text);
  if (url === null || !isOrigin) {
    throw new EventoDBError(
      "INVALID_REQUEST",
      `Cannot use the origin ${JSON.stringify(excerpt(text))}: it must be scheme, host and port ` +
        "of a page's address, such as http://localhost:5173",
      { details: { option: "cors-origin" } },
    );
  }
  // Only the schemes of the web have an origin of their own to say.
  return url.origin === "null" ? text.replace(/\/$/, "").toLowerCase() : url.origin;
}

function publicAddressOf(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new EventoDBError(
    "INVALID_REQUEST",
    `Cannot use the public URL ${JSON.stringify(excerpt(text))}: it must be an http:// or ` +
      "https:// URL, such as https://events.example.com",
    { details: { option: "public-url" } },
  );
}

/** A host's name in the spelling of URLs; a port that comes with it does not matter. */
function hostOf(text: string): string {
  if (text === "*") return text;
  const isBareIpv6 = text.includes("::") || text.split(":").length > 2;
  const spelt = isBareIpv6 && !text.startsWith("[") ? `[${text}]` : text;
  const url = /[/?#@\s]/.test(text) ? null : URL.parse(`http://${spelt}`);
  if (url !== null) return url.hostname;
  throw new EventoDBError(
    "INVALID_REQUEST",
    `Cannot use the allowed host ${JSON.stringify(excerpt(text))}: it must be a host's name or ` +
      "address, such as eventodb or 192.168.1.5",
    { details: { option: "allowed-host" } },
  );
}
