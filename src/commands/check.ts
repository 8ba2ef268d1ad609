/** `check`: every check of a domain in one pass, the next step first; several domains side by side. */
import * as z from "zod";
import type { CheckContext, DomainCheck } from "../checks/check.ts";
import { CHECKS, type CheckName, type DataOf } from "../checks/index.ts";
import { KEPT } from "../changes/facts.ts";
import { BUDGETS } from "../dns/limits.ts";
import { parseDomain, type Domain } from "../domain.ts";
import { runCheck, stateOf, worstFirst, type Finding } from "../finding.ts";
import { checkHeadline, exposureSentence, nothingLeft, todoOf } from "../messages/check.ts";
import { readMx } from "../mx/hosts.ts";
import { matcher } from "../providers/index.ts";
import type { CheckedData, DomainSummaryData } from "../results/check.ts";
import { readPublished } from "../spf/record.ts";
import { decisionOf } from "../summary/decision.ts";
import { exposureOf } from "../summary/exposure.ts";
import type { Facts } from "../summary/facts.ts";
import { countOf, firstToMend } from "../summary/next.ts";
import { sendsNothing, shapeOf } from "../summary/shape.ts";
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

/** Domains of one line. Source: issue `/check`. */
const DOMAINS_MAX = 10;
/** DKIM selectors tried for each domain. Source: issue `/spf` (meter: `check` 200, at most 24 DKIM candidates). */
const CANDIDATES = 24;

const schema = z.object({
  domains: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(/[\s,]+/))])
    .describe("up to ten domains, as in example.com example.net"),
  failOn: z
    .enum(["error", "warning"])
    .optional()
    .describe("the least severity that ends a pipeline with status 1")
    .meta({ option: "--fail-on", value: "warning" }),
});

type Arguments = z.output<typeof schema>;

export const checkCommand = defineCommand({
  name: "check",
  summary: say`Checks everything about a domain's mail: what is wrong, and what to do first.`,
  usage: [
    { line: "check DOMAIN", answers: say`every check in one page, the next step first` },
    { line: "check DOMAIN…", answers: say`up to ten domains side by side` },
    {
      line: "check DOMAIN --fail-on warning",
      answers: say`the same, for a pipeline: status 1 from a warning on`,
    },
  ],
  example: "check example.com",
  schema,
  budget: ({ domains }) => BUDGETS.check * Math.min(domains.length, DOMAINS_MAX),
  place: (words) =>
    words.length === 0
      ? refuse("input.empty", say`A domain is missing. Type ${code("check example.com")}.`)
      : {
          ok: true,
          value: { domains: words.flatMap((word) => word.split(",").filter((each) => each !== "")) },
        },
  lineOf: ({ domains, failOn }) => [...domains, ...(failOn === undefined ? [] : ["--fail-on", failOn])],
  run,
});

async function run(
  { domains, failOn = "error" }: Arguments,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  if (domains.length > DOMAINS_MAX)
    return refuse(
      "input.too-many",
      say`${domains.length} domains are too many at once. Type up to ${DOMAINS_MAX}, as in ${code("check example.com example.net")}.`,
    );
  const parsed = domains.map((typed) => parseDomain(typed));
  const names: Domain[] = [];
  const notices: Sentence[] = [];
  for (const each of parsed) {
    if (!each.ok) return each;
    if (!names.includes(each.domain)) names.push(each.domain);
    notices.push(...each.notices.map(({ message }) => message));
  }
  const [only] = names;
  if (names.length === 1 && only !== undefined) {
    const past = lookBack({ domain: only, checks: KEPT, width: 1 }, context);
    const { findings, ran, summary } = await checkDomain(only, context);
    const since = await past.since(ran);
    const actions = actionsFor(only, findings, failOn);
    return {
      ok: true,
      value: { kind: "check", domain: only, findings, data: { ...summary, failOn, since }, actions, notices },
    };
  }
  const all = await Promise.all(
    names.map(async (domain) => {
      const { findings, summary } = await checkDomain(domain, context);
      return { domain, state: stateOf(findings), ...summary, findings };
    }),
  );
  return {
    ok: true,
    value: {
      kind: "checks",
      findings: worstFirst(all.flatMap(({ findings }) => findings)),
      data: { domains: all, failOn },
      actions: [
        ...all.map(({ domain }): Action => ({
          label: `Check ${domain}`,
          line: joinWords(["check", domain]),
        })),
        { label: "Check again", line: joinWords(["check", ...names]) },
      ],
      notices,
    },
  };
}

type Ran = { [N in CheckName]: { data: DataOf<N>; findings: Finding[] } };

/** Every check of one domain, started together. */
async function checkDomain(
  domain: Domain,
  command: CommandContext,
): Promise<{ summary: DomainSummaryData; findings: Finding[]; ran: Ran }> {
  const context = checkContext(domain, command);
  const names = Object.keys(CHECKS) as CheckName[];
  const results = await Promise.all(
    names.map(async (name) => {
      const options = name === "dkim" ? { most: CANDIDATES, skip: await isParked(context) } : {};
      return [
        name,
        await runCheck(CHECKS[name] as unknown as DomainCheck, { ...context, ...options }),
      ] as const;
    }),
  );
  // Each name was run with its own check.
  const ran = Object.fromEntries(results) as unknown as Ran;
  const inOrder = names.flatMap((name) => ran[name].findings);
  return { summary: summarize(domain, ran), findings: worstFirst(inOrder), ran };
}

