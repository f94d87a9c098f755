/**
 * Every file of the page, as text. Nothing loads this before a browser asks for the page.
 *
 * @module
 */

import { htm, preact, preactHooks } from "../deps/page_libraries.ts";
import { bundlePage, type PageBundle } from "./bundle.ts";
import apiConsumersJs from "./api/consumers.js" with { type: "text" };
import apiEffectsJs from "./api/effects.js" with { type: "text" };
import apiEventJs from "./api/event.js" with { type: "text" };
import apiEventReadsJs from "./api/event_reads.js" with { type: "text" };
import apiExportJs from "./api/export.js" with { type: "text" };
import apiFactsJs from "./api/facts.js" with { type: "text" };
import apiFindJs from "./api/find.js" with { type: "text" };
import apiFollowJs from "./api/follow.js" with { type: "text" };
import apiImportJs from "./api/import.js" with { type: "text" };
import apiLinesJs from "./api/lines.js" with { type: "text" };
import apiLiveJs from "./api/live.js" with { type: "text" };
import apiProblemJs from "./api/problem.js" with { type: "text" };
import apiRelatedJs from "./api/related.js" with { type: "text" };
import apiSearchJs from "./api/search.js" with { type: "text" };
import apiServerJs from "./api/server.js" with { type: "text" };
import apiUntilDoneJs from "./api/until_done.js" with { type: "text" };
import apiVerifyJs from "./api/verify.js" with { type: "text" };
import appJs from "./app.js" with { type: "text" };
import htmlJs from "./html.js" with { type: "text" };
import iconSvg from "./icon.svg" with { type: "text" };
import indexHtml from "./index.html" with { type: "text" };
import mainJs from "./main.js" with { type: "text" };
import partsAwayJs from "./parts/away.js" with { type: "text" };
import partsBoxJs from "./parts/box.js" with { type: "text" };
import partsDialogJs from "./parts/dialog.js" with { type: "text" };
import partsEventCausesJs from "./parts/event/causes.js" with { type: "text" };
import partsEventCopyJs from "./parts/event/copy.js" with { type: "text" };
import partsEventDifferencesJs from "./parts/event/differences.js" with { type: "text" };
import partsEventEffectsJs from "./parts/event/effects.js" with { type: "text" };
import partsEventHeadJs from "./parts/event/head.js" with { type: "text" };
import partsEventLinesJs from "./parts/event/lines.js" with { type: "text" };
import partsEventNeighboursJs from "./parts/event/neighbours.js" with { type: "text" };
import partsEventPanelJs from "./parts/event/panel.js" with { type: "text" };
import partsEventPayloadsJs from "./parts/event/payloads.js" with { type: "text" };
import partsEventSectionJs from "./parts/event/section.js" with { type: "text" };
import partsEventTextJs from "./parts/event/text.js" with { type: "text" };
import partsEventTreeJs from "./parts/event/tree.js" with { type: "text" };
import partsEventFiltersJs from "./parts/event_filters.js" with { type: "text" };
import partsEventListLayoutJs from "./parts/event_list/layout.js" with { type: "text" };
import partsEventListListJs from "./parts/event_list/list.js" with { type: "text" };
import partsEventListModelJs from "./parts/event_list/model.js" with { type: "text" };
import partsEventListRowJs from "./parts/event_list/row.js" with { type: "text" };
import partsEventListRunJs from "./parts/event_list/run.js" with { type: "text" };
import partsEventListStatusJs from "./parts/event_list/status.js" with { type: "text" };
import partsKeyHelpJs from "./parts/key_help.js" with { type: "text" };
import partsNamespaceMenuJs from "./parts/namespace_menu.js" with { type: "text" };
import partsOpenJs from "./parts/open.js" with { type: "text" };
import partsOpenNamespacesJs from "./parts/open_namespaces.js" with { type: "text" };
import partsProblemJs from "./parts/problem.js" with { type: "text" };
import partsRefusedJs from "./parts/refused.js" with { type: "text" };
import partsRunningJs from "./parts/running.js" with { type: "text" };
import partsTimeJs from "./parts/time.js" with { type: "text" };
import partsTokenFormJs from "./parts/token_form.js" with { type: "text" };
import partsTraceArrowsJs from "./parts/trace/arrows.js" with { type: "text" };
import partsTraceChartJs from "./parts/trace/chart.js" with { type: "text" };
import partsTraceLinkJs from "./parts/trace/link.js" with { type: "text" };
import partsTraceModelJs from "./parts/trace/model.js" with { type: "text" };
import partsTraceOptionsJs from "./parts/trace/options.js" with { type: "text" };
import partsTransferExportJs from "./parts/transfer/export.js" with { type: "text" };
import partsTransferImportJs from "./parts/transfer/import.js" with { type: "text" };
import partsTransferSelectionJs from "./parts/transfer/selection.js" with { type: "text" };
import partsVisibleJs from "./parts/visible.js" with { type: "text" };
import partsTransferVerifyJs from "./parts/transfer/verify.js" with { type: "text" };
import stateAddressJs from "./state/address.js" with { type: "text" };
import stateAnnounceJs from "./state/announce.js" with { type: "text" };
import stateClipboardJs from "./state/clipboard.js" with { type: "text" };
import stateDroppedJs from "./state/dropped.js" with { type: "text" };
import stateKeysJs from "./state/keys.js" with { type: "text" };
import stateLoadJs from "./state/load.js" with { type: "text" };
import stateMediaJs from "./state/media.js" with { type: "text" };
import stateRunJs from "./state/run.js" with { type: "text" };
import stateSessionJs from "./state/session.js" with { type: "text" };
import stateValueJs from "./state/value.js" with { type: "text" };
import stylesBaseCss from "./styles/base.css" with { type: "text" };
import stylesBoxCss from "./styles/box.css" with { type: "text" };
import stylesEventCss from "./styles/event.css" with { type: "text" };
import stylesEventsCss from "./styles/events.css" with { type: "text" };
import stylesLiveCss from "./styles/live.css" with { type: "text" };
import stylesOpenCss from "./styles/open.css" with { type: "text" };
import stylesOverviewCss from "./styles/overview.css" with { type: "text" };
import stylesTraceCss from "./styles/trace.css" with { type: "text" };
import stylesTransferCss from "./styles/transfer.css" with { type: "text" };
import textCopyFormsJs from "./text/copy_forms.js" with { type: "text" };
import textFileHeadJs from "./text/file_head.js" with { type: "text" };
import textFileLinesJs from "./text/file_lines.js" with { type: "text" };
import textJsonDiffJs from "./text/json_diff.js" with { type: "text" };
import textLastBelowJs from "./text/last_below.js" with { type: "text" };
import textLinksJs from "./text/links.js" with { type: "text" };
import textNumbersJs from "./text/numbers.js" with { type: "text" };
import textPatternsJs from "./text/patterns.js" with { type: "text" };
import textPrettyJsonJs from "./text/pretty_json.js" with { type: "text" };
import textRawJsonJs from "./text/raw_json.js" with { type: "text" };
import textShellJs from "./text/shell.js" with { type: "text" };
import textTimeJs from "./text/time.js" with { type: "text" };
import textTokenJs from "./text/token.js" with { type: "text" };
import textTreeRowsJs from "./text/tree_rows.js" with { type: "text" };
import textVisibleJs from "./text/visible.js" with { type: "text" };
import viewsConsumersJs from "./views/consumers.js" with { type: "text" };
import viewsEventsJs from "./views/events.js" with { type: "text" };
import viewsLiveJs from "./views/live.js" with { type: "text" };
import viewsNamespacesJs from "./views/namespaces.js" with { type: "text" };
import viewsOverviewJs from "./views/overview.js" with { type: "text" };
import viewsRegistryJs from "./views/registry.js" with { type: "text" };
import viewsTraceJs from "./views/trace.js" with { type: "text" };
import viewsTransferJs from "./views/transfer.js" with { type: "text" };

