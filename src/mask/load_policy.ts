/**
 * Text → policy, with every problem of it and where it stands.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { MaskPolicy } from "./policy.ts";

/** What is wrong with a policy. `details.problems` of the error has a list of them. */
export interface PolicyProblem {
  /** The line, from 1. */
  line: number;
  /** What is wrong, and what would be right. */
  message: string;
}

/**
 * Reads a policy.
 *
 * @param text YAML, or JSON with comments.
 * @param name The file's name: for messages.
 * @returns The policy.
 * @throws {EventoDBError} `INVALID_POLICY`: the text is no policy. The message has one line a problem, such
 * as `policy.yaml:7: …`; `details.problems` has them as {@linkcode PolicyProblem}.
 */
export function loadPolicy(_text: string, _name: string): Promise<MaskPolicy> {
  return Promise.reject(new EventoDBError("INVALID_POLICY", "Masking is not built yet"));
}
