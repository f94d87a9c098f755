/**
 * The options of masking. Nothing but data, so that the help has them without the commands.
 *
 * @module
 */

import type { Option } from "../command_shape.ts";

const reportOption: Option = {
  name: "report",
  value: "FILE",
  help: "Where to write what was masked, by type and path, as JSON; no value is in it",
};

const allowResidualsOption: Option = {
  name: "allow-residuals",
  help: "Accept masked values that also occur elsewhere in the output",
};

/** The variable that names the file of the key. */
const keyVariable = "EVENTODB_MASK_KEY_FILE";

const group = "Masking";

/** Those of an export. */
export const exportMaskOptions: readonly Option[] = [
  {
    group,
    name: "mask",
    value: "FILE",
    help: "Mask the events by this policy before they leave the process",
  },
  {
    group,
    name: "mask-key-file",
    value: "FILE",
    env: keyVariable,
    default: "a new key for this run only",
    help: "With --mask: the key of the pseudonyms, which eventodb mask keygen makes",
  },
  { group, ...reportOption, help: `With --mask: ${lowerFirst(reportOption.help)}` },
  { group, ...allowResidualsOption, help: `With --mask: ${lowerFirst(allowResidualsOption.help)}` },
];

/** Those of a command for masking. */
export const maskOptions: readonly Option[] = [
  { name: "policy", value: "FILE", help: "The policy: YAML, or JSON with comments" },
  {
    name: "key-file",
    value: "FILE",
    env: keyVariable,
    default: "a new key for this run only",
    help: "The key of the pseudonyms, which eventodb mask keygen makes",
  },
];

/** Those of `mask apply` besides. */
export const maskOutputOptions: readonly Option[] = [reportOption, allowResidualsOption];

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
