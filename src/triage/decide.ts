/** The verdict on what was pasted: one cause, its mechanism, who has to act, and how sure that is. */
import type { Bounce } from "./bounce.ts";
import { CAUSES, type Actor, type Cause, type Confidence, type Mechanism } from "./causes.ts";
import { NAMES } from "./wording.ts";
import { extract, matchCodes, statusMeaning, type CodeEntry, type Match } from "./codes.ts";
import { judgeMessage, type Judged } from "./judge.ts";
import type { Message } from "./message.ts";
import { organizationOf } from "./organization.ts";
import { normalise } from "./smtp-line.ts";

/** One thing that was said, by whom, and whether that is believed; foreign text. */
export interface Said {
  said: string;
  by: string | null;
  trusted: boolean;
}

/** What a verdict rests on. */
export type Evidence =
  | { kind: "text"; entry: string; who: string; means: string; next: string; words: string }
  | { kind: "status"; code: string; meaning: string; by: string }
  | { kind: "results"; rule: string }
  | { kind: "feedback"; type: string }
  | { kind: "nothing" };

export interface Verdict {
  cause: Cause;
  mechanism: Mechanism;
  confidence: Confidence;
  /** null where it cannot be told. */
  actor: Actor | null;
  code: string | null;
  enhanced: string | null;
  /** Host that refused or took the mail in. */
  receiver: string | null;
  /** The domain at fault, lower case. */
  domain: string | null;
  /** The address the receiver saw. */
  ip: string | null;
  /** The failure is none of SPF, DKIM, DMARC, ARC or reverse DNS. */
  notAuthentication: boolean;
  facts: Said[];
  why: Evidence;
}

export interface Read {
  bounce: Bounce;
  /** The header block in the text; null where there is none. */
  message: Message | null;
  /** The organizational domain of a name; by the public suffix list without it. */
  organization?: (domain: string) => string;
}

/** Decides from the texts alone, without DNS. Never throws. */
export function decide({ bounce, message, organization = organizationOf }: Read): Verdict {
  if (bounce.kind === "feedback") return fromFeedback(bounce);
  if (bounce.delivered && bounce.code === null) return plain(bounce, "not-a-bounce", "certain");
  if (bounce.kind === "auto-reply" && !tellsOfFailure(bounce))
    return plain(bounce, "not-a-bounce", bounce.cut ? "likely" : "certain");
  if (bounce.kind === "text" && message !== null && isMail(message))
    return fromMessage(message, judgeMessage(message, organization));
  return fromText(bounce);
}

/** A message with its way or its results on it, not a text that mentions a field. */
function isMail({ results, hops, from, signatures }: Message): boolean {
  return results.length > 0 || hops.length > 0 || (from.length > 0 && signatures.length > 0);
}

function fromMessage(message: Message, judged: Judged): Verdict {
  const { cause, rule, domain, actor, confidence } = judged;
  return {
    cause,
    mechanism: CAUSES[cause].mechanism,
    confidence,
    actor: actor ?? CAUSES[cause].actor,
    code: null,
    enhanced: null,
    receiver: message.receiver,
    domain,
    ip: message.ip,
    // Two authors: DMARC has no single domain to judge (RFC 9989 §8).
    notAuthentication: !CAUSES[cause].authentication && rule !== "several-authors",
    facts: message.results.map(({ by, method, result, reason, trusted }) => ({
      said: `${method}=${result}${reason === undefined ? "" : ` (${reason})`}`,
      by,
      trusted,
    })),
    why: { kind: "results", rule },
  };
}

/** RFC 6591 §3.3: the kinds of a report of failed authentication. */
const FAILURES: ReadonlyMap<string, Cause> = new Map<string, Cause>([
  ["bodyhash", "dkim.body-hash"],
  ["revoked", "dkim.key-revoked"],
  ["signature", "dkim.signature"],
  ["spf", "spf.fail"],
  ["dmarc", "dmarc.policy"],
  ["adsp", "dkim.missing"],
]);

function fromFeedback(bounce: Bounce): Verdict {
  const feedback = bounce.feedback;
  if (feedback?.type !== "auth-failure")
    return plain(bounce, "not-a-bounce", feedback === null ? "likely" : "certain");
  const { failure } = feedback;
  const known = failure === null ? undefined : FAILURES.get(failure);
  const results = feedback.results ?? "";
  // A body that changed on the way names the finer cause where the report is about DMARC or does not say.
  const cause =
    (known ?? "dmarc.policy") === "dmarc.policy" && /body hash|body does not hash/i.test(results)
      ? "dkim.body-hash"
      : (known ?? "dmarc.policy");
  return {
    ...plain(bounce, cause, "likely"),
    domain: feedback.domain,
    ip: feedback.ip,
    why: { kind: "feedback", type: failure ?? "" },
  };
}

