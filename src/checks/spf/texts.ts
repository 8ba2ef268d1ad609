/** What the SPF check says: one entry an issue, with severity, sentences and source. An issue without a text does not compile. */
import type { FindingText } from "../../finding.ts";
import type { SpfIssue, SpfIssues } from "../../spf/issues.ts";
import type { SyntaxErrorKind } from "../../spf/term.ts";
import type { Result } from "../../spf/verdict.ts";
import { code, codes, plural, say, type Sentence } from "../../text/say.ts";

type Texts = { readonly [I in SpfIssue as `spf.${I}`]: FindingText<SpfIssues[I]> };

const FAMILY: Record<4 | 6, Sentence> = { 4: say`IPv4`, 6: say`IPv6` };

const WHY_MISSING: Record<SpfIssues["no-target"]["why"], Sentence> = {
  nxdomain: say`the name does not exist`,
  nodata: say`the name has no TXT record`,
  "no-spf": say`none of its TXT records is an SPF record`,
  "bad-name": say`it is not a name that DNS can hold`,
};

/** Errors of syntax, each as what is wrong with the piece. */
const SYNTAX: Record<SyntaxErrorKind, (part: Sentence) => Sentence> = {
  "unknown-mechanism": (part) => say`${part} is not a mechanism`,
  "missing-argument": () => say`a value is missing after the name`,
  "unexpected-argument": (part) => say`${part} does not belong there`,
  "bad-address": (part) => say`${part} is not an address of that kind`,
  "bad-prefix": (part) => say`${part} is not a prefix length`,
  "bad-domain": (part) => say`a domain cannot end in ${part}`,
  "bad-macro": (part) => say`${part} is not a macro`,
  "duplicate-modifier": () => say`it may stand only once`,
  "bad-character": (part) => say`${part} is not allowed in a record`,
};

const RESULT_WORDS: Record<Result, Sentence> = {
  none: say`none`,
  neutral: say`neutral`,
  pass: say`pass`,
  fail: say`fail`,
  softfail: say`softfail`,
  temperror: say`temperror`,
  permerror: say`permerror`,
};

/** "; did you mean …": only where something can be said. */
function meant(suggestion: string | null): Sentence {
  return suggestion === null
    ? say``
    : suggestion === ""
      ? say` Leave it out.`
      : say` Did you mean ${code(suggestion)}?`;
}

const DIFFERENCES: Record<
  SpfIssues["receivers-differ"]["kind"],
  { title: Sentence; why: Sentence; fix: Sentence }
> = {
  "void-per-query": {
    title: say`some count every empty answer of an MX host as a void lookup`,
    why: say`The RFC limits terms that find nothing to two. Most evaluators count the term once, by its own query; pyspf counts each host without an address, and answers permerror at the third.`,
    fix: say`Write the addresses as ip4 and ip6 networks instead, or give every host an address of both families.`,
  },
  "self-include": {
    title: say`the record includes itself`,
    why: say`Recursion is an error only where it is reached (§4.6.4 ends it); pyspf refuses such a record before it tries the first term.`,
    fix: say`Take the include of the record's own name out: it can never match anything new.`,
  },
  "mx-address": {
    title: say`an MX record names an address instead of a host`,
    why: say`No rule makes this an error, the host simply has no address; mailauth answers permerror.`,
    fix: say`Let the MX record name a host.`,
  },
  newline: {
    title: say`a line break stands inside the record`,
    why: say`It is a syntax error (§4.6.1), so most answer permerror; pyspf overlooks it at the end of a term.`,
    fix: say`Publish the record on one line.`,
  },
  "repeated-modifier": {
    title: say`an unknown modifier stands twice`,
    why: say`Unknown modifiers are ignored however often they stand (§6); pyspf answers permerror.`,
    fix: say`Take it out: it has no effect.`,
  },
};

