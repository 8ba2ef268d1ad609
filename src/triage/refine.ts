/** What DNS adds to a verdict: a finer cause, the cause of a message that nobody judged, and whether it would fail again now. */
import { CAUSES, type Actor, type Cause } from "./causes.ts";
import type { Verdict } from "./decide.ts";
import type { Message } from "./message.ts";
import type { DmarcWord, Replay, SignatureReplay, SpfReplay } from "./replay.ts";
import type { SignatureReason } from "./verify.ts";
import { isForwarded } from "./way.ts";

/** A cause that DNS shows; what is absent stays as the text has it. */
export interface Shown {
  cause: Cause;
  actor?: Actor;
  domain?: string | null;
}

/**
 * "right": it would pass now. "gone": the record that was judged then is not there. "unchecked": DNS did not answer. "open": it takes
 * the whole message to tell.
 */
export type Now = "same" | "right" | "gone" | "unchecked" | "open" | "not-asked";

type SpfWord = SpfReplay["result"];

/** RFC 7208 §2.6, as causes; null: no failure, or none that can be told. */
const SPF_CAUSES: Readonly<Record<SpfWord, Cause | null>> = {
  pass: null,
  fail: "spf.fail",
  softfail: "spf.softfail",
  neutral: "spf.softfail",
  none: "spf.missing",
  permerror: "spf.permerror",
  temperror: null,
};

/** The cause SPF shows now. That a whole name is gone says little about the day the message was sent. */
function spfCause({ spf }: Replay): Cause | null {
  if (spf === null) return null;
  const { reason } = spf.verdict;
  if (reason.code === "no-record" && reason.why === "nxdomain") return null;
  return SPF_CAUSES[spf.result];
}

/** Why a signature does not pass, as causes; null: it passes, or it could not be checked. */
const DKIM_CAUSES: Readonly<Record<SignatureReason, Cause | null>> = {
  verified: null,
  "body-hash": "dkim.body-hash",
  "bad-signature": "dkim.signature",
  "no-key": "dkim.key-missing",
  "bad-key": "dkim.signature",
  "weak-key": "dkim.key-weak",
  "weak-algorithm": "dkim.key-weak",
  expired: "dkim.expired",
  malformed: "dkim.signature",
  dns: null,
  other: "dkim.signature",
};

function signatureCause({ key, reason }: SignatureReplay): Cause | null {
  if (key === "revoked") return "dkim.key-revoked";
  return reason === null ? null : DKIM_CAUSES[reason];
}

type Organization = (domain: string) => string;

/** The signature that matters most: of the author's organization, else the first. */
function decisive(replay: Replay, author: string | null, organization: Organization): SignatureReplay | null {
  const all = replay.dkim?.signatures ?? [];
  const isOwn = ({ signature: { domain } }: SignatureReplay): boolean =>
    domain !== null && author !== null && organization(domain) === organization(author);
  return all.find(isOwn) ?? all[0] ?? null;
}

/** A signer that goes on with a key that was taken back has to change, not the DNS. */
const signerActs = (cause: Cause): { actor?: Actor } =>
  cause === "dkim.key-revoked" ? { actor: "sender-mail-admin" } : {};

interface Facts {
  message: Message;
  replay: Replay;
  author: string | null;
  organization: Organization;
}

type Rule = (facts: Facts) => Shown | null;

const passes = ({ replay }: Facts): boolean => replay.dmarc?.result === "pass";
const broken = ({ replay, author, organization }: Facts): Cause | null => {
  const one = decisive(replay, author, organization);
  return one === null || replay.dkim?.result === "pass" ? null : signatureCause(one);
};
const answersElsewhere = ({ message, author, organization }: Facts): boolean =>
  message.replyTo.some((domain) => author !== null && organization(domain) !== organization(author));

/** In order; the first that answers decides. */
const RULES: readonly Rule[] = [
  (facts) =>
    isForwarded(facts.message) && facts.replay.dmarc?.result === "fail"
      ? { cause: "forwarded", actor: "forwarder" }
      : null,
  (facts) => {
    const cause = broken(facts);
    return cause === null ? null : { cause, ...signerActs(cause) };
  },
  ({ replay }) => (spfCause(replay) === "spf.permerror" ? { cause: "spf.permerror" } : null),
  (facts) => (passes(facts) ? { cause: "passed" } : null),
  ({ replay: { dmarc, dkim, spf } }) => {
    if (dmarc?.result !== "fail") return null;
    // Passed, for a name that From does not align with. In strict mode the record is what asks too much.
    const strict = dmarc.alignment?.identifiers.some(({ reason }) => reason === "strict") === true;
    const actor = strict ? ({ actor: "sender-dns-admin" } as const) : {};
    if (dkim?.result === "pass") return { cause: "dkim.alignment", ...actor };
    return spf?.result === "pass" ? { cause: "spf.alignment", ...actor } : null;
  },
  (facts) => {
    const { replay } = facts;
    const isStranger = spfCause(replay) === "spf.fail" && replay.dkim?.result === "none";
    return isStranger && answersElsewhere(facts) ? { cause: "spoof" } : null;
  },
  ({ replay }) => {
    const cause = spfCause(replay);
    return cause === null ? null : { cause };
  },
];

