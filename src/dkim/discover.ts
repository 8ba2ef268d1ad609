/** Looks for selectors nobody named: which are worth asking, and what they answer. Finding none proves nothing. */
import type { Dns, Name } from "../ports.ts";
import { datedSelectors, expandPattern } from "./dated.ts";
import { FIRST_BATCH, RANKED_BEFORE_DATED } from "./limits.ts";
import { bindingName, parseSelector } from "./name.ts";
import { probeSelector, type Probe, type Wildcard } from "./probe.ts";
import { isHit } from "./read.ts";
import { wildcardOf, withoutWildcards } from "./wildcard.ts";

/** Why a selector is worth asking. */
export type Because = "provider" | "ranked" | "dated";

export interface Candidate {
  /** Lower-case. */
  selector: string;
  because: Because;
  /** The provider's id, where it is because of one. */
  provider?: string;
}

export interface SelectorProvider {
  id: string;
  name: string;
  /** Literal selectors. */
  selectors: readonly string[];
  /** As the facts write them: "hs{1|2}-{portal-id}", "scph{MMYY}"; those with a part that cannot be guessed give nothing. */
  patterns?: readonly string[];
}

export interface Wanted {
  /** Most likely first. */
  providers: readonly SelectorProvider[];
  /** `RANKED_SELECTORS`. */
  ranked: readonly string[];
  most: number;
  /** Milliseconds since 1970. */
  now: number;
}

/** A selector that answered. */
export interface Found extends Probe {
  because: Because;
  provider?: string;
}

export interface Discovery {
  /** "ok", "revoked" or "broken", in the order of the candidates; never a wildcard's answer. */
  hits: readonly Found[];
  /** "missing", but delegated by CNAME into nothing. */
  dangling: readonly Found[];
  /** Selectors asked. */
  tried: number;
  /**
   * Why not all candidates were asked. "nxdomain": `_domainkey` does not exist, so nothing below it does (RFC 8020). "failed": not
   * one question of the first batch was answered.
   */
  ended: "nxdomain" | "failed" | null;
  /** Selectors that were asked, and whose answer failed. */
  failed: number;
  /** A made-up selector answers too. */
  wildcard: boolean;
  /** What it answers. */
  wildcardAnswer: Wildcard | null;
  /** The made-up selector could not be asked, so a hit may be a wildcard's answer. */
  wildcardUnknown: boolean;
}

/** The selectors to ask: what the providers use, the likeliest, those with dates, all others; each once, at most `most`. */
export function candidatesFor({ providers, ranked, most, now }: Wanted): Candidate[] {
  const candidates = new Map<string, Candidate>();
  const add = (candidate: Candidate): void => {
    const parsed = parseSelector(candidate.selector);
    if (!parsed.ok || candidates.size >= most || candidates.has(parsed.selector)) return;
    candidates.set(parsed.selector, { ...candidate, selector: parsed.selector });
  };
  for (const { id, selectors } of providers)
    for (const selector of selectors) add({ selector, because: "provider", provider: id });
  for (const { id, patterns = [] } of providers)
    for (const pattern of patterns)
      for (const selector of expandPattern(pattern, now))
        add({ selector, because: "provider", provider: id });
  for (const selector of ranked.slice(0, RANKED_BEFORE_DATED)) add({ selector, because: "ranked" });
  for (const selector of datedSelectors(now)) add({ selector, because: "dated" });
  for (const selector of ranked.slice(RANKED_BEFORE_DATED)) add({ selector, because: "ranked" });
  return [...candidates.values()];
}

/** Why nothing more is worth asking after the first batch; null where there is. */
async function endOf(
  binding: ReturnType<Dns["ask"]>,
  first: readonly Probe[],
): Promise<"nxdomain" | "failed" | null> {
  const answer = await binding;
  const answered = first.filter(({ status }) => status !== "unknown");
  if (answer.kind === "failed" && answered.length === 0) return "failed";
  // Some servers deny names that have names below them (RFC 8020 §5): what answered counts.
  const isEmpty = first.every(({ told }) => told?.kind === "none" && told.aliases.length === 0);
  return answer.kind === "none" && answer.why === "nxdomain" && isEmpty ? "nxdomain" : null;
}

/**
 * Asks the candidates side by side, and beside them the made-up selector `probeLabel` that shows wildcards. The first few go ahead
 * with `_domainkey` itself: without it there is nothing to find. Never throws.
 */
export async function discoverSelectors(
  dns: Dns,
  domain: Name,
  candidates: readonly Candidate[],
  probeLabel: string,
): Promise<Discovery> {
  const askAll = (some: readonly Candidate[]): Promise<Probe[]> =>
    Promise.all(some.map(({ selector }) => probeSelector(dns, domain, selector)));
  const binding = dns.ask({ name: bindingName(domain), type: "TXT" });
  const [madeUp, first] = await Promise.all([
    probeSelector(dns, domain, probeLabel),
    askAll(candidates.slice(0, FIRST_BATCH)),
  ]);
  const ended = await endOf(binding, [madeUp, ...first]);
  const probes = ended === null ? [...first, ...(await askAll(candidates.slice(FIRST_BATCH)))] : first;
  const judged = await withoutWildcards(dns, probes, madeUp, probeLabel);
  const found = judged.map((probe, index): Found => {
    const { because, provider } = candidates[index]!;
    return { ...probe, because, ...(provider === undefined ? {} : { provider }) };
  });
  const wildcard = wildcardOf(madeUp);
  return {
    hits: found.filter(isHit),
    dangling: found.filter(({ detail }) => detail?.kind === "dangling"),
    tried: probes.length,
    ended,
    failed: probes.filter(({ status }) => status === "unknown").length,
    wildcard: wildcard !== null,
    wildcardAnswer: wildcard,
    wildcardUnknown: wildcard === null && madeUp.status === "unknown",
  };
}
