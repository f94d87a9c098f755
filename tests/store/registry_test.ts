import type { Database as KvDatabase } from "../../src/store/kv/database.ts";
import { Registry as KvRegistry } from "../../src/store/kv/registry.ts";
import type { Database as PostgresDatabase } from "../../src/store/postgres/connection/database.ts";
import { Registry as PostgresRegistry } from "../../src/store/postgres/registry.ts";
import { assertEquals } from "../support/assert.ts";

const before = { description: "", metadata: null, createdAt: "2025-07-15T10:00:00Z" };

/** A database in which a read can be held back after it has read. */
class SlowDatabase {
  readonly isRemote = true;
  tokenHash = "old";
  held: Promise<void> | undefined;

  /** As Postgres is asked. */
  async query(sql: string, values: readonly unknown[]): Promise<unknown[]> {
    if (sql.startsWith("UPDATE")) {
      this.tokenHash = String(values[1]);
      return [{}];
    }
    const row = { id: values[0], ...before, tokenHash: this.tokenHash };
    await this.held;
    return [row];
  }

  /** As Deno KV is asked. */
  async get(key: Deno.KvKey): Promise<unknown> {
    const value = { ...before, tokenHash: this.tokenHash };
    await this.held;
    return { key, value };
  }

  atomic() {
    const operation = {
      check: () => operation,
      set: (_key: Deno.KvKey, { tokenHash }: { tokenHash: string }) => {
        this.tokenHash = tokenHash;
        return operation;
      },
    };
    return operation;
  }

  commit(): Promise<string> {
    return Promise.resolve("1");
  }
}

for (
  const [backend, open] of [
    ["postgres", (database: unknown) => new PostgresRegistry(database as PostgresDatabase)],
    ["kv", (database: unknown) => new KvRegistry(database as KvDatabase)],
  ] as const
) {
  Deno.test(`a registration that was read while its token was replaced is not kept (${backend})`, async () => {
    const database = new SlowDatabase();
    const registry = open(database);
    const { promise, resolve } = Promise.withResolvers<void>();
    database.held = promise;
    const reading = registry.find("shop");
    database.held = undefined;
    await registry.replaceToken("shop", "new");
    resolve();
    // It was asked before, and may hear either.
    await reading;
    assertEquals((await registry.find("shop"))?.tokenHash, "new");
  });
}
