/** A diagnosis as the JSON of `triage`: every foreign text masked, so that no local part of an address leaves this file. */
import { triageNext } from "../../messages/triage.ts";
import type { TriageData } from "../../results/triage.ts";
import { codesDate, entries, statusMeaning } from "../../triage/codes.ts";
import type { Evidence } from "../../triage/decide.ts";
import type { Diagnosis } from "../../triage/diagnose.ts";
import { maskNames } from "../../triage/mask.ts";
import type { AuthResult, Hop } from "../../triage/message.ts";
import { CODES_MAX, FACTS_MAX, HOPS_MAX, KEYS_MAX, RESULTS_MAX } from "./limits.ts";
import { ticketOf } from "./ticket.ts";

/** What a reply of several lines repeats in front of each (RFC 5321 §4.2.1). */
const CONTINUED = /\n\s{0,20}[245]\d\d[- ](?:#?[245]\.\d{1,3}\.\d{1,3} )?/g;

type Mask = (text: string) => string;

/** Masks what stands in this very text; the names known from it also where they stand alone. */
export function maskOf({ bounce, message }: Diagnosis): Mask {
  const known = [bounce.recipient, bounce.returnedTo, message?.envelope ?? null];
  // Lines of a reply are one sentence.
  return (text) => maskNames(text.replaceAll(/\s{1,1000}/g, " "), known);
}

const BASES: Readonly<Record<Evidence["kind"], TriageData["basis"]>> = {
  text: "words",
  status: "status",
  results: "results",
  feedback: "feedback",
  nothing: "nothing",
};

export function dataOf(diagnosis: Diagnosis): TriageData {
  const { verdict, then, now, byDns, message, replay, provider } = diagnosis;
  const mask = maskOf(diagnosis);
  const { cause, mechanism, confidence, actor, notAuthentication, code, enhanced, domain, ip } = verdict;
  const from = message?.from[0] ?? null;
  const data = {
    ...{ cause, mechanism, confidence, actor, notAuthentication, code, enhanced, from, ip },
    texts: 1,
    receiver: verdict.receiver === null ? null : mask(verdict.receiver),
    facts: factsOf(diagnosis, mask),
    replay: replay === null ? null : wordsOf(replay),
    next: triageNext(verdict, domain),
    basis: byDns ? "dns" : BASES[verdict.why.kind],
    then: { cause: then.cause, confidence: then.confidence },
    now,
    provider,
    spf: spfOf(diagnosis),
    keys: keysOf(diagnosis),
    policy: policyOf(diagnosis),
    reverse:
      diagnosis.reverse === null ? null : { ...diagnosis.reverse, names: [...diagnosis.reverse.names] },
    hops: (message?.hops ?? []).slice(0, HOPS_MAX).map((hop) => hopOf(hop, mask)),
    results: (message?.results ?? []).slice(0, RESULTS_MAX).map((result) => resultOf(result, mask)),
    codes: codesOf(diagnosis),
  };
  return { ...data, ticket: ticketOf(data, domain).map(mask) };
}

function wordsOf({ spf, dkim, dmarc, arc }: NonNullable<Diagnosis["replay"]>): TriageData["replay"] {
  return {
    spf: spf?.result ?? null,
    dkim: dkim?.result ?? null,
    dmarc: dmarc?.result ?? null,
    arc: arc?.result ?? null,
  };
}

/** What was said, the believed first. */
function factsOf({ verdict, bounce }: Diagnosis, mask: Mask): TriageData["facts"] {
  const said = verdict.facts.map(({ said: words, by, trusted }) => ({
    said: mask(words.replaceAll(CONTINUED, " ")),
    by: by === null ? null : mask(by),
    trusted,
  }));
  const { feedback } = bounce;
  const told = feedback?.results == null ? [] : [{ said: mask(feedback.results), by: null, trusted: true }];
  return [...told, ...said].sort((a, b) => Number(b.trusted) - Number(a.trusted)).slice(0, FACTS_MAX);
}

function spfOf({ replay }: Diagnosis): TriageData["spf"] {
  if (replay?.spf == null) return null;
  const { domain, ip, result, verdict } = replay.spf;
  const { reason } = verdict;
  const term = "where" in reason && reason.where !== null ? reason.where.term : null;
  return { domain, ip, result, term };
}

function keysOf({ replay }: Diagnosis): TriageData["keys"] {
  const signatures = replay?.dkim?.signatures ?? [];
  return signatures.slice(0, KEYS_MAX).map(({ signature: { domain, selector }, key, result, reason }) => ({
    ...{ domain, selector, key, result, reason },
  }));
}

function policyOf({ replay }: Diagnosis): TriageData["policy"] {
  if (replay?.dmarc == null) return null;
  const { domain, discovery, result } = replay.dmarc;
  return { domain, published: discovery?.policy?.value ?? null, result };
}

function hopOf(
  { helo, rdns, ip, by, protocol, at, delay, trusted }: Hop,
  mask: Mask,
): TriageData["hops"][number] {
  const name = rdns ?? helo;
  return { from: name === null ? null : mask(name), ip, by, protocol, at, delay, trusted };
}

const ABOUT = [
  "header.d",
  "header.from",
  "smtp.mailfrom",
  "smtp.mail",
  "envelope-from",
  "header.i",
  "smtp.helo",
];

function resultOf(
  { method, result, reason, properties, by, trusted }: AuthResult,
  mask: Mask,
): TriageData["results"][number] {
  const about = ABOUT.map((name) => properties.get(name)).find((value) => value !== undefined) ?? null;
  return {
    method: mask(method),
    result: mask(result),
    // Of an address the domain alone: nobody needs the rest.
    about: about === null ? null : mask(about.replace(/^.*@/, "")),
    reason: reason === undefined ? null : mask(reason),
    by: by === null ? null : mask(by),
    trusted,
  };
}

/** What the receiver's words and codes mean, the entry that decided first. */
function codesOf({ bounce, verdict: { why } }: Diagnosis): TriageData["codes"] {
  const decoded: TriageData["codes"][number][] = [];
  if (why.kind === "text") {
    const entry = entries().find(({ id }) => id === why.entry);
    const code = [bounce.code, bounce.enhanced[0]].filter((each) => each != null).join(" ");
    decoded.push({
      code,
      meaning: why.means,
      by: why.who,
      source: entry?.sources[0]?.url ?? null,
      date: entry === undefined ? null : codesDate(entry),
      advice: why.next,
    });
  }
  // The receiver's own use of a code stands above; what the code means elsewhere would only confuse.
  const others = why.kind === "text" ? bounce.enhanced.slice(1) : bounce.enhanced;
  for (const each of others.slice(0, CODES_MAX - 1)) {
    const meaning = statusMeaning(each, bounce.receiver);
    if (meaning !== null)
      decoded.push({
        code: each,
        meaning: meaning.meaning,
        by: meaning.by,
        source: null,
        date: null,
        advice: null,
      });
  }
  return decoded;
}
