/** What each command is asked for on each platform, and where a platform differs: read by the test that drives them all, and printed into docs/platforms.md by `npx node test/support/platforms-table.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as prettier from "prettier";
import type { Zone } from "../../src/dns/zone.ts";

export const PLATFORMS = {
  slack: "Slack",
  teams: "Microsoft Teams",
  web: "The page",
  terminal: "The shell",
} as const;
export type PlatformName = keyof typeof PLATFORMS;

export const WAYS = {
  plain: "a plain line",
  button: "a button",
  form: "a form",
  error: "DNS does not answer",
  long: "a long answer",
  bad: "an input that cannot be used",
} as const;
export type Way = keyof typeof WAYS;

export type CommandName = "help" | "check" | "spf" | "dkim" | "dmarc" | "providers" | "setup" | "triage";

/** A line whose answer is looked at. */
export interface Said {
  line: string;
}
/** A line, and the button under its answer: by its line. */
export interface Pressed extends Said {
  press: RegExp;
}
/** A line, the form under its answer by its line, what is typed into it, and the line that says the same in a shell. */
export interface Filled extends Said {
  form: RegExp;
  fields: Readonly<Record<string, string>>;
  typed: string | ((formLine: string) => string);
}
/** There is nothing of this kind in the command, on any platform. */
export interface Without {
  none: string;
  /** A line that shows it. */
  line: string;
}

interface Cells {
  plain: Said;
  button: Pressed;
  form: Filled | Without;
  error: Said | Without;
  long: Said;
  bad: Said & { code: string };
}

const LONG = "long.example";
const SIDES = Array.from({ length: 60 }, (_, at) => `s${String(at)}.${LONG}`);

/** The world that every cell is asked in. */
export const ZONE: Zone = {
  "good.example": {
    TXT: "v=spf1 ip4:192.175.48.0/24 -all",
    MX: [[10, "mx.good.example"]],
    NS: ["ns1.good.example"],
    SOA: {},
  },
  "mx.good.example": { A: "192.175.48.1" },
  "ns1.good.example": { A: "192.175.48.2" },
  "_dmarc.good.example": { TXT: "v=DMARC1; p=reject; rua=mailto:d@good.example" },
  ...Object.fromEntries(
    ["press.example", "form.example"].flatMap((name) => [
      [name, { TXT: "v=spf1 ip4:192.175.48.0/24 -all" }],
      [`_dmarc.${name}`, { TXT: `v=DMARC1; p=reject; rua=mailto:d@${name}` }],
    ]),
  ),
  "messy.example": { TXT: "v=spf1 ipv4:192.175.48.9 -all" },
  "example.com": { TXT: "v=spf1 -all" },
  "dead.example": { fail: "servfail" },
  "*.dead.example": { fail: "servfail" },
  [LONG]: { TXT: `v=spf1 ${SIDES.map((name) => `include:${name}`).join(" ")} -all` },
  [`_dmarc.${LONG}`]: {
    TXT: `v=DMARC1; p=reject; rua=${Array.from({ length: 12 }, (_, at) => `mailto:d@r${String(at)}.example`).join(",")}`,
  },
  ...Object.fromEntries(
    SIDES.map((name, at) => [name, { TXT: `v=spf1 ip4:198.51.100.${String(at)} a:out.${name} ?all` }]),
  ),
};

const SELECTORS = Array.from({ length: 10 }, (_, at) => `selector-with-a-long-name-${String(at)}`);

/** Headers of a message that passed many hosts and failed at the last one. */
const FAILED = [
  "Authentication-Results: mx.receiver.example; spf=fail smtp.mailfrom=ada@good.example; dmarc=fail header.from=good.example",
  "Received: from out.other.example (out.other.example [203.0.113.9]) by mx.receiver.example; Tue, 24 Nov 2026 10:00:00 +0000",
  ...Array.from(
    { length: 18 },
    (_, at) =>
      `Received: from h${String(at)}.other.example (h${String(at)}.other.example [203.0.113.${String(at + 10)}]) by h${String(at - 1)}.other.example; Tue, 24 Nov 2026 09:${String(59 - at)}:00 +0000`,
  ),
  "From: Ada <ada@good.example>",
  "Subject: hello",
].join("\n");

const ONE_LINE =
  "550 5.7.23 The message was rejected because of Sender Policy Framework violation, SPF check failed for good.example from 192.0.2.9";

