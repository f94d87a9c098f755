/**
 * What a command line says about related events: `--related-to` and how far to follow links from there.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { closureEventsMax, linkPathsMax } from "../../limits.ts";
import type { Slice } from "../../slice/slice.ts";
import type { Arguments } from "../arguments.ts";
import { UsageError } from "../problems.ts";
import { patternsOf } from "./patterns.ts";

/** Options that only say how links are followed. */
const closureOptions = ["direction", "depth", "stop-at", "events-max", "link", "window-only"];

/**
 * Reads the options of what is related.
 *
 * @throws {UsageError} A value is wrong, or there is none to begin with.
 * @throws {CommandError} A file of names cannot be read.
 */
export async function readRelated(args: Arguments): Promise<Slice> {
  const relatedTo = await patternsOf(args, "related-to");
  if (relatedTo === undefined) {
    const other = closureOptions.find((name) => args.isTyped(name));
    if (other === undefined) return {};
    throw new UsageError(
      `--${other} has no meaning without --related-to`,
      "Name the streams to begin with: --related-to workflow-123",
    );
  }
  const windowOnly = args.flag("window-only");
  if (windowOnly && args.text("since") === undefined && args.text("until") === undefined) {
    throw new UsageError("--window-only needs a window", "Give --since, --until or both");
  }
  return {
    relatedTo,
    direction: args.text("direction") as Slice["direction"],
    depth: args.integer("depth", { min: 0 }, "Give a number, such as --depth 2"),
    stopAt: stopAtOf(args),
    eventsMax: args.integer(
      "events-max",
      { min: 1, max: closureEventsMax },
      "Give a number, such as --events-max 5000000",
    ),
    links: await linksOf(args),
    windowOnly: windowOnly || undefined,
  };
}

function stopAtOf(args: Arguments): readonly string[] | undefined {
  const categories = args.list("stop-at");
  const stream = categories?.find((category) => category.includes("-"));
  if (stream === undefined) return categories;
  throw new UsageError(
    `--stop-at takes categories, and "${stream}" is the name of a stream`,
    `To leave a stream out, use --exclude-streams ${stream}`,
  );
}

async function linksOf(args: Arguments): Promise<readonly string[] | undefined> {
  const links = args.list("link");
  if (links === undefined) return undefined;
  if (links.length > linkPathsMax) {
    throw new UsageError(
      `${links.length} links are given, and at most ${linkPathsMax} can be followed at once`,
      "Give --link fewer times",
    );
  }
  const { parseLinkPath } = await import("../../slice/links/parse_link_path.ts");
  try {
    links.forEach(parseLinkPath);
    return links;
  } catch (error) {
    if (!(error instanceof EventoDBError)) throw error;
    throw new UsageError(
      error.message,
      "Give a path in data or metadata and the stream that its value names: --link 'data.orderId=order-{}'",
    );
  }
}
