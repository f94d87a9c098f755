import { kvAttemptsMin, kvRetryMs } from "../../../src/store/kv/limits.ts";
import { Attempts } from "../../../src/store/kv/wait.ts";
import { assertCode } from "../../contract/support.ts";

Deno.test("Attempts begin again once there were enough of them", async () => {
  const now = performance.now.bind(performance);
  let later = 0;
  performance.now = () => now() + later;
  try {
    const attempts = new Attempts("write to", "orders");
    for (let failed = 1; failed < kvAttemptsMin; failed++) await attempts.next();
    later = kvRetryMs;
    await assertCode(() => attempts.next(), "BACKEND_ERROR");
    // The next write must not be refused for what was before it.
    await attempts.next();
  } finally {
    performance.now = now;
  }
});
