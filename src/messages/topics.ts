/** Topics of `help`, and what the terms of a record mean. */
import { isDirective, type Directive, type Modifier, type Qualifier, type Term } from "../spf/term.ts";
import type { Result } from "../spf/verdict.ts";
import { formatNetwork } from "../spf/ip.ts";
import { code, say, type Sentence } from "../text/say.ts";

/** A topic of `help`: two sentences and an example. */
export interface Topic {
  name: string;
  title: Sentence;
  body: Sentence;
  example: string;
  ref: string;
}

type MechanismTopic = Directive["kind"];
type ModifierTopic = Exclude<Modifier["kind"], "unknown-modifier">;

/** Mechanisms and modifiers of SPF; a kind without its topic does not compile. */
export const TERM_TOPICS: Record<MechanismTopic | ModifierTopic, Topic> = {
  all: {
    name: "all",
    title: say`all: everyone else`,
    body: say`Matches every sender, so it stands last; what comes after it is never reached. Its qualifier decides what happens to mail from servers that the record does not name.`,
    example: "v=spf1 include:_spf.example.com ~all",
    ref: "RFC 7208 §5.1",
  },
  include: {
    name: "include",
    title: say`include: whoever another record lets send`,
    body: say`Asks for the SPF record of another name and matches if that record gives a pass; its own "-all" means no match here. Costs one lookup and those inside it, and if the name has no SPF record, everyone who gets here is answered permerror.`,
    example: "v=spf1 include:spf.example.net -all",
    ref: "RFC 7208 §5.2",
  },
  a: {
    name: "a",
    title: say`a: the addresses of a host`,
    body: say`Matches if the sender has one of the addresses of the name, or of the domain itself if none is written; a prefix such as /24 widens it. Costs one lookup.`,
    example: "v=spf1 a:mail.example.com -all",
    ref: "RFC 7208 §5.3",
  },
  mx: {
    name: "mx",
    title: say`mx: the hosts that receive mail`,
    body: say`Matches if the sender is one of the domain's MX hosts. Costs one lookup, and often lets in only servers that never send.`,
    example: "v=spf1 mx -all",
    ref: "RFC 7208 §5.4",
  },
  ptr: {
    name: "ptr",
    title: say`ptr: servers named after the domain`,
    body: say`Matches if the sender's reverse name lies inside the domain. It is slow, unreliable and should not be published.`,
    example: "v=spf1 ptr -all",
    ref: "RFC 7208 §5.5",
  },
  ip4: {
    name: "ip4",
    title: say`ip4: an IPv4 network`,
    body: say`Matches if the sender's address is in the network; without a prefix it is that one address. Costs no lookup.`,
    example: "v=spf1 ip4:192.0.2.0/24 -all",
    ref: "RFC 7208 §5.6",
  },
  ip6: {
    name: "ip6",
    title: say`ip6: an IPv6 network`,
    body: say`Matches if the sender's address is in the network; without a prefix it is that one address. Costs no lookup.`,
    example: "v=spf1 ip6:2001:db8::/32 -all",
    ref: "RFC 7208 §5.6",
  },
  exists: {
    name: "exists",
    title: say`exists: if a name has an address`,
    body: say`Builds a name, usually from the sender's address with macros, and matches if it has an A record. Costs one lookup, and an answer of "no such name" counts as a void lookup.`,
    example: "v=spf1 exists:%{i}._spf.example.com -all",
    ref: "RFC 7208 §5.7",
  },
  redirect: {
    name: "redirect",
    title: say`redirect: use another domain's record`,
    body: say`If nothing in the record matches, the record of the other name is used in its place, its all included. It is ignored as soon as the record has an all of its own.`,
    example: "v=spf1 redirect=_spf.example.com",
    ref: "RFC 7208 §6.1",
  },
  exp: {
    name: "exp",
    title: say`exp: the words of a refusal`,
    body: say`Names a TXT record whose text receivers may show to a sender that they refuse. It decides nothing and costs no lookup.`,
    example: "v=spf1 mx -all exp=explain.example.com",
    ref: "RFC 7208 §6.2",
  },
};

export const QUALIFIER_TOPICS: Record<Qualifier, Topic> = {
  "+": {
    name: "+",
    title: say`+: pass`,
    body: say`Whoever matches may send; it is meant where no qualifier is written. Before all it lets everyone send.`,
    example: "v=spf1 +mx -all",
    ref: "RFC 7208 §4.6.2",
  },
  "-": {
    name: "-",
    title: say`-: fail`,
    body: say`Whoever matches must not send. Some receivers refuse such mail at once, even where DKIM would have saved it.`,
    example: "v=spf1 mx -all",
    ref: "RFC 7208 §4.6.2",
  },
  "~": {
    name: "~",
    title: say`~: softfail`,
    body: say`Whoever matches probably may not send: the mail is accepted with suspicion. For DMARC it is the same as fail: no pass.`,
    example: "v=spf1 mx ~all",
    ref: "RFC 7208 §4.6.2",
  },
  "?": {
    name: "?",
    title: say`?: neutral`,
    body: say`Nothing is said about whoever matches. Receivers treat it like no record.`,
    example: "v=spf1 mx ?all",
    ref: "RFC 7208 §4.6.2",
  },
};

