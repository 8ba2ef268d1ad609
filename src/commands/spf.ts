/** `spf`: a domain's policy, the verdict for an address, and the edited record. */
import * as z from "zod";
import { parseAddress, type Address } from "../address.ts";
import { spfEdit, type EditOutcome } from "../checks/spf/edit.ts";
import { spfCheck } from "../checks/spf/index.ts";
import { spfVerdict } from "../checks/spf/verdict.ts";
import { parseDomain, type Domain } from "../domain.ts";
import { runCheck } from "../finding.ts";
import { BUDGETS } from "../dns/limits.ts";
import { checkAddressFields, editFields, refuseEdit, refuseRecord } from "../messages/input.ts";
import { LABELS } from "../messages/pages.ts";
import { parseHelo, parseSender, type Sender } from "../sender.ts";
import { mendRecord } from "../spf/mend.ts";
import { isSpf } from "../spf/parse.ts";
import { code, say, type Sentence } from "../text/say.ts";
import { joinWords } from "../text/words.ts";
import type { Action } from "../view/doc.ts";
import {
  checkContext,
  defineCommand,
  refuse,
  type CommandContext,
  type Outcome,
  type Produced,
} from "./command.ts";
import { lookBack, NO_PAST } from "./since.ts";

const schema = z.object({
  domain: z.string().describe("the domain, as in example.com"),
  ip: z.string().optional().describe("the address of the server that sends"),
  edit: z.enum(["add", "remove"]).optional().describe("change the record"),
  terms: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(/\s+/))])
    .optional()
    .describe("the terms to add or remove, as in include:spf.example.net"),
  from: z
    .string()
    .optional()
    .describe("the envelope sender, where a record asks about it")
    .meta({ option: "--from", value: "ADDR" }),
  helo: z
    .string()
    .optional()
    .describe("the name the server gives in HELO or EHLO")
    .meta({ option: "--helo", value: "NAME" }),
  record: z
    .string()
    .optional()
    .describe("answer as if this record were published")
    .meta({ option: "--record", value: "'v=spf1 …'" }),
});

type Arguments = z.output<typeof schema>;

export const spfCommand = defineCommand({
  name: "spf",
  summary: say`Reads a domain's SPF record: what it costs, what is wrong, who may send.`,
  usage: [
    {
      line: "spf DOMAIN",
      answers: say`the record, the include tree with its cost, what is wrong, what to publish instead`,
    },
    {
      line: "spf DOMAIN IP [--from ADDR] [--helo NAME]",
      answers: say`the verdict for a server, the term that decided, the story`,
    },
    { line: "spf DOMAIN [IP] --record 'v=spf1 …'", answers: say`the same, as if that record were published` },
    { line: "spf DOMAIN add TERM…", answers: say`the record with terms added, its cost before and after` },
    {
      line: "spf DOMAIN remove TERM…",
      answers: say`the record with terms removed, its cost before and after`,
    },
  ],
  example: "spf example.com",
  schema,
  budget: BUDGETS.spf,
  place,
  lineOf({ domain, ip, edit, terms, from, helo, record }) {
    const options = Object.entries({ "--from": from, "--helo": helo, "--record": record });
    return [
      domain,
      ...(edit === undefined ? (ip === undefined ? [] : [ip]) : [edit, ...(terms ?? [])]),
      ...options.flatMap(([name, value]) => (value === undefined ? [] : [name, value])),
    ];
  },
  run,
});

function place([domain, second, ...rest]: readonly string[]): ReturnType<
  Parameters<typeof defineCommand<typeof schema>>[0]["place"]
> {
  if (domain === undefined)
    return refuse("input.empty", say`A domain is missing. Type ${code("spf example.com")}.`);
  if (second === "add" || second === "remove")
    return { ok: true, value: { domain, edit: second, ...(rest.length > 0 ? { terms: rest } : {}) } };
  if (rest.length > 0) {
    return refuse(
      "input.extra",
      say`${code(rest[0]!)} is one word too many. Type ${code("spf example.com 192.0.2.1")}, or put a name with spaces in quotes.`,
    );
  }
  return { ok: true, value: { domain, ...(second === undefined ? {} : { ip: second }) } };
}

async function run(args: Arguments, context: CommandContext): Promise<Outcome<Produced>> {
  const domain = parseDomain(args.domain);
  if (!domain.ok) return domain;
  const record = readRecord(args.record);
  if (!record.ok) return record;
  const notices = domain.notices.map(({ message }) => message);
  const input = { domain: domain.domain, notices, record: record.value };
  if (args.edit !== undefined) return runEdit(args, args.edit, input, context);
  return args.ip === undefined ? runPolicy(input, context) : runVerdict(args, args.ip, input, context);
}

interface Input {
  domain: Domain;
  notices: Sentence[];
  /** `--record`, one character an octet. */
  record: string | undefined;
}

function readRecord(text: string | undefined): Outcome<string | undefined> {
  if (text === undefined) return { ok: true, value: undefined };
  const octets = Buffer.from(text.trim(), "utf8").toString("latin1");
  if (isSpf(octets)) return { ok: true, value: octets };
  const mended = mendRecord(octets);
  return { ok: false, refusal: refuseRecord(text, mended.complete ? mended.text : null) };
}

