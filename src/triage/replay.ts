/** What DNS says now about a message: SPF for its client and sender, the keys of its signatures, DMARC, and with the whole message DKIM and ARC. */
import { parseAddress } from "../address.ts";
import { alignment, type Alignment } from "../dmarc/align.ts";
import { discover, type Discovery } from "../dmarc/discover.ts";
import { once } from "../dmarc/once.ts";
import type { Dns, Name } from "../ports.ts";
import { evaluateSpf } from "../spf/evaluate.ts";
import type { Result, Verdict } from "../spf/verdict.ts";
import { chainOf, type ArcSet } from "./arc.ts";
import { domainOf } from "./authors.ts";
import type { Message } from "./message.ts";
import { hostName } from "./names.ts";
import { dkimOf, replayKeys, type DkimReplay } from "./replay-dkim.ts";
import type { Signature } from "./signatures.ts";
import type { VerifiedMessage, VerifyMessage } from "./verify.ts";

export type { DkimReplay, DkimWord, KeyState, SignatureReplay } from "./replay-dkim.ts";

/** What is replayed; of a bounce, often an address and a domain alone. */
export interface Replayable {
  ip: string | null;
  helo: string | null;
  /** As in `Message.envelope`. */
  envelope: string | null;
  from: readonly string[];
  fromFields: number;
  signatures: readonly Signature[];
  arc: readonly ArcSet[];
  /** Domains for which the receiver said that DKIM passed; they stand in where signatures cannot be verified. */
  dkimPassed: readonly string[];
  /** Whether `signatures` is all there is: false where only a report of the message is at hand. */
  complete: boolean;
  /** The message as it was sent; null where no more than its header is known. */
  octets: Uint8Array | null;
}

export interface ReplaySettings {
  dns: Dns;
  /** Milliseconds since 1970, by which dates are judged. */
  now: number;
  /** Without it nothing but keys is looked at. */
  verify?: VerifyMessage;
}

export interface SpfReplay {
  /** "temperror": DNS did not answer, so it could not be checked. */
  result: Result;
  /** Where the name came from: with a null sender MAIL FROM is postmaster at the HELO name (RFC 7208 §2.4), for DMARC too. */
  source: "mailfrom" | "helo";
  domain: Name;
  ip: string;
  verdict: Verdict;
}

export type DmarcWord = "pass" | "fail" | "none" | "temperror" | "permerror";

export interface DmarcReplay {
  /** "permerror": several authors, so no one policy applies (RFC 9989 §5.3). null: it takes the whole message to tell. */
  result: DmarcWord | null;
  /** null with several authors. */
  domain: Name | null;
  discovery: Discovery | null;
  alignment: Alignment | null;
}

export interface ArcReplay {
  /** null: it takes the whole message to tell. */
  result: "none" | "pass" | "fail" | "temperror" | null;
  detail: string | null;
}

/** null where the message does not say enough to ask. */
export interface Replay {
  spf: SpfReplay | null;
  dkim: DkimReplay | null;
  dmarc: DmarcReplay | null;
  arc: ArcReplay | null;
}

/** What of a message can be replayed. `octets`: the file it was read from, where there is one. */
export function replayable(message: Message, octets?: Uint8Array): Replayable {
  const { ip, helo, envelope, from, fromFields, signatures, arc, results } = message;
  const dkimPassed = results
    .filter(({ trusted, method, result }) => trusted && method === "dkim" && result === "pass")
    .map(({ properties }) => properties.get("header.d") ?? properties.get("header.i")?.replace(/^.*@/, ""))
    .map((domain) => hostName(domain ?? ""))
    .filter((domain) => domain !== null);
  const isWhole = message.kind === "message" && message.untouched;
  return {
    ...{ ip, helo, envelope, from, fromFields, signatures, arc, dkimPassed },
    complete: true,
    octets: isWhole && octets !== undefined ? octets : null,
  };
}

/** A bounce's facts as something to replay: no signatures are known, so nothing is said about them. */
export function replayableFacts(
  facts: Partial<Pick<Replayable, "ip" | "helo" | "envelope" | "from">>,
): Replayable {
  return {
    ip: facts.ip ?? null,
    helo: facts.helo ?? null,
    envelope: facts.envelope ?? null,
    from: facts.from ?? [],
    fromFields: facts.from?.length === 0 ? 0 : 1,
    signatures: [],
    arc: [],
    dkimPassed: [],
    complete: false,
    octets: null,
  };
}