export const SPF_TEXTS: Texts = {
  "spf.missing": {
    severity: "error",
    title: ({ domain, why }) =>
      why === "nxdomain" ? say`${code(domain)} does not exist.` : say`${code(domain)} has no SPF record.`,
    why: ({ why }) =>
      why === "nxdomain"
        ? say`DNS says that there is no such name, so there is nothing to check.`
        : say`Receivers answer none: SPF says nothing about who may send, and DMARC can only pass by DKIM.`,
    fix: ({ domain, elsewhere }) =>
      elsewhere.length > 0
        ? say`There is one at ${codes(elsewhere)}; receivers look only at ${code(domain)} itself.`
        : say`If it sends no mail, publish ${code("v=spf1 -all")}; if it does, name its senders, such as ${code("v=spf1 mx ~all")}.`,
    ref: "RFC 7208 §4.5",
  },
  "spf.near-miss": {
    severity: "error",
    title: ({ text }) => say`${code(text)} is not an SPF record.`,
    why: () =>
      say`A record begins with exactly ${code("v=spf1")} and a space. Anything else is passed over as some other text, so the result is none.`,
    fix: ({ mended }) =>
      mended === null ? say`Begin it with ${code("v=spf1 ")}.` : say`Publish ${code(mended)} instead.`,
    ref: "RFC 7208 §4.5",
  },
  "spf.several-records": {
    severity: "error",
    title: ({ domain, count }) => say`${code(domain)} has ${count} SPF records.`,
    why: ({ via }) =>
      via === null
        ? say`Receivers do not merge them: they answer permerror, and SPF gives no pass to anyone.`
        : say`Whoever reaches ${code(via)} gets permerror.`,
    fix: ({ via }) =>
      via === null ? say`Publish one record in their place.` : say`Tell its owner, or take ${code(via)} out.`,
    ref: "RFC 7208 §4.5",
  },
  "spf.syntax": {
    severity: "error",
    title: ({ term, kind, part, own, domain }) => {
      const at = own ? say`` : say` of ${code(domain)}`;
      return say`Syntax error in ${code(term)}${at}: ${SYNTAX[kind](code(part))}.`;
    },
    why: ({ own }) =>
      own
        ? say`One error anywhere makes receivers answer permerror for every sender.`
        : say`One error in an included record is permerror for everyone who reaches the include.`,
    fix: ({ offset, suggestion, own }) => {
      const where = own ? say`It stands after ${offset} characters.` : say`Its owner has to mend it.`;
      return say`${where}${meant(suggestion)}`;
    },
    ref: "RFC 7208 §4.6",
  },
  "spf.lookup-limit": {
    severity: "error",
    title: ({ lookups, limit, partial }) => {
      const least = partial ? say`At least ` : say``;
      return lookups > 500
        ? say`More than ${500} of ${limit} lookups: receivers answer permerror, and SPF gives no pass.`
        : say`${least}${lookups} of ${limit} lookups: receivers answer permerror, and SPF gives no pass.`;
    },
    why: ({ limit }) =>
      say`Receivers stop at the ${limit}th lookup; only senders that match before it still pass. Counted are include, a, mx, ptr, exists and redirect, those inside included records too; not the number of includes alone, and ip4, ip6 and all cost nothing.`,
    fix: ({ worst, saves, lookups, limit }) => {
      if (worst === null) return say`Take out what is no longer used.`;
      const left = lookups - saves;
      const enough = left <= limit ? say`` : say`, still too many`;
      return say`${code(worst)} costs ${saves}: without it ${left} are left${enough}. Take out what is no longer used, or give a sender a subdomain of its own.`;
    },
    ref: "RFC 7208 §4.6.4",
  },
  "spf.lookups-near": {
    severity: "warning",
    title: ({ lookups, limit }) => say`${lookups} of ${limit} lookups: nearly full.`,
    why: () =>
      say`One more lookup, added here or by a provider inside its own record, and receivers answer permerror.`,
    fix: () => say`Take out what is no longer used before adding anything.`,
    ref: "RFC 7208 §4.6.4",
  },
  "spf.void-limit": {
    severity: "error",
    title: ({ voids, limit }) => say`${voids} terms find nothing; ${limit} are allowed.`,
    why: () => say`Receivers answer permerror for senders that no term before them matches.`,
    fix: ({ terms }) => say`Take out ${codes(terms)}.`,
    ref: "RFC 7208 §4.6.4",
  },
  "spf.void-limit-family": {
    severity: "warning",
    title: ({ voids, limit, family }) =>
      say`${voids} terms find nothing for ${FAMILY[family]} senders; ${limit} are allowed.`,
    why: ({ family }) =>
      say`${FAMILY[family]} senders that no earlier term matches get permerror; the others are not touched.`,
    fix: ({ terms, family }) =>
      say`Give the hosts of ${codes(terms)} an ${FAMILY[family]} address, or take them out.`,
    ref: "RFC 7208 §4.6.4",
  },
  "spf.void-limit-possible": {
    severity: "info",
    title: ({ voids, limit }) => say`Up to ${voids} terms may find nothing; ${limit} are allowed.`,
    why: () =>
      say`Whether they do depends on the message or the sender's address. An exists or ptr that does not match counts as a void lookup.`,
    fix: ({ terms }) => say`Keep the others from finding nothing: ${codes(terms)}.`,
    ref: "RFC 7208 §4.6.4",
  },
  "spf.void": {
    severity: "info",
    title: ({ term, families, name }) => {
      const senders = families.length === 2 ? say`` : say` for ${FAMILY[families[0]!]} senders`;
      return say`${code(term)} finds nothing${senders}: ${code(name)} has no such record.`;
    },
    why: () => say`It matches nobody, costs a lookup, and is one of the two void lookups that are allowed.`,
    fix: ({ term, families }) =>
      families.length === 2
        ? say`Take ${code(term)} out, or give the name a record.`
        : say`Harmless while fewer than three terms are so.`,
    ref: "RFC 7208 §4.6.4",
  },
  "spf.no-target": {
    severity: "error",
    title: ({ term, target, why }) =>
      target === "" || why === "bad-name"
        ? say`${code(term)} leads nowhere: ${WHY_MISSING[why]}.`
        : say`${code(term)} leads nowhere: ${code(target)}: ${WHY_MISSING[why]}.`,
    why: () =>
      say`For an include or redirect without an SPF record behind it receivers answer permerror, for every sender that no earlier term matches.`,
    fix: ({ nearMiss, suggestion, term, domain }) => {
      if (suggestion !== null) return say`Did you mean ${code(suggestion)}?`;
      if (nearMiss !== null)
        return say`Its owner publishes ${code(nearMiss)}, which is not an SPF record: tell them, or take ${code(term)} out.`;
      return say`Take ${code(term)} out of the record of ${code(domain)}, or have its owner publish a record again.`;
    },
    ref: "RFC 7208 §5.2",
  },
  "spf.loop": {
    severity: "error",
    title: ({ path, term }) =>
      path.length === 2
        ? say`${code(term)} includes the record that it stands in.`
        : say`Includes go in a circle: ${codes(path, 12)}.`,
    why: () =>
      say`Every round costs lookups, until receivers answer permerror; only senders that an earlier term matches get through.`,
    fix: ({ term, domain }) => say`Take ${code(term)} out of the record of ${code(domain)}.`,
    ref: "RFC 7208 §4.6.4",
  },
  "spf.meant-mechanism": {
    severity: "warning",
    title: ({ term }) => say`${code(term)} does nothing.`,
    why: () =>
      say`With "=" it reads as a modifier that nobody knows, and those are ignored. A mechanism has a colon.`,
    fix: ({ suggestion }) =>
      suggestion === null ? say`Take it out.` : say`Did you mean ${code(suggestion)}?`,
    ref: "RFC 7208 §6",
  },
  "spf.unknown-modifier": {
    severity: "info",
    title: ({ term }) => say`${code(term)} is ignored.`,
    why: () => say`Receivers pass over modifiers that they do not know.`,
    fix: () => say`Take it out unless you know who reads it.`,
    ref: "RFC 7208 §6",
  },
  "spf.all-pass": {
    severity: "error",
    title: ({ term, via }) =>
      via === null
        ? say`${code(term)} lets everyone send as this domain.`
        : say`${code(via)} lets everyone send: its record ends in ${code(term)}.`,
    why: () =>
      say`Any server on the Internet gets an SPF pass. It is no test setting; Gmail refuses such records.`,
    fix: ({ via }) =>
      via === null
        ? say`End the record in ${code("~all")} or ${code("-all")}.`
        : say`Take ${code(via)} out and tell its owner.`,
    ref: "RFC 7208 §5.1",
  },
  "spf.all-neutral": {
    severity: "warning",
    title: ({ term }) => say`${code(term)} says nothing about other senders.`,
    why: () => say`Receivers treat neutral like no record at all.`,
    fix: () => say`End the record in ${code("~all")}, once all senders are named.`,
    ref: "RFC 7208 §8.2",
  },
  "spf.no-all": {
    severity: "warning",
    title: () => say`The record has no end: neither all nor redirect.`,
    why: () => say`Senders that nothing matches get neutral, as if there were no record.`,
    fix: () => say`End it in ${code("~all")}, or ${code("-all")} if nothing else sends.`,
    ref: "RFC 7208 §4.7",
  },
  "spf.after-all": {
    severity: "warning",
    title: ({ terms, all }) =>
      say`${codes(terms)} ${plural(terms.length, "stands", "stand")} after ${code(all)} and ${plural(terms.length, "is", "are")} never reached.`,
    why: () => say`Terms are tried from left to right, and all matches everyone.`,
    fix: ({ all }) => say`Move what is needed before ${code(all)}.`,
    ref: "RFC 7208 §5.1",
  },
  "spf.redirect-beside-all": {
    severity: "warning",
    title: ({ term, all }) => say`${code(term)} is ignored, because the record has ${code(all)}.`,
    why: () => say`A redirect counts only in a record without all, wherever either stands.`,
    fix: ({ all }) => say`Keep one of the two: the redirect alone, or include it and end in ${code(all)}.`,
    ref: "RFC 7208 §6.1",
  },
  "spf.wide-network": {
    severity: "error",
    title: ({ term, addresses, domain }) =>
      say`${code(term)} in ${code(domain)} lets ${code(addresses)} addresses send.`,
    why: () => say`That is a good part of the Internet; some receivers refuse such records outright.`,
    fix: () => say`Name the networks that really send.`,
    ref: "RFC 7208 §11.4",
  },
  "spf.broad-network": {
    severity: "info",
    title: ({ term, addresses }) => say`${code(term)} lets ${code(addresses)} addresses send.`,
    why: () => say`Each of them gets an SPF pass for this domain.`,
    fix: () => say`Narrow it to what really sends.`,
    ref: "RFC 7208 §11.4",
  },
  "spf.reserved-network": {
    severity: "warning",
    title: ({ term, use }) => say`${code(term)} is a ${use} network.`,
    why: () => say`No mail reaches a receiver from there over the Internet, so the term lets nobody through.`,
    fix: () => say`Name the public address that the mail leaves from.`,
    ref: "RFC 6890 §2.2",
  },
  "spf.duplicate": {
    severity: "info",
    title: ({ term, times }) => say`${code(term)} stands ${times} times.`,
    why: () => say`The copies change nothing, but those that ask DNS are paid for each time.`,
    fix: () => say`Keep the first.`,
    ref: "RFC 7208 §4.6.4",
  },
  "spf.repeated-include": {
    severity: "warning",
    title: ({ target, times }) => say`${code(target)} is included ${times} times.`,
    why: ({ times, cost }) =>
      say`Each time costs ${cost} ${plural(cost, "lookup")}: ${times * cost} in all. Receivers do not remember.`,
    fix: () => say`Keep one of the includes that lead there.`,
    ref: "RFC 7208 §4.6.4",
  },
  "spf.covered": {
    severity: "info",
    title: ({ term, by }) => say`${code(term)} lies inside ${code(by)}, which comes first.`,
    why: () => say`It can never decide anything.`,
    fix: ({ term }) => say`Take ${code(term)} out.`,
    ref: "RFC 7208 §4.6.2",
  },
  "spf.ptr": {
    severity: "warning",
    title: ({ term, domain }) => say`${code(term)} in ${code(domain)} is slow and unreliable.`,
    why: () =>
      say`It asks for names of every client's address; the RFC says that it should not be published, and some receivers skip it.`,
    fix: () => say`Name the addresses with ip4, ip6, a or an include.`,
    ref: "RFC 7208 §5.5",
  },
  "spf.mx-limit": {
    severity: "error",
    title: ({ term, hosts }) => say`${code(term)} finds ${hosts} MX hosts.`,
    why: ({ limit }) =>
      say`More than ${limit} are permerror for senders that the first ${limit} do not match.`,
    fix: () => say`Name the sending addresses with ip4 and ip6 instead.`,
    ref: "RFC 7208 §4.6.4",
  },
  "spf.macro": {
    severity: "info",
    title: ({ term }) => say`${code(term)} depends on the message.`,
    why: ({ example }) =>
      example === null
        ? say`What it asks for is known only when a message arrives; it costs one lookup.`
        : say`For a message from user at this domain and address 192.0.2.1 it asks for ${code(example, 160)}; it costs one lookup.`,
    fix: () => say`Give an address to see what it does: the answer then shows the name asked.`,
    ref: "RFC 7208 §7",
  },
  "spf.macro-p": {
    severity: "warning",
    title: ({ term }) => say`${code(term)} uses the macro for the client's own name.`,
    why: () => say`Like ptr it depends on the client's reverse name; the RFC says not to use it.`,
    fix: () => say`Use another macro, or name the addresses.`,
    ref: "RFC 7208 §7.2",
  },
  "spf.bad-name": {
    severity: "warning",
    title: ({ term, name }) => say`${code(term)} asks for ${code(name)}, which is no name.`,
    why: () =>
      say`An empty label or one over 63 octets: the RFC leaves open what happens, some answer permerror.`,
    fix: () => say`Correct the name.`,
    ref: "RFC 7208 §4.8",
  },
  "spf.type99": {
    severity: "warning",
    title: ({ same }) =>
      same
        ? say`The record is published a second time as type SPF.`
        : say`A different record is published as type SPF.`,
    why: () => say`Type 99 is obsolete: nobody asks for it, and nobody keeps it up to date.`,
    fix: () => say`Delete the records of type SPF; only TXT counts.`,
    ref: "RFC 7208 §3.1",
  },
  "spf.answer-large": {
    severity: "info",
    title: ({ octets, records }) =>
      say`The ${records} TXT ${plural(records, "record")} of this name ${plural(records, "takes", "take")} ${octets} octets.`,
    why: ({ advised }) =>
      say`Over ${advised} an answer no longer fits an old 512-octet message. It is advice, not an error: nearly every resolver carries more.`,
    fix: () => say`Delete verification records that are no longer needed.`,
    ref: "RFC 7208 §3.4",
  },
  "spf.answer-tcp": {
    severity: "warning",
    title: ({ octets, records }) =>
      say`The ${records} TXT ${plural(records, "record")} of this name ${plural(records, "takes", "take")} ${octets} octets: too much for one UDP answer.`,
    why: ({ limit }) =>
      say`Over ${limit} octets resolvers have to ask again over TCP. Where a firewall stops that, the result is temperror.`,
    fix: () => say`Delete verification records that are no longer needed, or move senders into includes.`,
    ref: "RFC 7208 §3.4",
  },
  "spf.long-record": {
    severity: "info",
    title: ({ octets, strings }) => say`The record has ${octets} octets, in ${strings} strings.`,
    why: () =>
      say`That is legal: 255 octets is the limit of one string, and a record may have several, joined without a space.`,
    fix: () => say`Paste it as several quoted strings if the panel asks for it; never as several records.`,
    ref: "RFC 7208 §3.3",
  },
  "spf.exp-fails": {
    severity: "info",
    title: ({ term }) => say`${code(term)} gives no explanation.`,
    why: ({ why }) =>
      ({
        none: say`There is no TXT record at its name.`,
        several: say`There is more than one TXT record at its name.`,
        "not-ascii": say`Its text has characters beyond US-ASCII.`,
        "bad-macro": say`Its text has a macro that is none.`,
        "bad-name": say`What it names is no name that DNS can hold.`,
      })[why],
    fix: () => say`Mend it or take it out: refused senders get the receiver's own words.`,
    ref: "RFC 7208 §6.2",
  },
  "spf.wildcard": {
    severity: "info",
    title: ({ name }) => say`Every name below ${code(name)} that is not defined answers with an SPF record.`,
    why: ({ record }) =>
      say`A wildcard publishes ${code(record)} for them. Names that exist are not covered by it.`,
    fix: () => say`Good for names that send nothing, if it says -all; otherwise take it out.`,
    ref: "RFC 7208 §3.5",
  },
  "spf.failed": {
    severity: "unknown",
    title: ({ name, type }) => say`Could not check ${code(name)}: no answer for ${code(type)}.`,
    why: ({ why }) =>
      why === "budget"
        ? say`That is our own limit for one command, not a fault of the domain.`
        : say`DNS did not answer (${code(why)}). Whether the record is there is not known; receivers that see the same answer temperror.`,
    fix: () => say`Try again. If it stays so, the name servers of that name have a problem.`,
    ref: "RFC 7208 §4.4",
  },
  "spf.not-read": {
    severity: "unknown",
    title: ({ names }) =>
      say`${names} ${plural(names, "branch", "branches")} not read: our own limit for one tree.`,
    why: () => say`The policy spreads over more names than one answer reads.`,
    fix: () => say`Receivers stop at ten lookups; bring it below that first.`,
    ref: "RFC 7208 §4.6.4",
  },
  "spf.receivers-differ": {
    severity: "warning",
    title: ({ kind, ours, theirs }) =>
      ours === null || theirs === null
        ? say`Receivers differ here: ${DIFFERENCES[kind].title}.`
        : say`Receivers differ here: most answer ${RESULT_WORDS[ours]}, some ${RESULT_WORDS[theirs]}, because ${DIFFERENCES[kind].title}.`,
    why: ({ kind }) => DIFFERENCES[kind].why,
    fix: ({ kind, term }) => say`${DIFFERENCES[kind].fix} It is about ${code(term)}.`,
    ref: "RFC 7208 §4.6.4",
  },
  "spf.shared-sender": {
    severity: "info",
    title: ({ terms }) => say`${codes(terms)} ${plural(terms.length, "leads", "lead")} to others' servers.`,
    why: () =>
      say`Where a service is shared, its other customers send from the same addresses and get an SPF pass for this domain too.`,
    fix: () =>
      say`The remedy is DKIM with your own domain and DMARC; a "?" before the include only loses you the pass.`,
    ref: "RFC 7208 §11.4",
  },
  "spf.not-authorised": {
    severity: "error",
    title: ({ address }) => say`${code(address)} is not authorised: fail.`,
    why: () => say`The domain says that this address must not send for it; receivers may refuse the mail.`,
    fix: howToAuthorise,
    ref: "RFC 7208 §8.4",
  },
  "spf.not-confirmed": {
    severity: "warning",
    title: ({ address, result }) => say`${code(address)} is not confirmed: ${RESULT_WORDS[result]}.`,
    why: ({ result }) =>
      result === "softfail"
        ? say`The domain says that this address probably must not send; the mail is accepted with suspicion, and DMARC counts no pass.`
        : say`The domain says nothing about this address; DMARC counts no pass.`,
    fix: howToAuthorise,
    ref: "RFC 7208 §8.5",
  },
};

function howToAuthorise({ nearest, address }: { nearest: string | null; address: string }): Sentence {
  return nearest === null
    ? say`If it is a sender of yours, add ${code(address)}; if not, nothing is to be done.`
    : say`The nearest network is ${code(nearest)}. If the address is a sender of yours, add it.`;
}
