/**
 * What a method is: the names of its arguments, and a function from them to JSON text.
 *
 * @module
 */

import type { Caller } from "../auth/caller.ts";
import type { Slots } from "./slots.ts";
import type { Store } from "../store/store.ts";
import type { Fields } from "./fields.ts";

/** What a method works with. */
export interface MethodContext {
  /** Where the messages are. */
  readonly store: Store;
  /** Who calls. */
  readonly caller: Caller;
  /** Who may search now. */
  readonly searches: Slots;
  /** Called when a namespace has another token: what the old one opened is to end. */
  readonly onTokenReplaced?: (namespace: string) => void;
}

/** JSON text: whole, or in parts that are made as the reader takes them. */
export type JsonText = string | AsyncIterable<string>;

/** A method of `POST /rpc`. */
export interface Method {
  /** The names of its arguments, in their order. */
  readonly parameters: readonly string[];
  /** Whether it changes what namespaces there are: such calls are logged. */
  readonly changesNamespaces?: boolean;
  /**
   * Runs it.
   *
   * @param args The arguments, by name.
   * @param context What it works with.
   * @returns The result.
   * @throws {EventoDBError} With the code that PROTOCOL.md gives it.
   */
  run(args: Fields, context: MethodContext): JsonText | Promise<JsonText>;
}

/** Methods by name. */
export type MethodTable = Readonly<Record<string, Method>>;