export const CASES: Readonly<Record<CommandName, Cells>> = {
  help: {
    plain: { line: "help" },
    button: { line: "help", press: /^help include$/ },
    form: { none: "Help asks for nothing that a form could take.", line: "help" },
    error: { none: "Help asks nothing of DNS.", line: "help" },
    long: { line: "help" },
    bad: { line: "help nonsuchword", code: "command.unknown-topic" },
  },
  check: {
    plain: { line: "check good.example" },
    button: { line: "check good.example", press: /^spf good\.example$/ },
    form: {
      none: "A check has no form of its own: its buttons lead to the pages that have.",
      line: "check good.example",
    },
    error: { line: "check dead.example" },
    long: { line: `check ${LONG}` },
    bad: { line: "check exa%mple.com", code: "domain.invalid" },
  },
  spf: {
    plain: { line: "spf good.example" },
    button: { line: "spf messy.example", press: /^spf messy\.example --record / },
    form: {
      line: "spf good.example",
      form: /^spf good\.example$/,
      fields: { ip: "192.0.2.9" },
      typed: "spf good.example 192.0.2.9",
    },
    error: { line: "spf dead.example" },
    long: { line: `spf ${LONG}` },
    bad: { line: "spf good.example 300.1.1.1", code: "ip.ambiguous" },
  },
  dkim: {
    plain: { line: "dkim good.example" },
    button: { line: "dkim good.example nonsuch", press: /^dkim good\.example$/ },
    form: {
      line: "dkim good.example",
      form: /^dkim good\.example$/,
      fields: { selector: "nonsuch" },
      typed: "dkim good.example nonsuch",
    },
    error: { line: "dkim dead.example" },
    long: { line: `dkim good.example ${SELECTORS.join(" ")}` },
    bad: { line: "dkim good.example no/such", code: "selector.character" },
  },
  dmarc: {
    plain: { line: "dmarc good.example" },
    button: { line: "dmarc good.example", press: /^dmarc good\.example$/ },
    form: {
      line: "dmarc good.example",
      form: /^dmarc good\.example$/,
      fields: { spf: "good.example", dkim: "example.com" },
      typed: "dmarc good.example --spf good.example --dkim example.com",
    },
    error: { line: "dmarc dead.example" },
    long: { line: `dmarc a.b.c.d.e.f.${LONG}` },
    bad: { line: "dmarc good.example extra", code: "input.extra" },
  },
  providers: {
    plain: { line: "providers mimecast" },
    button: { line: "providers mimecast", press: /^providers M-S$/ },
    form: {
      line: "providers",
      form: /^providers$/,
      fields: { name: "sendgrid" },
      typed: "providers sendgrid",
    },
    error: { none: "The directory is our own; nothing is asked of DNS.", line: "providers mimecast" },
    long: { line: "providers M-S" },
    bad: { line: "providers nonsuchwordxx", code: "input.unknown-provider" },
  },
  setup: {
    plain: { line: "setup mimecast good.example" },
    button: { line: "setup mimecast press.example", press: /^setup \S+ next$/ },
    form: {
      line: "setup mimecast form.example",
      form: /^setup \S+ set$/,
      fields: { dmarcRua: "mailto:x@good.example" },
      typed: (line) => `${line} dmarcRua mailto:x@good.example`,
    },
    error: { line: "setup mimecast dead.example" },
    long: {
      line: `setup parked ${Array.from({ length: 12 }, (_, at) => `p${String(at)}.good.example`).join(" ")}`,
    },
    bad: { line: "setup nonsuchx good.example", code: "input.unknown-provider" },
  },
  triage: {
    plain: { line: `triage ${ONE_LINE}` },
    button: { line: `triage ${ONE_LINE}`, press: /^spf good\.example 192\.0\.2\.9$/ },
    form: {
      line: "triage --ip 300.1.1.1 550 5.7.1 no",
      form: /^triage$/,
      fields: { text: FAILED },
      typed: `triage ${FAILED}`,
    },
    error: { line: `triage ${ONE_LINE.replace("good.example", "dead.example")}` },
    long: { line: `triage ${FAILED}` },
    bad: { line: "triage --ip 300.1.1.1 550 5.7.1 no", code: "ip.ambiguous" },
  },
};

