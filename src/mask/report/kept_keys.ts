/**
 * Keys of payloads that look like values, and that a mask has left as they are: a rule for the values of an
 * object says nothing of its keys.
 *
 * @module
 */

import { ValueWalker } from "../../json/value_walker.ts";
import { maskReportPlacesMax } from "../limits.ts";
import { LineHead } from "../../record/line_head.ts";
import { isValueLike } from "../looks.ts";
import { placeOf } from "../residual/place.ts";
import { charsOf, fieldOf } from "../residual/line_fields.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Finds such keys in masked lines. */
export class KeptKeys {
  readonly #places = new Set<string>();
  readonly #head = new LineHead();

  /**
   * Looks through lines.
   *
   * @param bytes The lines, each with its line end.
   * @param spans What the mask has written: the start and the end of each span in the bytes.
   */
  add(bytes: Uint8Array, spans: Uint32Array): void {
    let next = 0;
    for (let start = 0; start < bytes.length; start = this.#head.end) {
      this.#head.read(bytes, start);
      const { type, end } = this.#head;
      const made: number[] = [];
      for (; next < spans.length && spans[next]! < end; next++) made.push(spans[next]! - start);
      const line = bytes.subarray(start, end);
      this.#look(utf8.decode(line), type, new Set(charsOf(line, made)));
    }
  }

  /** The objects that have such keys. */
  places(): string[] {
    return [...this.#places].sort();
  }

  /** A span of a key begins with its quote, or after it. */
  #look(text: string, type: string, made: ReadonlySet<number>): void {
    const walker = new ValueWalker(text);
    while (walker.next()) {
      const { steps, keyStarts } = walker;
      const field = fieldOf(steps);
      if (field !== "data" && field !== "metadata") continue;
      for (let i = 1; i < steps.length; i++) {
        const [step, at] = [steps[i]!, keyStarts[i]!];
        if (step === null || made.has(at) || made.has(at + 1)) continue;
        if (!isValueLike(JSON.parse(step) as string)) continue;
        if (this.#places.size < maskReportPlacesMax) {
          this.#places.add(placeOf(type, field, steps.slice(1, i)));
        }
      }
    }
  }
}