/** The cause of a message without a word of its receiver, from DNS alone; null where DNS does not tell one. */
export function causeFromDns(message: Message, replay: Replay, organization: Organization): Shown | null {
  const author = message.from[0] ?? null;
  for (const rule of RULES) {
    const shown = rule({ message, replay, author, organization });
    if (shown !== null) return { domain: author, ...shown };
  }
  return null;
}

/** Finer causes that SPF's result now may put in the place of a coarser one. */
const FINER_SPF: ReadonlyMap<Cause, readonly Cause[]> = new Map<Cause, readonly Cause[]>([
  ["spf.fail", ["spf.softfail", "spf.permerror", "spf.missing"]],
  ["unauthenticated", ["spf.missing", "spf.permerror"]],
]);
/** The same of keys. A key that is not there now may have been there then. */
const FINER_DKIM: ReadonlyMap<Cause, readonly Cause[]> = new Map<Cause, readonly Cause[]>([
  ["dkim.signature", ["dkim.key-revoked", "dkim.key-weak", "dkim.expired", "dkim.body-hash"]],
]);

/** A finer cause than the text names, where DNS shows one. */
export function refine({ cause, domain }: Verdict, replay: Replay, organization: Organization): Shown | null {
  const spf = spfCause(replay);
  if (spf !== null && FINER_SPF.get(cause)?.includes(spf) === true) return { cause: spf };
  const one = decisive(replay, domain, organization);
  const dkim = one === null ? null : signatureCause(one);
  if (dkim !== null && FINER_DKIM.get(cause)?.includes(dkim) === true)
    return { cause: dkim, ...signerActs(dkim) };
  return null;
}

const SPF_NOW: Readonly<Record<SpfWord, Now>> = {
  pass: "right",
  fail: "same",
  softfail: "same",
  neutral: "same",
  none: "gone",
  permerror: "same",
  temperror: "unchecked",
};

function dkimNow({ dkim }: Replay): Now {
  if (dkim === null || dkim.signatures.length === 0) return "not-asked";
  if (dkim.signatures.some(({ key }) => key === "unknown")) return "unchecked";
  if (dkim.result === "pass") return "right";
  return dkim.result === null ? "open" : "same";
}

const DMARC_NOW: Readonly<Record<DmarcWord, Now>> = {
  pass: "right",
  fail: "same",
  none: "gone",
  permerror: "same",
  temperror: "unchecked",
};

function dmarcNow({ dmarc, spf }: Replay): Now {
  if (dmarc === null) return spf === null ? "not-asked" : SPF_NOW[spf.result];
  return dmarc.result === null ? "open" : DMARC_NOW[dmarc.result];
}

/** Causes that say themselves that there is no record. */
const MISSING: ReadonlySet<Cause> = new Set(["spf.missing", "dmarc.missing"]);

/** Whether the message would fail again now, by the mechanism that failed. */
export function nowOf(cause: Cause, replay: Replay | null): Now {
  const now = replay === null ? "not-asked" : byMechanism(cause, replay);
  return now === "gone" && MISSING.has(cause) ? "same" : now;
}

function byMechanism(cause: Cause, replay: Replay): Now {
  const { mechanism } = CAUSES[cause];
  switch (mechanism) {
    case "spf":
      if (cause === "unauthenticated" || cause === "spf.alignment") return dmarcNow(replay);
      return replay.spf === null ? "not-asked" : SPF_NOW[replay.spf.result];
    case "dkim":
      return cause === "dkim.alignment" ? dmarcNow(replay) : dkimNow(replay);
    case "dmarc":
      return dmarcNow(replay);
    case "arc":
    case "rdns":
    case "tls":
    case "reputation":
    case "rate":
    case "content":
    case "recipient":
    case "relay":
    case "other":
      return "not-asked";
  }
}