/** How each platform does it. */
export const MANNERS: Readonly<Record<Way, Readonly<Record<PlatformName, string>>>> = {
  plain: {
    slack: "a slash command, a mention or a direct message; one message that changes",
    teams: "a message to the bot; one card that changes",
    web: "typed into the page",
    terminal: "words behind `waxseal`",
  },
  button: {
    slack: "pressed",
    teams: "pressed",
    web: "pressed",
    terminal: "its line is printed as `Next:`, to be typed",
  },
  form: {
    slack: "a dialog over Slack",
    teams: "unfolds in the card",
    web: "unfolds under its button",
    terminal: "words and options of the line",
  },
  error: {
    slack: "“Could not check”, never “missing”",
    teams: "the same",
    web: "the same",
    terminal: "the same, and exit status 3 where nothing worse is known",
  },
  long: {
    slack: "folded; More opens in place, and nothing is cut",
    teams: "folded; More opens in place, and nothing is cut",
    web: "whole; sections unfold",
    terminal: "whole; `--more SECTION` prints what is folded",
  },
  bad: {
    slack: "says what to type; of a form, beside the field",
    teams: "says what to type",
    web: "says what to type",
    terminal: "says what to type, and exit status 2",
  },
};

export const DIFFERENCES = {
  "terminal-buttons": {
    platform: "terminal",
    way: "button",
    what: "There is nothing to press.",
    why: "A shell has no buttons. Every button's line is printed, and typing it gives the same answer.",
  },
  "terminal-forms": {
    platform: "terminal",
    way: "form",
    what: "There are no forms.",
    why: "A shell has words and options. What a form must have stands in capitals behind its line; a text or file comes by `--file` or standard input.",
  },
  "terminal-kept": {
    platform: "terminal",
    way: "button",
    what: "`triage` keeps nothing: no second text joins the first, and its line does not show the answer again.",
    why: "Each command in a shell is a process of its own, and has the text at hand again.",
  },
  "terminal-more": {
    platform: "terminal",
    way: "long",
    what: "`--more` of a `triage` goes with the text, before it.",
    why: "As nothing is kept, the text is read again.",
  },
  "slack-field": {
    platform: "slack",
    way: "bad",
    what: "A form with a value that cannot be used says so beside its field and stays open; nothing is posted.",
    why: "Slack's dialogs can; a card in Teams is gone once it is sent, and the page shows the answer under the form.",
  },
  "slack-private": {
    platform: "slack",
    way: "plain",
    what: "A slash command in a channel is answered to its asker alone, with Share here under it; everywhere else, who sees the question sees the answer.",
    why: "Slack has messages for one person. Teams' are in preview, the page and the shell have one reader.",
  },
} as const satisfies Readonly<
  Record<string, { platform: PlatformName; way: Way; what: string; why: string }>
>;
export type DifferenceName = keyof typeof DIFFERENCES;

// --- the page for people ---

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const ways = Object.keys(WAYS) as Way[];
const platforms = Object.keys(PLATFORMS) as PlatformName[];
const commands = Object.keys(CASES) as CommandName[];
const differences = Object.values(DIFFERENCES);

/** Where a cell is no plain "yes". */
function markOf(way: Way, platform: PlatformName): string {
  return differences.some((each) => each.platform === platform && each.way === way) ? " ¹" : "";
}

/** docs/platforms.md as it should be. */
export async function platformsPage(): Promise<string> {
  const rows = ways.map((way) => [
    WAYS[way],
    ...platforms.map((platform) => MANNERS[way][platform] + markOf(way, platform)),
  ]);
  const cells = commands.map((command) => [
    `\`${command}\``,
    ...ways.map((way) => ("none" in CASES[command][way] ? "none ²" : "all four")),
  ]);
  const nothing = commands.flatMap((command) =>
    ways.flatMap((way) => {
      const cell = CASES[command][way];
      return "none" in cell ? [[`\`${command}\``, WAYS[way], cell.none]] : [];
    }),
  );
  const text = [
    "# Slack, Teams, the page, the shell",
    "The same commands give the same answers everywhere: the same findings, the same next steps, the same refusals. `test/platforms.test.ts` asks every cell of these tables through the real rims, and compares it with what the core says. This page is printed by `npx node test/support/platforms-table.ts`.",
    "## How it looks",
    table(["", ...platforms.map((platform) => PLATFORMS[platform])], rows),
    "¹ With a difference, see below.",
    "## What is asked",
    table(["command", ...ways.map((way) => WAYS[way])], cells),
    "² There is no such thing in the command:",
    table(["command", "", "why"], nothing),
    "## Differences",
    table(
      ["where", "when", "what is different", "why"],
      differences.map(({ platform, way, what, why }) => [PLATFORMS[platform], WAYS[way], what, why]),
    ),
  ].join("\n\n");
  return prettier.format(text, { ...(await prettier.resolveConfig(PAGE)), parser: "markdown" });
}

const PAGE = path.join(import.meta.dirname, "../../docs/platforms.md");

export function readPage(): string {
  return readFileSync(PAGE, "utf8");
}

if (import.meta.main) writeFileSync(PAGE, await platformsPage());
