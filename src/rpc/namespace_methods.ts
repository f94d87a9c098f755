/**
 * The methods on namespaces, and on what the caller's own holds.
 *
 * @module
 */

import { streamsLimitDefault } from "./limits.ts";
import { requireAdministrator, requireOwnNamespace } from "../auth/caller.ts";
import { createToken } from "../auth/create_token.ts";
import { hashToken } from "../auth/token_hash.ts";
import { defaultNamespace, namespaceOfToken } from "../token.ts";
import { EventoDBError } from "../errors.ts";
import { streamsLimitMax } from "../limits.ts";
import { nowTime } from "../now.ts";
import type { Fields } from "./fields.ts";
import type { MethodTable } from "./method.ts";

/** `ns.*` */
export const namespaceMethods: MethodTable = {
  "ns.create": {
    parameters: ["namespace", "options"],
    changesNamespaces: true,
    async run(args, { store, caller }) {
      requireAdministrator(caller, "create a namespace");
      const id = args.namespace("namespace");
      const options = args.object("options");
      const token = tokenOf(options, id);
      const { createdAt } = await store.createNamespace({
        id,
        tokenHash: hashToken(token),
        description: options.optionalText("description", textProblem) ?? "",
        metadata: options.optionalObjectText("metadata"),
      });
      return JSON.stringify({ namespace: id, token, createdAt });
    },
  },

  "ns.rotateToken": {
    parameters: ["namespace", "options"],
    changesNamespaces: true,
    async run(args, { store, caller, onTokenReplaced }) {
      requireAdministrator(caller, "replace the token of a namespace");
      const namespace = args.namespace("namespace");
      const token = tokenOf(args.object("options"), namespace);
      await store.replaceToken(namespace, hashToken(token));
      onTokenReplaced?.(namespace);
      return JSON.stringify({ namespace, token });
    },
  },

  "ns.delete": {
    parameters: ["namespace"],
    changesNamespaces: true,
    async run(args, { store, caller }) {
      const id = args.namespace("namespace");
      requireOwnNamespace(caller, id, "delete");
      if (id === defaultNamespace) {
        throw new EventoDBError(
          "AUTH_UNAUTHORIZED",
          `Cannot delete the namespace "${defaultNamespace}": its token is the administrator's`,
        );
      }
      const messagesDeleted = await store.deleteNamespace(id);
      return JSON.stringify({ namespace: id, deletedAt: nowTime(), messagesDeleted });
    },
  },

  "ns.list": {
    parameters: [],
    async run(_args, { store, caller }) {
      requireAdministrator(caller, "list the namespaces");
      return JSON.stringify(await store.listNamespaces());
    },
  },

  "ns.info": {
    parameters: ["namespace"],
    async run(args, { store, caller }) {
      const id = args.namespace("namespace");
      requireOwnNamespace(caller, id, "look into");
      return JSON.stringify(await store.namespaceInfo(id));
    },
  },

  "ns.streams": {
    parameters: ["options"],
    async run(args, { store, caller }) {
      const options = args.object("options");
      const limit = options.optionalInteger("limit", { min: 1, max: streamsLimitMax });
      const streams = await store.listStreams(caller.namespace, {
        prefix: options.nameOrEmpty("prefix"),
        cursor: options.nameOrEmpty("cursor"),
        limit: limit ?? streamsLimitDefault,
      });
      return JSON.stringify(streams);
    },
  },

  "ns.categories": {
    parameters: [],
    async run(_args, { store, caller }) {
      return JSON.stringify(await store.listCategories(caller.namespace));
    },
  },
};

/** The token that was asked for, or a new one. It is a secret: no message shows it. */
function tokenOf(options: Fields, namespace: string): string {
  const token = options.optionalString("token");
  if (token === undefined) return createToken(namespace);
  if (namespaceOfToken(token) === namespace) return token;
  const form = createToken(namespace).slice(0, -64);
  throw options.problem(
    "token",
    `must be "${form}" followed by 64 lower-case hex digits`,
    "another text",
  );
}

/** A description is stored and shown as text: what a database would cut or replace is refused. */
function textProblem(value: string): string | null {
  if (value.includes("\0")) return "must not contain U+0000";
  return value.isWellFormed() ? null : "must not contain half of a surrogate pair";
}
