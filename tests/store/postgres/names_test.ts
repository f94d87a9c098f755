import fc from "fast-check";
import { parsePostgresUrl } from "../../../src/store/postgres/connection/url.ts";
import { schemaOf } from "../../../src/store/postgres/names.ts";
import { EventoDBError } from "../../../src/errors.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "../../support/assert.ts";
import "../../support/property.ts";

Deno.test("schemaOf() keeps what a person recognises, and adds what keeps ids apart", () => {
  assertEquals(schemaOf("Orders"), "eventodb_orders_b7e8acdd522e6190ac9567ad16dff987");
});

Deno.test("schemaOf() gives any two ids two schemas that need no quotes", () => {
  fc.assert(fc.property(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
    (a, b) => {
      assertMatch(schemaOf(a), /^eventodb(_[a-z0-9]+)+$/);
      assert(schemaOf(a).length <= 62);
      assertEquals(schemaOf(a) === schemaOf(b), a === b);
    },
  ));
});

Deno.test("parsePostgresUrl() reads what libpq reads", () => {
  const { name, ...address } = parsePostgresUrl(
    "postgresql://us%40er:p%2Fw@[::1]:6543/my%20db?sslmode=verify-full&sslrootcert=/ca.pem",
  );
  assertEquals(address, {
    host: "::1",
    port: 6543,
    user: "us@er",
    password: "p/w",
    database: "my db",
    sslMode: "verify-full",
    sslRootCert: "/ca.pem",
    sslCert: undefined,
    sslKey: undefined,
    applicationName: "eventodb",
  });
  assertEquals(name, "postgres://::1:6543/my db");
});

Deno.test("parsePostgresUrl() prefers TLS, but on a Unix socket, which has none", () => {
  assertEquals(parsePostgresUrl("postgres://h/d").sslMode, "prefer");
  const socket = parsePostgresUrl("postgres:///d?host=/var/run/postgresql");
  assertEquals([socket.host, socket.sslMode], ["/var/run/postgresql", "disable"]);
});

Deno.test("parsePostgresUrl() says what is wrong, and never repeats the URL", () => {
  const cases: [string, RegExp][] = [
    ["postgres://user:s3cret@host:port/db", /postgres:\/\/user:password@host:5432\/database/],
    ["postgres://user:s3cret#x@host/db", /%23 for #/],
    ["postgres://user:12/s3cret@host/db", /%2F for \//],
    ["postgres://user:s3cret%zz@host/db", /%25/],
    ["postgres://user:s3cret@host/db?sslmode=maybe", /disable, prefer, require/],
    ["postgres://user@host/db?password=s3cret", /an unknown parameter/],
  ];
  for (const [url, reason] of cases) {
    const error = assertThrows(() => parsePostgresUrl(url), EventoDBError);
    assertEquals(error.code, "INVALID_REQUEST");
    assertMatch(error.message, reason);
    assert(!Deno.inspect(error).includes("s3cret"), Deno.inspect(error));
  }
});
