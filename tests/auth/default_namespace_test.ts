import { createAuthenticator } from "../../src/auth/authenticate.ts";
import { ensureDefaultNamespace } from "../../src/auth/default_namespace.ts";
import { createToken } from "../../src/auth/create_token.ts";
import { EventoDBError } from "../../src/errors.ts";
import { openStore } from "../../src/store/open.ts";
import { assert, assertEquals, assertFalse, assertRejects } from "../support/assert.ts";

Deno.test("ensureDefaultNamespace() makes default with a token that works, once", async () => {
  await using store = await openStore("sqlite://memory");
  const token = await ensureDefaultNamespace(store);
  assert(token !== undefined);
  assertEquals(await createAuthenticator(store)(token), { namespace: "default" });
  assertEquals(await ensureDefaultNamespace(store), undefined);
});

Deno.test("ensureDefaultNamespace() gives default the token that it is given", async () => {
  await using store = await openStore("sqlite://memory");
  const token = createToken("default");
  assertEquals(await ensureDefaultNamespace(store, token), undefined);
  assertEquals(await createAuthenticator(store)(token), { namespace: "default" });
});

Deno.test("ensureDefaultNamespace() replaces a lost token", async () => {
  await using store = await openStore("sqlite://memory");
  const lost = await ensureDefaultNamespace(store) ?? "";
  const token = createToken("default");
  await ensureDefaultNamespace(store, token);
  assertEquals(await createAuthenticator(store)(token), { namespace: "default" });
  await assertRejects(() => createAuthenticator(store)(lost), EventoDBError, "not valid");
});

for (const token of ["", "secret", createToken("other")]) {
  Deno.test(`ensureDefaultNamespace() refuses ${token.slice(0, 6) || "an empty text"} as a token`, async () => {
    await using store = await openStore("sqlite://memory");
    const error = await assertRejects(() => ensureDefaultNamespace(store, token), EventoDBError);
    assertEquals(error.code, "INVALID_REQUEST");
    assertFalse(token !== "" && error.message.includes(token));
    assertEquals(await store.findNamespace("default"), null);
  });
}
