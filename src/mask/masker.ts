/**
 * Masks lines of events.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { MaskObserver } from "./observer.ts";
import type { MaskPolicy, PolicyRule } from "./policy.ts";

/** What a mask makes of some lines. */
export interface MaskedLines {
  /** The lines, each with its line end. Those of events that are dropped are gone. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many events they are. */
  events: number;
  /** How many events have been dropped. */
  dropped: number;
  /**
   * Where in `bytes` the mask has written something: the start and the end of each span, one after the
   * other, in ascending order. Everything else is the input's own text.
   */
  spans: readonly number[];
}

/** Masks the events of one file or export: it counts their lines. */
export class Masker {
  readonly policy: MaskPolicy;

  /**
   * @param policy The policy.
   * @param key The secret, at least 32 bytes.
   * @param observer Is told of the values.
   */
  constructor(policy: MaskPolicy, _key: Uint8Array, _observer: MaskObserver = {}) {
    this.policy = policy;
  }

  /**
   * Masks lines.
   *
   * @param lines Whole lines, each with its line end.
   * @returns The masked lines.
   * @throws {EventoDBError} `MASK_FAILED`: a value is undecided or does not fit its rule, or a line is no
   * event. The error has the line; its `details` have `kind` (`undecided`, `unfit` or `invalid`), `type`,
   * `section` and `path`. Nothing of a value is in it.
   */
  mask(_lines: Uint8Array<ArrayBuffer>): MaskedLines {
    throw new EventoDBError("MASK_FAILED", "Masking is not built yet");
  }

  /**
   * The name that a stream has in the masked events.
   *
   * @param name Its name.
   * @returns Its masked name; `undefined` where its events are dropped.
   */
  streamName(_name: string): string | undefined {
    throw new EventoDBError("MASK_FAILED", "Masking is not built yet");
  }

  /** How many values each rule has decided; rules that matched nothing are not in it. */
  get matches(): ReadonlyMap<PolicyRule, number> {
    return new Map();
  }
}
