// @ts-check
/**
 * Consumers that keep their position in the store, as Eventide's do: the last message of
 * `workflow:position-billing` holds the position of the consumer `billing` of the category `workflow`.
 *
 * @module
 */

import { eventOfMessage } from "./event.js";
import { read, readText } from "./server.js";
import { elementsOf, membersOf } from "../text/raw_json.js";

/**
 * @typedef {object} Consumer
 * @property {string} stream Where its position is kept.
 * @property {string} category What it reads.
 * @property {string} name
 * @property {number | null} position The global position of the last event it has handled; `null` where its last
 * message has none.
 * @property {string} time When it was there.
 */

/** Most streams of positions that are looked at. */
export const consumersMax = 200;

/** How far behind is counted exactly, in events. */
export const behindMax = 1000;

/**
 * @param {AbortSignal} signal
 * @returns {Promise<{consumers: Consumer[], isWhole: boolean}>} `isWhole`: whether there are no more of them.
 */
export async function readConsumers(signal) {
  const categories =
    /** @type {{category: string}[]} */ (await read("ns.categories", [], { signal }));
  /** @type {Consumer[]} */
  const consumers = [];
  for (const { category } of categories) {
    const consumed = consumedCategory(category);
    if (consumed === null) continue;
    const limit = consumersMax - consumers.length + 1;
    const streams = /** @type {{stream: string}[]} */ (
      await read("ns.streams", [{ prefix: `${category}-`, limit }], { signal })
    );
    for (const { stream } of streams) {
      if (consumers.length === consumersMax) return { consumers, isWhole: false };
      const text = await readText("stream.last", [stream], { signal });
      if (text === "null") continue;
      const [, , , , data = "null", , time = '""'] = elementsOf(text);
      consumers.push({
        stream,
        category: consumed,
        name: stream.slice(category.length + 1),
        position: positionIn(data),
        time: JSON.parse(time),
      });
    }
  }
  return { consumers, isWhole: true };
}

/**
 * @param {string} category Such as `workflow:position` or `workflow:command+position`.
 * @returns {string | null} What is consumed, such as `workflow` or `workflow:command`; `null` where the category is
 * not one of positions.
 */
export function consumedCategory(category) {
  const at = category.indexOf(":");
  if (at < 0) return null;
  const types = category.slice(at + 1).split("+");
  if (!types.includes("position")) return null;
  const others = types.filter((type) => type !== "position");
  return category.slice(0, at) + (others.length === 0 ? "" : `:${others.join("+")}`);
}

/** @param {string} data */
function positionIn(data) {
  if (!data.startsWith("{")) return null;
  const text = membersOf(data).findLast(([name]) => name === "position")?.[1] ?? "";
  return /^\d{1,16}$/.test(text) ? Number(text) : null;
}

/**
 * How many events of its category a consumer has not handled.
 *
 * @param {Consumer & {position: number}} consumer
 * @param {AbortSignal} signal
 * @returns {Promise<{count: number, isExact: boolean, next: import("./event.js").Event | null}>} `next`: the first of
 * them.
 */
export async function readBehind({ category, position }, signal) {
  const query = { position: position + 1, batchSize: 1 };
  const [first] = elementsOf(await readText("category.get", [category, query], { signal }));
  if (first === undefined) return { count: 0, isExact: true, next: null };
  const next = eventOfMessage(first);
  const text = await readText("ns.search", [{
    categories: [category],
    from: next.globalPosition,
    limit: behindMax,
  }], { signal });
  const found = Object.fromEntries(membersOf(text));
  const count = elementsOf(found.messages ?? "[]").length;
  return { count, isExact: found.next === "null", next };
}
