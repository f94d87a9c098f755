/**
 * The methods on one stream: write, read, last message, version.
 *
 * @module
 */

import { NO_STREAM } from "../message.ts";
import { formatStreamMessage } from "../record/wire.ts";
import { parseUuid, uuidV7 } from "../uuid.ts";
import type { Fields } from "./fields.ts";
import { batchSizeOf, messagesJson } from "./messages.ts";
import type { MethodTable } from "./method.ts";

/** `stream.*` */
export const streamMethods: MethodTable = {
  "stream.write": {
    parameters: ["stream", "message", "options"],
    async run(args, { store, caller }) {
      const stream = args.name("stream");
      const message = args.requiredObject("message");
      const options = args.object("options");
      const { position, globalPosition } = await store.write(caller.namespace, stream, {
        id: idOf(options),
        type: message.name("type"),
        data: message.objectText("data"),
        metadata: message.optionalObjectText("metadata"),
      }, options.optionalInteger("expectedVersion", { min: NO_STREAM }));
      return `{"position":${position},"globalPosition":${globalPosition}}`;
    },
  },

  "stream.get": {
    parameters: ["stream", "options"],
    run(args, { store, caller }) {
      const stream = args.name("stream");
      const options = args.object("options");
      const query = {
        from: options.optionalPosition("position") ?? 0,
        fromGlobal: options.optionalPosition("globalPosition"),
        limit: batchSizeOf(options),
      };
      return messagesJson(store.readStream(caller.namespace, stream, query), formatStreamMessage);
    },
  },

  "stream.last": {
    parameters: ["stream", "options"],
    async run(args, { store, caller }) {
      const stream = args.name("stream");
      const type = args.object("options").nameOrEmpty("type") || undefined;
      const message = await store.lastMessage(caller.namespace, stream, type);
      return message === null ? "null" : formatStreamMessage(message);
    },
  },

  "stream.version": {
    parameters: ["stream"],
    async run(args, { store, caller }) {
      return String(await store.streamVersion(caller.namespace, args.name("stream")));
    },
  },
};

function idOf(options: Fields): string {
  const given = options.optionalString("id");
  if (given === undefined || given === "") return uuidV7();
  const id = parseUuid(given);
  if (id === null) throw options.problem("id", "must be a UUID", JSON.stringify(given));
  return id;
}
