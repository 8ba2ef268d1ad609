/** What the DKIM check says: of selectors and of the domain here, of keys in `key-texts.ts`. */
import type { Looks } from "../../dkim/issues.ts";
import { finding } from "../../finding.ts";
import type { FailureReason } from "../../ports.ts";
import { code, codes, plural, say, type Sentence } from "../../text/say.ts";
import { KEY_TEXTS } from "./key-texts.ts";

/** Which selector it is about, and where its key lies. */
interface At extends Record<string, unknown> {
  selector: string;
  name: string;
}

/** What was looked for in vain. */
interface Unanswered extends Record<string, unknown> {
  domain: string;
  /** Selectors that got no answer, out of those tried. */
  failed: number;
  tried: number;
  /** Questions about the domain itself that got none. */
  types: string[];
}

const LOOKS: Record<Looks, Sentence> = {
  spf: say`an SPF record`,
  "sender-id": say`a Sender ID record`,
  dmarc: say`a DMARC record`,
  "mta-sts": say`an MTA-STS record`,
  "tls-rpt": say`a TLS-RPT record`,
  bimi: say`a BIMI record`,
  signature: say`a signature out of a message`,
  policy: say`a signing policy of the time before DMARC`,
  verification: say`a proof of ownership`,
  empty: say`an empty text`,
  other: say`some other text`,
};

const name160 = (name: string): Sentence => code(name, 160);
const RIGHT_SELECTOR = say`Is the selector right? Take ${code("s=")} from the DKIM-Signature of a message.`;

/** "40 of 40 selectors, MX". */
function unanswered({ failed, tried, types }: Unanswered): Sentence {
  const selectors = failed === 0 ? say`` : say`${failed} of ${tried} selectors`;
  const own = types.length === 0 ? say`` : say`the domain's ${codes(types)}`;
  return failed > 0 && types.length > 0 ? say`${selectors}, ${own}` : say`${selectors}${own}`;
}

