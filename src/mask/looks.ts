/**
 * What a text looks like: a hint for whoever writes a policy, and for what must not be shown as a key. It is
 * no more than a guess.
 *
 * @module
 */

import { shownKeyCharsMax } from "./limits.ts";

/** What a text may look like. */
export type Look =
  | "e-mail"
  | "UUID"
  | "time"
  | "IBAN"
  | "card number"
  | "phone"
  | "digits"
  | "stream name"
  | "address of a page"
  | "name"
  | "word"
  | "free text";

const uuid = /^(?:urn:uuid:)?\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i;
const time = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d[\d:.,]*(?:Z|[+-]\d\d:?\d\d)?)?$/;
const email = /^[^\s@]{1,64}@[^\s@]{1,253}\.[^\s@.]{2,}$/u;
const phone = /^(?:\+|00|0|\()[\d\s()./-]{6,24}$/;
const name = /^\p{Lu}[\p{L}\p{M}'’.-]*(?: \p{L}[\p{L}\p{M}'’.-]*){1,4}$/u;
const stream = /^[A-Za-z][\w:]*-\S+$/;

/**
 * Guesses what a text is.
 *
 * @param text Any text that is not empty.
 * @returns What it looks like.
 */
export function lookOf(text: string): Look {
  if (text.length > 320) return "free text";
  if (/^\d/.test(text) && time.test(text)) return "time";
  if (uuid.test(text)) return "UUID";
  if (text.includes("@") && email.test(text)) return "e-mail";
  const digits = text.replace(/[\s-]/g, "");
  if (/^\d{12,19}$/.test(digits) && passesLuhn(digits)) return "card number";
  if (/^[A-Za-z]{2}\d{2}/.test(text) && isIban(digits.toUpperCase())) return "IBAN";
  if (phone.test(text) && digits.replace(/\D/g, "").length >= 7) return "phone";
  if (/^[\d.,-]+$/.test(text)) return "digits";
  if (/^[a-z]+:\/\//i.test(text)) return "address of a page";
  if (stream.test(text)) return "stream name";
  if (name.test(text)) return "name";
  return /\s/.test(text) ? "free text" : "word";
}

/**
 * Whether a key of an object may be a value, such as that of a map by e-mail: it is shown as `*` then.
 *
 * @returns Whether it looks like one; code has other names for its fields.
 */
export function isValueLike(key: string): boolean {
  if (key.length > shownKeyCharsMax) return true;
  // Words are joined in many ways, but those of people's names begin with capitals.
  const name = /\p{Lu}/u.test(key) ? key : key.replaceAll(" ", "_");
  return !/^[\p{L}_$@][\p{L}\p{M}\p{N}_$:.-]*$/u.test(name) || /\d{3}/.test(name) ||
    uuid.test(name) || /^[0-9a-f]{8,}$/i.test(name) && /\d/.test(name);
}

const personalLooks: readonly Look[] = ["e-mail", "phone", "IBAN", "card number", "UUID", "name"];

/**
 * Whether a text looks like what belongs to one person, and is not met by chance.
 *
 * @returns Whether it does.
 */
export function isPersonal(text: string): boolean {
  return personalLooks.includes(lookOf(text));
}

/**
 * Whether the name of a type or a category may be a value: these are made of words in still more ways.
 *
 * @returns Whether it looks like one.
 */
export function isValueLikeName(name: string): boolean {
  return isValueLike(name.replace(/[\s*/,()-]/g, "_"));
}

/** The check digit of card numbers. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i]);
    if (i % 2 === 1) digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
    sum += digit;
  }
  return sum % 10 === 0;
}

/** The check digits of ISO 13616: the number modulo 97 is 1. */
function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false;
  let rest = 0;
  for (const char of text.slice(4) + text.slice(0, 4)) {
    const value = parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
