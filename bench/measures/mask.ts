/**
 * Masking on the way out, beside a plain export of the same events.
 *
 * @module
 */

import { byTurns, compared, type Figure, type Measure, withFolder } from "../bench.ts";
import { startServer } from "../processes.ts";
import { exportFile, importFile } from "../transfers.ts";

/**
 * A policy of 50 rules and more for the production shape: ids and numbers are masked, and perhaps the texts,
 * which are most of its bytes. Most rules are for other types, as in any policy that a slice does not need all of.
 *
 * @param note What becomes of the texts.
 */
const policyOf = (note: string) =>
  `version: 1
streams:
  account: id(account)
  order: keep
  workflow: id(workflow)
  payment: keep
  session: id(session)
  audit: keep
  refund: keep
events:
  - data: {$.n: keep, $.amount: number(10), $.note: ${note}}
    metadata: {$.traceId: keep}
  - types: [Other*]
    data:
${
    Array.from({ length: 42 }, (_, i) => `      $.other${i}.items[*].value: email(account)`).join(
      "\n",
    )
  }
`;

/** An export writes a manifest unless it is told not to, which is a part of both rates. */
const manifests = { manifest: [], "no manifest": ["--no-manifest"] };

/** Masking while exporting. */
export const mask: Measure = {
  name: "mask",
  title: "an export that masks by a policy of 50 rules, beside a plain one",
  async run(bench) {
    const { events, runs, histories } = bench;
    const figures: Figure[] = [];
    await withFolder(bench, async (folder) => {
      await using server = await startServer({ dataDir: folder });
      await importFile(server, await histories.file("production", events), events);
      const keyPath = `${bench.folder}/mask.key`;
      await Deno.writeTextFile(keyPath, "0123456789abcdef".repeat(4), { mode: 0o600 });
      const output = `${bench.folder}/export.ndjson`;
      for (const note of ["keep", "scramble"]) {
        const policyPath = `${bench.folder}/mask-${note}.yaml`;
        await Deno.writeTextFile(policyPath, policyOf(note));
        for (const [manifest, options] of Object.entries(manifests)) {
          const shares: number[] = [];
          const { plain, masked } = await byTurns(runs, {
            plain: () => exportFile(server, output, ["--all", ...options]),
            async masked() {
              const sample = await exportFile(server, output, [
                ...["--all", ...options, "--mask", policyPath, "--mask-key-file", keyPath],
              ]);
              shares.push(sample.checkMs! / sample.ms);
              return sample;
            },
          });
          for (const { peakMiB } of [plain, masked]) delete peakMiB?.server;
          const share = shares.toSorted((a, b) => a - b)[Math.floor(shares.length / 2)]!;
          const texts = note === "keep" ? "ids and numbers" : "texts too";
          figures.push({
            ...compared(
              `masked export, ${texts}, ${manifest}`,
              masked,
              { what: "plain export", result: plain },
              { atLeast: 0.5 },
            ),
            note: `${Math.round(share * 100)} % of the time goes into the search for what is left`,
          });
        }
      }
    });
    return figures;
  },
};
