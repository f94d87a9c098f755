import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { call, post, rpc, startServer } from "../support/server.ts";

for (
  const [body, reason] of [
    ["", "not JSON"],
    ["{", "not JSON"],
    ['["sys.version"]x', "not JSON"],
    ["{}", "not an array"],
    ['"sys.version"', "not an array"],
    ["[]", "first element"],
    ["[1]", "first element"],
    ["[null]", "first element"],
  ] as const
) {
  Deno.test(`/rpc refuses the body ${JSON.stringify(body)}`, async () => {
    await using server = await startServer();
    const answer = await post(server, body);
    assertEquals([answer.status, answer.error?.code], [400, "INVALID_REQUEST"]);
    assertStringIncludes(answer.error!.message, reason);
  });
}

for (
  const method of ["nope", "", "stream.get ", "constructor", "__proto__", "\u{1f600}".repeat(99)]
) {
  Deno.test(`/rpc knows no method ${JSON.stringify(method.slice(0, 12))}`, async () => {
    await using server = await startServer();
    const answer = await call(server, method);
    assertEquals([answer.status, answer.error?.code], [404, "METHOD_NOT_FOUND"]);
  });
}

Deno.test("/rpc refuses a body that is nested absurdly deep before it is parsed", async () => {
  await using server = await startServer();
  const brackets = "[".repeat(100_000) + "]".repeat(100_000);
  const answer = await post(server, `["stream.version",${brackets}]`);
  assertEquals([answer.status, answer.error?.code], [400, "INVALID_REQUEST"]);
  assertStringIncludes(answer.error!.message, "nested too deep");
});

Deno.test("/rpc takes white space and escapes anywhere in the body", async () => {
  await using server = await startServer();
  const body = ' [ "stream.\\u0076ersion" , "a\\u002d1" ] \n';
  assertEquals((await post(server, body)).text, "null");
});

Deno.test("/rpc ignores arguments and option fields that it does not know", async () => {
  await using server = await startServer();
  assertEquals(await rpc(server, "stream.get", "a-1", { colour: "red" }, "more"), []);
});

Deno.test("/rpc refuses a body that is not UTF-8 instead of replacing what is wrong", async () => {
  await using server = await startServer();
  const bytes = new TextEncoder().encode('["stream.version","a-?"]');
  bytes[bytes.indexOf(0x3f)] = 0xff;
  const answer = await post(server, bytes);
  assertEquals([answer.status, answer.error?.code], [400, "INVALID_REQUEST"]);
  assertStringIncludes(answer.error!.message, "UTF-8");
});