const SELECTOR_TEXTS = {
  "dkim.missing": finding<At & { why: "nxdomain" | "nodata" }>({
    severity: "error",
    title: ({ name, why }) =>
      why === "nxdomain"
        ? say`There is no key at ${name160(name)}.`
        : say`There is no key at ${name160(name)}: the name has no TXT record.`,
    why: () => say`Signatures made with this selector do not pass: verifiers find no key.`,
    fix: ({ name }) =>
      say`${RIGHT_SELECTOR} If it is, publish the sender's record at ${name160(name)}; resolvers see a new one once they have forgotten that there was none.`,
    ref: "RFC 6376 §6.1.2",
  }),
  "dkim.elsewhere": finding<At & { found: string[] }>({
    severity: "error",
    title: ({ selector, found }) =>
      say`The key of ${code(selector)} lies at the wrong place: ${codes(
        found.map((each) => each.slice(0, 200)),
        3,
      )}.`,
    why: ({ name }) => say`Verifiers look at ${name160(name)} alone, so signatures do not pass.`,
    fix: ({ name, selector }) =>
      say`Move it to ${name160(name)}. Where a panel adds the domain itself, type ${code(`${selector}._domainkey`)} alone.`,
    ref: "RFC 6376 §3.6.2.1",
  }),
  "dkim.dangling": finding<
    At & { target: string; meant: string | null; provider: string | null; portal: boolean }
  >({
    severity: "warning",
    title: ({ selector, target }) =>
      say`${code(selector)} is delegated to ${name160(target)}, where there is no key.`,
    why: ({ meant }) =>
      meant === null
        ? say`Mail cannot be signed with it yet, or no longer: verifiers find no key, and the signature does not pass.`
        : say`The domain stands a second time at the end of the target, so that it leads nowhere.`,
    fix: ({ meant, provider, portal }) => {
      if (meant !== null)
        return say`Let the CNAME point to ${name160(meant)}: in most panels with a dot at its end.`;
      if (portal)
        return say`Switch DKIM signing on for this domain in the Microsoft Defender portal: Email authentication settings, DKIM.`;
      const owner = provider === null ? say`the provider` : code(provider);
      return say`Switch DKIM on at ${owner}; if the service is no longer used, delete the CNAME.`;
    },
    ref: "RFC 6376 §6.1.2",
  }),
  "dkim.wildcard-target": finding<At & { parent: string }>({
    severity: "error",
    title: ({ selector, parent }) =>
      say`${code(selector)} has no key of its own: any name below ${name160(parent)} answers the same.`,
    why: () => say`The answer comes from a wildcard, not from a key made for this domain.`,
    fix: () => say`${RIGHT_SELECTOR} If it is, ask the provider which target belongs to this domain.`,
    ref: "RFC 6376 §6.1.2",
  }),
  "dkim.not-a-key": finding<At & { looks: Looks[]; records: string[] }>({
    severity: "error",
    title: ({ name, looks }) => say`At ${name160(name)} lies ${LOOKS[looks[0] ?? "other"]}, not a key.`,
    why: () => say`Verifiers cannot read it as a key, so signatures made with this selector do not pass.`,
    fix: ({ looks }) =>
      looks[0] === "spf"
        ? say`Delete it, or the wildcard it comes from, and publish the sender's key there. An SPF record belongs at the domain itself.`
        : say`Replace it with the key that the sender shows.`,
    ref: "RFC 6376 §6.1.2",
  }),
  "dkim.too-long": finding<At>({
    severity: "error",
    title: ({ selector }) => say`${code(selector)} is too long for this domain: no such name can exist.`,
    why: () => say`A name has at most ${253} octets, so no verifier can ask for the key.`,
    fix: () => say`Sign with a shorter selector.`,
    ref: "RFC 6376 §3.6.2.1",
  }),
  "dkim.several": finding<At & { count: number; records: string[] }>({
    severity: "error",
    title: ({ name, count }) => say`${count} records lie at ${name160(name)}.`,
    why: () =>
      say`There must be one. Which one a verifier takes is undefined, so the same mail may pass here and fail there.`,
    fix: () => say`Delete all but the key that the sender signs with. A second key needs a second selector.`,
    ref: "RFC 6376 §3.6.2.2",
  }),
  "dkim.revoked": finding<At>({
    severity: "info",
    title: ({ selector }) => say`${code(selector)} is revoked: its ${code("p=")} is empty.`,
    why: () => say`Signatures made with it do not pass. That is how a key is taken out of use.`,
    fix: () => say`Nothing, if nobody signs with it any more.`,
    ref: "RFC 6376 §3.6.1",
  }),
  "dkim.revoked-only": finding<At>({
    severity: "warning",
    title: ({ selector }) => say`${code(selector)} is revoked, and no usable key was found beside it.`,
    why: () => say`Signatures made with it do not pass. Without another key the domain's mail has no DKIM.`,
    fix: () =>
      say`Let the sender make a new key and publish it. If mail is signed with another selector, take ${code("s=")} from its DKIM-Signature and check that.`,
    ref: "RFC 6376 §3.6.1",
  }),
  "dkim.failed": finding<At & { why: FailureReason }>({
    severity: "unknown",
    title: ({ name }) => say`Could not check ${name160(name)}: no answer.`,
    why: ({ why }) =>
      why === "budget"
        ? say`That is our own limit for one command, not a fault of the domain.`
        : say`DNS did not answer (${code(why)}). Whether there is a key is not known; verifiers that see the same try again later.`,
    fix: () => say`Try again. If it stays so, the name servers of that name have a problem.`,
    ref: "RFC 6376 §6.1.2",
  }),
} as const;

