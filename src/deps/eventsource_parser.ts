/**
 * `eventsource-parser`.
 *
 * @module
 */

export { createParser, type EventSourceMessage } from "npm:eventsource-parser@3.1.1";
