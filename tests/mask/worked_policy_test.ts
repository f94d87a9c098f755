/** The policy of the example service, rule by rule: each is needed, and is missed where it is left out. */

import { EventoDBError, loadPolicy } from "../../mod.ts";
import { KeptKeys } from "../../src/mask/report/kept_keys.ts";
import { MaskCheck } from "../../src/mask/report/mask_check.ts";
import { MaskRun } from "../../src/mask/run/mask_run.ts";
import { rulesOf } from "../../src/mask/policy/policy.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { workflowHistory } from "../support/workflow_history.ts";

const text = await Deno.readTextFile(
  new URL("../../examples/workflow_service/mask.yaml", import.meta.url),
);
const history = workflowHistory().lines;
const bytes = new TextEncoder().encode(history);
const lineCount = history.split("\n").length - 1;
const { signal } = new AbortController();
const key = crypto.getRandomValues(new Uint8Array(32));

/** The places that a policy says nothing of, those whose rule does not fit, and objects whose keys stay. */
async function missedBy(policyText: string): Promise<string[]> {
  const check = new MaskCheck();
  const policy = await loadPolicy(policyText, "mask.yaml");
  await using run = new MaskRun(policy, key, { observer: check.observer });
  check.begin(bytes, 1);
  await run.add(bytes, lineCount);
  await run.check(signal);
  const keys = new KeptKeys();
  for await (const { bytes, spans } of run.lines()) keys.add(bytes, spans);
  return [
    ...[...check.undecided.places(), ...check.unfit.places()]
      .map(({ section, path }) => `${section} ${path}`),
    ...keys.places().map((place) => place.replace(/^\w+ (\w+)/, "$1 $")),
  ];
}

const rules = rulesOf(await loadPolicy(text, "mask.yaml")).filter(({ line }) => line > 0);

Deno.test("the policy of the example service covers its history, and each rule is used", async () => {
  const check = new MaskCheck();
  const policy = await loadPolicy(text, "mask.yaml");
  await using run = new MaskRun(policy, key, { observer: check.observer });
  check.begin(bytes, 1);
  await run.add(bytes, lineCount);
  assertEquals([check.undecided.places(), check.unfit.places()], [[], []]);
  const { unusedRules, residuals } = await run.check(signal);
  assertEquals([unusedRules, residuals], [[], []]);
});

for (const { line, section, path } of rules) {
  Deno.test(`the policy of the example service without ${path} of line ${line} stops the mask`, async () => {
    const left = text.split("\n").filter((_, i) => i !== line - 1).join("\n");
    let missed: string[];
    try {
      missed = await missedBy(left);
    } catch (error) {
      // The last rule of a section: an empty one is not a policy.
      assert(error instanceof EventoDBError && error.code === "INVALID_POLICY", String(error));
      return;
    }
    const place = `${section} ${path.split("[")[0]!.replace(/\.\*$/, "")}`;
    assert(missed.some((each) => each.startsWith(place)), `${place} is not in ${missed.join()}`);
  });
}
