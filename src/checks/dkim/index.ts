/** The DKIM check of a domain: the keys at selectors that are named, or that can be guessed. */
import { candidatesFor, discoverSelectors, type Discovery } from "../../dkim/discover.ts";
import { bindingName } from "../../dkim/name.ts";
import { probeDomain, type DomainProbe, type Probe, type Wildcard } from "../../dkim/probe.ts";
import { RANKED_SELECTORS } from "../../dkim/ranked.ts";
import { keysLine } from "../../messages/dkim.ts";
import { dkimSchema, type DkimData } from "../../results/dkim.ts";
import { defineDomainCheck, type CheckContext } from "../check.ts";
import { selectorData } from "./data.ts";
import { TRIED_MAX } from "./limits.ts";
import { providerOf, readSenders, type Senders } from "./providers.ts";
import { reportProbe, selectorsOf, shownRecords, type Emit } from "./selector.ts";
import { DKIM_TEXTS } from "./texts.ts";

export interface DkimContext extends CheckContext {
  /** As `parseSelector` gives them; without any they are looked for. */
  selectors?: readonly string[];
  /** Selectors to try where none is named. */
  most?: number;
  /** The domain sends nothing: nothing is asked. */
  skip?: boolean;
}

const NOT_ASKED: DkimData = { selectors: [], tried: 0, failed: 0, wildcard: false, asked: false };

export const dkimCheck = defineDomainCheck<DkimData, typeof DKIM_TEXTS, DkimContext>({
  name: "dkim",
  title: "DKIM",
  schema: dkimSchema,
  findings: DKIM_TEXTS,
  tell: keysLine,
  run(context, emit) {
    const { selectors = [], skip = false } = context;
    if (skip) return Promise.resolve(NOT_ASKED);
    return selectors.length > 0 ? checkNamed(context, selectors, emit) : lookForKeys(context, emit);
  },
});

const isUsable = ({ status }: Probe): boolean => status === "ok";

/** Reports on each selector, and on what only all of them together show. */
function reportAll(domain: string, probes: readonly Probe[], emit: Emit): void {
  const usable = probes.filter(isUsable);
  for (const probe of probes) reportProbe(probe, usable.length > 0, emit);
  // RFC 8463 §6: signers sign with both for as long as verifiers read RSA alone.
  if (usable.length > 0 && usable.every(({ key }) => key?.keyType === "ed25519"))
    emit("dkim.ed25519-only", domain, { domain, selectors: selectorsOf(usable) });
}

/** What a made-up selector answers; `hidden`: the selectors that a person named, and that answer the same. */
function reportWildcard(
  domain: string,
  { name, records, aliases, key }: Wildcard,
  hidden: readonly Probe[],
  emit: Emit,
): void {
  const shown = shownRecords(records);
  if (hidden.length > 0)
    emit("dkim.wildcard", domain, {
      domain,
      selectors: selectorsOf(hidden),
      records: shown,
      aliases: [...aliases],
    });
  else
    emit("dkim.wildcard-answer", domain, {
      domain,
      name,
      records: shown,
      revoked: key?.status === "revoked",
    });
}

function reportWildcardUnknown(domain: string, probes: readonly Probe[], emit: Emit): void {
  const answered = probes.filter(({ key }) => key !== null);
  if (answered.length > 0)
    emit("dkim.wildcard-unknown", domain, { domain, selectors: selectorsOf(answered) });
}

async function checkNamed(
  { dns, domain, probe }: DkimContext,
  selectors: readonly string[],
  emit: Emit,
): Promise<DkimData> {
  const found: DomainProbe = await probeDomain(dns, domain, selectors, probe);
  const { probes, wildcard, wildcardUnknown } = found;
  reportAll(domain, probes, emit);
  if (wildcard !== null) {
    const hidden = probes.filter(({ detail }) => detail?.kind === "wildcard");
    reportWildcard(domain, wildcard, hidden, emit);
  }
  if (wildcardUnknown) reportWildcardUnknown(domain, probes, emit);
  return {
    selectors: probes.map((each) => selectorData(each, "named", providerOf(each))),
    tried: probes.length,
    failed: probes.filter(({ status }) => status === "unknown").length,
    wildcard: wildcard !== null,
    asked: true,
  };
}

async function lookForKeys(context: DkimContext, emit: Emit): Promise<DkimData> {
  const { dns, domain, probe, most = TRIED_MAX, now } = context;
  const senders = await readSenders(dns, domain);
  const { providers } = senders;
  const candidates = candidatesFor({ providers, ranked: RANKED_SELECTORS, most, now: now() });
  const found = await discoverSelectors(dns, domain, candidates, probe);
  const listed = [...found.hits, ...found.dangling];
  reportAll(domain, listed, emit);
  if (found.wildcardAnswer !== null) reportWildcard(domain, found.wildcardAnswer, [], emit);
  if (found.wildcardUnknown) reportWildcardUnknown(domain, listed, emit);
  reportSearch(domain, found, senders, emit);
  return {
    selectors: listed.map((each) => selectorData(each, each.because, providerOf(each, each))),
    tried: found.tried,
    failed: found.failed,
    wildcard: found.wildcard,
    asked: true,
  };
}

/** How far a search came. That nothing was found is no fault of the domain; that nothing was answered is no fact at all. */
function reportSearch(
  domain: string,
  { hits, dangling, tried, failed, ended, wildcard }: Discovery,
  { failed: types, noDomain }: Senders,
  emit: Emit,
): void {
  const name = bindingName(domain);
  const isFound = hits.length + dangling.length > 0;
  const lacking = { domain, failed, tried, types: [...types] };
  if (noDomain && ended === "nxdomain") emit("dkim.no-domain", domain, { domain });
  else if (ended === "nxdomain") emit("dkim.no-domainkey", domain, { domain, name });
  else if (failed > 0 || types.length > 0)
    emit(isFound ? "dkim.some-unanswered" : "dkim.not-answered", domain, lacking);
  else if (!isFound) emit("dkim.none-found", domain, { domain, tried, wildcard });
}
