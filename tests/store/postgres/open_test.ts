/**
 * Opening a Postgres store: rights, versions, TLS, several at once, and what goes wrong.
 *
 * @module
 */

import { schemaOf } from "../../../src/store/postgres/names.ts";
import { writeFunction } from "../../../src/store/postgres/write_function.ts";
import { openPostgres } from "../../../src/store/postgres/open.ts";
import { EventoDBError } from "../../../src/errors.ts";
import {
  create,
  importAll,
  messageOf,
  newMessage,
  NS,
  readAll,
  record,
  records,
} from "../../contract/support.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../../support/assert.ts";
import { startCluster } from "../../support/postgres.ts";

const tls = (name: string) => new URL(`../../support/tls/${name}`, import.meta.url);
const password = "s3cr€t/#?";

const postgres = await startCluster({
  settings: ["ssl=on", "max_connections=20", "superuser_reserved_connections=3"],
  files: {
    "server.crt": await Deno.readTextFile(tls("server.crt")),
    "server.key": await Deno.readTextFile(tls("server.key")),
    "pg_hba.conf": "host all eventodb_test 127.0.0.1/32 trust\n" +
      "hostssl all secure 127.0.0.1/32 scram-sha-256\n" +
      "host all guest 127.0.0.1/32 scram-sha-256\n",
  },
});
for (const role of ["guest", "secure"]) {
  await postgres.run(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
}

/** The URL of a database, for another role, or with other parts. */
function as(user: string, url: string, change: (url: URL) => void = () => {}): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = encodeURIComponent(password);
  change(changed);
  return changed.href;
}

async function assertFails(url: string, reason: RegExp, status = 500): Promise<void> {
  const error = await assertRejects(async () => {
    await using _store = await openPostgres(url);
  }, EventoDBError);
  assertMatch(error.message, reason);
  assertEquals([error.code, error.status], ["BACKEND_ERROR", status]);
  assert(!Deno.inspect(error).includes("s3cr"), "the password is shown");
}

Deno.test("openPostgres() needs no more than the right to create schemas", async () => {
  const url = await postgres.createDatabase();
  const database = new URL(url).pathname.slice(1);
  await assertFails(as("guest", url), /GRANT CREATE ON DATABASE/);
  await postgres.run(`GRANT CREATE ON DATABASE ${database} TO guest`);
  {
    await using store = await openPostgres(as("guest", url));
    await create(store, NS);
    await store.write(NS, "a-1", newMessage());
    await importAll(store, records(5), { force: true });
    await importAll(store, records(6), { existing: "skip" });
    await create(store, "other");
    assertEquals(await store.deleteNamespace("other"), 0);
    await assertRejects(
      () =>
        store.createNamespace({
          id: NS,
          tokenHash: "",
          description: "",
          metadata: null,
        }),
      EventoDBError,
      "already",
    );
  }
  // Once the tables are there, not even that.
  await postgres.run(`REVOKE CREATE ON DATABASE ${database} FROM guest`);
  await using store = await openPostgres(as("guest", url));
  assertEquals((await store.namespaceInfo(NS)).messageCount, 6);
  await assertRejects(() => create(store, "third"), EventoDBError, "GRANT CREATE ON DATABASE");
  assertEquals(await store.findNamespace("third"), null);
});

Deno.test("openPostgres() may be called by several servers at once", async () => {
  for (let round = 0; round < 5; round++) {
    const url = await postgres.createDatabase();
    const stores = await Promise.all([1, 2, 3].map(() => openPostgres(url)));
    const made = await Promise.allSettled(stores.map((store) => create(store, NS)));
    assertEquals(made.filter(({ status }) => status === "fulfilled").length, 1);
    for (const store of stores) await store[Symbol.asyncDispose]();
  }
});

