/** Types of the assertions that ./assert.ts re-exports. */

type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

export declare class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions);
}

export declare function assert(expression: unknown, message?: string): asserts expression;
export declare function assertFalse(
  expression: unknown,
  message?: string,
): asserts expression is false;
export declare function fail(message?: string): never;

export declare function assertEquals<T>(actual: T, expected: T, message?: string): void;
export declare function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
export declare function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T;

export declare function assertGreater<T>(actual: T, expected: T, message?: string): void;
export declare function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void;
export declare function assertLess<T>(actual: T, expected: T, message?: string): void;
export declare function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void;

export declare function assertInstanceOf<T>(
  actual: unknown,
  expected: abstract new (...args: never[]) => T,
  message?: string,
): asserts actual is T;
export declare function assertMatch(actual: string, expected: RegExp, message?: string): void;
export declare function assertNotMatch(actual: string, expected: RegExp, message?: string): void;
export declare function assertStringIncludes(
  actual: string,
  expected: string,
  message?: string,
): void;
export declare function assertObjectMatch(
  actual: object,
  expected: object,
  message?: string,
): void;

export declare function assertThrows(fn: () => unknown, message?: string): unknown;
export declare function assertThrows<E extends Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E>,
  messageIncludes?: string,
  message?: string,
): E;

export declare function assertRejects(
  fn: () => PromiseLike<unknown>,
  message?: string,
): Promise<unknown>;
export declare function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  messageIncludes?: string,
  message?: string,
): Promise<E>;
