// @ts-check
/**
 * The views. A new one is a file in this folder and a line here.
 *
 * @module
 */

import { defaultNamespace } from "../state/session.js";
import { Consumers } from "./consumers.js";
import { Events } from "./events.js";
import { Live } from "./live.js";
import { Namespaces } from "./namespaces.js";
import { Overview } from "./overview.js";
import { Trace } from "./trace.js";
import { Transfer } from "./transfer.js";

/**
 * @typedef {object} View
 * @property {string} name As in the address.
 * @property {string} title In the navigation.
 * @property {string} key Goes there.
 * @property {(props: {params: Readonly<Record<string, string>>}) => import("../html.js").Element} component
 * @property {(facts: import("../state/session.js").ServerFacts, namespace: string) => boolean} [isShown] Whether the
 * server can do what it shows. Default: always.
 */

/** @type {readonly View[]} */
export const views = [
  { name: "overview", title: "Overview", key: "1", component: Overview },
  { name: "events", title: "Events", key: "2", component: Events },
  {
    name: "trace",
    title: "Trace",
    key: "3",
    component: Trace,
    isShown: ({ features }) => features.includes("relate"),
  },
  { name: "live", title: "Live", key: "4", component: Live, isShown: hasSearch },
  { name: "transfer", title: "In and out", key: "5", component: Transfer },
  { name: "consumers", title: "Consumers", key: "6", component: Consumers, isShown: hasSearch },
  {
    name: "namespaces",
    title: "Namespaces",
    key: "7",
    component: Namespaces,
    isShown: isAdministrator,
  },
];

/** @param {import("../state/session.js").ServerFacts} facts */
function hasSearch({ features }) {
  return features.includes("search");
}

/**
 * @param {import("../state/session.js").ServerFacts} facts
 * @param {string} namespace
 * @returns {readonly View[]} Those of use here.
 */
export function viewsFor(facts, namespace) {
  return views.filter(({ isShown }) => isShown?.(facts, namespace) ?? true);
}

/**
 * @param {import("../state/session.js").ServerFacts} facts
 * @param {string} namespace
 * @returns {boolean} Whether the namespace's token is the administrator's.
 */
export function isAdministrator(facts, namespace) {
  return namespace === defaultNamespace || facts.isTestMode;
}