Deno.test("openPostgres() takes the steps that a namespace is behind", async () => {
  const url = await postgres.createDatabase();
  await (await openPostgres(url))[Symbol.asyncDispose]();
  // As it would be if the first step were still to come.
  await postgres.run(
    `INSERT INTO eventodb.namespaces (id, schema_name, version, token_hash, description, created_at)
     VALUES ('${NS}', '${schemaOf(NS)}', 0, '', '', '2025-01-01T00:00:00Z');
     CREATE SCHEMA ${schemaOf(NS)}`,
    url,
  );
  const stores = await Promise.all([1, 2].map(() => openPostgres(url)));
  for (const [position, store] of stores.entries()) {
    assertEquals((await store.write(NS, "a-1", newMessage())).position, position);
    await store[Symbol.asyncDispose]();
  }
});

Deno.test("openPostgres() goes on with namespaces whose ids are of the type uuid", async () => {
  const url = await postgres.createDatabase();
  const file = records(5);
  for (const id of [NS, "empty"]) {
    await using store = await openPostgres(url);
    await create(store, id);
    if (id === NS) await importAll(store, file);
  }
  for (const id of [NS, "empty"]) {
    const schema = schemaOf(id);
    const [namespace] = await postgres.run(
      `SELECT number FROM eventodb.namespaces WHERE id = '${id}'`,
      url,
    );
    // As version 0.1.0 made them.
    const old = writeFunction(schema, Number(namespace!.number)).replace("OR REPLACE", "")
      .replace("ids text[]", "ids uuid[]");
    await postgres.run(
      `DROP FUNCTION ${schema}.write_messages;
       ALTER TABLE ${schema}.messages ALTER COLUMN id TYPE uuid USING id::uuid;
       ${old};
       UPDATE eventodb.namespaces SET version = 1`,
      url,
    );
  }
  // A step may take longer than the role's statements may.
  await postgres.run(
    `CREATE SEQUENCE slept;
     CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS
       $$ BEGIN IF nextval('slept') = 1 THEN PERFORM pg_sleep(2.2); END IF; END $$;
     CREATE EVENT TRIGGER slow ON ddl_command_start WHEN TAG IN ('ALTER TABLE')
       EXECUTE FUNCTION slow();
     ALTER DATABASE ${new URL(url).pathname.slice(1)} SET statement_timeout = '2s'`,
    url,
  );
  // Several servers at once, and writes at once.
  const stores = await Promise.all([1, 2].map(() => openPostgres(url)));
  await postgres.run("DROP EVENT TRIGGER slow", url);
  const store = stores[0]!;
  assertEquals(await readAll(store), file.map(messageOf));
  for (const [index, { write }] of stores.entries()) {
    assertEquals((await write.call(stores[index], NS, "a-1", newMessage())).position, index);
  }
  const taken = () => store.write(NS, "a-1", newMessage({ id: file[0]!.id }));
  assertEquals((await assertRejects(taken, EventoDBError)).code, "MESSAGE_ID_EXISTS");
  const odd = [
    record({ globalPosition: 90, id: "order-42" }),
    record({ globalPosition: 91, id: `{${file[0]!.id}}` }),
  ];
  for (const id of [NS, "empty"]) {
    assertEquals(await importAll(store, odd, {}, id), { imported: 2, skipped: 0 });
    assertEquals(
      (await readAll(store, { from: 90 }, id)).map(({ id }) => id),
      odd.map(({ id }) => id),
    );
  }
  for (const store of stores) await store[Symbol.asyncDispose]();
  const [row] = await postgres.run(
    `SELECT count(*)::int AS overloads, (SELECT min(version) FROM eventodb.namespaces) AS version
     FROM pg_proc WHERE proname = 'write_messages'`,
    url,
  );
  assertEquals(row, { overloads: 2, version: 2 });
});

