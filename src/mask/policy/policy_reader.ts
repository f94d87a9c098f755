/**
 * The text of a policy → its rules. Reads on after a problem, so that all of them are named at once.
 *
 * @module
 */

import { excerpt } from "../../excerpt.ts";
import { categoryProblem, nameProblem, patternProblem } from "../../names.ts";
import { policyRulesMax } from "../limits.ts";
import type { parseJsonPath } from "../../deps/json_path.ts";
import type * as Yaml from "../../deps/yaml.ts";
import { readPath } from "./path.ts";
import type {
  MaskPolicy,
  MaskRule,
  PolicyEntry,
  PolicyPattern,
  PolicyPlace,
  PolicyProblem,
  PolicyRule,
  PolicySection,
  UnknownRule,
} from "./policy.ts";
import { readRule, streamRuleProblem } from "./rule.ts";

type Node = Yaml.Node | null | undefined;

/** A member of a mapping. */
interface Member {
  readonly key: string;
  readonly at: PolicyPlace;
  readonly value: Node;
  readonly valueAt: PolicyPlace;
}

const start: PolicyPlace = { line: 1, column: 1 };
const topKeys = ["version", "unknown", "streams", "events"];
const entryKeys = ["types", "categories", "data", "metadata"];
const unknownRules: readonly UnknownRule[] = ["error", "drop", "scramble"];

/** Reads one policy. */
export class PolicyReader {
  readonly #yaml: typeof Yaml;
  readonly #parsePath: typeof parseJsonPath;
  readonly #problems: PolicyProblem[];
  #lines!: Yaml.LineCounter;
  #rules = 0;

  /**
   * @param yaml The parser of YAML.
   * @param parsePath The parser of paths.
   * @param problems Takes what is wrong.
   */
  constructor(yaml: typeof Yaml, parsePath: typeof parseJsonPath, problems: PolicyProblem[]) {
    this.#yaml = yaml;
    this.#parsePath = parsePath;
    this.#problems = problems;
  }

