/** The cause as a message's own headers tell it: the receiver's results that are believed, and alignment with From. */
import { guessFrom, isForwarded } from "./way.ts";
import type { Actor, Cause, Confidence } from "./causes.ts";
import type { AuthResult, Message } from "./message.ts";

/** A cause read from headers, and the rule that read it. */
export interface Judged {
  cause: Cause;
  rule: string;
  domain: string | null;
  actor?: Actor;
  confidence: Confidence;
}

type Organization = (domain: string) => string;

interface Seen {
  message: Message;
  author: string | null;
  spf: AuthResult | undefined;
  dkim: AuthResult[];
  dmarc: AuthResult | undefined;
  aligned: { spf: boolean; dkim: boolean };
}

/** What verifiers write beside a failing signature; several words for one thing. */
const DKIM_REASONS: readonly (readonly [RegExp, Cause])[] = [
  [/body ?hash/i, "dkim.body-hash"],
  [/revoked/i, "dkim.key-revoked"],
  [/no key|key not found|nxdomain|no such key|key (?:is )?missing/i, "dkim.key-missing"],
  [/expired/i, "dkim.expired"],
  [/too short|weak|insecure algorithm|rsa-sha1|key size/i, "dkim.key-weak"],
];

const SPF_CAUSES: ReadonlyMap<string, Cause> = new Map<string, Cause>([
  ["fail", "spf.fail"],
  ["hardfail", "spf.fail"],
  ["softfail", "spf.softfail"],
  ["neutral", "spf.softfail"],
  ["permerror", "spf.permerror"],
  ["temperror", "spf.temperror"],
  ["none", "spf.missing"],
]);

const PASSES: ReadonlySet<string> = new Set(["pass", "bestguesspass"]);
const passes = (each: AuthResult | undefined): boolean => each !== undefined && PASSES.has(each.result);
/** Google says neutral or temperror for a signature that does not verify, with the reason beside it. */
const breaks = ({ result, reason }: AuthResult): boolean =>
  /^(?:fail|hardfail|permerror|policy|invalid)$/.test(result) ||
  (/^(?:neutral|temperror)$/.test(result) && DKIM_REASONS.some(([words]) => words.test(reason ?? "")));

const nameIn = (each: AuthResult | undefined, ...keys: string[]): string | null => {
  for (const key of keys) {
    const value = each?.properties.get(key)?.toLowerCase().replace(/^.*@/, "");
    if (value !== undefined && value.includes(".")) return value;
  }
  return null;
};

function see(message: Message, organization: Organization): Seen {
  const own = message.results.filter(({ trusted }) => trusted);
  const dmarc = own.find(({ method }) => method === "dmarc");
  const author = message.from[0] ?? nameIn(dmarc, "header.from");
  const dkim = own.filter(({ method }) => method === "dkim");
  const spf = own.find(({ method }) => method === "spf");
  const same = (domain: string | null): boolean =>
    domain !== null && author !== null && organization(domain) === organization(author);
  const aligned = {
    spf: passes(spf) && same(nameIn(spf, "smtp.mailfrom", "smtp.mail", "envelope-from", "smtp.helo")),
    dkim: dkim.some((each) => passes(each) && same(nameIn(each, "header.d", "header.i"))),
  };
  return { message, author, spf, dkim, dmarc, aligned };
}

type Rule = (seen: Seen) => { cause: Cause; domain?: string | null; actor?: Actor } | null;

function dkimCause({ reason }: AuthResult): Cause {
  return DKIM_REASONS.find(([words]) => words.test(reason ?? ""))?.[1] ?? "dkim.signature";
}

const broken = ({ dkim }: Seen): AuthResult | undefined => dkim.find(breaks);
const settled = ({ dmarc, aligned }: Seen): boolean => passes(dmarc) || aligned.spf || aligned.dkim;

/** In order; the first that answers decides. */
const RULES: Readonly<Record<string, Rule>> = {
  "several-authors": ({ message }) =>
    message.fromFields > 1 || message.from.length > 1 ? { cause: "malformed" } : null,
  "nothing-believed": ({ message, spf, dkim, dmarc }) =>
    spf === undefined &&
    dkim.length === 0 &&
    dmarc === undefined &&
    message.results.every(({ trusted }) => !trusted)
      ? { cause: "unknown" }
      : null,
  "could-not-look-up": (seen) =>
    seen.spf?.result === "temperror" && !settled(seen) ? { cause: "spf.temperror" } : null,
  "broke-on-the-way": (seen) =>
    !settled(seen) &&
    isForwarded(seen.message) &&
    (seen.dmarc?.result === "fail" || broken(seen) !== undefined)
      ? { cause: "forwarded" }
      : null,
  "signature-broke": (seen) => {
    const failed = broken(seen);
    if (failed === undefined || seen.aligned.dkim) return null;
    return { cause: dkimCause(failed), domain: nameIn(failed, "header.d", "header.i") };
  },
  "record-in-error": ({ spf }) => (spf?.result === "permerror" ? { cause: "spf.permerror" } : null),
  "aligned-pass": (seen) => (settled(seen) ? { cause: "passed" } : null),
  "signed-by-another": ({ dkim }) => (dkim.some(passes) ? { cause: "dkim.alignment" } : null),
  "sent-by-another": ({ spf, dmarc }) =>
    passes(spf) && dmarc !== undefined ? { cause: "spf.alignment" } : null,
  "spf-said-no": ({ spf }) => {
    const cause = spf === undefined || passes(spf) ? undefined : SPF_CAUSES.get(spf.result);
    return cause === undefined ? null : { cause };
  },
  "dmarc-said-no": ({ dmarc }) => (dmarc?.result === "fail" ? { cause: "dmarc.policy" } : null),
  "not-signed": ({ dkim }) =>
    dkim.some(({ result }) => result === "none") ? { cause: "dkim.missing" } : null,
  nothing: ({ spf }) => ({ cause: passes(spf) ? "passed" : "unknown" }),
};

/** Reads the cause from a message's headers. Results that are not believed never decide. */
export function judgeMessage(message: Message, organization: Organization): Judged {
  const seen = see(message, organization);
  for (const [rule, judge] of Object.entries(RULES)) {
    const answer = judge(seen);
    if (answer === null) continue;
    const { cause, domain = null, actor } = answer;
    return {
      cause,
      rule,
      domain: domain ?? seen.author ?? guessFrom(message),
      ...(actor === undefined ? {} : { actor }),
      confidence: cause === "unknown" ? "guess" : "likely",
    };
  }
  return { cause: "unknown", rule: "nothing", domain: seen.author, confidence: "guess" };
}