/** `--record` as words of a line. */
function recordWords(record: string | undefined): string[] {
  return record === undefined ? [] : ["--record", Buffer.from(record, "latin1").toString("utf8")];
}

async function runPolicy(
  { domain, notices, record }: Input,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  // A record that is not published is no fact.
  const past = record === undefined ? lookBack({ domain, checks: ["spf"] }, context) : NO_PAST;
  const { data, findings } = await runCheck(spfCheck, {
    ...checkContext(domain, context),
    ...(record === undefined ? {} : { record }),
  });
  const since = await past.since({ spf: { data, findings } });
  const actions: Action[] = [];
  if (data.proposal !== null)
    actions.push({
      label: LABELS.instead,
      line: joinWords(["spf", domain, "--record", data.proposal.record]),
      primary: true,
    });
  const limit = findings.find(({ id }) => id === "spf.lookup-limit");
  const worst = limit?.evidence["worst"];
  if (typeof worst === "string")
    actions.push({ label: `Try without ${worst}`, line: joinWords(["spf", domain, "remove", worst]) });
  if (data.record !== null) {
    actions.push({
      label: "Check an address",
      line: joinWords(["spf", domain, ...recordWords(record)]),
      fields: checkAddressFields(data.networks[0]?.network ?? null),
    });
  }
  if (data.record !== null && record === undefined)
    for (const edit of ["add", "remove"] as const)
      actions.push({
        label: edit === "add" ? "Add terms" : "Remove terms",
        line: joinWords(["spf", domain, edit]),
        fields: editFields(edit),
      });
  actions.push({ label: "Check again", line: joinWords(["spf", domain, ...recordWords(record)]) });
  return {
    ok: true,
    value: { kind: "policy", domain, findings, data: { ...data, since }, actions, notices },
  };
}

async function runVerdict(
  args: Arguments,
  ip: string,
  input: Input,
  { dns, clock }: CommandContext,
): Promise<Outcome<Produced>> {
  const { domain, record } = input;
  const address = parseAddress(ip);
  if (!address.ok) return address;
  const sender = args.from === undefined ? null : parseSender(args.from);
  if (sender?.ok === false) return sender;
  const helo = args.helo === undefined ? null : parseHelo(args.helo);
  if (helo?.ok === false) return helo;
  const name = helo?.helo ?? `mail.${domain}`;
  const { data, findings } = await runCheck(spfVerdict, {
    dns,
    domain,
    address: address.address,
    sender: senderOf(sender?.sender ?? null, domain, name),
    helo: name,
    now: () => clock.now(),
    ...(record === undefined ? {} : { record }),
  });
  const notices = [...input.notices, ...address.notices.map(({ message }) => message)];
  const actions = verdictActions(domain, address.address, data.result, record);
  return { ok: true, value: { kind: "verdict", domain, findings, data, actions, notices } };
}

/** RFC 7208 §2.4: a null reverse-path is postmaster at the HELO name; none given is postmaster at the domain. */
function senderOf(sender: Sender | null, domain: Domain, helo: string): Sender {
  if (sender === null) return { local: "postmaster", domain };
  return sender.domain === "" ? { local: "postmaster", domain: helo } : sender;
}

const ADDABLE: ReadonlySet<string> = new Set(["fail", "softfail", "neutral", "none"]);

function verdictActions(
  domain: Domain,
  address: Address,
  result: string,
  record: string | undefined,
): Action[] {
  const term = `ip${String(address.family)}:${address.text}`;
  const add: Action[] = ADDABLE.has(result)
    ? [{ label: "Add it", line: joinWords(["spf", domain, "add", term]) }]
    : [];
  return [
    ...add,
    { label: "See the whole policy", line: joinWords(["spf", domain, ...recordWords(record)]) },
    {
      label: "Check another address",
      line: joinWords(["spf", domain, ...recordWords(record)]),
      fields: checkAddressFields(null),
    },
  ];
}

async function runEdit(
  args: Arguments,
  edit: "add" | "remove",
  { domain, notices }: Input,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  const { dns } = context;
  if (args.terms === undefined || args.terms.length === 0)
    return refuse(
      "input.empty",
      say`A term is missing. Type ${code(`spf example.com ${edit} include:spf.example.net`)}.`,
    );
  const { data, findings } = await runCheck(spfEdit, { dns, domain, edit, terms: args.terms });
  const outcome: EditOutcome = data;
  if (outcome === null) return runPolicy({ domain, notices, record: undefined }, context);
  if (!outcome.ok) return { ok: false, refusal: refuseEdit(outcome.refusal) };
  const actions: Action[] = [
    {
      label: "Check the new record",
      line: joinWords(["spf", domain, "--record", outcome.value.proposal.record]),
      primary: true,
    },
    { label: "Back to the policy", line: joinWords(["spf", domain]) },
  ];
  return { ok: true, value: { kind: "edit", domain, findings, data: outcome.value, actions, notices } };
}
