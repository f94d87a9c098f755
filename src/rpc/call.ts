/**
 * From the body of `POST /rpc` to a method and its arguments.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { jsonProblem, syntaxProblem } from "../json/problem.ts";
import { decodeString, splitArray } from "../json/scan.ts";
import { jsonDepthMax } from "../limits.ts";
import { rpcBodyDepthMax } from "./limits.ts";
import { categoryMethods } from "./category_methods.ts";
import { Fields } from "./fields.ts";
import type { JsonText, Method, MethodContext, MethodTable } from "./method.ts";
import { namespaceMethods } from "./namespace_methods.ts";
import { searchMethods } from "./search_methods.ts";
import { streamMethods } from "./stream_methods.ts";
import { systemMethods } from "./system_methods.ts";

const methods: MethodTable = {
  ...streamMethods,
  ...categoryMethods,
  ...namespaceMethods,
  ...searchMethods,
  ...systemMethods,
};

/** Most parameters that a method has. */
const parametersMax = Math.max(...Object.values(methods).map((method) => method.parameters.length));

/** A call that is ready to run. */
export interface Call {
  /** The method's name. */
  readonly name: string;
  /** The method. */
  readonly method: Method;
  /** Its arguments. */
  readonly args: Fields;
}

/**
 * Reads a call.
 *
 * @param body The request's body: `["method", arg, …]`.
 * @throws {EventoDBError} `INVALID_REQUEST` when the body is not of that form, `METHOD_NOT_FOUND`.
 */
export function parseCall(body: string): Call {
  const [first, ...values] = elementsOf(body);
  if (first === undefined || !first.startsWith('"')) {
    throw notACall("its first element is not a string");
  }
  const name = decodeString(first);
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) {
    const shown = JSON.stringify(excerpt(name));
    throw new EventoDBError("METHOD_NOT_FOUND", `There is no method ${shown}`);
  }
  const { parameters } = method;
  const named = parameters.slice(0, values.length).map((parameter, i) =>
    [parameter, values[i]!] as const
  );
  return { name, method, args: new Fields(name, named) };
}

/**
 * Runs a call.
 *
 * @param call What to run.
 * @param context The caller, and what methods work with.
 * @returns The result, as JSON text.
 * @throws {EventoDBError} With the code that PROTOCOL.md gives it.
 */
export function runCall(call: Call, context: MethodContext): JsonText | Promise<JsonText> {
  return call.method.run(call.args, context);
}

/** The elements that a call can have; of more than that, none is looked at. */
function elementsOf(body: string): string[] {
  const problem = jsonProblem(body, rpcBodyDepthMax);
  if (problem?.isTooDeep) {
    throw new EventoDBError(
      "INVALID_REQUEST",
      `The request's body is nested too deeply: at most ${jsonDepthMax} levels in a payload are allowed`,
    );
  }
  if (problem !== undefined) {
    const reason = syntaxProblem(body, problem);
    throw new EventoDBError("INVALID_REQUEST", `The request's body is not JSON: ${reason}`);
  }
  if (!/^[ \t\n\r]*\[/.test(body)) throw notACall("it is not an array");
  return splitArray(body, 1 + parametersMax);
}

function notACall(reason: string): EventoDBError {
  return new EventoDBError(
    "INVALID_REQUEST",
    `The request's body must be a JSON array that begins with a method's name: ${reason}`,
  );
}
