/**
 * Take a slice of an EventoDB server's events, with every position exactly as it was, and run your
 * service against it on your own machine.
 *
 * This is the library: a typed client, {@linkcode EventoDBClient}; {@linkcode consume}, which hands a
 * category's messages to a function from a position that is kept; the stores and the request
 * handler, {@linkcode openStore} and {@linkcode createHandler}, for a service's own tests or for a
 * server inside another one; and {@linkcode exportEvents} and {@linkcode importEvents}, over a server
 * or a store. `@eventodb/cli/server` has the server, `@eventodb/cli/cli` the command line, to which
 * this module hands over when it is run as a program.
 *
 * @example From one server into another
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { EventoDBClient, exportEvents, importEvents } from "@eventodb/cli";
 * import { serve } from "@eventodb/cli/server";
 *
 * await using production = await serve({ port: 0, testMode: true });
 * const there = new EventoDBClient({ url: production.url });
 * await there.streamWrite("email-1", { type: "Sent", data: {} });
 * await there.streamWrite("workflow-1", { type: "Started", data: { task: 1 } });
 *
 * await using local = await serve({ port: 0, testMode: true });
 * const events = exportEvents({ url: production.url }, { categories: ["workflow"] });
 * await importEvents(events, { url: local.url });
 *
 * const here = new EventoDBClient({ url: local.url });
 * assertEquals(await here.streamGet("workflow-1"), await there.streamGet("workflow-1"));
 * const next = await here.streamWrite("workflow-1", { type: "Ended", data: {} });
 * assertEquals(next, { position: 1, globalPosition: 3 });
 * ```
 *
 * @module
 */

export * from "./client.ts";
export { createHandler, type Handler, type HandlerOptions } from "./src/http/handler.ts";
export type { Log, LogFields, LogLevel } from "./src/log.ts";
export type { ImportedPositions } from "./src/store/imported_positions.ts";
export {
  type Diff,
  diff,
  type DiffField,
  type DiffOptions,
  type DiffSide,
  type EventDifference,
  type FieldDifference,
} from "./src/slice/reports/diff.ts";
export type { JsonDifference } from "./src/slice/reports/json_difference.ts";
export {
  type CategoryInspection,
  type EventsSummary,
  inspect,
  type InspectInput,
  type Inspection,
  type TimeGap,
  type TypeInspection,
} from "./src/slice/reports/inspect.ts";
export type {
  Manifest,
  ManifestLinks,
  ManifestMasking,
  ManifestParent,
  ManifestSource,
  ManifestStream,
  ManifestStreamsFile,
} from "./src/slice/manifest/manifest.ts";
export type { Closure, ClosureReason } from "./src/slice/closure/closure.ts";
export type { RelatedStreams } from "./src/client/related.ts";
export type { Unmatched, UnmatchedExcludes } from "./src/slice/slice_filter.ts";
export type { StreamTally } from "./src/slice/manifest/stream_table.ts";
export type { CategoryTally } from "./src/slice/manifest/tally.ts";
export type { ExamineInput } from "./src/slice/verify/examine.ts";
export type {
  EventPosition,
  NamespaceReader,
  ReportedNamespaceInfo,
} from "./src/slice/namespace_reader.ts";
export {
  type Problem,
  type ProblemKind,
  type Verification,
  verify,
  type VerifyInput,
} from "./src/slice/verify/verify.ts";
export type { Against } from "./src/slice/verify/verify_against.ts";
export {
  type Compared,
  type NamespaceVerification,
  verifyNamespace,
  type VerifyNamespaceOptions,
} from "./src/slice/verify/verify_namespace.ts";
export { namespaceReader } from "./src/transfer/namespace_reader.ts";
export { loadPolicy } from "./src/mask/policy/load_policy.ts";
export { maskEvents, type MaskEventsOptions } from "./src/mask/mask_events.ts";
export type { MaskedValue, MaskObserver, MetValue } from "./src/mask/observer.ts";
export type {
  MaskPolicy,
  MaskRule,
  PolicyEntry,
  PolicyPattern,
  PolicyPlace,
  PolicyProblem,
  PolicyRule,
  PolicySection,
  RuleName,
  UnknownRule,
} from "./src/mask/policy/policy.ts";
export type { Path, PathSegment, Step } from "./src/mask/policy/path.ts";
export { openStore, type OpenStoreOptions } from "./src/store/open.ts";
export { type PackedRecords, packRecords } from "./src/record/packed_records.ts";
export type {
  Appended,
  AppendedMessage,
  BackendName,
  ImportMode,
  ImportUnit,
  MessageQuery,
  NamespaceChange,
  NamespaceRecord,
  NewNamespace,
  Store,
  StreamQuery,
} from "./src/store/store.ts";
export type { ImportRecord } from "./src/record/import_record.ts";
export {
  exportEvents,
  importEvents,
  type ImportEventsOptions,
  type ServerNamespace,
  type StoreNamespace,
} from "./src/transfer/events.ts";
export type { EventHead } from "./src/record/line_head.ts";
export type { EventTally, ExportOptions } from "./src/transfer/export.ts";

if (import.meta.main) {
  const { main } = await import("./cli.ts");
  Deno.exit(await main(Deno.args));
}
