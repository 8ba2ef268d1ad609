/** The SPF verdict for one address, with what a person needs to act on it: the nearest miss, whose address it is, who differs. */
import type { Address } from "../../address.ts";
import { defineCheck } from "../../finding.ts";
import type { Dns, Name } from "../../ports.ts";
import { matcher } from "../../providers/index.ts";
import type { VerdictData } from "../../results/spf.ts";
import { assumeRecord } from "../../spf/assume.ts";
import { evaluateSpf } from "../../spf/evaluate.ts";
import { distance, formatNetwork } from "../../spf/ip.ts";
import type { Emit, SpfIssue } from "../../spf/issues.ts";
import { lintTree } from "../../spf/lint.ts";
import { validatedNames } from "../../spf/match.ts";
import { walkSpf, type SpfTree } from "../../spf/tree.ts";
import type { Difference, Reason, Result, Verdict } from "../../spf/verdict.ts";
import { foreign } from "../../text/foreign.ts";
import { octetsOf, readable } from "../../text/octets.ts";
import { toldData } from "../../told.ts";
import { providerOfTerm } from "./data.ts";
import { emitter } from "./index.ts";
import { SPF_TEXTS } from "./texts.ts";

/** Longest explanation shown, in characters; source: suites/bad-inputs SPF-071. */
const EXPLANATION_MAX = 500;

export interface VerdictContext {
  dns: Dns;
  domain: Name;
  address: Address;
  sender: { local: string; domain: string };
  helo: string;
  /** Stands in for what the domain publishes (`--record`); one character an octet. */
  record?: string;
  now: () => number;
}

export const spfVerdict = defineCheck<VerdictContext, VerdictData, typeof SPF_TEXTS>({
  name: "spf",
  findings: SPF_TEXTS,
  async run(context, report) {
    const { domain, address, sender, helo, now, record } = context;
    const dns = record === undefined ? context.dns : assumeRecord(context.dns, domain, record);
    // The tree asks side by side for what the evaluation asks in order; a command's meter makes it one question each.
    const [tree, verdict] = await Promise.all([
      walkSpf(dns, domain),
      evaluateSpf({ address, domain, sender, helo }, { dns, now }),
    ]);
    const outside = isOutside(verdict.result);
    const nearest = outside ? nearestNetwork(tree, address) : null;
    lintVerdict(context, verdict, tree, nearest, emitter(report));
    const ptr = outside ? (await validatedNames({ dns, address })).names : null;
    return verdictData(context, verdict, tree, nearest, ptr);
  },
});

function isOutside(result: Result): result is "fail" | "softfail" | "neutral" {
  return result === "fail" || result === "softfail" || result === "neutral";
}

/** The authorised network nearest to an address that is outside them all. */
function nearestNetwork({ authorised }: SpfTree, { family, octets }: Address): VerdictData["nearest"] {
  let best: { away: bigint; network: string; term: string } | null = null;
  for (const { network, term } of authorised) {
    if (network.family !== family) continue;
    const away = distance(network, octets);
    if (best === null || away < best.away) best = { away, network: formatNetwork(network), term: term.text };
  }
  return best === null
    ? null
    : { network: best.network, term: best.term, away: best.away.toLocaleString("en-US") };
}

function lintVerdict(
  { address, domain }: VerdictContext,
  { result, reason, differences }: Verdict,
  tree: SpfTree,
  nearest: VerdictData["nearest"],
  emit: Emit,
): void {
  const near = nearest?.network ?? null;
  if (result === "fail") emit("not-authorised", address.text, { address: address.text, nearest: near });
  else if (isOutside(result))
    emit("not-confirmed", address.text, { address: address.text, result, nearest: near });
  else if (result === "none" && reason.code === "no-record" && reason.why === "bad-name")
    emit("missing", domain, { domain, why: "nodata", elsewhere: [] });
  else if (result === "none" || result === "permerror") lintTree(tree, onlyErrors(emit));
  else if (reason.code === "dns") {
    const { where, question, why } = reason;
    emit("failed", question.name, {
      term: where?.term ?? null,
      name: question.name,
      type: question.type,
      why,
    });
  }
  for (const { kind, result: theirs, where } of partings({ result, differences }))
    emit("receivers-differ", where.term, { kind, term: where.term, ours: result, theirs });
}

/** Each way in which receivers part, once, where it changes the result. */
function partings({ result, differences }: Pick<Verdict, "result" | "differences">): Difference[] {
  return differences.filter(
    (each, index) =>
      each.result !== result && differences.findIndex(({ kind }) => kind === each.kind) === index,
  );
}

/** What makes a policy unusable; the rest is the domain's page's business. */
function onlyErrors(emit: Emit): Emit {
  return (issue: SpfIssue, ...rest) => {
    const limit = issue === "void-limit-family" || issue === "void-limit-possible";
    if (limit || SPF_TEXTS[`spf.${issue}`].severity === "error") emit(issue, ...rest);
  };
}

function verdictData(
  { address, sender, helo, record, domain }: VerdictContext,
  verdict: Verdict,
  tree: SpfTree,
  nearest: VerdictData["nearest"],
  ptr: readonly string[] | null,
): VerdictData {
  const { published, answer } = tree;
  const { result, reason, explanation, steps, budget } = verdict;
  const where = whereOf(reason);
  return {
    result,
    explanation: explanation === null ? null : foreign(octetsOf(explanation), EXPLANATION_MAX),
    mechanism: reason.code === "matched" ? reason.where.term : null,
    steps: steps.map(({ depth, domain: within, term, outcome, name, found, inner, lookups, voids }) => ({
      depth,
      domain: within,
      term,
      outcome,
      name: name ?? null,
      found: [...(found ?? [])],
      inner: inner ?? null,
      lookups,
      voids,
    })),
    reason: { code: reason.code, ...where, provider: deciderOf(where, domain) },
    address: address.text,
    sender: `${sender.local === "" ? "postmaster" : sender.local}@${sender.domain}`,
    helo,
    lookups: budget.lookups,
    voids: budget.voids,
    record: published.kind === "record" ? readable(published.record.text) : null,
    ptr: ptr === null ? null : [...ptr],
    ptrProvider: ptr?.map((name) => matcher().ptr(name)?.name).find((name) => name !== undefined) ?? null,
    nearest,
    receivers: partings(verdict).map(({ kind, result: theirs, where: { term } }) => ({
      kind,
      result: theirs,
      term,
    })),
    told: answer.kind === "failed" ? null : toldData(answer, domain),
    assumed: record !== undefined,
  };
}

function whereOf(reason: Reason): { domain: string | null; term: string | null } {
  if ("where" in reason) return { domain: reason.where?.domain ?? null, term: reason.where?.term ?? null };
  return { domain: reason.domain, term: null };
}

/** The provider whose record decided, or whose name the deciding term of the domain's own record asks for. */
function deciderOf(where: { domain: string | null; term: string | null }, domain: Name): string | null {
  if (where.domain !== null && where.domain !== domain) return matcher().spf(where.domain)?.name ?? null;
  return where.term === null ? null : providerOfTerm(where.term);
}
