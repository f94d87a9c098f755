/**
 * A thread that masks some of the lines.
 *
 * @module
 */

import { LocalPart, type PartOptions } from "./local_part.ts";
import type { MaskPart } from "./mask_part.ts";
import { serveThread } from "./thread.ts";

/** What it is asked: to begin, then whatever a part is asked, then to take its temporary files away. */
export type PartRequest =
  | { do: "begin"; options: PartOptions }
  | { [Name in keyof MaskPart]: { do: Name; given: Parameters<MaskPart[Name]>[0] } }[keyof MaskPart]
  | { do: "close" };

/** Its reply: what the part returns and, once lines have been masked, their memory. */
export interface PartReply {
  result?: unknown;
  buffer?: ArrayBuffer;
}

/** What it tells without being asked: how many bytes have been looked through. */
export type PartNews = number;

let part: LocalPart | undefined;

const tell = serveThread<PartRequest, PartReply, PartNews>(async (request) => {
  switch (request.do) {
    case "begin":
      part = new LocalPart(request.options);
      part.onScanned = tell;
      return { reply: {} };
    case "close":
      part?.[Symbol.dispose]();
      return { reply: {} };
    case "mask": {
      const { buffer } = request.given.lines;
      return { reply: { result: part!.mask(request.given), buffer }, buffers: [buffer] };
    }
    case "read": {
      const result = part!.read(request.given);
      return { reply: { result }, buffers: [result.bytes.buffer, result.spans.buffer] };
    }
    default:
      return { reply: { result: await part![request.do](request.given as never) } };
  }
});
