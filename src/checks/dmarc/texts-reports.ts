/** What is said of the addresses that reports go to. */
import { finding, type FindingText } from "../../finding.ts";
import type { UriProblem } from "../../dmarc/uri.ts";
import { code, codes, plural, say, type Sentence } from "../../text/say.ts";
import type { Placed } from "./texts-record.ts";

export interface UriEvidence extends Placed {
  tag: "rua" | "ruf";
  uri: string;
}

/** A host that reports go to, with the addresses of the record at it. */
export interface HostEvidence extends Record<string, unknown> {
  tags: readonly ("rua" | "ruf")[];
  host: string;
  addresses: readonly string[];
  policyDomain: string;
}

/** `asked` is the name of the record that authorises it; "" where that is not known. */
export interface DestinationEvidence extends HostEvidence {
  asked: string;
}

const NO_REPORT = say`No report goes to it, and nobody tells you.`;

function uri(
  severity: "error" | "warning" | "info",
  title: (at: { tag: Sentence; uri: Sentence }) => Sentence,
  fix: (uri: string) => Sentence,
  why: Sentence = NO_REPORT,
): FindingText<UriEvidence> {
  return {
    severity,
    title: ({ tag, uri }) => title({ tag: code(tag), uri: code(uri) }),
    why: () => why,
    fix: ({ uri }) => fix(uri),
    ref: "RFC 9989 §4.8",
  };
}

type UriTexts = { readonly [P in UriProblem as `dmarc.uri-${P}`]: FindingText<UriEvidence> };

const URI_TEXTS: UriTexts = {
  "dmarc.uri-empty": uri(
    "info",
    ({ tag }) => say`${tag} has nothing between two commas.`,
    () => say`Take the comma out.`,
    say`Receivers skip it.`,
  ),
  "dmarc.uri-no-scheme": uri(
    "error",
    ({ tag, uri }) => say`${uri} in ${tag} is no URI: reports never come.`,
    (uri) => say`Write ${code(`mailto:${uri}`, 300)}.`,
  ),
  "dmarc.uri-scheme-unsupported": uri(
    "warning",
    ({ tag, uri }) => say`${uri} in ${tag} is no mail address: receivers send reports by mail alone.`,
    () => say`Name a mailbox, as in ${code("mailto:dmarc@example.com")}.`,
  ),
  "dmarc.uri-bad-percent": uri(
    "error",
    ({ tag, uri }) => say`${uri} in ${tag} has a % that encodes nothing.`,
    () => say`Write a % of the address itself as ${code("%25")}.`,
  ),
  "dmarc.uri-control-character": uri(
    "error",
    ({ tag, uri }) => say`${uri} in ${tag} holds a control character.`,
    () => say`Type the address again by hand.`,
  ),
  "dmarc.uri-bad-character": uri(
    "error",
    ({ tag, uri }) => say`${uri} in ${tag} holds a character that no URI holds, such as a space or a quote.`,
    () => say`Write the address without spaces, quotes and angle brackets; several are separated by commas.`,
  ),
  "dmarc.uri-several-at": uri(
    "error",
    ({ tag, uri }) => say`${uri} in ${tag} has more than one @.`,
    () => say`Write one address; several are separated by commas, each with its own ${code("mailto:")}.`,
  ),
  "dmarc.uri-no-at": uri(
    "error",
    ({ tag, uri }) => say`${uri} in ${tag} has no @: it is no mail address.`,
    () => say`Write the whole address, as in ${code("mailto:dmarc@example.com")}.`,
  ),
  "dmarc.uri-no-local": uri(
    "error",
    ({ tag, uri }) => say`${uri} in ${tag} has nothing before the @.`,
    () => say`Write the whole address, as in ${code("mailto:dmarc@example.com")}.`,
  ),
  "dmarc.uri-ip-literal": uri(
    "error",
    ({ tag, uri }) => say`${uri} in ${tag} names an IP address as its host.`,
    () => say`Name the domain of the mailbox.`,
  ),
  "dmarc.uri-bad-host": uri(
    "error",
    ({ tag, uri }) => say`${uri} in ${tag} names a host that DNS cannot hold.`,
    () => say`Correct the domain behind the @.`,
  ),
  "dmarc.uri-size": uri(
    "info",
    ({ tag, uri }) => say`${uri} in ${tag} ends in a size, which RFC 9989 removed.`,
    (uri) => say`Write ${code(uri.replace(/!\d+[kmgt]?$/i, ""), 300)}.`,
    say`Receivers after RFC 9989 ignore it; some old ones drop reports that are larger.`,
  ),
  "dmarc.uri-bad-size": uri(
    "error",
    ({ tag, uri }) => say`${uri} in ${tag} has an exclamation mark with no size behind it.`,
    () => say`Take it out with what follows; one of the address itself is written ${code("%21")}.`,
  ),
  "dmarc.uri-duplicate": uri(
    "info",
    ({ tag, uri }) => say`${uri} stands twice in ${tag}.`,
    () => say`Keep one.`,
    say`Some receivers send every report twice.`,
  ),
};

