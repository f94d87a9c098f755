/**
 * A time limit for every test: loaded before the test files (`--preload` in deno.json's task), it
 * gives `Deno.test` a default `timeout`. A test that hangs fails by its name, instead of holding up
 * the whole suite until somebody ends it. A test may name a limit of its own.
 *
 * @module
 */

/** How long a test may take, in milliseconds: many times what the slowest takes on a busy machine. */
const testMs = Number(Deno.env.get("EVENTODB_TEST_TIMEOUT_MS") ?? 300_000);

/** The arguments of any form of `Deno.test`, with the limit among them. */
function withLimit(args: unknown[]): unknown[] {
  const at = args.findIndex((arg) => typeof arg === "object");
  if (at >= 0) return args.with(at, { timeout: testMs, ...args[at] as object });
  const fn = args.at(-1) as () => void;
  // Deno.test(fn) or Deno.test(name, fn).
  return [args.length === 1 ? fn.name : args[0], { timeout: testMs }, fn];
}

/** `Deno.test`, and its `only` and `ignore`; whatever else it has stays as it is. */
function limited(test: typeof Deno.test): typeof Deno.test {
  return new Proxy(test, {
    apply: (target, self, args) => Reflect.apply(target, self, withLimit(args)),
    get: (target, key) => {
      const value = Reflect.get(target, key);
      return key === "only" || key === "ignore" ? limited(value) : value;
    },
  });
}

Object.defineProperty(Deno, "test", { value: limited(Deno.test), configurable: true });
