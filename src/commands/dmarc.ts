/** `dmarc`: the policy that applies to a domain, and whether what passed is aligned with it. */
import * as z from "zod";
import { dmarcCheck } from "../checks/dmarc/index.ts";
import { BUDGETS } from "../dns/limits.ts";
import { parseDomain, type Domain } from "../domain.ts";
import { runCheck } from "../finding.ts";
import { alignmentFields } from "../messages/dmarc.ts";
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
import { lookBack } from "./since.ts";

const schema = z.object({
  domain: z.string().describe("the domain in the From address, as in example.com"),
  spf: z
    .string()
    .optional()
    .describe("the domain of the envelope sender, where SPF passed")
    .meta({ option: "--spf", value: "DOMAIN" }),
  dkim: z
    .string()
    .optional()
    .describe("the domains whose signatures passed, with commas between")
    .meta({ option: "--dkim", value: "DOMAIN…" }),
  signers: z.array(z.string()).optional().describe("more domains whose signatures passed, behind --dkim"),
});

type Arguments = z.output<typeof schema>;

/** Domains read after --dkim; more than any message is worth. Source: suites/bad-inputs, dkim_signatures_checked. */
const SIGNERS_MAX = 10;

export const dmarcCommand = defineCommand({
  name: "dmarc",
  summary: say`Reads a domain's DMARC policy: where it comes from, what it asks for, where reports go.`,
  usage: [
    {
      line: "dmarc DOMAIN [--spf DOMAIN] [--dkim DOMAIN…]",
      answers: say`the policy that applies and where it was found; with domains that passed, alignment and the verdict`,
    },
  ],
  example: "dmarc example.com",
  schema,
  budget: BUDGETS.dmarc,
  place([domain, ...signers]) {
    if (domain === undefined)
      return refuse("input.empty", say`A domain is missing. Type ${code("dmarc example.com")}.`);
    return { ok: true, value: { domain, ...(signers.length > 0 ? { signers } : {}) } };
  },
  lineOf: (args) => [args.domain, ...optionWords(args.spf, signersOf(args))],
  run,
});

/** Domains after --dkim: with commas, in quotes, or as words of their own. */
function signersOf({ dkim, signers = [] }: Arguments): string[] {
  return [dkim ?? "", ...signers].flatMap((each) => each.split(/[\s,]+/)).filter((each) => each !== "");
}

function optionWords(spf: string | undefined, signers: readonly string[]): string[] {
  return [
    ...(spf === undefined ? [] : ["--spf", spf]),
    ...(signers.length === 0 ? [] : ["--dkim", signers.join(",")]),
  ];
}

interface Passed {
  spf: Domain | undefined;
  dkim: Domain[];
  notices: Sentence[];
}

/** The domains that passed, judged like any other. */
function readPassed(args: Arguments): Outcome<Passed> {
  const { spf, dkim } = args;
  const read: Passed = { spf: undefined, dkim: [], notices: [] };
  const signers = signersOf(args);
  const [extra] = args.signers ?? [];
  if (dkim === undefined && extra !== undefined)
    return refuse(
      "input.extra",
      say`${code(extra)} is one word too many. Domains that passed stand behind ${code("--spf")} and ${code("--dkim")}.`,
    );
  if (signers.length > SIGNERS_MAX)
    return refuse(
      "input.extra",
      say`${signers.length} domains stand after ${code("--dkim")}; at most ${SIGNERS_MAX} are read.`,
    );
  if (spf !== undefined) {
    const parsed = parseDomain(spf);
    if (!parsed.ok) return parsed;
    read.spf = parsed.domain;
    read.notices.push(...parsed.notices.map(({ message }) => message));
  }
  for (const signer of signers) {
    const parsed = parseDomain(signer);
    if (!parsed.ok) return parsed;
    read.dkim.push(parsed.domain);
    read.notices.push(...parsed.notices.map(({ message }) => message));
  }
  return { ok: true, value: read };
}

async function run(args: Arguments, context: CommandContext): Promise<Outcome<Produced>> {
  const parsed = parseDomain(args.domain);
  if (!parsed.ok) return parsed;
  const passed = readPassed(args);
  if (!passed.ok) return passed;
  const { domain } = parsed;
  const { spf, dkim } = passed.value;
  const past = lookBack({ domain, checks: ["dmarc"] }, context);
  const { data, findings } = await runCheck(dmarcCheck, {
    ...checkContext(domain, context),
    dkim,
    ...(spf === undefined ? {} : { spf }),
  });
  const since = await past.since({ dmarc: { data, findings } });
  const notices = [...parsed.notices.map(({ message }) => message), ...passed.value.notices];
  const again: Action = {
    label: "Check again",
    line: joinWords(["dmarc", domain, ...optionWords(spf, dkim)]),
    ...(findings.some(({ severity }) => severity === "unknown") ? { primary: true } : {}),
  };
  const align: Action = {
    label: "Check alignment",
    line: joinWords(["dmarc", domain]),
    fields: alignmentFields(domain),
  };
  return {
    ok: true,
    value: { kind: "dmarc", domain, findings, data: { ...data, since }, actions: [align, again], notices },
  };
}
