// @ts-check
/**
 * What a server refuses, and servers that do not respond.
 *
 * @module
 */

/** A server's error, by its stable code. */
export class ServerError extends Error {
  /**
   * @param {string} code Such as `NAMESPACE_NOT_FOUND`; `NO_RESPONSE` where the server did not respond.
   * @param {string} message
   * @param {{status?: number, details?: Record<string, unknown>, line?: number}} [more]
   */
  constructor(code, message, { status = 0, details = {}, line } = {}) {
    super(message);
    this.name = "ServerError";
    this.code = code;
    this.status = status;
    this.details = details;
    this.line = line;
    /** The namespace whose token the server no longer takes. @type {string | undefined} */
    this.refusedNamespace = undefined;
  }

  /** Whether another token could help. */
  get isAboutToken() {
    return this.code.startsWith("AUTH_");
  }
}

/**
 * @param {unknown} error
 * @returns {boolean} Whether somebody has ended what failed.
 */
export function isAbort(error) {
  return error instanceof Error && error.name === "AbortError";
}

/**
 * @param {unknown} error
 * @returns {string} What to show.
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
