import { EventoDBError } from "../../src/errors.ts";
import { type ImportWork, RunningImport } from "../../src/store/import_unit.ts";
import { ImportedPositions } from "../../src/store/imported_positions.ts";
import { OutcomeUnknown, storeClosed } from "../../src/store/refusals.ts";
import { packRecords } from "../../src/record/packed_records.ts";
import { assertCode, record } from "../contract/support.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";

const batch = () => packRecords([record({ globalPosition: 1 })]);

/** An import of a backend that does what a test says, and what its listener hears. */
function begin(work: Partial<ImportWork>) {
  const heard: string[] = [];
  const unit = new RunningImport({
    replaces: true,
    positions: new ImportedPositions(),
    write: () => Promise.resolve({ imported: 1, skipped: 0 }),
    commit: (announce) => Promise.resolve(announce()),
    release: (isCommitted) => {
      heard.push(isCommitted ? "released after a commit" : "released");
      return Promise.resolve();
    },
    ...work,
  }, { notify: ({ kind }) => heard.push(kind), ended: () => heard.push("ended") });
  return { unit, heard };
}

Deno.test("RunningImport commits nothing once a write that overlaps has failed", async () => {
  const taken = new EventoDBError("POSITION_EXISTS", "taken");
  const gate = Promise.withResolvers<never>();
  const { unit, heard } = begin({ isPipelined: true, write: () => gate.promise });
  const writing = unit.write(batch());
  const committing = unit.commit();
  gate.reject(taken);
  assertEquals(await assertRejects(() => writing, EventoDBError), taken);
  assertEquals(await assertRejects(() => committing, EventoDBError), taken);
  assertEquals(heard, ["released", "ended"]);
});

Deno.test("RunningImport commits once, however often it is asked to", async () => {
  const { unit, heard } = begin({ isPipelined: true });
  const [first, second] = await Promise.allSettled([unit.commit(), unit.commit()]);
  assertEquals([first.status, second.status], ["fulfilled", "rejected"]);
  assertEquals(heard, ["committing", "released after a commit", "ended", "replaced"]);
});

Deno.test("RunningImport says of a commit that nobody knows its outcome, also when it is aborted", async () => {
  const gate = Promise.withResolvers<never>();
  const { unit, heard } = begin({
    commit(announce) {
      announce();
      return gate.promise;
    },
  });
  const committing = unit.commit();
  const failed = assertCode(() => committing, "IMPORT_FAILED");
  await Promise.resolve();
  const aborted = unit.abort(storeClosed());
  gate.reject(new OutcomeUnknown(new EventoDBError("BACKEND_ERROR", "The connection was lost")));
  assertEquals((await failed).message.includes("existing=skip to find out"), true);
  await aborted;
  assertEquals(heard, ["committing", "released", "ended", "replaced"]);
});

Deno.test("RunningImport notifies that an import has failed which was about to commit", async () => {
  const { unit, heard } = begin({
    commit(announce) {
      announce();
      return Promise.reject(new Error("The disk is full"));
    },
  });
  await assertCode(() => unit.commit(), "IMPORT_FAILED");
  assertEquals(heard, ["committing", "released", "ended", "failed"]);
});

Deno.test("RunningImport fails with what it was aborted for", async () => {
  const { unit, heard } = begin({});
  await unit.abort(storeClosed());
  await assertCode(() => unit.write(batch()), "BACKEND_ERROR");
  await assertCode(() => unit.commit(), "BACKEND_ERROR");
  assertEquals(heard, ["released", "ended"]);
});