export const RESULT_TOPICS: Record<Result, Topic> = {
  pass: {
    name: "pass",
    title: say`pass: the server may send for the domain`,
    body: say`The domain stands behind this server; the mail can still be unwanted. For DMARC it counts only if the envelope's domain belongs to the From domain.`,
    example: "spf example.com 192.0.2.1",
    ref: "RFC 7208 §8.3",
  },
  fail: {
    name: "fail",
    title: say`fail: the server must not send for the domain`,
    body: say`Receivers may refuse the mail with 550 5.7.23 before its text is sent. If DMARC decides instead, a DKIM signature can still save it.`,
    example: "spf example.com 198.51.100.7",
    ref: "RFC 7208 §8.4",
  },
  softfail: {
    name: "softfail",
    title: say`softfail: the server probably may not send`,
    body: say`Receivers should not refuse the mail for it, but look at it more closely. For DMARC it is no pass.`,
    example: "spf example.com 198.51.100.7",
    ref: "RFC 7208 §8.5",
  },
  neutral: {
    name: "neutral",
    title: say`neutral: nothing is said about the server`,
    body: say`Receivers must treat it like none. For DMARC it is no pass.`,
    example: "spf example.com 198.51.100.7",
    ref: "RFC 7208 §8.2",
  },
  none: {
    name: "none",
    title: say`none: there is no SPF record`,
    body: say`The domain says nothing, or what it says is not recognised as a record. For DMARC it is no pass.`,
    example: "spf example.com 198.51.100.7",
    ref: "RFC 7208 §8.1",
  },
  permerror: {
    name: "permerror",
    title: say`permerror: the record cannot be used`,
    body: say`An error in the record, or more lookups than allowed: it stays so until somebody mends DNS. Receivers may refuse the mail with 550 5.5.2; for DMARC it is no pass.`,
    example: "spf example.com",
    ref: "RFC 7208 §8.7",
  },
  temperror: {
    name: "temperror",
    title: say`temperror: DNS did not answer`,
    body: say`Receivers may defer the mail with 451 4.4.3 and it is tried again later. Often it is over by then; if not, the name servers need looking at.`,
    example: "spf example.com",
    ref: "RFC 7208 §8.6",
  },
};

const QUALIFIED: Record<Qualifier, Sentence> = {
  "+": say`may send`,
  "-": say`must not send`,
  "~": say`probably may not send`,
  "?": say`: nothing is said about them`,
};

const WHO: { [K in Directive["kind"]]: (term: Extract<Directive, { kind: K }>) => Sentence } = {
  all: () => say`All other servers`,
  include: ({ target }) => say`Servers that the record of ${code(target.text)} lets send`,
  a: ({ target }) => say`The addresses of ${target === null ? say`the domain itself` : code(target.text)}`,
  mx: ({ target }) => say`The MX hosts of ${target === null ? say`the domain` : code(target.text)}`,
  ptr: ({ target }) =>
    say`Servers whose reverse name lies in ${target === null ? say`the domain` : code(target.text)}`,
  ip4: ({ network }) => say`${code(formatNetwork(network))}`,
  ip6: ({ network }) => say`${code(formatNetwork(network))}`,
  exists: ({ target }) => say`Senders for which ${code(target.text)} has an address`,
};

const MODIFIERS: { [K in Modifier["kind"]]: (modifier: Extract<Modifier, { kind: K }>) => Sentence } = {
  redirect: ({ target }) => say`If nothing matches, the record of ${code(target.text)} decides.`,
  exp: ({ target }) => say`Refused senders may be shown the text at ${code(target.text)}.`,
  "unknown-modifier": () => say`Ignored: no modifier that SPF knows.`,
};

/** What one term of a record means, in a sentence. */
export function explainTerm(term: Term): Sentence {
  if (!isDirective(term)) return (MODIFIERS[term.kind] as (modifier: Modifier) => Sentence)(term);
  const who = (WHO[term.kind] as (term: Directive) => Sentence)(term);
  const gap = term.qualifier === "?" ? say`` : say` `;
  return say`${who}${gap}${QUALIFIED[term.qualifier]}.`;
}