  /**
   * Reads a policy.
   *
   * @returns What could be read; all of it where there are no problems.
   */
  read(text: string): Pick<MaskPolicy, "unknown" | "streams" | "events"> {
    const content = {
      unknown: "error" as UnknownRule,
      streams: new Map<string, PolicyRule>(),
      events: [] as PolicyEntry[],
    };
    const root = this.#parse(text);
    if (root === undefined) return content;
    const members = this.#members(root, "a policy", "version: 1");
    if (members === undefined) return content;
    if (!members.some(({ key }) => key === "version")) {
      this.#problem(start, "version is missing: write version: 1");
    }
    for (const { key, at, value, valueAt } of members) {
      switch (key) {
        case "version": {
          const version = this.#scalar(value);
          if (version !== 1) {
            this.#problem(valueAt, `version must be 1, got ${shown(version)}: write version: 1`);
          }
          break;
        }
        case "unknown": {
          const unknown = this.#scalar(value);
          if (unknownRules.includes(unknown as UnknownRule)) {
            content.unknown = unknown as UnknownRule;
          } else {
            this.#problem(
              valueAt,
              `unknown must be error, drop or scramble, got ${shown(unknown)}`,
            );
          }
          break;
        }
        case "streams":
          this.#readStreams(value, valueAt, content.streams);
          break;
        case "events":
          content.events = this.#readEvents(value, valueAt);
          break;
        default:
          this.#problem(at, `a policy has no ${shown(key)}: its keys are ${topKeys.join(", ")}`);
      }
    }
    if (this.#rules > policyRulesMax) {
      this.#problem(
        start,
        `a policy has at most ${policyRulesMax} rules, this one has ${this.#rules}`,
      );
    }
    return content;
  }

  #parse(text: string): Node {
    this.#lines = new this.#yaml.LineCounter();
    let document;
    try {
      document = this.#yaml.parseDocument(text, {
        lineCounter: this.#lines,
        prettyErrors: false,
        uniqueKeys: false,
      });
    } catch (error) {
      // Such as thousands of brackets, for which the parser has not enough stack.
      if (!(error instanceof RangeError)) throw error;
      this.#problem(start, tooDeep);
      return undefined;
    }
    const lines = new Set<number>();
    for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
      const at = this.#at(pos[0]);
      // One mistake has many consequences.
      if (lines.has(at.line)) continue;
      lines.add(at.line);
      this.#problem(at, syntaxProblem(code, message));
    }
    if (document.errors.length > 0) return undefined;
    if (document.contents === null) {
      this.#problem(start, "the policy is empty: it begins with version: 1");
      return undefined;
    }
    return document.contents as Node;
  }

  #readStreams(node: Node, at: PolicyPlace, streams: Map<string, PolicyRule>): void {
    for (
      const { key, value, at: keyAt, valueAt }
        of this.#members(node, "streams", "customer: id(customer)", at) ?? []
    ) {
      this.#rules++;
      const rule = this.#rule(value, valueAt, "id(customer)");
      if (key === "" || key.includes("-")) {
        const [category] = key.split("-");
        this.#problem(
          keyAt,
          `${
            shown(key)
          } is not a category, which is what stands before the first - of a stream's name` +
            (category === "" ? "" : `: write ${category}`),
        );
        continue;
      }
      if (rule === undefined) continue;
      const nameIs = nameProblem(key);
      if (nameIs !== null) {
        this.#problem(keyAt, `${shown(key)} is not a category, since it ${nameIs}`);
        continue;
      }
      const problem = streamRuleProblem(rule);
      if (problem !== undefined) this.#problem(valueAt, problem);
      else streams.set(key, { section: "stream", path: key, paths: [], rule, ...keyAt });
    }
  }

  #readEvents(node: Node, at: PolicyPlace): PolicyEntry[] {
    const { isSeq } = this.#yaml;
    if (!isSeq(node)) {
      this.#problem(
        at,
        `events must be a list, got ${this.#kindOf(node)}: write - types: [Order*]`,
      );
      return [];
    }
    return node.items.flatMap((item) => this.#readEntry(item as Node, at) ?? []);
  }

  #readEntry(node: Node, entryAt: PolicyPlace): PolicyEntry | undefined {
    const members = this.#members(node, "an entry of events", "- types: [Order*]", entryAt);
    if (members === undefined) return undefined;
    const entry: {
      types?: PolicyPattern[];
      categories?: PolicyPattern[];
      rules: PolicyRule[];
    } = { rules: [] };
    for (const { key, at, value, valueAt } of members) {
      if (key === "types" || key === "categories") {
        const patterns = this.#patterns(key, value, valueAt);
        if (patterns !== undefined) entry[key] = patterns;
      } else if (key === "data" || key === "metadata") {
        entry.rules.push(...this.#readRules(key, value, valueAt));
      } else {
        this.#problem(
          at,
          `an entry of events has no ${shown(key)}: its keys are ${entryKeys.join(", ")}` +
            (key.startsWith("$") ? `: write it below data or metadata` : ""),
        );
      }
    }
    return entry;
  }

  #readRules(section: PolicySection, node: Node, sectionAt: PolicyPlace): PolicyRule[] {
    const members = this.#members(node, section, "$.email: email(customer)", sectionAt) ?? [];
    return members.flatMap(({ key, at, value, valueAt }) => {
      this.#rules++;
      const paths = readPath(key, this.#parsePath);
      if (typeof paths === "string") this.#problem(at, paths);
      const rule = this.#rule(value, valueAt, "email(customer)");
      if (rule === undefined || typeof paths === "string") return [];
      if (rule.name === "constant" && paths.some((path) => path.length === 0)) {
        this.#problem(
          valueAt,
          `${section} as a whole must stay an object: write drop or set-null`,
        );
      }
      return [{ section, path: key, paths, rule, ...at }];
    });
  }

  #rule(node: Node, at: PolicyPlace, example: string): MaskRule | undefined {
    const value = this.#scalar(node);
    if (value === null) {
      this.#problem(
        at,
        "the rule is missing, or YAML's null: write one, such as keep, drop or set-null",
      );
      return undefined;
    }
    if (typeof value !== "string") {
      const got = value === undefined ? this.#kindOf(node) : shown(value);
      this.#problem(at, `a rule must be a text such as ${example}, got ${got}`);
      return undefined;
    }
    const rule = readRule(value);
    if (typeof rule !== "string") return rule;
    this.#problem(at, rule);
    return undefined;
  }

  #patterns(key: string, node: Node, at: PolicyPlace): PolicyPattern[] | undefined {
    if (this.#yaml.isAlias(node)) return void this.#problemOfAlias(node, at);
    const items = this.#yaml.isSeq(node) ? node.items as Node[] : [node];
    const patterns: PolicyPattern[] = [];
    for (const item of items) {
      const text = this.#scalar(item);
      const itemAt = this.#placeOf(item, at);
      if (this.#yaml.isAlias(item)) this.#problemOfAlias(item, itemAt);
      else if (typeof text !== "string" || text === "") {
        const got = text === undefined ? this.#kindOf(item) : shown(text);
        this.#problem(itemAt, `${key} must be texts such as ["Order*"], got ${got}`);
      } else {
        const problem = patternProblem(text) ??
          (key === "categories" ? categoryProblem(text) : null);
        if (problem !== null) this.#problem(itemAt, `${key}: ${shown(text)} ${problem}`);
        patterns.push({ text, ...itemAt });
      }
    }
    if (items.length === 0) {
      this.#problem(at, `${key} is empty: leave it out for all events, or name some`);
    }
    return patterns;
  }

  /** The members of a mapping; `undefined` where there is none. */
  #members(node: Node, what: string, example: string, at = start): Member[] | undefined {
    const { isMap, isAlias, isScalar } = this.#yaml;
    if (isAlias(node)) return void this.#problemOfAlias(node, at);
    if (!isMap(node)) {
      this.#problem(
        this.#placeOf(node, at),
        `${what} must be a mapping, got ${this.#kindOf(node)}: write ${example}`,
      );
      return undefined;
    }
    const seen = new Map<string, PolicyPlace>();
    const members: Member[] = [];
    for (const pair of node.items) {
      const keyNode = pair.key as Node;
      const keyAt = this.#placeOf(keyNode, at);
      if (isAlias(keyNode)) {
        this.#problemOfAlias(keyNode, keyAt);
        continue;
      }
      // A category may be a number.
      const key = isScalar(keyNode) ? keyNode.source ?? String(keyNode.value) : undefined;
      if (key === undefined) {
        this.#problem(keyAt, `a key of ${what} must be a text, got ${this.#kindOf(keyNode)}`);
        continue;
      }
      const before = seen.get(key);
      if (before !== undefined) {
        this.#problem(
          keyAt,
          `${shown(key)} stands on line ${before.line} already: leave one of them out`,
        );
        continue;
      }
      seen.set(key, keyAt);
      const value = pair.value as Node;
      members.push({ key, at: keyAt, value, valueAt: this.#placeOf(value, keyAt) });
    }
    return members;
  }

  #scalar(node: Node): unknown {
    if (node === null || node === undefined) return null;
    return this.#yaml.isScalar(node) ? node.value : undefined;
  }

  #kindOf(node: Node): string {
    const { isMap, isSeq, isAlias, isScalar } = this.#yaml;
    if (isMap(node)) return "a mapping";
    if (isSeq(node)) return "a list";
    if (isAlias(node)) return "a reference (*): put it in quotes";
    const value = isScalar(node) ? node.value : null;
    return value === null ? "nothing" : shown(value);
  }

  #problemOfAlias(node: Node, at: PolicyPlace): undefined {
    const source = (node as { source?: string }).source ?? "";
    this.#problem(
      this.#placeOf(node, at),
      `*${excerpt(source)} is an alias of YAML, which policies do not have: put it in quotes, ` +
        `such as "*${excerpt(source)}"`,
    );
  }

  #placeOf(node: Node, otherwise: PolicyPlace): PolicyPlace {
    const start = node?.range?.[0];
    // An empty value has its place after the line that it is missing on.
    if (start === undefined || (this.#yaml.isScalar(node) && node.source === "")) return otherwise;
    return this.#at(start);
  }

  #at(offset: number): PolicyPlace {
    const { line, col } = this.#lines.linePos(offset);
    return line === 0 ? start : { line, column: col };
  }

  #problem({ line, column }: PolicyPlace, message: string): void {
    this.#problems.push({ line, column, message });
  }
}

const tooDeep = "the text is neither YAML nor JSON: it is nested too deeply";

/** Words for what the parser says, where its own are for programmers. */
function syntaxProblem(code: string, message: string): string {
  const [first] = message.split("\n");
  if (code === "MULTIPLE_DOCS") {
    return "a policy is one document: leave out this line, and what is another policy";
  }
  return first!.startsWith("Maximum call stack")
    ? tooDeep
    : `the text is neither YAML nor JSON: ${first}`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(excerpt(value)) : excerpt(String(value));
}