Deno.test("openPostgres() leaves tables alone that are newer, or another program's", async () => {
  const newer = await postgres.createDatabase();
  await (await openPostgres(newer))[Symbol.asyncDispose]();
  await postgres.run("UPDATE eventodb.registry SET version = 99", newer);
  await assertFails(newer, /newer EventoDB \(its version is 99.*: upgrade EventoDB/);
  const other = await postgres.createDatabase();
  await postgres.run("CREATE SCHEMA eventodb; CREATE TABLE eventodb.mine (a int)", other);
  await assertFails(other, /schema "eventodb" that is not EventoDB's: nothing was changed/);
});

Deno.test("openPostgres() refuses a database that would not keep its promises", async () => {
  await assertFails(await postgres.createDatabase({ encoding: "LATIN1" }), /encoding LATIN1/);
  const url = await postgres.createDatabase();
  const database = new URL(url).pathname.slice(1);
  await postgres.run(`ALTER DATABASE ${database} SET default_transaction_isolation = serializable`);
  await assertFails(url, /starts transactions as "serializable"/);
  await postgres.run(`ALTER DATABASE ${database} RESET default_transaction_isolation;
    ALTER DATABASE ${database} SET default_transaction_read_only = on`);
  await assertFails(url, /is read-only/);
});

Deno.test("openPostgres() says what is wrong with where it was sent", async () => {
  const url = await postgres.createDatabase();
  await assertFails(as("guest", url, (it) => it.password = "s3cr3t"), /refused the password/);
  await assertFails(as("guest", url, (it) => it.password = ""), /asks for a password/);
  await assertFails(as("nobody", url), /refused the login/);
  await assertFails(as("guest", url, (it) => it.pathname = "/nowhere"), /does not exist/);
  await assertFails(as("guest", url, (it) => it.port = "1"), /refused the connection/, 503);
  await assertFails(as("guest", url, (it) => it.hostname = "no.invalid"), /cannot be found/, 503);
});

Deno.test("openPostgres() gets by with fewer connections than before", async () => {
  const url = await postgres.createDatabase();
  const database = new URL(url).pathname.slice(1);
  await postgres.run(`GRANT CREATE ON DATABASE ${database} TO guest`);
  await using store = await openPostgres(as("guest", url));
  await create(store, NS);
  await postgres.run("ALTER ROLE guest CONNECTION LIMIT 1");
  const reads = await Promise.all(Array.from({ length: 5 }, () => store.namespaceInfo(NS)));
  await postgres.run("ALTER ROLE guest CONNECTION LIMIT -1");
  assertEquals(reads.map(({ messageCount }) => messageCount), [0, 0, 0, 0, 0]);
});

Deno.test("openPostgres() uses TLS as sslmode says", async () => {
  const url = await postgres.createDatabase();
  await postgres.run(`GRANT CREATE ON DATABASE ${new URL(url).pathname.slice(1)} TO secure`);
  const mode = (parameters: string, hostname = "127.0.0.1") =>
    as("secure", url, (url) => {
      url.hostname = hostname;
      url.search = parameters;
    });
  const rootCert = `sslrootcert=${tls("server.crt").pathname}`;
  for (
    const good of [
      mode(""),
      mode("sslmode=prefer"),
      mode("sslmode=require"),
      mode(`sslmode=verify-ca&${rootCert}`),
      mode(`sslmode=verify-full&${rootCert}`, "localhost"),
    ]
  ) await (await openPostgres(good))[Symbol.asyncDispose]();
  await assertFails(mode("sslmode=disable"), /refused the login/);
  await assertFails(mode("sslmode=verify-ca"), /certificate that is not trusted/);
  await assertFails(mode(`sslmode=verify-full&${rootCert}`), /certificate that is not trusted/);
  await assertFails(mode("sslmode=verify-ca&sslrootcert=/no/such"), /\/no\/such.*sslrootcert/);
});

Deno.test("openPostgres() does without TLS where the server has none and may", async () => {
  await using plain = await startCluster({ settings: ["ssl=off"] });
  const url = await plain.createDatabase();
  await (await openPostgres(url))[Symbol.asyncDispose]();
  await assertFails(`${url}?sslmode=require`, /has no TLS/);
});
