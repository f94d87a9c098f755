/**
 * Rules of a policy → what they do to values, under one secret.
 *
 * @module
 */

import { HmacSha256 } from "../crypto/hmac_sha256.ts";
import type { MaskKeys } from "../key/mask_keys.ts";
import type { MaskRule } from "../policy/policy.ts";
import type { PseudonymFunction, Pseudonyms } from "../pseudonyms/pseudonyms.ts";
import { parseDecimal, roundNumber, SmallNumbers } from "../values/round_number.ts";
import { Scrambler } from "../values/scramble.ts";
import { shiftDate } from "../values/shift_date.ts";
import { type StreamMasks, streamProblem } from "./stream_masks.ts";
import {
  constantMask,
  dropMask,
  keepMask,
  type MaskedEvent,
  maskOf,
  redactMask,
  type ValueMask,
} from "../payload/value_mask.ts";

const QUOTE = 0x22;

/** JSON text of an integer that has a permutation: a sign and no leading zero. */
const integer = /^(-?)([1-9]\d*)$/;

/** Makes masks of rules. */
export class RuleMasks {
  readonly #keys: MaskKeys;
  readonly #pseudonyms: Pseudonyms;
  readonly #streams: StreamMasks;
  readonly #masks = new Map<string, ValueMask>();

  /**
   * @param keys Derives keys.
   * @param pseudonyms Makes pseudonyms.
   * @param streams Masks names of streams.
   */
  constructor(keys: MaskKeys, pseudonyms: Pseudonyms, streams: StreamMasks) {
    this.#keys = keys;
    this.#pseudonyms = pseudonyms;
    this.#streams = streams;
  }

  /**
   * The mask of a rule.
   *
   * @param rule The rule; of `keys`, the rule for the keys.
   * @returns The mask: the same one for the same rule.
   */
  of(rule: MaskRule): ValueMask {
    let mask = this.#masks.get(rule.text);
    if (mask === undefined) this.#masks.set(rule.text, mask = this.#make(rule));
    return mask;
  }

