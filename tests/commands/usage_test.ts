import config from "../../deno.json" with { type: "json" };
import { assertEquals, assertMatch } from "../support/assert.ts";
import { runCli } from "../support/cli.ts";

/** Command lines that make no sense, and what is said about them. */
const mistakes: [args: string[], error: RegExp, wayOut: RegExp][] = [
  [["exprot"], /Unknown command "exprot"/, /Did you mean "export"\?/],
  [["imp"], /Unknown command "imp"/, /Did you mean "import"\?/],
  [["frobnicate"], /Unknown command "frobnicate"/, /"eventodb help" lists the commands/],
  [["ns"], /ns needs a subcommand/, /create, rotate-token, delete, list, info/],
  [["ns", "crate", "x"], /Unknown command "ns crate"/, /Did you mean "ns create"\?/],
  [["help", "exprot"], /Unknown command "exprot"/, /Did you mean "export"\?/],
  [["help", "export", "import"], /Unknown command "export import"/, /lists the commands/],
  [["ns", "create"], /ns create needs NAMESPACE/, /eventodb help ns create/],
  [["ns", "create", "a", "b"], /takes one positional argument, got "b"/, /help ns create/],
  [["export", "http://x"], /takes no positional arguments, got "http:\/\/x"/, /help export/],
  [["export", "--categoires", "a"], /Unknown option --categoires/, /Did you mean --categories\?/],
  [["export", "--token"], /--token needs a value/, /--token TOKEN/],
  [["export", "--url", "--all"], /--url needs a value/, /--url URL/],
  [["export", "--url="], /--url needs a value/, /--url URL/],
  [["export", "--all=perhaps"], /--all must be true or false, got "perhaps"/, /without a value/],
  [["export", "--url", "http://x"], /export needs categories/, /--all for every one/],
  [["export", "--categories", ",", "--url", "http://x"], /export needs categories/, /--all/],
  [["export", "--categories=a", "--all"], /contradict each other/, /one of them/],
  [["export", "--all", "--from-position=0"], /--from-position .* got "0"/, /such as/],
  [["export", "--all", "--to-position=1e3"], /--to-position .* got "1e3"/, /such as/],
  [["export", "--all", "--to-position=9007199254740992"], /--to-position/, /such as/],
  [["export", "--all", "--from-position=9", "--to-position=8"], /9 is above 8/, /at most/],
  [["export", "--categories=account-1"], /"account-1" is not a category/, /--categories account/],
  [["export", "--all"], /The server's address is missing/, /--url .* or by EVENTODB_URL/],
  [
    ["export", "--all", "--url=localhost:80"],
    /must be an http:\/\/ or https:\/\/ URL/,
    /--url http/,
  ],
  [["export", "--all", "--since", "soon"], /"soon" is not an RFC 3339 time/, /2025-07-01/],
  [["export", "--all", "--since", "2025-02-30"], /is a date that does not exist/, /2025-07-01/],
  [["export", "--all", "--since", "2025-07-01T00:00:00"], /has no time zone/, /2025-07-01/],
  [
    ["export", "--all", "--since", "2025-07-02", "--until", "2025-07-01"],
    /ends before it begins/,
    /2025-07-01/,
  ],
  [["export", "--all", "--since", "soon"], /^error: Cannot use --since: "soon"/, /2025-07-01/],
  [["export", "--all", "--until", "2025-07-01T10:00"], /Cannot use --until: .* no time zone/, /Z/],
  [
    ["export", "--all", "--since", "2025-07-31", "--until", "2025-07-31"],
    /No event is at or after --since 2025-07-31 and before --until 2025-07-31/,
    /--until 2025-08-01$/,
  ],
  [
    ["export", "--all", "--since", "20250731T000000Z", "--until", "2025-07-31"],
    /No event is at or after --since 20250731T000000Z and before --until 2025-07-31/,
    /--until 2025-08-01$/,
  ],
  [
    ["export", "--all", "--quiet", "--since", "60m", "--until", "1h"],
    /No event is at or after --since (\S+) and before --until \1/,
    /an --until that is after/,
  ],
  [
    ["export", "--all", "--since", "2025-07-31T10:00Z", "--until", "2025-07-31T12:00+02:00"],
    /No event is at or after --since/,
    /an --until that is after/,
  ],
  [["export", "--all", "--o", "x"], /Unknown option --o for export/, /help export/],
  [
    ["import", "--existing", "replace"],
    /--existing must be skip, got "replace"/,
    /one of these values/,
  ],
  [["import", "--existing=skip", "--force"], /contradict each other/, /one of them/],
  [["serve", "--port", "http"], /--port must be an integer from 0 to 65535/, /--port 8080/],
  [["serve", "--port", "65536"], /--port must be an integer from 0 to 65535/, /--port 8080/],
  [["serve", "--log-level", "wran"], /must be debug, info, warn or error/, /Did you mean "warn"\?/],
  [["--prot", "8080"], /Unknown option --prot for serve/, /Did you mean --port\?/],
];

for (const [args, error, wayOut] of mistakes) {
  Deno.test(`eventodb ${args.join(" ")} is refused with the way out`, async () => {
    const { status, stdout, stderr } = await runCli(args);
    assertEquals([status, stdout], [2, ""]);
    const [first, second, end] = stderr.split("\n");
    assertMatch(first!, /^error: /);
    assertMatch(first!, error);
    assertMatch(second!, wayOut);
    assertEquals(end, "");
  });
}

Deno.test("eventodb version shows the version, in every spelling", async () => {
  for (const spelling of ["version", "--version", "-v", "-version"]) {
    assertEquals(await runCli([spelling]), {
      status: 0,
      stdout: `eventodb ${config.version}\n`,
      stderr: "",
    });
  }
});

Deno.test("eventodb version needs no permission at all", async () => {
  const { status, stderr } = await runCli(["version"], { permissions: [] });
  assertEquals([status, stderr], [0, ""]);
});

Deno.test("mod.ts run as a program is the command line", async () => {
  const mod = new URL("../../mod.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", mod, "version"],
  }).output();
  assertEquals(new TextDecoder().decode(stdout), `eventodb ${config.version}\n`);
});

