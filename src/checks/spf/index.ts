/** The SPF check of a domain: reads the whole policy and reports what is to be said about it. */
import { getDomain } from "tldts";
import type { Dns, Name } from "../../ports.ts";
import { policySchema, type PolicyData, type ProposalData } from "../../results/spf.ts";
import { assumeRecord } from "../../spf/assume.ts";
import { readAddress } from "../../spf/ip.ts";
import type { Emit, SpfIssue, SpfIssues } from "../../spf/issues.ts";
import { ANSWER_ADVISED, ANSWER_UDP, NAME_MAX } from "../../spf/limits.ts";
import { lintTree } from "../../spf/lint.ts";
import { readMacroString } from "../../spf/macro.ts";
import { isSpf, parseSpf } from "../../spf/parse.ts";
import { proposeRecord, type Proposal } from "../../spf/propose.ts";
import { readPublished, type TextAnswer } from "../../spf/record.ts";
import { nodesOf, walkSpf, type SpfTree } from "../../spf/tree.ts";
import { joinStrings, readable } from "../../text/octets.ts";
import { code, say, type Sentence } from "../../text/say.ts";
import { defineDomainCheck, type CheckContext } from "../check.ts";
import type { Report } from "../../finding.ts";
import { policyData, proposalData } from "./data.ts";
import { SPF_TEXTS } from "./texts.ts";

export interface SpfContext extends CheckContext {
  /** Stands in for what the domain publishes (`--record`); one character an octet. */
  record?: string;
}

/** What the domain publishes, in one line. */
function tell({ record, terms, lookupsWhole, lookupLimit }: PolicyData): Sentence {
  const last = terms.at(-1)?.text;
  if (record === null) return say`No record.`;
  const ending = last === undefined ? say`` : say`, ends in ${code(last)}`;
  return say`${lookupsWhole} of ${lookupLimit} lookups${ending}.`;
}

export const spfCheck = defineDomainCheck<PolicyData, typeof SPF_TEXTS, SpfContext>({
  name: "spf",
  title: "SPF",
  schema: policySchema,
  findings: SPF_TEXTS,
  tell,
  async run(context, report) {
    const emit = emitter(report);
    const { domain, record } = context;
    const dns = record === undefined ? context.dns : assumeRecord(context.dns, domain, record);
    const [tree, extras] = await Promise.all([
      walkSpf(dns, domain),
      record === undefined ? readExtras(context) : null,
    ]);
    const [elsewhere, proposal] = await Promise.all([
      findElsewhere(context, tree),
      readBack(context.dns, tree),
    ]);
    lintTree(tree, emit, elsewhere);
    if (tree.answer.kind === "records") lintAnswerSize(domain, tree.answer, emit);
    lintDifferences(tree, emit);
    lintShared(tree, emit);
    if (extras !== null) lintExtras(tree, extras, emit);
    await lintExplanation(context, tree, emit);
    return policyData(tree, proposal, record !== undefined);
  },
});

/** Issues are the findings' ids without the check's name. */
export function emitter(report: Report<typeof SPF_TEXTS>): Emit {
  return (issue, subject, evidence) => {
    // The mapped type of the texts pairs every id with its evidence; a generic id cannot show it to the compiler.
    const id = `spf.${issue}` as `spf.${SpfIssue}`;
    (report as (id: string, subject: string, evidence: SpfIssues[SpfIssue]) => void)(id, subject, evidence);
  };
}

interface Extras {
  type99: TextAnswer;
  /** null: the name to ask for would be too long. */
  wildcard: TextAnswer | null;
}

/** What no evaluation asks for: type 99, and whether a name that nobody defined has a record. */
async function readExtras({ dns, domain, probe }: SpfContext): Promise<Extras> {
  const name = `${probe}.${domain}`;
  const [type99, wildcard] = await Promise.all([
    dns.ask({ name: domain, type: "SPF" }),
    name.length > NAME_MAX ? null : dns.ask({ name, type: "TXT" }),
  ]);
  return { type99, wildcard };
}

function lintExtras({ domain, published }: SpfTree, { type99, wildcard }: Extras, emit: Emit): void {
  if (type99.kind === "records") {
    const records = type99.records.map(joinStrings);
    const own = published.kind === "record" ? published.record.text : null;
    emit("type99", domain, {
      records: records.slice(0, 5).map(readable),
      same: records.every((text) => text === own),
    });
  }
  const everywhere = wildcard?.kind === "records" ? wildcard.records.map(joinStrings).find(isSpf) : undefined;
  if (everywhere !== undefined) emit("wildcard", domain, { name: domain, record: readable(everywhere) });
}

