/**
 * The thread in which a load into a file runs, so that the server serves others meanwhile.
 *
 * @module
 */

import { EventoDBError } from "../../../errors.ts";
import type { PackedRecords } from "../../../record/packed_records.ts";
import { FileLoad, type LoadJob } from "./load_file.ts";
import type { LoadCount } from "./loader.ts";

/** What the worker is asked. Requests are done in their order; the response to a commit is waited for. */
export type LoadRequest =
  | { do: "begin"; job: LoadJob }
  | { do: "write"; batch: PackedRecords }
  | { do: "check" }
  | { do: "commit" }
  | { do: "rollback" };

/** What the worker responds: an error crosses threads as its parts. */
export type LoadReply = { count: LoadCount; batch?: PackedRecords } | {
  error: {
    code: string;
    message: string;
    line: number | undefined;
    details: Record<string, unknown> | undefined;
  };
};

/** The part of a worker's global scope that is used here; `lib.deno.worker` would hold everywhere. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<LoadRequest>) => void) | null;
  postMessage(reply: LoadReply, buffers?: ArrayBuffer[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let load: FileLoad | undefined;

async function respond(request: LoadRequest): Promise<LoadCount> {
  const nothing = { imported: 0, skipped: 0, skippedLines: [] };
  switch (request.do) {
    case "begin":
      load = new FileLoad(request.job);
      return nothing;
    case "write":
      return load?.write(request.batch) ?? nothing;
    case "check":
      load?.check();
      return nothing;
    case "commit":
      await load?.commit();
      load = undefined;
      return nothing;
    case "rollback":
      load?.[Symbol.dispose]();
      load = undefined;
      return nothing;
  }
}

scope.onmessage = async ({ data: request }) => {
  try {
    const count = await respond(request);
    if (request.do !== "write") return scope.postMessage({ count });
    // Back to where they can be filled again: as garbage they would lie about in two threads.
    const { batch } = request;
    scope.postMessage({ count, batch }, [batch.bytes.buffer, batch.numbers.buffer]);
  } catch (error) {
    const known = error instanceof EventoDBError ? error : undefined;
    scope.postMessage({
      error: {
        code: known?.code ?? "BACKEND_ERROR",
        message: error instanceof Error ? error.message : String(error),
        line: known?.line,
        details: known?.details,
      },
    });
  }
};