/** The page. */
export const page: PageBundle = bundlePage({
  "index.html": indexHtml,
  "icon.svg": iconSvg,
  "styles/base.css": stylesBaseCss,
  "styles/box.css": stylesBoxCss,
  "styles/event.css": stylesEventCss,
  "styles/events.css": stylesEventsCss,
  "styles/live.css": stylesLiveCss,
  "styles/open.css": stylesOpenCss,
  "styles/overview.css": stylesOverviewCss,
  "styles/trace.css": stylesTraceCss,
  "styles/transfer.css": stylesTransferCss,
  "api/consumers.js": apiConsumersJs,
  "api/effects.js": apiEffectsJs,
  "api/event.js": apiEventJs,
  "api/event_reads.js": apiEventReadsJs,
  "api/export.js": apiExportJs,
  "api/facts.js": apiFactsJs,
  "api/find.js": apiFindJs,
  "api/follow.js": apiFollowJs,
  "api/import.js": apiImportJs,
  "api/lines.js": apiLinesJs,
  "api/live.js": apiLiveJs,
  "api/problem.js": apiProblemJs,
  "api/related.js": apiRelatedJs,
  "api/search.js": apiSearchJs,
  "api/server.js": apiServerJs,
  "api/until_done.js": apiUntilDoneJs,
  "api/verify.js": apiVerifyJs,
  "app.js": appJs,
  "html.js": htmlJs,
  "main.js": mainJs,
  "parts/away.js": partsAwayJs,
  "parts/box.js": partsBoxJs,
  "parts/dialog.js": partsDialogJs,
  "parts/event/causes.js": partsEventCausesJs,
  "parts/event/copy.js": partsEventCopyJs,
  "parts/event/differences.js": partsEventDifferencesJs,
  "parts/event/effects.js": partsEventEffectsJs,
  "parts/event/head.js": partsEventHeadJs,
  "parts/event/lines.js": partsEventLinesJs,
  "parts/event/neighbours.js": partsEventNeighboursJs,
  "parts/event/panel.js": partsEventPanelJs,
  "parts/event/payloads.js": partsEventPayloadsJs,
  "parts/event/section.js": partsEventSectionJs,
  "parts/event/text.js": partsEventTextJs,
  "parts/event/tree.js": partsEventTreeJs,
  "parts/event_filters.js": partsEventFiltersJs,
  "parts/event_list/layout.js": partsEventListLayoutJs,
  "parts/event_list/list.js": partsEventListListJs,
  "parts/event_list/model.js": partsEventListModelJs,
  "parts/event_list/row.js": partsEventListRowJs,
  "parts/event_list/run.js": partsEventListRunJs,
  "parts/event_list/status.js": partsEventListStatusJs,
  "parts/key_help.js": partsKeyHelpJs,
  "parts/namespace_menu.js": partsNamespaceMenuJs,
  "parts/open.js": partsOpenJs,
  "parts/open_namespaces.js": partsOpenNamespacesJs,
  "parts/problem.js": partsProblemJs,
  "parts/refused.js": partsRefusedJs,
  "parts/running.js": partsRunningJs,
  "parts/time.js": partsTimeJs,
  "parts/token_form.js": partsTokenFormJs,
  "parts/trace/arrows.js": partsTraceArrowsJs,
  "parts/trace/chart.js": partsTraceChartJs,
  "parts/trace/link.js": partsTraceLinkJs,
  "parts/trace/model.js": partsTraceModelJs,
  "parts/trace/options.js": partsTraceOptionsJs,
  "parts/transfer/export.js": partsTransferExportJs,
  "parts/transfer/import.js": partsTransferImportJs,
  "parts/transfer/selection.js": partsTransferSelectionJs,
  "parts/visible.js": partsVisibleJs,
  "parts/transfer/verify.js": partsTransferVerifyJs,
  "state/address.js": stateAddressJs,
  "state/announce.js": stateAnnounceJs,
  "state/clipboard.js": stateClipboardJs,
  "state/dropped.js": stateDroppedJs,
  "state/keys.js": stateKeysJs,
  "state/load.js": stateLoadJs,
  "state/media.js": stateMediaJs,
  "state/run.js": stateRunJs,
  "state/session.js": stateSessionJs,
  "state/value.js": stateValueJs,
  "text/copy_forms.js": textCopyFormsJs,
  "text/file_head.js": textFileHeadJs,
  "text/file_lines.js": textFileLinesJs,
  "text/json_diff.js": textJsonDiffJs,
  "text/last_below.js": textLastBelowJs,
  "text/links.js": textLinksJs,
  "text/numbers.js": textNumbersJs,
  "text/patterns.js": textPatternsJs,
  "text/pretty_json.js": textPrettyJsonJs,
  "text/raw_json.js": textRawJsonJs,
  "text/shell.js": textShellJs,
  "text/time.js": textTimeJs,
  "text/token.js": textTokenJs,
  "text/tree_rows.js": textTreeRowsJs,
  "text/visible.js": textVisibleJs,
  "views/consumers.js": viewsConsumersJs,
  "views/events.js": viewsEventsJs,
  "views/live.js": viewsLiveJs,
  "views/namespaces.js": viewsNamespacesJs,
  "views/overview.js": viewsOverviewJs,
  "views/registry.js": viewsRegistryJs,
  "views/trace.js": viewsTraceJs,
  "views/transfer.js": viewsTransferJs,
  "lib/preact.js": preact,
  "lib/preact_hooks.js": preactHooks,
  "lib/htm.js": htm,
}, {
  "preact": "lib/preact.js",
  "preact/hooks": "lib/preact_hooks.js",
  "htm": "lib/htm.js",
});
