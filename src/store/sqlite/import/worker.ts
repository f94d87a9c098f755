/**
 * The thread in which a larger import is loaded into a file, so that the server serves others meanwhile.
 *
 * @module
 */

import { EventoDBError } from "../../../errors.ts";
import type { PackedRecords } from "../../../record/packed_records.ts";
import { FileLoad, type LoadJob } from "./file_load.ts";
import type { LoadCount } from "./loader.ts";

/** What the worker is asked. Requests are done in their order; the response to a commit is waited for. */
export type LoadRequest =
  | { do: "begin"; job: LoadJob }
  | { do: "write"; batch: PackedRecords }
  | { do: "check" | "commit" | "rollback" };

/** What the worker responds; an error crosses threads as its parts. */
export type LoadReply =
  | { written?: { count: LoadCount; batch: PackedRecords } }
  | { error: Pick<EventoDBError, "code" | "message" | "line" | "details"> };

/** The part of a worker's global scope that is used here; `lib.deno.worker` would hold everywhere. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<LoadRequest>) => void) | null;
  postMessage(reply: LoadReply, buffers?: ArrayBuffer[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let load: FileLoad | undefined;

async function respond(request: LoadRequest): Promise<void> {
  switch (request.do) {
    case "begin":
      load = new FileLoad(request.job);
      break;
    case "write": {
      const { batch } = request;
      const count = load!.write(batch);
      // Back to where they can be filled again: as garbage they would lie about in two threads.
      const buffers = [batch.bytes.buffer, batch.numbers.buffer];
      return scope.postMessage({ written: { count, batch } }, buffers);
    }
    case "check":
      load!.check();
      break;
    case "commit":
      await load!.commit(true);
      break;
    case "rollback":
      load?.[Symbol.dispose]();
  }
  scope.postMessage({});
}

scope.onmessage = async ({ data: request }) => {
  try {
    await respond(request);
  } catch (error) {
    const { code, message, line, details } = error instanceof EventoDBError
      ? error
      : new EventoDBError("BACKEND_ERROR", error instanceof Error ? error.message : String(error));
    scope.postMessage({ error: { code, message, line, details } });
  }
};
