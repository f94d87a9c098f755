// @ts-check
/**
 * A time in the zone that was chosen, with the other one beside it when it is pointed at.
 *
 * @module
 */

import { html } from "../html.js";
import { address } from "../state/address.js";
import { useValue } from "../state/value.js";
import { timeText } from "../text/time.js";

/** @returns {"local" | "utc"} */
export function useZone() {
  return useValue(address).params.zone === "utc" ? "utc" : "local";
}

/** @param {{time: string}} props */
export function Time({ time }) {
  const zone = useZone();
  const both = `${timeText(time, "utc")} UTC, ${timeText(time, "local")} local`;
  return html`<time datetime=${time} title=${both}>${timeText(time, zone)}</time>`;
}
