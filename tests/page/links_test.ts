import { assertEquals } from "../support/assert.ts";
import { declaredLinksIn, linksIn } from "../../src/page/text/links.js";

Deno.test("linksIn() reads the fields of Message DB and Eventide, the cause first", () => {
  assertEquals(
    linksIn(JSON.stringify({
      replyStreamName: "later-1",
      correlationStreamName: "order-1",
      causationMessageStreamName: "workflow-1",
      causationMessagePosition: 3,
      causationMessageGlobalPosition: 47,
    })),
    [
      { kind: "cause", stream: "workflow-1", position: 3, globalPosition: 47, id: undefined },
      { kind: "correlation", stream: "order-1" },
      { kind: "reply", stream: "later-1" },
    ],
  );
  const ofId = { kind: "cause" as const, stream: undefined, position: undefined };
  assertEquals(linksIn('{"causation_id":"abc"}'), [
    { ...ofId, globalPosition: undefined, id: "abc" },
  ]);
});

Deno.test("linksIn() takes the last of repeated fields, and nothing that is no name", () => {
  assertEquals(linksIn('{"correlationStreamName":"a-1","correlationStreamName":"b-1"}'), [
    { kind: "correlation", stream: "b-1" },
  ]);
  for (const value of ['""', "null", "7", "{}", '["a-1"]', `"${"x".repeat(9000)}"`]) {
    assertEquals(linksIn(`{"correlationStreamName":${value}}`), []);
  }
  assertEquals(linksIn(null), []);
});

Deno.test("declaredLinksIn() follows paths into payloads, with numbers as they are written", () => {
  const event = {
    data: '{"order":{"id":9007199254740993,"a b":"x"},"ids":["1",2,null,[3],{}],"none":null}',
    metadata: '{"user":"$& 7"}',
  };
  const namesOf = (link: string) => declaredLinksIn(link, event).map(({ stream }) => stream);
  assertEquals(namesOf("data.order.id=order-{}"), ["order-9007199254740993"]);
  assertEquals(namesOf("data.order['a b'] = {}"), [" x"]);
  assertEquals(namesOf('data["ids"]=n-{}'), ["n-1", "n-2"]);
  assertEquals(namesOf("data.ids[*]=n-{}"), ["n-1", "n-2", "n-3"]);
  assertEquals(namesOf("data.ids[-5]=n-{}"), ["n-1"]);
  assertEquals(namesOf("metadata.user=user-{}"), ["user-$& 7"]);
  for (const nothing of ["data.none=a-{}", "data.order.id.deeper=a-{}", "data..id=a-{}", "x=y"]) {
    assertEquals(namesOf(nothing), [], nothing);
  }
});
