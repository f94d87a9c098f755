/**
 * Text → policy, with every problem of it and where it stands.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { EventoDBError } from "../../errors.ts";
import { excerpt } from "../../excerpt.ts";
import { policyBytesMax } from "../../limits.ts";
import { policyProblemsNamedMax } from "../limits.ts";
import { blankComments, isJson } from "./jsonc.ts";
import type { MaskPolicy, PolicyProblem } from "./policy.ts";
import { contradictions } from "./policy_contradictions.ts";
import { PolicyReader } from "./policy_reader.ts";

export type { PolicyProblem };

/**
 * Reads a masking policy.
 *
 * @param text YAML, or JSON with comments.
 * @param name The file's name: for messages.
 * @returns The policy.
 * @throws {EventoDBError} `INVALID_POLICY`: the text is not a policy. The message has one line a problem, such
 * as `policy.yaml:7:5: …`, with its line and column; `details.problems` has them as {@linkcode PolicyProblem}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadPolicy } from "@eventodb/cli";
 *
 * const policy = await loadPolicy("version: 1\nunknown: scramble\n", "policy.yaml");
 * assertEquals(policy.unknown, "scramble");
 * ```
 */
export async function loadPolicy(text: string, name: string): Promise<MaskPolicy> {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > policyBytesMax) {
    const most = policyBytesMax.toLocaleString("en-US");
    throw invalid(name, [{ line: 1, column: 1, message: `a policy has at most ${most} bytes` }]);
  }
  // They are of no use to whoever masks nothing.
  const [yaml, { parseJsonPath }] = await Promise.all([
    import("../../deps/yaml.ts"),
    import("../../deps/json_path.ts"),
  ]);
  const problems: PolicyProblem[] = [];
  const reader = new PolicyReader(yaml, parseJsonPath, problems);
  const unmarked = text.replace(/^\ufeff/, "");
  const content = reader.read(isJson(unmarked, name) ? blankComments(unmarked) : unmarked);
  if (problems.length === 0) problems.push(...contradictions(content.events));
  if (problems.length > 0) throw invalid(name, problems);
  const hash = createHash("sha256").update(bytes).digest("hex");
  return { name, hash, ...content };
}

function invalid(name: string, problems: PolicyProblem[]): EventoDBError {
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = problems.slice(0, policyProblemsNamedMax)
    .map(({ line, column, message }) => `${excerpt(name)}:${line}:${column}: ${message}`);
  if (problems.length > lines.length) lines.push(`… and ${problems.length - lines.length} more`);
  return new EventoDBError("INVALID_POLICY", lines.join("\n"), { details: { problems } });
}
