/**
 * Pseudonyms: what the same plaintext becomes wherever it stands, as long as key, function and domain are the
 * same. They are computed, not remembered, and two plaintexts never become one.
 *
 * @module
 */

import { recentPseudonymsMax } from "../limits.ts";
import type { MaskKeys } from "../key/mask_keys.ts";
import { areDigits, DigitPseudonyms, digitsIn } from "./pseudonym_digits.ts";
import { TextPseudonyms } from "./pseudonym_text.ts";
import { isUuid, UuidPseudonyms } from "./pseudonym_uuid.ts";
import { RecentValues } from "../recent_values.ts";

/** The functions that make pseudonyms. */
export type PseudonymFunction = "id" | "email" | "name" | "phone" | "hash" | "digits";

/** Makes a pseudonym of a text; `undefined` where the text does not fit the function. */
export type Pseudonym = (text: string) => string | undefined;

/** Stands for `undefined` in a table. */
const unfit = "";

/**
 * Whether a text is an e-mail address. The domain is not looked at, since no mail is sent; a name around the
 * address, in `<>`, is none.
 */
export function isEmail(text: string): boolean {
  const at = text.indexOf("@");
  return at > 0 && at < text.length - 1 && !/[\s<>(),;:"[\]\\]|@.*@/s.test(text);
}

/** What addresses become. Nobody has one there (RFC 2606). */
const pseudonymHost = "@example.invalid";

/** Characters of the pseudonym of an address. */
export const addressPseudonymChars: number = 26 + pseudonymHost.length;

/**
 * Whether a text is the pseudonym of an address, under whatever secret: 128 bits of base32 at a host that nobody
 * has. Other pseudonyms look like what they stand for, and cannot be told.
 */
export function isAddressPseudonym(text: string): boolean {
  return text.length === addressPseudonymChars && text.endsWith(pseudonymHost) &&
    /^[a-h][a-z2-7]{25}@/.test(text);
}

/** Makes pseudonyms under one secret. */
export class Pseudonyms {
  readonly #keys: MaskKeys;
  readonly #recent = new RecentValues<string>(recentPseudonymsMax);
  readonly #functions = new Map<string, Pseudonym>();

  /** @param keys Derives the keys. */
  constructor(keys: MaskKeys) {
    this.#keys = keys;
  }

  /**
   * A function for a domain.
   *
   * @param name The function.
   * @returns The function: the same one for the same arguments.
   */
  of(name: PseudonymFunction, domain: string): Pseudonym {
    const key = `${name}\0${domain}`;
    let found = this.#functions.get(key);
    if (found === undefined) {
      const make = this.ofNew(name, domain);
      const compute = (text: string) => make(text) ?? unfit;
      const owner = this.#functions.size;
      found = (text) => {
        const pseudonym = this.#recent.of(owner, text, compute);
        return pseudonym === unfit ? undefined : pseudonym;
      };
      this.#functions.set(key, found);
    }
    return found;
  }

  /** The same function, for a caller who remembers what it makes. */
  ofNew(name: PseudonymFunction, domain: string): Pseudonym {
    switch (name) {
      case "id":
        return this.#id(domain);
      case "email":
        return this.#email(domain);
      case "name": {
        const texts = new TextPseudonyms(this.#keys.derive("name", domain));
        return (text) => texts.name(text);
      }
      case "hash": {
        const texts = new TextPseudonyms(this.#keys.derive("hash", domain));
        return (text) => texts.base32(text);
      }
      case "digits": {
        const digits = this.#digits(domain);
        return (text) => digits.ofFormatted(text);
      }
      case "phone": {
        const digits = new DigitPseudonyms(this.#keys.derive("phone", domain));
        // +999 is assigned to no country: nobody's phone rings.
        return (text) => {
          const permuted = digitsIn(text) === undefined ? undefined : digits.ofFormatted(text)!;
          return permuted && `+999 ${permuted.trim().replace(/^\+/, "")}`;
        };
      }
    }
  }

  /** As the shape of the text is, so is that of its pseudonym, and no two shapes have one in common. */
  #id(domain: string): Pseudonym {
    const email = this.#email(domain);
    const digits = this.#digits(domain);
    const uuids = new UuidPseudonyms(this.#keys.derive("uuid", domain));
    const texts = new TextPseudonyms(this.#keys.derive("id", domain));
    return (text) => {
      if (isUuid(text)) return uuids.of(text);
      if (areDigits(text)) return digits.of(text);
      if (/^-[1-9]/.test(text) && areDigits(text.slice(1))) return `-${digits.of(text.slice(1))}`;
      return email(text) ?? texts.base32(text);
    };
  }

  #email(domain: string): Pseudonym {
    const texts = new TextPseudonyms(this.#keys.derive("email", domain));
    return (text) =>
      isEmail(text) ? `${texts.base32(text.toLowerCase())}${pseudonymHost}` : undefined;
  }

  /** Those of `id` and `digits` are the same. */
  #digits(domain: string): DigitPseudonyms {
    return new DigitPseudonyms(this.#keys.derive("digits", domain));
  }
}
