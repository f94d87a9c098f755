/**
 * The methods on the server itself.
 *
 * @module
 */

import { version } from "../version.ts";
import type { MethodTable } from "./method.ts";

/** `sys.*` */
export const systemMethods: MethodTable = {
  "sys.version": {
    parameters: [],
    run: () => JSON.stringify(version),
  },

  "sys.health": {
    parameters: [],
    async run(_args, { store }) {
      const connections = await store.connections();
      return JSON.stringify({ status: "ok", backend: store.backend, connections });
    },
  },
};