function plain(bounce: Bounce, cause: Cause, confidence: Confidence): Verdict {
  return {
    cause,
    mechanism: CAUSES[cause].mechanism,
    confidence,
    actor: CAUSES[cause].actor,
    code: bounce.code,
    enhanced: bounce.enhanced[0] ?? null,
    receiver: bounce.receiver,
    domain: null,
    ip: null,
    notAuthentication: !CAUSES[cause].authentication,
    facts: saidBy(bounce),
    why: { kind: "nothing" },
  };
}

/** Characters of a quotation in the facts. */
const QUOTE_MAX = 400;

function saidBy({ reply, receiver }: Bounce): Said[] {
  return reply === "" ? [] : [{ said: reply.slice(0, QUOTE_MAX), by: receiver, trusted: true }];
}

/** A text about failing mail, though no pattern knows it. */
const FAILED =
  /undeliver|not be delivered|delivery (?:has )?failed|rejected|refused|bounced|returned to sender|status=(?:bounced|deferred)|failed permanently|wasn't able to deliver|could not deliver|address(?:\(es\)|es)? (?:has |have )?failed|message (?:will be reattempted|discarded)/;

function fromText(bounce: Bounce): Verdict {
  const matches = matchCodes(bounce.normalised, bounce.enhanced);
  const best = choose(bounce, matches);
  if (best !== null) return fromMatch(bounce, best);
  const first = isMailTalk(bounce) ? bounce.enhanced[0] : undefined;
  const meaning = first === undefined ? null : statusMeaning(first, bounce.receiver);
  if (meaning !== null) {
    const { mechanism } = CAUSES[meaning.cause];
    return {
      ...plain(bounce, meaning.cause, "guess"),
      domain: domainOf(bounce, mechanism, null),
      ip: addressIn(bounce, mechanism),
      why: { kind: "status", code: meaning.code, meaning: meaning.meaning, by: meaning.by },
    };
  }
  const failed =
    bounce.code !== null || first !== undefined || bounce.kind === "report" || FAILED.test(bounce.normalised);
  return failed ? plain(bounce, "unknown", "guess") : plain(bounce, "not-a-bounce", "likely");
}

/** RFC 3834 §5: reports of failure are sent by programs too. */
function tellsOfFailure({ code, enhanced, normalised }: Bounce): boolean {
  return code !== null || enhanced.length > 0 || FAILED.test(normalised);
}

/** A status code alone may be any number: it counts beside a reply, or where the text is about mail. */
function isMailTalk({ code, kind, normalised }: Bounce): boolean {
  return (
    code !== null ||
    kind === "report" ||
    /mail|smtp|deliver|message|recipient|sender|\bmx\b|dsn/.test(normalised)
  );
}

/** The best entry; one of key words alone counts only where a reply or a failure stands in the text. */
function choose(bounce: Bounce, matches: readonly Match[]): Match | null {
  const isFailure =
    bounce.code !== null ||
    bounce.enhanced.length > 0 ||
    bounce.kind === "report" ||
    FAILED.test(bounce.normalised);
  const known = matches.filter(({ entry }) => isFailure || entry.priority >= WORDS_BELOW);
  const [best = null] = known;
  // Where a provider's own sentence does not say why, a sentence that names a cause of authentication does.
  if (best?.entry.confidence !== "guess") return best;
  return known.find(({ entry }) => entry.confidence !== "guess" && entry.authentication) ?? best;
}

/** Entries under this priority know single words, not sentences. */
const WORDS_BELOW = 50;

function fromMatch(bounce: Bounce, { entry, at, length }: Match): Verdict {
  const text = bounce.normalised;
  const { cause, authentication } = entry;
  const { mechanism } = CAUSES[cause];
  const named = NAMES.get(cause)?.test(text) === true;
  const client = clientOf(bounce.diagnostic);
  const verdict: Verdict = {
    ...plain(bounce, cause, surest(bounce, entry, named, text.slice(at, at + length))),
    actor: entry.actor,
    domain: domainOf(bounce, mechanism, extract(text, entry.extract?.domain)),
    ip: extract(text, entry.extract?.ip) ?? addressIn(bounce, mechanism) ?? client?.ip ?? null,
    notAuthentication: !authentication && !CAUSES[cause].authentication,
    why: {
      kind: "text",
      entry: entry.id,
      who: entry.who,
      means: entry.means,
      next: entry.next,
      words: text.slice(at, at + length),
    },
  };
  return CAUSES[cause].authentication ? withWay(verdict, bounce, client) : verdict;
}

