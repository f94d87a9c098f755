/**
 * What a namespace says of its events, and finds by its indexes, held against the events themselves.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { streamsLimitMax } from "../../limits.ts";
import { namespaceQuestionsMax, nextWriteRequestsMax, streamBeginningMax } from "../limits.ts";
import type { StreamSummary } from "../../listings.ts";
import { keyOfName } from "../../record/line_head.ts";
import { parseRecord } from "../../record/parse.ts";
import { TimeSlice } from "../../tick.ts";
import { CategoryDigests } from "./category_digests.ts";
import { LineReader } from "./line_reader.ts";
import type { NamespaceReader, ReportedNamespaceInfo } from "../namespace_reader.ts";
import { Problems } from "./problems.ts";
import type { StreamTally } from "../manifest/stream_table.ts";
import type { Tally } from "../manifest/tally.ts";

/** Checks one namespace. What is said wrongly goes to the problems, as of the kind `counter`. */
export class NamespaceCheck {
  /** Whether events were written while it was checked. */
  isWritten = false;
  readonly #namespace: NamespaceReader;
  readonly #tally: Tally;
  /** How many streams each category has. */
  readonly #streams: ReadonlyMap<string, number>;
  readonly #problems: Problems;

  /**
   * @param tally What was counted of its events.
   * @param streams How many streams each category has.
   * @param problems Where what is wrong goes.
   */
  constructor(
    namespace: NamespaceReader,
    tally: Tally,
    streams: ReadonlyMap<string, number>,
    problems: Problems,
  ) {
    this.#namespace = namespace;
    this.#tally = tally;
    this.#streams = streams;
    this.#problems = problems;
  }

  /**
   * Compares the counts of the whole.
   *
   * @param reported What was reported before the events were read.
   * @throws {EventoDBError} `INPUT_CHANGED` when they differ because the namespace has changed since.
   */
  async info(reported: ReportedNamespaceInfo): Promise<void> {
    const { events, highest } = this.#tally;
    const wrong = new Problems();
    const compare = (what: string, said: unknown, is: unknown) =>
      said === is ||
      wrong.add({ kind: "counter", message: `ns.info says ${what} ${said}, there is ${is}` });
    compare("messageCount", reported.messageCount, events);
    compare("streamCount", reported.streamCount, sum(this.#streams.values()));
    compare("globalPosition", reported.globalPosition, Math.max(highest, 0));
    compare("lastActivity", reported.lastActivity, await this.#lastTime());
    if (wrong.total === 0) return;
    const now = await this.#namespace.info();
    if (
      now?.messageCount !== reported.messageCount || now.globalPosition !== reported.globalPosition
    ) {
      throw new EventoDBError(
        "INPUT_CHANGED",
        "The namespace has changed while it was verified, and its counts cannot be compared. Try again when " +
          "nothing is imported",
      );
    }
    this.#problems.addAll(wrong);
  }

  /** Compares the listing of the categories. @returns Whether there is one. */
  async categories(): Promise<boolean> {
    const listed = await this.#namespace.categories();
    if (listed === null) return false;
    const excess = new Problems();
    const left = new Map(
      this.#tally.categories(this.#streams).map((each) => [each.category, each]),
    );
    const compare = (what: string, category: string, said: number, is: number) => {
      if (said === is) return;
      // What was written since makes it more.
      (said > is ? excess : this.#problems).add({
        kind: "counter",
        message: `ns.categories says ${what} ${said} of ${
          JSON.stringify(category)
        }, there is ${is}`,
      });
    };
    for (const { category, messageCount, streamCount } of listed) {
      const { events = 0, streams = 0 } = left.get(category) ?? {};
      left.delete(category);
      compare("messageCount", category, Number(messageCount), events);
      compare("streamCount", category, Number(streamCount), streams);
    }
    for (const { category, events } of left.values()) compare("messageCount", category, 0, events);
    await this.#addExcess(excess);
    return true;
  }

  /** Compares the listing of the streams. @returns Whether there is one. */
  async streams(): Promise<boolean> {
    const excess = new Problems();
    const listing = this.#listed();
    let listed = await listing.next();
    if (listed.value === null) return false;
    const tooMuch = ({ stream, version }: StreamSummary, is: string) =>
      excess.add({
        kind: "counter",
        message: `ns.streams says version ${version} of ${JSON.stringify(stream)}, and ${is}`,
        stream,
      });
    const slice = new TimeSlice();
    for (const { stream, to } of this.#tally.streams()) {
      if (slice.isOver) await slice.next();
      const key = keyOfName(stream);
      while (listed.value && keyOfName(listed.value.stream) < key) {
        tooMuch(listed.value, "it has no event");
        listed = await listing.next();
      }
      const found = listed.value?.stream === stream ? listed.value : undefined;
      if (found !== undefined) listed = await listing.next();
      if (found !== undefined && found.version > to) {
        tooMuch(found, `its last event has position ${to}`);
      } else if (found?.version !== to) {
        this.#problems.add({
          kind: "counter",
          message: `ns.streams says ${
            found === undefined ? "nothing" : `version ${found.version}`
          } of ${JSON.stringify(stream)}, and its last event has position ${to}`,
          stream,
        });
      }
    }
    for (; listed.value; listed = await listing.next()) tooMuch(listed.value, "it has no event");
    await this.#addExcess(excess);
    return true;
  }

