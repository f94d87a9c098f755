/**
 * What the example service has in production: people, in every place where people stand. The policy
 * `examples/workflow_service/mask.yaml` is about it.
 *
 * @module
 */

import { uuidOf } from "./history.ts";

/** Somebody. */
export interface Person {
  name: string;
  email: string;
  phone: string;
}

/** A history. */
export interface WorkflowHistory {
  /** Its lines. */
  lines: string;
  /** Every text in it that nobody may see. */
  secrets: string[];
  /** The customers. */
  people: Person[];
}

const given = ["Alice", "Jürgen", "Zoë", "Mehmet", "Anna-Lena", "Søren"];
const family = ["Weißenberger", "O'Connor-Hughes", "Yıldırım", "Kowalczyk", "Fernández"];

/** Makes a history of some customers, each with a workflow. */
export function workflowHistory(customers: number = 12): WorkflowHistory {
  const lines: string[] = [];
  const secrets: string[] = [];
  const people: Person[] = [];
  const positions = new Map<string, number>();
  const write = (
    stream: string,
    type: string,
    data: string,
    meta: Record<string, unknown> | null,
  ) => {
    const n = lines.length + 1;
    const pos = positions.get(stream) ?? 0;
    positions.set(stream, pos + 1);
    lines.push(
      `{"id":"${uuidOf(n)}","stream":${JSON.stringify(stream)},"type":"${type}","pos":${pos},` +
        `"gpos":${46 + n},"data":${data},"meta":${JSON.stringify(meta)},` +
        `"time":"2025-07-${String(1 + n % 28).padStart(2, "0")}T10:00:00.123456789Z"}`,
    );
  };
  for (let i = 0; i < customers; i++) {
    const name = `${given[i % given.length]} ${family[i % family.length]}-${word(i)}`;
    const person = {
      name,
      email: `${word(i)}.${family[i % family.length]!.replace(/[^A-Za-z]/g, "")}@mail.example.org`,
      phone: `+49 30 55${String(100_000 + i * 7919).slice(0, 6)}`,
    };
    people.push(person);
    const badge = 40_000_000 + i * 104_729;
    const address = `Hauptstraße ${i + 1}, 1${String(i).padStart(4, "0")} Musterhausen`;
    const note = `${name} would like to be called in the evening, at ${person.phone}`;
    secrets.push(...Object.values(person), String(badge), address, note);
    const customer = `customer-${person.email}`;
    const workflow = `workflow-${i + 1}`;
    // A repeated key, numbers that JSON.parse would change, and an escape.
    write(
      customer,
      "CustomerRegistered",
      `{"email":"${person.email}","name":${JSON.stringify(name)},"plan":"pro",` +
        `"email":"${person.email.toUpperCase()}","born":"19${50 + i % 50}-0${1 + i % 9}-11",` +
        `"address":{"text":${JSON.stringify(address)},"lines":[${JSON.stringify(address)}]},` +
        `"contacts":{"${person.email}":{"level":1.0,"exact":9007199254740993}}}`,
      { userId: person.email },
    );
    write(
      workflow,
      "TaskRequested",
      JSON.stringify({
        task: "pack",
        note,
        requestedBy: person.email,
        callback: person.phone,
        customer,
      }).replace("@", "\\u0040"),
      { correlationStreamName: customer, userId: person.email },
    );
    write(
      workflow,
      "TaskCompleted",
      JSON.stringify({
        by: { name: `${name} (packing)`, badge },
        steps: [{ title: "fold", comment: note }, { title: "seal", comment: null }],
      }),
      { correlationStreamName: customer, causationMessageStreamName: workflow },
    );
    write(`order-${i + 1}`, "Created", '{"total":12.50}', { userId: person.email });
    write(workflow, "NextStepStarted", "{}", null);
    write(workflow, "FinalResult", `{"share":0.${10 + i}0}`, { correlationStreamName: customer });
  }
  return { lines: lines.map((line) => `${line}\n`).join(""), secrets, people };
}

/** A word of letters alone, another for each number. */
function word(n: number): string {
  return `quentin${"bcdfghjklm"[n % 10]}${"aeiou"[Math.floor(n / 10) % 5]}`;
}
