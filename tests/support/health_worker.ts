/**
 * The thread of `HealthWatch`: what the test itself computes does not hold it up.
 *
 * @module
 */

interface WorkerScope {
  onmessage: ((event: MessageEvent<{ url: string; pid: number } | "report">) => void) | null;
  postMessage(report: { silentMs: number; peakMiB: number }): void;
}

const scope = globalThis as unknown as WorkerScope;
let silentMs = 0;
let since = 0;
let pid = 0;

/** Processor time of the process's first thread, in milliseconds. */
function processorMs(): number {
  const [nanoseconds] = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/schedstat`).split(" ");
  return Number(nanoseconds) / 1e6;
}

function peakMiB(): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
}

function look(): void {
  silentMs = Math.max(silentMs, processorMs() - since);
}

async function watch(url: string): Promise<never> {
  for (;;) {
    since = processorMs();
    await (await fetch(`${url}/health`)).text();
    look();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

scope.onmessage = ({ data }) => {
  if (data !== "report") {
    pid = data.pid;
    void watch(data.url);
    return;
  }
  look();
  scope.postMessage({ silentMs, peakMiB: peakMiB() });
  silentMs = 0;
  since = processorMs();
};
