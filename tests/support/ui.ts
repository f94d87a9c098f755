/**
 * The web page in a real Chromium.
 *
 * @module
 */

import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { assertEquals } from "./assert.ts";
import { findBrowser } from "./browser.ts";
import type { TestServer } from "./server.ts";

const found = await findBrowser();

/** Why there is no browser; `""` where there is one. It ends the names of tests. */
export const whyNoBrowser: string = found.path === null ? `: ${found.reason}` : "";

/** Whether tests have a browser. */
export const hasBrowser: boolean = found.path !== null;

/** How long an expectation may take on a busy machine, in milliseconds. */
const patientMs = 30_000;

/** A tab of its own, with its own storage. */
export interface Tab extends AsyncDisposable {
  /** Playwright's page. */
  readonly page: Page;
  /** Errors that nobody caught, errors of the console, and responses to other servers. */
  readonly troubles: string[];
}

/** How to open a tab. */
export interface TabOptions extends BrowserContextOptions {
  /** The token that is stored in the tab beforehand: nobody is asked. Default: that of the server. */
  token?: string | null;
  /** What follows `/ui`, such as `#/events`. */
  address?: string;
}

let launched: Promise<Browser> | undefined;

/** One browser for all tests of a file: its tabs share nothing. It ends with the process. */
function browser(): Promise<Browser> {
  launched ??= chromium.launch({
    executablePath: found.path!,
    // Root has no sandbox, and containers have a small /dev/shm.
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--disable-gpu",
      "--no-proxy-server",
      "--host-resolver-rules=MAP eventodb.test 127.0.0.1",
    ],
  });
  return launched;
}

/**
 * Opens the page of a server in a tab.
 *
 * @param server The server, or its URL where no token is needed.
 * @param options How.
 * @returns The tab, once the document is loaded.
 */
export async function openUi(
  server: Pick<TestServer, "url" | "token"> | string,
  options: TabOptions = {},
): Promise<Tab> {
  const { url, token: own = null } = typeof server === "string" ? { url: server } : server;
  const { token = own, address = "", ...contextOptions } = options;
  const context = await (await browser()).newContext({
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    ...contextOptions,
  });
  context.setDefaultTimeout(patientMs);
  if (token !== null) {
    const namespace = atob(
      token.split("_").slice(1, -1).join("_").replaceAll("-", "+").replaceAll("_", "/"),
    );
    await context.addInitScript(([name, value]) => {
      if (sessionStorage.getItem("eventodb.tokens") !== null) return;
      sessionStorage.setItem("eventodb.tokens", JSON.stringify({ [name!]: value }));
    }, [namespace, token]);
  }
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("console", (message) => {
    // A status of failure is said there too, and is looked for by those who expect it.
    const isStatus = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isStatus) troubles.push(message.text());
  });
  page.on("request", (request) => {
    const isOwn = new URL(request.url()).origin === new URL(url).origin;
    if (!isOwn && !request.url().startsWith("blob:")) troubles.push(`asked for ${request.url()}`);
  });
  await page.goto(`${url}/ui${address}`);
  return { page, troubles, [Symbol.asyncDispose]: () => context.close() };
}

/**
 * Fails where axe-core finds that somebody could not use what is shown.
 *
 * @param page The page.
 */
export async function assertAccessible(page: Page): Promise<void> {
  // Half a megabyte: once for each document.
  if (await page.evaluate(() => !("axe" in globalThis))) await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    // Of what is in order, it need not say where.
    const results = await axe.run({ resultTypes: ["violations"], selectors: false });
    return results.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      elements: nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`),
    }));
  });
  assertEquals(violations, []);
}

interface AxeResults {
  violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** Ends the browser: the last test of a file, or `afterAll` of its process, need not. */
export async function closeBrowser(): Promise<void> {
  await (await launched)?.close();
  launched = undefined;
}

/**
 * A test with a browser.
 *
 * @param name Its name, a sentence.
 * @param fn The test.
 */
export function uiTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: name + whyNoBrowser,
    ignore: !hasBrowser,
    // The browser outlives the test.
    sanitizeResources: false,
    sanitizeOps: false,
    fn,
  });
}

Deno.test.afterAll(closeBrowser);
