/**
 * All measures, in the order of the table.
 *
 * @module
 */

import type { Measure } from "./bench.ts";
import { categoryGet } from "./measures/category_get.ts";
import { exportKv } from "./measures/export_kv.ts";
import { exportPostgres } from "./measures/export_postgres.ts";
import { exportSqlite } from "./measures/export_sqlite.ts";
import { importKv } from "./measures/import_kv.ts";
import { importPostgres } from "./measures/import_postgres.ts";
import { importSqlite } from "./measures/import_sqlite.ts";
import { latency } from "./measures/latency.ts";
import { mask } from "./measures/mask.ts";
import { memory } from "./measures/memory.ts";
import { pokes } from "./measures/pokes.ts";
import { related } from "./measures/related.ts";
import { startUp } from "./measures/start_up.ts";
import { windows } from "./measures/windows.ts";
import { writes } from "./measures/writes.ts";

/** What `deno task bench` measures. A new one is a file of its own and a line here. */
export const measures: readonly Measure[] = [
  importSqlite,
  importPostgres,
  importKv,
  exportSqlite,
  exportPostgres,
  exportKv,
  mask,
  windows,
  related,
  writes,
  categoryGet,
  memory,
  latency,
  pokes,
  startUp,
];
