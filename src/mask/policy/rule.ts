/**
 * The rules of a policy, as text.
 *
 * @module
 */

import { excerpt } from "../../excerpt.ts";
import { dateDaysMax, domainCharsMax } from "../limits.ts";
import type { MaskRule, RuleName } from "./policy.ts";
import { parseDecimal } from "../values/round_number.ts";

type Argument = "none" | "domain" | "constant" | "step" | "days" | "rule";

/** What stands in parentheses after each name. */
const argumentOf: Readonly<Record<RuleName, Argument>> = {
  keep: "none",
  drop: "none",
  "set-null": "none",
  constant: "constant",
  redact: "none",
  scramble: "none",
  digits: "domain",
  id: "domain",
  email: "domain",
  name: "domain",
  phone: "domain",
  hash: "domain",
  number: "step",
  date: "days",
  stream: "none",
  keys: "rule",
};

const exampleOf: Readonly<Record<Argument, string>> = {
  none: "",
  domain: "(customer)",
  constant: '("x")',
  step: "(10)",
  days: "(30)",
  rule: "(id(customer))",
};

/** Rules that keys can have: what would make all keys alike or change their number is none of them. */
const keyRules: readonly RuleName[] = [
  "keep",
  "scramble",
  "digits",
  "id",
  "email",
  "name",
  "phone",
  "hash",
  "stream",
];

/** Rules that ids of streams can have: those that keep two ids apart, and those that say so. */
const streamRules: readonly RuleName[] = [
  "keep",
  "drop",
  "id",
  "email",
  "digits",
  "hash",
  "scramble",
];

const ruleText = /^([a-z-]+)(?:\(([^]*)\))?$/;

/**
 * Reads a rule.
 *
 * @param text The rule, such as `email(customer)`.
 * @returns The rule, or what is wrong with it, and what would be right.
 */
export function readRule(text: string): MaskRule | string {
  const trimmed = text.trim();
  const parts = ruleText.exec(trimmed);
  const name = parts?.[1] as RuleName | undefined;
  if (name === undefined || !Object.hasOwn(argumentOf, name)) {
    return `${shown(text)} is not a rule. Rules are ${ruleList()}`;
  }
  const given = parts![2]?.trim();
  const argument = argumentOf[name];
  const example = `write ${name}${exampleOf[argument]}`;
  if (argument === "none") {
    return given === undefined
      ? { text: trimmed, name }
      : `${name} takes nothing in parentheses: write ${name}`;
  }
  if (given === undefined || given === "") return `${name} needs ${wanted(argument)}: ${example}`;
  switch (argument) {
    case "domain":
      if (!/^[\w.:-]+$/.test(given) || given.length > domainCharsMax) {
        return `the domain ${
          shown(given)
        } must consist of at most ${domainCharsMax} letters of ASCII, ` +
          `digits, and _ . : -: ${example}`;
      }
      return { text: `${name}(${given})`, name, domain: given };
    case "constant":
      return readConstant(name, given) ??
        `constant takes a text, a number, true or false: ${example}`;
    case "step": {
      const step = parseDecimal(given);
      return step !== undefined && step.digits > 0n
        ? { text: `${name}(${given})`, name, amount: given }
        : `the step of number must be a number above 0, got ${shown(given)}: ${example}`;
    }
    case "days":
      return /^[1-9]\d{0,5}$/.test(given) && Number(given) <= dateDaysMax
        ? { text: `${name}(${given})`, name, amount: given }
        : `the days of date must be an integer from 1 to ${dateDaysMax}, got ${
          shown(given)
        }: ${example}`;
    case "rule": {
      const inner = ruleText.exec(given)?.[1] as RuleName | undefined;
      if (inner !== undefined && Object.hasOwn(argumentOf, inner) && !keyRules.includes(inner)) {
        return `keys cannot be masked by ${inner}, only by ${keyRules.join(", ")}`;
      }
      const keyRule = readRule(given);
      return typeof keyRule === "string"
        ? keyRule
        : { text: `keys(${keyRule.text})`, name, keyRule };
    }
  }
}

/**
 * Says why a rule cannot be one of `streams`.
 *
 * @returns What is wrong, and what would be right; `undefined` for nothing.
 */
export function streamRuleProblem(rule: MaskRule): string | undefined {
  if (streamRules.includes(rule.name)) return undefined;
  const names = streamRules.map((name) => name + exampleOf[argumentOf[name]]);
  return `${rule.name} is not a rule for the ids of streams, of which two would become one: write ${
    names.slice(0, -1).join(", ")
  } or ${names.at(-1)}`;
}

function readConstant(name: RuleName, given: string): MaskRule | undefined {
  try {
    const value: unknown = JSON.parse(given);
    const isScalar = ["string", "number", "boolean"].includes(typeof value);
    return isScalar ? { text: `${name}(${given})`, name, constant: given } : undefined;
  } catch {
    return undefined;
  }
}

function wanted(argument: Argument): string {
  switch (argument) {
    case "domain":
      return "a domain, in which the same value has the same pseudonym";
    case "constant":
      return "what it puts in place of a value";
    case "step":
      return "the step that it rounds to";
    case "days":
      return "the days that it shifts by at most";
    default:
      return "a rule for the keys";
  }
}

function ruleList(): string {
  return (Object.keys(argumentOf) as RuleName[])
    .map((name) => name + exampleOf[argumentOf[name]]).join(", ");
}

function shown(text: string): string {
  return JSON.stringify(excerpt(text));
}