const DOMAIN_TEXTS = {
  "dkim.wildcard": finding<{ domain: string; selectors: string[]; records: string[]; aliases: string[] }>({
    severity: "error",
    title: ({ selectors, domain }) =>
      say`${codes(selectors, 10)} ${plural(selectors.length, "has", "have")} no key of ${plural(selectors.length, "its", "their")} own: any selector of ${code(domain)} answers the same.`,
    why: ({ records, aliases }) => {
      const what = records[0] ?? aliases.at(-1);
      return what === undefined
        ? say`The answer comes from a wildcard.`
        : say`A wildcard answers ${code(what)} for every name that is not defined. It says nothing about this selector.`;
    },
    fix: ({ selectors, domain }) =>
      say`Publish the sender's key at ${name160(`${selectors[0] ?? ""}._domainkey.${domain}`)} itself: a wildcard never answers for a name that exists.`,
    ref: "RFC 6376 §6.1.2",
  }),
  "dkim.wildcard-answer": finding<{ domain: string; name: string; records: string[]; revoked: boolean }>({
    severity: "info",
    title: ({ domain, revoked }) =>
      revoked
        ? say`A wildcard revokes every selector of ${code(domain)} that is not defined.`
        : say`A wildcard answers for every selector of ${code(domain)} that is not defined.`,
    why: ({ records }) =>
      records[0] === undefined
        ? say`Selectors that answer the same are not counted as keys.`
        : say`It says ${code(records[0])}. Selectors that answer the same are not counted as keys.`,
    fix: ({ revoked }) =>
      revoked
        ? say`Good for a domain that sends nothing. Keys that are published by name are not touched.`
        : say`Nothing is broken by it. Keys that are published by name are not touched.`,
    ref: "RFC 6376 §6.1.2",
  }),
  "dkim.wildcard-unknown": finding<{ domain: string; selectors: string[] }>({
    severity: "unknown",
    title: ({ domain }) => say`Could not check whether every selector of ${code(domain)} answers the same.`,
    why: ({ selectors }) =>
      say`A made-up selector got no answer, so what was found at ${codes(selectors)} may come from a wildcard.`,
    fix: () => say`Try again.`,
    ref: "RFC 6376 §6.1.2",
  }),
  "dkim.ed25519-only": finding<{ domain: string; selectors: string[] }>({
    severity: "info",
    title: ({ selectors }) => say`Only Ed25519 keys were found: ${codes(selectors)}.`,
    why: () => say`Many verifiers read RSA alone; for them such a signature is none.`,
    fix: () => say`Publish an RSA key of 2,048 bits under a second selector, and sign with both.`,
    ref: "RFC 8463 §6",
  }),
  "dkim.none-found": finding<{ domain: string; tried: number; wildcard: boolean }>({
    severity: "info",
    title: ({ tried, wildcard }) =>
      wildcard
        ? say`None of ${tried} tried selectors has a key of its own.`
        : say`None of ${tried} tried selectors answers.`,
    why: () => say`That proves nothing: a selector can be any name, and DNS does not list them.`,
    fix: ({ domain }) =>
      say`Take ${code("s=")} from a message's DKIM-Signature and type ${code(`dkim ${domain} SELECTOR`, 300)}.`,
    ref: "RFC 6376 §3.1",
  }),
  "dkim.no-domainkey": finding<{ domain: string; name: string }>({
    severity: "warning",
    title: ({ domain }) => say`No DKIM keys are published for ${code(domain)}.`,
    why: ({ name }) =>
      say`${name160(name)} does not exist, so nothing below it does. Mail signed as this domain does not pass; mail signed as another gives DMARC nothing.`,
    fix: () =>
      say`Switch DKIM on at each service that sends for the domain, and publish the records it shows.`,
    ref: "RFC 8020 §2",
  }),
  "dkim.no-domain": finding<{ domain: string }>({
    severity: "error",
    title: ({ domain }) => say`${code(domain)} does not exist.`,
    why: () => say`DNS says that there is no such name, so there can be no key below it.`,
    fix: () => say`Correct the name.`,
    ref: "RFC 8020 §2",
  }),
  "dkim.not-answered": finding<Unanswered>({
    severity: "unknown",
    title: (evidence) => say`Could not look for keys: no answer for ${unanswered(evidence)}.`,
    why: () => say`Whether there are keys is not known.`,
    fix: ({ domain }) => say`Try again, or name the selector: ${code(`dkim ${domain} SELECTOR`, 300)}.`,
    ref: "RFC 6376 §6.1.2",
  }),
  "dkim.some-unanswered": finding<Unanswered>({
    severity: "info",
    title: (evidence) => say`Not everything was looked at: no answer for ${unanswered(evidence)}.`,
    why: () => say`There may be more keys than those found.`,
    fix: () => say`Try again.`,
    ref: "RFC 6376 §6.1.2",
  }),
} as const;

export const DKIM_TEXTS = { ...KEY_TEXTS, ...SELECTOR_TEXTS, ...DOMAIN_TEXTS } as const;