function addressesOf({ addresses }: { addresses: readonly string[] }): Sentence {
  return codes(addresses, 3);
}

export const REPORT_TEXTS = {
  ...URI_TEXTS,
  "dmarc.uri-more": finding<{ problem: string; count: number; name: string }>({
    severity: "info",
    title: ({ count }) =>
      say`${count} more ${plural(count, "address has", "addresses have")} a fault told above.`,
    why: () => say`They are alike; each kind of fault is told a few times only.`,
    fix: () => say`Mend the first ones and check again.`,
    ref: "RFC 9989 §4.8",
  }),
  "dmarc.destination-not-authorised": finding<DestinationEvidence>({
    severity: "error",
    title: ({ host, policyDomain, addresses }) =>
      say`${code(host)} has not agreed to receive reports about ${code(policyDomain)}: ${addressesOf({ addresses })} ${plural(addresses.length, "gets", "get")} none.`,
    why: () =>
      say`The address lies outside your organization, so receivers look for a record of its owner, find none, and leave the address out without a word.`,
    fix: ({ asked }) =>
      say`Its owner has to publish a TXT record at ${code(asked, 253)} with the value ${code("v=DMARC1;")}.`,
    ref: "RFC 9990 §4",
  }),
  "dmarc.destination-name-too-long": finding<HostEvidence>({
    severity: "error",
    title: ({ host }) =>
      say`No reports can go to ${code(host)}: the name that would authorise it is too long for DNS.`,
    why: () =>
      say`The address lies outside your organization. The record that allows it would need a name of more than 253 octets.`,
    fix: () => say`Use an address at a shorter domain, or one of your own.`,
    ref: "RFC 9990 §4",
  }),
  "dmarc.destination-unknown": finding<DestinationEvidence & { why: string | null }>({
    severity: "unknown",
    title: ({ host, policyDomain }) =>
      say`Could not check whether ${code(host)} may receive reports about ${code(policyDomain)}.`,
    why: ({ why }) =>
      why === null
        ? say`DNS did not answer one of the questions. A receiver that sees the same sends no report.`
        : say`DNS did not answer (${code(why)}). A receiver that sees the same sends no report.`,
    fix: ({ asked }) =>
      asked === ""
        ? say`Try again.`
        : say`Try again. If it stays so, the name servers of ${code(asked, 253)} have a problem.`,
    ref: "RFC 9990 §4",
  }),
  "dmarc.destinations-not-checked": finding<{ count: number; name: string }>({
    severity: "info",
    title: ({ count }) =>
      say`${count} report ${plural(count, "address was", "addresses were")} not checked: our own limit.`,
    why: () => say`One answer asks only so many questions. Nothing is said about these addresses.`,
    fix: () => say`Name fewer addresses: one or two are enough, and each receiver writes to every one.`,
    ref: "RFC 9990 §4",
  }),
  "dmarc.override-elsewhere": finding<DestinationEvidence & { found: string; instead: readonly string[] }>({
    severity: "error",
    title: ({ host, instead }) =>
      say`${code(host)} sends the reports on to ${instead.length === 0 ? say`another host` : codes(instead, 3)}: they reach neither.`,
    why: () => say`A record that authorises may name another address only at its own host.`,
    fix: ({ asked }) =>
      say`Its owner has to take the address out of the record at ${code(asked, 253)}; or name the other address in your own record.`,
    ref: "RFC 9990 §4",
  }),
  "dmarc.override": finding<DestinationEvidence & { found: string; instead: readonly string[] }>({
    severity: "info",
    title: ({ host, instead }) =>
      say`${code(host)} has reports sent to ${codes(instead, 3)} in place of your address.`,
    why: () => say`Who authorises reports may name another address at the same host.`,
    fix: () => say`Nothing, if the reports arrive.`,
    ref: "RFC 9990 §4",
  }),
};