/** A domain that neither sends nor takes mail is not asked for keys: `v=spf1 -all` alone, and no MX record or a null one. */
async function isParked({ dns, domain }: CheckContext): Promise<boolean> {
  const [text, mx] = await Promise.all([
    dns.ask({ name: domain, type: "TXT" }),
    dns.ask({ name: domain, type: "MX" }),
  ]);
  const { kind } = readMx(mx);
  const published = readPublished(text);
  if (published.kind !== "record" || (kind !== "null" && kind !== "none")) return false;
  return sendsNothing({ record: published.record.text, terms: published.record.terms });
}

function summarize(domain: Domain, ran: Ran): DomainSummaryData {
  const names = Object.keys(CHECKS) as CheckName[];
  const findings = names.flatMap((name) => ran[name].findings);
  const facts = factsOf(ran, findings);
  const { answer, reason } = exposureOf(facts);
  const next = nextOf(domain, ran, findings);
  return {
    shape: shapeOf(facts),
    headline: checkHeadline(countOf(findings), next.todo),
    next,
    exposure: { answer, why: exposureSentence(reason, domain) },
    senders: sendersOf(ran),
    decision: decisionOf(facts),
    checks: Object.fromEntries(names.map((name) => [name, checkedOf(name, ran[name])])),
  };
}

function factsOf({ spf, dkim, dmarc, mx }: Ran, findings: readonly Finding[]): Facts {
  const open = findings.filter(({ severity }) => severity === "unknown").map(({ id }) => id.split(".")[0]!);
  return {
    spf: spf.data,
    dkim: dkim.data,
    dmarc: dmarc.data,
    mx: mx.data,
    findings: new Set(findings.map(({ id }) => id)),
    open: new Set(open),
  };
}

function checkedOf(name: CheckName, { data, findings }: Ran[CheckName]): CheckedData {
  const { title, tell, absent: ids = [] } = CHECKS[name] as unknown as DomainCheck;
  const worst = findings.find(({ severity }) => severity !== "info");
  const absent = worst === undefined && findings.some(({ id }) => ids.includes(id));
  return { title, state: stateOf(findings), line: worst?.title ?? tell(data), absent, data };
}

function nextOf(domain: Domain, ran: Ran, findings: readonly Finding[]): DomainSummaryData["next"] {
  const finding = firstToMend(findings);
  if (finding === null) return { id: null, todo: nothingLeft(), fix: null, record: null };
  const [name = ""] = finding.id.split(".");
  const title = Object.hasOwn(CHECKS, name) ? CHECKS[name as CheckName].title : name;
  const proposals: ReadonlyMap<string, { name: string; value: string } | null> = new Map([
    ["spf", ran.spf.data.proposal === null ? null : { name: domain, value: ran.spf.data.proposal.record }],
    ["dmarc", dmarcRecord(ran.dmarc.data)],
  ]);
  return {
    id: finding.id,
    todo: todoOf(finding.id, title, finding.severity),
    fix: finding.fix,
    record: proposals.get(name) ?? null,
  };
}

function dmarcRecord({ proposal }: DataOf<"dmarc">): { name: string; value: string } | null {
  return proposal === null ? null : { name: proposal.name, value: proposal.record };
}

/** Who seems to send, by the names that SPF, MX and the keys' CNAMEs lead to. */
function sendersOf({ spf, dkim, mx }: Ran): DomainSummaryData["senders"] {
  const found = matcher().senders({
    spf:
      spf.data.tree?.children.flatMap(({ kind, domain }) =>
        kind === "domain" || domain === null ? [] : [domain],
      ) ?? [],
    cname: dkim.data.selectors.flatMap(({ aliases }) => aliases),
    mx: mx.data.hosts.map(({ host }) => host),
  });
  return found.map(({ id, name, via, evidence }) => ({
    id,
    name,
    via: via ?? null,
    evidence: [...evidence],
  }));
}

function actionsFor(domain: Domain, findings: readonly Finding[], failOn: "error" | "warning"): Action[] {
  const first = firstToMend(findings);
  const [about = ""] = first?.id.split(".") ?? [];
  const own = ["spf", "dkim", "dmarc"].map((name): Action => ({
    label: `See ${CHECKS[name as CheckName].title}`,
    line: joinWords([name, domain]),
    ...(name === about ? { primary: true } : {}),
  }));
  const again = failOn === "error" ? [] : ["--fail-on", failOn];
  return [
    ...own.filter(({ primary }) => primary === true),
    ...own.filter(({ primary }) => primary !== true),
    { label: "Check again", line: joinWords(["check", domain, ...again]) },
  ];
}