/** RFC 7208 §3.4: the name and the texts of all its TXT records together. */
function lintAnswerSize(domain: Name, answer: Extract<TextAnswer, { kind: "records" }>, emit: Emit): void {
  const texts = answer.records.map((strings) => strings.reduce((sum, string) => sum + string.length + 1, 0));
  const records = texts.length;
  const octets = texts.reduce((sum, each) => sum + each, domain.length);
  const own = Math.max(
    0,
    ...answer.records.map((strings, index) => (isSpf(joinStrings(strings)) ? texts[index]! : 0)),
  );
  // An answer repeats a compressed name and ten octets of header with each record (RFC 1035 §4.1.3).
  const message = octets + 12 + records * 12;
  if (message > ANSWER_UDP) emit("answer-tcp", domain, { octets: message, limit: ANSWER_UDP, records, own });
  else if (octets > ANSWER_ADVISED)
    emit("answer-large", domain, { octets, advised: ANSWER_ADVISED, records, own });
}

/** Where two good evaluators part whatever the client is (reference peers.md §6.3). */
function lintDifferences(tree: SpfTree, emit: Emit): void {
  const differ = (kind: SpfIssues["receivers-differ"]["kind"], term: string): void => {
    emit("receivers-differ", term, { kind, term, ours: null, theirs: null });
  };
  const nodes = [...nodesOf(tree.root)];
  const families = [4, 6] as const;
  if (families.some((family) => tree.voids[family] <= 2 && tree.voidQueries[family] > 2)) {
    const mx = nodes.find(({ term }) => term?.kind === "mx");
    differ("void-per-query", mx?.term?.text ?? tree.domain);
  }
  for (const { trouble, term, hosts, record } of nodes) {
    if (trouble?.code === "loop" && trouble.path.length === 2 && term !== null)
      differ("self-include", term.text);
    if (term?.kind === "mx" && hosts.some((host) => readAddress(host) !== null))
      differ("mx-address", term.text);
    if (record?.repeated) differ("repeated-modifier", record.repeated.text);
    const broken =
      trouble?.code === "syntax" ? trouble.errors.find(({ part }) => /[\r\n]/.test(part)) : undefined;
    if (broken !== undefined) differ("newline", readable(broken.term));
  }
}

/** RFC 7208 §11.4: includes that lead out of the domain's own organization. */
function lintShared({ root, domain }: SpfTree, emit: Emit): void {
  const own = getDomain(domain);
  const terms = root.children.flatMap(({ term, domain: target, depends }) => {
    if (term?.kind !== "include" || target === null || depends.length > 0) return [];
    return getDomain(target) === own ? [] : [term.text];
  });
  if (terms.length > 0) emit("shared-sender", domain, { terms });
}

/** Where a record for this domain may have been put by mistake. */
const WRONG_PLACES = ["_spf", "spf"] as const;

async function findElsewhere({ dns, domain }: SpfContext, { published }: SpfTree): Promise<string[]> {
  const missing = published.kind === "no-spf" || (published.kind === "none" && published.why === "nodata");
  const names = missing ? WRONG_PLACES.map((label) => `${label}.${domain}`) : [];
  const found = await Promise.all(
    names.map(async (name) =>
      readPublished(await dns.ask({ name, type: "TXT" })).kind === "record" ? [name] : [],
    ),
  );
  return found.flat();
}

/** RFC 7208 §6.2: an explanation that cannot be read is silently left out by receivers. */
async function lintExplanation({ dns }: SpfContext, { root }: SpfTree, emit: Emit): Promise<void> {
  const exp = root.record?.exp ?? null;
  if (exp?.target.fixed == null) return;
  const name = exp.target.fixed.replace(/\.$/, "");
  const fails = (why: SpfIssues["exp-fails"]["why"]): void => {
    emit("exp-fails", exp.text, { term: exp.text, name, why });
  };
  const answer = await dns.ask({ name, type: "TXT" });
  if (answer.kind === "failed") emit("failed", name, { term: exp.text, name, type: "TXT", why: answer.why });
  else if (answer.kind === "none") fails("none");
  else if (answer.records.length > 1) fails("several");
  else {
    const text = joinStrings(answer.records[0]!);

    if (/[^\0-\x7f]/.test(text)) fails("not-ascii");
    else if (!readMacroString(text, "explanation").ok) fails("bad-macro");
  }
}

/** The record to publish instead, read back: it is offered only if it parses, and told with what it costs. */
async function readBack(dns: Dns, tree: SpfTree): Promise<ProposalData | null> {
  const first = proposeRecord(tree);
  if (first === null || parseSpf(first.text).errors.length > 0) return null;
  const read = ({ text }: Proposal): Promise<SpfTree> =>
    walkSpf(assumeRecord(dns, tree.domain, text), tree.domain);
  const after = await read(first);
  // What a syntax error hid, above all an include that leads nowhere, shows only once it is mended.
  const second = proposeRecord(after);
  if (second === null) return proposalData(first, after);
  const both: Proposal = {
    text: second.text,
    changes: [...first.changes, ...second.changes],
    edits: [...first.edits, ...second.edits],
  };
  return proposalData(both, await read(both));
}