  #make(rule: MaskRule): ValueMask {
    switch (rule.name) {
      case "keep":
        return keepMask;
      case "drop":
        return dropMask;
      case "set-null":
        return constantMask("null");
      case "constant":
        return constantMask(rule.constant!);
      case "redact":
        return redactMask;
      case "scramble":
        return this.#scramble();
      case "number":
        return numberMask(rule.amount!);
      case "date":
        return this.#date(Number(rule.amount));
      case "stream":
        return this.#stream();
      case "keys":
        return this.of(rule.keyRule!);
      default:
        return this.#pseudonym(rule.name, rule.domain!);
    }
  }

  #scramble(): ValueMask {
    const scrambler = new Scrambler(this.#keys.derive("scramble"));
    return maskOf({
      inPlace(bytes, start, end, output) {
        if (bytes[start] !== QUOTE) return -1;
        const to = output.open(start, end - start);
        const { buffer } = output;
        if (!scrambler.ascii(bytes, start + 1, end - 1, buffer, to + 1)) return -1;
        buffer[to] = buffer[to + end - start - 1] = QUOTE;
        output.close(end, end - start);
        return start + 1;
      },
      text: (text) => quoted(scrambler.text(text)),
      number: (text) => scrambler.number(text),
      // One of two values cannot be scrambled.
      boolean: () => "false",
    });
  }

  #pseudonym(name: PseudonymFunction, domain: string): ValueMask {
    const pseudonym = this.#pseudonyms.of(name, domain);
    const text = (text: string) => {
      const masked = pseudonym(text);
      return masked && `"${masked}"`;
    };
    const number = (text: string) => {
      const parts = integer.exec(text);
      const masked = parts === null ? undefined : pseudonym(parts[2]!);
      // What is no longer a number would be another kind of value: a text of base32.
      return masked !== undefined && /^\d+$/.test(masked) ? parts![1]! + masked : undefined;
    };
    switch (name) {
      case "hash":
        return maskOf({ takes: "texts and numbers", text, number: text });
      case "digits":
        return maskOf({
          takes:
            "integers of 6 to 64 digits, also with spaces and + - . / ( ) between; redact, number(step) and " +
            "hash(domain) take others",
          text,
          number,
        });
      case "id":
        return maskOf({
          takes: "texts and integers; redact, number(step) and hash(domain) take others",
          text,
          number: (text) => {
            if (!/^-?\d+$/.test(text)) return undefined;
            const masked = pseudonym(text)!;
            // What has too few digits is the text that it is in the id of a stream.
            return /^-?\d+$/.test(masked) ? masked : `"${masked}"`;
          },
        });
      case "phone":
        return maskOf({
          takes: "phone numbers of 6 digits or more; redact and scramble take others",
          text,
          number: (text) => /^\d+$/.test(text) ? pseudonym(text)?.replace(/\D/g, "") : undefined,
        });
      case "email":
        return maskOf({
          takes: "e-mail addresses; hash(domain), id(domain) and redact take others",
          text,
        });
      case "name":
        return maskOf({ takes: "texts; redact takes others", text });
    }
  }

  #date(days: number): ValueMask {
    const hmac = new HmacSha256(this.#keys.derive("date"));
    let lastStream: string | undefined;
    let lastShift = 0;
    // The same for all events of a stream, so that what is between two of its dates stays.
    const shift = ({ stream }: MaskedEvent) => {
      if (stream !== lastStream) {
        const random = hmac.ofText(stream)[0]! >>> 0;
        const size = 1 + random % days;
        lastShift = (random & 0x8000_0000) === 0 ? size : -size;
        lastStream = stream;
      }
      return lastShift;
    };
    return maskOf({
      takes:
        "dates such as 2026-11-30, 2026-11-30T12:00:00Z, and seconds, ms, µs or ns since 1970; " +
        "redact and set-null take others",
      text: (text, event) => {
        const shifted = shiftDate(text, shift(event));
        return shifted && `"${shifted}"`;
      },
      number: (text, event) => shiftDate(text, shift(event)),
    });
  }

  #stream(): ValueMask {
    return maskOf({
      takes: "the names of streams",
      inPlace: (bytes, start, end, output) => {
        if (bytes[start] !== QUOTE) return -1;
        const { json, idAt } = this.#streams.ofBytes(bytes, start + 1, end - 1);
        if (idAt < 0) return -1;
        output.replace(start, end, json);
        return start + 1 + idAt;
      },
      problemOf: (name) => streamProblem(this.#streams.of(name)),
      partsOf: (name) => {
        const stream = this.#streams.of(name);
        return stream.kind === "named" ? this.#streams.partsOf(stream) : undefined;
      },
      text: (name) => {
        const { kind, json } = this.#streams.of(name);
        return kind !== "named" ? undefined : json || JSON.stringify(name);
      },
    });
  }
}

/** The JSON text of a string. */
function quoted(text: string): string {
  return /^[\x20\x21\x23-\x5b\x5d-\x7f]*$/.test(text) ? `"${text}"` : JSON.stringify(text);
}

function numberMask(amount: string): ValueMask {
  const step = parseDecimal(amount)!;
  const small = new SmallNumbers(step);
  return maskOf({
    takes: "numbers, also as text; redact takes others",
    inPlace(bytes, start, end, output) {
      const quotes = bytes[start] === QUOTE ? 1 : 0;
      const to = output.open(start, end - start + 2);
      const { buffer } = output;
      const length = small.round(bytes, start + quotes, end - quotes, buffer, to + quotes);
      if (length < 0) return -1;
      if (quotes === 1) buffer[to] = buffer[to + length + 1] = QUOTE;
      output.close(end, length + 2 * quotes);
      return start + quotes;
    },
    text: (text) => {
      const rounded = roundNumber(text, step);
      return rounded && `"${rounded}"`;
    },
    number: (text) => roundNumber(text, step),
  });
}