Deno.test("eventodb reads options with one dash or two, with = or a space, and -- ends them", async () => {
  for (
    const args of [
      ["export", "-url", "ftp://x", "-all"],
      ["export", "-url=ftp://x", "--all=true"],
      ["export", "--all", "--url", "ftp://x", "--"],
    ]
  ) {
    const { stderr } = await runCli(args);
    assertMatch(stderr, /--url must be an http:\/\/ or https:\/\/ URL, got "ftp:\/\/x"/);
  }
  const { stderr } = await runCli(["export", "--", "--all"]);
  assertMatch(stderr, /takes no positional arguments, got "--all"/);
});

Deno.test("eventodb takes EVENTODB_URL for --url, which is stronger", async () => {
  const env = { EVENTODB_URL: "ftp://env" };
  assertMatch((await runCli(["export", "--all"], { env })).stderr, /got "ftp:\/\/env"/);
  const args = ["export", "--all", "--url", "ftp://given"];
  assertMatch((await runCli(args, { env })).stderr, /got "ftp:\/\/given"/);
});

Deno.test("eventodb takes a variable that it may not read for absent, and says how it may", async () => {
  const { status, stderr } = await runCli(["export", "--all"], {
    env: { EVENTODB_URL: "http://x" },
    permissions: [],
  });
  assertEquals(status, 2);
  assertMatch(stderr, /address is missing\n.*--allow-env=EVENTODB_URL/);
});

Deno.test("eventodb serve refuses a variable that has a wrong value, and names it", async () => {
  const { status, stderr } = await runCli(["serve"], { env: { EVENTODB_TEST_MODE: "maybe" } });
  assertEquals(status, 2);
  assertMatch(stderr, /EVENTODB_TEST_MODE must be true or false, got "maybe"\nSet it to one/);
});
