/**
 * Some events before and after, for the author of the policy.
 *
 * @module
 */

import type { MaskPolicy } from "../../mask/policy/policy.ts";
import { Masker } from "../../mask/masker.ts";
import { LineHead } from "../../record/line_head.ts";
import { print } from "../terminal/terminal.ts";

/** Shows the first event of some types. */
export class Preview {
  readonly #masker: Masker;
  readonly #types = new Set<string>();
  readonly #head = new LineHead();
  readonly #typesMax: number;

  /**
   * @param key The secret.
   * @param typesMax Of how many types.
   */
  constructor(policy: MaskPolicy, key: Uint8Array, typesMax: number) {
    this.#typesMax = typesMax;
    // What is undecided is shown as it would be hidden.
    this.#masker = new Masker(policy, key, { onUndecided() {}, onUnfit() {} });
  }

  /** Looks through lines. @param lines Whole lines. */
  add(lines: Uint8Array<ArrayBuffer>): void {
    if (this.#types.size >= this.#typesMax) return;
    for (let start = 0; start < lines.length; start = this.#head.end) {
      this.#head.read(lines, start);
      const { type, end } = this.#head;
      if (this.#types.has(type) || this.#types.size >= this.#typesMax) continue;
      this.#types.add(type);
      this.#show(lines.slice(start, end));
    }
  }

  #show(line: Uint8Array<ArrayBuffer>): void {
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trimEnd();
    const { bytes, events } = this.#masker.mask(line);
    print([`before: ${text(line)}`, `after:  ${events === 0 ? "dropped" : text(bytes)}`, ""]);
  }
}