  /** Reads each category by its name, at most `namespaceQuestionsMax` of them. @param all The digests of all events. */
  async categoryIndex(all: CategoryDigests): Promise<void> {
    for (const category of some([...this.#streams.keys()])) {
      const found = new CategoryDigests();
      const slice = { categories: [category], to: this.#tally.highest };
      await using lines = new LineReader(await this.#namespace.events(slice));
      for (; await lines.fill(); lines.nextLine()) found.add(lines.head());
      const [is, wanted] = [found.of(category), all.of(category)];
      if (is.events === wanted.events && is.digest === wanted.digest) continue;
      this.#problems.add({
        kind: "counter",
        message: `the category ${JSON.stringify(category)}, read by its name, has ${
          is.events === wanted.events
            ? "other events than"
            : `${is.events} events, and ${wanted.events}`
        } among all events`,
      });
    }
  }

  /** Reads the beginnings of streams by their names, at most `namespaceQuestionsMax` of them. */
  async streamIndex(): Promise<void> {
    const step = Math.ceil(sum(this.#streams.values()) / namespaceQuestionsMax);
    let at = 0;
    let asked: Promise<void>[] = [];
    const slice = new TimeSlice();
    for (const stream of this.#tally.streams()) {
      if (slice.isOver) await slice.next();
      if (at++ % step > 0) continue;
      asked.push(this.#checkStream(stream));
      if (asked.length < nextWriteRequestsMax) continue;
      await Promise.all(asked);
      asked = [];
    }
    await Promise.all(asked);
  }

  async #checkStream({ stream, from, to, events }: StreamTally): Promise<void> {
    const limit = Math.min(events, streamBeginningMax);
    const found = (await this.#namespace.streamBeginning(stream, limit))
      .filter(({ globalPosition }) => globalPosition <= this.#tally.highest);
    const last = events <= limit ? to : found.at(-1)?.position;
    if (found.length === limit && found[0]?.position === from && found.at(-1)?.position === last) {
      return;
    }
    this.#problems.add({
      kind: "counter",
      message:
        `the stream ${
          JSON.stringify(stream)
        }, read by its name, does not have the events that are ` +
        `among all events: positions ${from} to ${to}`,
      stream,
    });
  }

  /** What is more than was counted is wrong only where nothing was written since. */
  async #addExcess(excess: Problems): Promise<void> {
    if (excess.total === 0) return;
    this.isWritten ||= await this.#hasMore();
    if (!this.isWritten) this.#problems.addAll(excess);
  }

  async #hasMore(): Promise<boolean> {
    const slice = { from: this.#tally.highest + 1 };
    await using lines = new LineReader(await this.#namespace.events(slice));
    return await lines.fill();
  }

  async #lastTime(): Promise<string | null> {
    const { highest } = this.#tally;
    if (highest < 0) return null;
    await using lines = new LineReader(
      await this.#namespace.events({ from: highest, to: highest }),
    );
    return await lines.fill() ? parseRecord(lines.text(), 1).time : null;
  }

  /** The listed streams; `null` where there is no listing. */
  async *#listed(): AsyncGenerator<StreamSummary, null | undefined> {
    for (let cursor = "";;) {
      const page = await this.#namespace.streams({ prefix: "", cursor, limit: streamsLimitMax });
      if (page === null) return null;
      if (page.length === 0) return undefined;
      yield* page;
      cursor = page.at(-1)!.stream;
    }
  }
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((sum, number) => sum + number, 0);
}

/** At most `namespaceQuestionsMax` of them, spread evenly. */
function some<T>(all: readonly T[]): T[] {
  const step = Math.ceil(all.length / namespaceQuestionsMax);
  return all.filter((_, i) => i % step === 0);
}