/** Asks DNS about a message. Each question is asked once. Never rejects. */
export async function replay(seen: Replayable, { dns, now, verify }: ReplaySettings): Promise<Replay> {
  const shared = once(dns);
  const verifying =
    seen.octets === null || verify === undefined ? null : verify({ octets: seen.octets, now }, shared);
  const [spf, keys, discovery, verified] = await Promise.all([
    replaySpf(seen, shared, now),
    replayKeys(seen.signatures, shared, now),
    discoverAuthor(seen, shared),
    verifying,
  ]);
  const whole = verified?.kind === "verified" ? verified : null;
  const dkim = seen.complete ? dkimOf(keys, whole, seen.dkimPassed) : null;
  return {
    spf,
    dkim,
    dmarc: await replayDmarc(seen, { spf, dkim, discovery }, shared),
    arc: seen.complete ? arcOf(seen.arc, whole) : null,
  };
}

/** RFC 7208 §2.4: MAIL FROM; where it is null, postmaster at the HELO name. */
async function replaySpf(seen: Replayable, dns: Dns, now: number): Promise<SpfReplay | null> {
  const read = seen.ip === null ? null : parseAddress(seen.ip);
  if (read === null || !read.ok || seen.envelope === null) return null;
  const { address } = read;
  const source = seen.envelope === "" ? "helo" : "mailfrom";
  const domain = seen.envelope === "" ? hostName(seen.helo ?? "") : domainOf(seen.envelope);
  if (domain === null) return null;
  const at = seen.envelope.lastIndexOf("@");
  const sender = { local: seen.envelope.slice(0, Math.max(at, 0)), domain };
  const query = { address, domain, sender, helo: seen.helo ?? domain };
  const verdict = await evaluateSpf(query, { dns, now: () => now });
  return { result: verdict.result, source, domain, ip: address.text, verdict };
}

function arcOf(sets: readonly ArcSet[], whole: VerifiedMessage | null): ArcReplay {
  if (whole !== null) return whole.arc;
  return { result: chainOf(sets), detail: null };
}

/** The policy of the author, where there is exactly one. */
function discoverAuthor({ from, fromFields }: Replayable, dns: Dns): Promise<Discovery> | null {
  const [domain] = from;
  return domain === undefined || from.length > 1 || fromFields > 1 ? null : discover(dns, domain);
}

interface Parts {
  spf: SpfReplay | null;
  dkim: DkimReplay | null;
  discovery: Discovery | null;
}

/** RFC 9989 §5.3 over the domains that passed. What is open stays open: it is never told as a fail. */
async function replayDmarc(
  seen: Replayable,
  { spf, dkim, discovery }: Parts,
  dns: Dns,
): Promise<DmarcReplay | null> {
  const none = { domain: null, discovery: null, alignment: null };
  if (seen.fromFields > 1 || seen.from.length > 1) return { ...none, result: "permerror" };
  if (discovery === null) return null;
  const aligned = await alignment(
    {
      author: discovery,
      spf: spf?.result === "pass" ? spf.domain : null,
      dkim: passed(seen, dkim),
    },
    dns,
  );
  const known = { domain: discovery.domain, discovery, alignment: aligned };
  if (aligned.result !== "fail") return { ...known, result: aligned.result };
  if (spf?.result === "temperror" || dkim?.signatures.some(({ result }) => result === "temperror") === true)
    return { ...known, result: "temperror" };
  const isOpen = spf === null || dkim === null || dkim.signatures.some(({ result }) => result === null);
  return { ...known, result: isOpen ? null : "fail" };
}

/** Domains whose signatures pass; without the whole message those of which the receiver said so and whose key is still there. */
function passed({ dkimPassed }: Replayable, dkim: DkimReplay | null): string[] {
  if (dkim === null) return [];
  const verified = dkim.signatures
    .filter(({ result }) => result === "pass")
    .map(({ signature }) => signature.domain);
  const reported = dkim.signatures
    .filter(
      ({ result, signature: { domain } }) =>
        result === null && domain !== null && dkimPassed.includes(domain),
    )
    .map(({ signature }) => signature.domain);
  return [...verified, ...reported].filter((domain) => domain !== null);
}