/** General words without any code, or in a line that is no reply of the receiver's, may stand for something else: they are never certain. */
function surest(bounce: Bounce, { id, confidence }: CodeEntry, named: boolean, words: string): Confidence {
  const sure = named ? "certain" : confidence;
  if (!id.startsWith("generic.") || sure !== "certain") return sure;
  const { code, enhanced, echoed, reply } = bounce;
  const isOutside = reply !== "" && !normalise(reply).includes(words);
  return echoed || isOutside || (code === null && enhanced.length === 0) ? "likely" : "certain";
}

/** Envelope senders of lists (ezmlm, Mailman, majordomo) and forwarders (SRS). */
const PASSED_ON = /-return-\d|-bounces[@+]|^owner-|^srs[01][=+-]/;
/** Hosts that call themselves a filter. */
const FILTER = /spam|filter|gateway|scan/;

/** Who acts and why, where the text tells that the mail did not come straight from its author. */
function withWay(verdict: Verdict, bounce: Bounce, client: Client | null): Verdict {
  if (bounce.returnedTo !== null && PASSED_ON.test(bounce.returnedTo))
    return { ...verdict, cause: "forwarded", mechanism: "dmarc", actor: "forwarder", confidence: "likely" };
  // The receiver's own log, and the client is a filter in front of it.
  if (client !== null && client.host !== null && FILTER.test(client.host))
    return { ...verdict, actor: "receiver", confidence: verdict.confidence === "guess" ? "guess" : "likely" };
  // An empty envelope sender: SPF was asked for the HELO name (RFC 7208 §2.4), which the sending system chooses.
  if (/\bspf \[\]/.test(bounce.normalised)) return { ...verdict, actor: "sender-mail-admin" };
  return verdict;
}

interface Client {
  host: string | null;
  ip: string;
}

/** The client in the receiver's own log line: Postfix's "reject: RCPT from host[ip]", Exim's "H=host [ip]". */
const CLIENTS: readonly RegExp[] = [
  /reject: [A-Z -]{3,30} from ([^\s[\]]{1,253})\[([\da-fA-F.:]{3,45})\]/,
  /\bH=(?:\([^\s()]{1,253}\) )?([^\s[\]]{0,253}) ?\[([\da-fA-F.:]{3,45})\]/,
];

function clientOf(text: string): Client | null {
  for (const pattern of CLIENTS) {
    const hit = pattern.exec(text);
    if (hit !== null) return { host: hit[1]!.toLowerCase() || null, ip: hit[2]!.toLowerCase() };
  }
  return null;
}

const ADDRESS =
  /(?<![\d.:a-f])(\d{1,3}(?:\.\d{1,3}){3}|(?:[\da-f]{1,4}:){2,7}(?::?[\da-f]{1,4}){1,7})(?![\d:a-f]|\.\d)/i;
/** Mechanisms that judge the sending address. */
const ABOUT_ADDRESS: ReadonlySet<Mechanism> = new Set(["spf", "rdns", "reputation", "dmarc", "dkim", "rate"]);

/** The first address in the refusing side's own words. */
function addressIn({ reply }: Bounce, mechanism: Mechanism): string | null {
  if (!ABOUT_ADDRESS.has(mechanism)) return null;
  return ADDRESS.exec(reply)?.[1]?.toLowerCase() ?? null;
}

const SPOKEN =
  /\b(?:domain|from|of|for|sender)\s?[:=]?\s?[[<"'(]{0,2}(?:[^\s@<>[\]()]{1,64}@)?((?:[a-z\d-]{1,63}\.){1,8}[a-z]{2,24})[\]>"')]{0,2}/;
/** The envelope sender of a log line or a dialogue. */
const ENVELOPE = /(?:\bfrom=|\bF=|MAIL FROM: ?)<[^\s<>@]{1,200}@([a-z\d.-]{1,253})>/i;
/** Mechanisms that judge the sender's domain. */
const ABOUT_DOMAIN: ReadonlySet<Mechanism> = new Set(["spf", "dkim", "dmarc"]);

function domainOf({ reply, diagnostic }: Bounce, mechanism: Mechanism, named: string | null): string | null {
  const plainName = named?.replace(/^.*@/, "").replace(/\.$/, "") ?? null;
  if (plainName !== null && plainName.includes(".")) return plainName;
  const spoken = SPOKEN.exec(normalise(reply))?.[1] ?? null;
  if (spoken !== null || !ABOUT_DOMAIN.has(mechanism)) return spoken;
  return ENVELOPE.exec(diagnostic)?.[1]?.toLowerCase() ?? null;
}
