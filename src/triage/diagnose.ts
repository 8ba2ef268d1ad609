/** The whole of a triage: what the pasted text says, the verdict on it, what DNS says now, and what the two come to. */
import type { Dns } from "../ports.ts";
import { matcher } from "../providers/index.ts";
import { domainOf } from "./authors.ts";
import { readBounce, type Bounce } from "./bounce.ts";
import { CAUSES } from "./causes.ts";
import { decide, type Verdict } from "./decide.ts";
import { organizationOf } from "./organization.ts";
import { peel } from "./peel.ts";
import { readText, type Message, type MessageReading } from "./message.ts";
import { hostName } from "./names.ts";
import { causeFromDns, nowOf, refine, type Now, type Shown } from "./refine.ts";
import { replay, replayable, replayableFacts, type Replay, type Replayable } from "./replay.ts";
import { replayReverse, type Reverse } from "./reverse.ts";
import type { VerifyMessage } from "./verify.ts";

export interface Pasted {
  text: string;
  /** The very octets, where a file is at hand; without them the text's own, as UTF-8. */
  octets?: Uint8Array;
  /** The address that handed the message over, where somebody knows it. */
  ip?: string;
  /** The host whose results are believed. */
  trust?: string;
}

export interface DiagnoseSettings {
  dns: Dns;
  /** Milliseconds since 1970, by which dates are judged. */
  now: number;
  verify?: VerifyMessage;
}

export interface Diagnosis {
  kind: "diagnosis";
  verdict: Verdict;
  /** By the text alone. */
  then: Verdict;
  now: Now;
  /** DNS decided the cause, or made it finer. */
  byDns: boolean;
  bounce: Bounce;
  /** The message that is judged; null where the text is a report about one, or holds none. */
  message: Message | null;
  /** null where nothing was asked: the cause is not about authentication, or nothing is known to ask for. */
  replay: Replay | null;
  /** Where reverse DNS is what failed. */
  reverse: Reverse | null;
  /** Who seems to have sent it. */
  provider: { id: string; name: string } | null;
}

/** A text beyond a limit of reading. */
export type TooMuch = Extract<MessageReading, { kind: "refused" }>;

/** Reads, decides and asks DNS about a pasted text. Never rejects. */
export async function diagnose(pasted: Pasted, settings: DiagnoseSettings): Promise<Diagnosis | TooMuch> {
  const { trust } = pasted;
  const { text, peeled } = peel(pasted.text);
  const reading = readText(text, trust === undefined ? {} : { trust });
  if (reading.kind === "refused") return reading;
  const message =
    reading.kind === "message" ? withAddress(asPeeled(reading.message, peeled), pasted.ip) : null;
  const bounce = readBounce(text);
  const decided = decide({ bounce, message });
  const then: Verdict = { ...decided, ip: decided.ip ?? pasted.ip ?? null };
  const own = isOwn(message, bounce, then) ? message : null;
  const seen = replayed(then, bounce, own, peeled ? { text } : pasted);
  const isReverse = then.mechanism === "rdns" && then.ip !== null;
  const [told, reverse] = await Promise.all([
    seen === null ? null : replay(seen, settings),
    isReverse ? replayReverse(then.ip!, settings.dns) : null,
  ]);
  const shown = told === null ? null : shownBy(then, own, told);
  const verdict = shown === null ? then : withShown(then, shown);
  return {
    kind: "diagnosis",
    verdict,
    then,
    now: reverse === null ? nowOf(verdict.cause, told) : REVERSE_NOW[reverse.state],
    byDns: shown !== null,
    bounce,
    message: own,
    replay: told,
    reverse,
    provider: providerOf(own, then),
  };
}

const REVERSE_NOW: Readonly<Record<Reverse["state"], Now>> = {
  ok: "right",
  unconfirmed: "same",
  missing: "same",
  unknown: "unchecked",
};

/** Signatures are verified over what was sent, not over what was guessed back. */
function asPeeled(message: Message, peeled: boolean): Message {
  return peeled ? { ...message, untouched: false } : message;
}

/** The address somebody knows counts where the text tells none of its own receiver. */
function withAddress(message: Message, ip: string | undefined): Message {
  return ip === undefined || message.ip !== null ? message : { ...message, ip };
}

/** A message stands there for itself; of a report only its header is the text's. */
function isOwn(message: Message | null, { kind, feedback }: Bounce, { why }: Verdict): boolean {
  return message !== null && feedback === null && kind === "text" && why.kind === "results";
}

/** What DNS can be asked about; null where it has nothing to say. */
function replayed(
  verdict: Verdict,
  bounce: Bounce,
  message: Message | null,
  { text, octets }: Pasted,
): Replayable | null {
  if (message !== null)
    return replayable(message, octets ?? (message.untouched ? Buffer.from(text, "utf8") : undefined));
  if (!CAUSES[verdict.cause].authentication || verdict.mechanism === "rdns") return null;
  const { domain, mechanism, ip } = verdict;
  const back = bounce.returnedTo === null ? null : domainOf(bounce.returnedTo);
  const envelope = mechanism === "spf" ? (domain ?? back) : (back ?? domain);
  const isNamed = domain !== null && hostName(domain) !== null;
  if (envelope === null && !isNamed) return null;
  return replayableFacts({ ip, helo: envelope, envelope, from: isNamed ? [domain] : [] });
}

/** What DNS adds: to a message that nobody judged the cause, to the others a finer one. */
function shownBy(then: Verdict, message: Message | null, told: Replay): Shown | null {
  const isUnjudged = message !== null && then.cause === "unknown" && then.why.kind === "results";
  // A header block alone may be cut, and only a whole message shows what was signed.
  if (isUnjudged && message.kind === "message" && message.untouched)
    return causeFromDns(message, told, organizationOf);
  return refine(then, told, organizationOf);
}

function withShown(then: Verdict, { cause, actor, domain }: Shown): Verdict {
  const facts = CAUSES[cause];
  const isSame = facts.mechanism === then.mechanism;
  return {
    ...then,
    cause,
    mechanism: facts.mechanism,
    actor: actor ?? (isSame && then.actor !== null ? then.actor : facts.actor),
    domain: domain ?? then.domain,
    confidence: then.confidence === "guess" ? "likely" : then.confidence,
    notAuthentication: !facts.authentication,
  };
}

/** Who sent it: by the return path, then by the name of the sending server. */
function providerOf(message: Message | null, { domain }: Verdict): Diagnosis["provider"] {
  if (message === null) return null;
  const { envelope, hops, signatures } = message;
  const table = matcher();
  const path = envelope === null ? null : domainOf(envelope);
  const names = [path, ...signatures.map((one) => one.domain)]
    .filter((name) => name !== null)
    // The author's own names tell nobody else.
    .filter((name) => domain === null || organizationOf(name) !== organizationOf(domain));
  const server = hops.find(({ ip }) => ip !== null && ip === message.ip)?.rdns ?? null;
  const found = [
    ...names.map((name) => table.returnPath(name) ?? table.cname(name)),
    server === null ? null : table.ptr(server),
  ].find((match) => match !== null);
  return found === undefined ? null : { id: found.id, name: found.name };
}
