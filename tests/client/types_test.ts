/**
 * What must compile and what must not. Most of it is never run: the check of types is the test, and
 * an `@ts-expect-error` without an error fails it.
 *
 * @module
 */

import { assertEquals } from "../support/assert.ts";
import {
  consume,
  createHandler,
  EventoDBClient,
  type EventShape,
  type JsonObject,
  type MessageHandler,
  type MessageOf,
  type MessageToWrite,
  openStore,
  type ParsedMessage,
  rawJson,
} from "../../mod.ts";

interface Deposited {
  amount: number;
  note?: string;
}

interface Closed {
  reason: string;
}

interface Traced {
  traceId: string;
}

type AccountEvent =
  | { type: "Deposited"; data: Deposited }
  | { type: "Closed"; data: Closed; metadata: Traced };

/** Fails to compile unless both types are the same. */
function same<A, B>(
  ..._proof: (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? [] : [never]
): void {}

declare const client: EventoDBClient;

async function _writesPayloads(deposited: Deposited, promised: Promise<Deposited>): Promise<void> {
  await client.streamWrite("account-1", { type: "Deposited", data: deposited });
  await client.streamWrite("account-1", { type: "Deposited", data: { amount: 1, more: [1] } });
  await client.streamWrite("account-1", { type: "Deposited", data: rawJson("{}"), metadata: null });
  await client.streamWrite("account-1", { type: "Deposited", data: {}, metadata: deposited });
  await client.streamWrite("account-1", { type: "Wrapped", data: { type: "Deposited", data: {} } });
  await client.streamWrite<Deposited>("account-1", { type: "Deposited", data: { amount: 1 } });
  await client.streamWrite<Deposited>("account-1", { type: "Deposited", data: rawJson("{}") });
  const message: MessageToWrite = { type: "Deposited", data: { amount: 1 } };
  await client.streamWrite("account-1", message);
  await client.namespaceCreate("other", { metadata: deposited });

  // @ts-expect-error A payload is an object.
  await client.streamWrite("account-1", { type: "Deposited", data: "text" });
  // @ts-expect-error An array is none in JSON.
  await client.streamWrite("account-1", { type: "Deposited", data: [1, 2] });
  // @ts-expect-error A date becomes text.
  await client.streamWrite("account-1", { type: "Deposited", data: new Date() });
  // @ts-expect-error A map becomes {}.
  await client.streamWrite("account-1", { type: "Deposited", data: new Map<string, number>() });
  // @ts-expect-error A function becomes nothing.
  await client.streamWrite("account-1", { type: "Deposited", data: () => deposited });
  // @ts-expect-error An `await` is missing.
  await client.streamWrite("account-1", { type: "Deposited", data: promised });
  // @ts-expect-error There is no payload without an object.
  await client.streamWrite("account-1", { type: "Deposited", data: null });
  // @ts-expect-error A message has a type.
  await client.streamWrite("account-1", { data: {} });
  // @ts-expect-error A field that there is not.
  await client.streamWrite("account-1", { type: "Deposited", data: {}, metdata: {} });
  // @ts-expect-error The amount is a number.
  await client.streamWrite<Deposited>("account-1", { type: "Deposited", data: { amount: "1" } });
  // @ts-expect-error The amount is missing.
  await client.streamWrite<Deposited>("account-1", { type: "Deposited", data: {} });
  // @ts-expect-error A payload's type is that of an object.
  await client.streamWrite<string>("account-1", { type: "Deposited", data: "text" });
}

async function _writesEvents(event: AccountEvent): Promise<void> {
  await client.streamWrite<AccountEvent>("account-1", event);
  await client.streamWrite<AccountEvent>("account-1", { type: "Deposited", data: { amount: 1 } });
  await client.streamWrite<AccountEvent>("account-1", {
    type: "Closed",
    data: { reason: "moved" },
    metadata: { traceId: "7" },
  });
  await client.streamWrite<AccountEvent>("account-1", {
    type: "Deposited",
    data: rawJson('{"amount":9007199254740993}'),
    metadata: { any: "thing" },
  });

  // @ts-expect-error There is no such event.
  await client.streamWrite<AccountEvent>("account-1", { type: "Opened", data: {} });
  // @ts-expect-error It is another event's payload.
  await client.streamWrite<AccountEvent>("account-1", { type: "Deposited", data: { reason: "" } });
  // @ts-expect-error This event has metadata.
  await client.streamWrite<AccountEvent>("account-1", { type: "Closed", data: { reason: "" } });
  await client.streamWrite<AccountEvent>("account-1", {
    type: "Closed",
    data: { reason: "" },
    // @ts-expect-error The metadata is of another type.
    metadata: { trace: "7" },
  });
}

async function _reads(): Promise<void> {
  const plain = await client.streamGet("account-1");
  same<typeof plain, ParsedMessage[]>();
  same<typeof plain[0]["data"], JsonObject | null>();
  const deposits = await client.streamGet<Deposited>("account-1", { position: 1 });
  same<typeof deposits[0]["data"], Deposited>();
  same<typeof deposits[0]["type"], string>();
  same<typeof deposits[0]["metadata"], JsonObject | null>();
  const perhaps = await client.streamLast<Deposited | null>("account-1");
  same<typeof perhaps, ParsedMessage<Deposited | null> | null>();
  const event = (await client.categoryGet<AccountEvent>("account"))[0]!;
  if (event.type === "Closed") {
    same<typeof event.data, Closed>();
    same<typeof event.metadata, Traced>();
  } else {
    same<typeof event.data, Deposited>();
    same<typeof event.metadata, JsonObject | null>();
  }
  for await (const { data } of client.readStream<Deposited>("account-1")) {
    same<typeof data, Deposited>();
  }
  for await (const message of client.readCategory<AccountEvent>("account")) {
    same<typeof message, MessageOf<AccountEvent>>();
    same<typeof message.type, "Deposited" | "Closed">();
  }
  const raw = await client.streamGet("account-1", { raw: true });
  same<typeof raw[0]["data"], string>();

  // @ts-expect-error The payload may be `null`, and nothing is known of it.
  plain[0].data.amount;
  // @ts-expect-error There is no such field.
  deposits[0].data.amuont;
  // @ts-expect-error Which event it is has to be looked at first.
  event.data.amount;
  // @ts-expect-error Exact texts have no type of their own.
  await client.streamGet<Deposited>("account-1", { raw: true });
  // @ts-expect-error A payload is an object.
  await client.readCategory<number>("account").next();
  // @ts-expect-error An array is none in JSON.
  await client.streamLast<Deposited[]>("account-1");
}

async function _consumes(): Promise<void> {
  await consume(client, "account", ({ data }) => same<typeof data, JsonObject | null>());
  await consume<Deposited>(client, "account", ({ data }) => same<typeof data, Deposited>());
  await consume<AccountEvent>(client, "account", (event) => {
    if (event.type === "Deposited") same<typeof event.data, Deposited>();
  }, { batchSize: 10 });
  await consume(client, "account", ({ data }) => same<typeof data, string>(), { raw: true });
  const handler: MessageHandler<MessageOf<AccountEvent>> = () => {};
  await consume<AccountEvent>(client, "account", handler);

  // @ts-expect-error There is no such field.
  await consume<Deposited>(client, "account", ({ data }) => console.log(data.amuont));
  // @ts-expect-error Exact texts have no type of their own.
  await consume<Deposited>(client, "account", () => {}, { raw: true });
}

/** A service's own functions over any event. */
async function _passesTypesOn<E extends EventShape>(stream: string): Promise<MessageOf<E>[]> {
  return await client.streamGet<E>(stream);
}

Deno.test("EventoDBClient reads what it has written, with the types that it was given", async () => {
  await using store = await openStore("sqlite://memory");
  await using handler = createHandler({ store, testMode: true });
  const client = new EventoDBClient({ url: "http://in-process", fetch: handler });
  await client.streamWrite<AccountEvent>("account-1", { type: "Deposited", data: { amount: 30 } });
  await client.streamWrite<AccountEvent>("account-1", {
    type: "Closed",
    data: { reason: "moved" },
    metadata: { traceId: "7" },
  });

  const told: string[] = [];
  for (const event of await client.streamGet<AccountEvent>("account-1")) {
    if (event.type === "Deposited") told.push(event.data.amount.toFixed(2));
    else told.push(event.data.reason, event.metadata.traceId);
  }
  assertEquals(told, ["30.00", "moved", "7"]);
});
