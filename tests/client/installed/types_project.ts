/**
 * A project in Node that is checked by TypeScript against the installed package. It is never run.
 *
 * @module
 */

import {
  consume,
  EventoDBClient,
  EventoDBError,
  type Message,
  type MessageOf,
  StreamPositionStore,
} from "@eventodb/cli/client";

interface Deposited {
  amount: number;
}

type AccountEvent = { type: "Deposited"; data: Deposited } | { type: "Closed"; data: object };

const client = new EventoDBClient({ url: "http://localhost:8080", token: "ns_..." });

/** Deposits some money. */
export async function deposit(deposited: Deposited): Promise<number> {
  try {
    await client.streamWrite<AccountEvent>("account-1", { type: "Deposited", data: deposited });
    // @ts-expect-error There is no such event.
    await client.streamWrite<AccountEvent>("account-1", { type: "Opened", data: {} });
    // @ts-expect-error A payload is an object.
    await client.streamWrite("account-1", { type: "Deposited", data: [deposited] });
  } catch (error) {
    if (error instanceof EventoDBError && error.code === "STREAM_VERSION_CONFLICT") return 0;
    throw error;
  }
  const events: MessageOf<AccountEvent>[] = await client.streamGet<AccountEvent>("account-1");
  const exact: Message[] = await client.streamGet("account-1", { raw: true });
  // @ts-expect-error There is no such field.
  exact[0]?.amount;
  return events.reduce((sum, { type, data }) => type === "Deposited" ? sum + data.amount : sum, 0);
}

/** Follows the deposits. */
export function follow(onAmount: (amount: number) => void, signal: AbortSignal): Promise<void> {
  return consume<Deposited>(client, "account", ({ data }) => onAmount(data.amount), {
    positionStore: new StreamPositionStore(client, "service:position-deposits"),
    signal,
  });
}
