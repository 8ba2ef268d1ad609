/** What is said of the policy that applies: that there is none, where it comes from, and what it asks for. */
import type { NearMiss, Policy, Reduced } from "../../dmarc/record.ts";
import { finding } from "../../finding.ts";
import { code, codes, plural, say, type Sentence } from "../../text/say.ts";

/** What failing mail gets. */
export const TREATED: Record<Policy, Sentence> = {
  none: say`delivered as if there were no policy`,
  quarantine: say`treated as suspicious`,
  reject: say`refused`,
};

type Miss = Exclude<NearMiss, "none">;

const MISSES: Record<Miss, Sentence> = {
  "version-case": say`the version has to be in capitals`,
  "version-number": say`the version is not exactly ${code("DMARC1")}`,
  "version-not-first": say`the version does not stand first`,
  "version-name": say`the version is not written as ${code("v=DMARC1")}`,
  "version-missing": say`the version is missing`,
  "leading-space": say`something invisible stands in front of the version`,
  "leading-quote": say`a quotation mark stands in front of the version`,
  comma: say`a comma stands behind the version where a semicolon belongs`,
  "no-semicolon": say`the semicolon behind the version is missing`,
};

interface MissEvidence extends Record<string, unknown> {
  name: string;
  text: string;
  kind: Miss;
  mended: string | null;
}

const FAULTS: Record<Reduced, (value: Sentence) => Sentence> = {
  "missing-p": () => say`The record has no ${code("p")}`,
  "invalid-p": (value) => say`${value} is no policy`,
  "invalid-sp": (value) => say`${value} is no policy`,
  "invalid-np": (value) => say`${value} is no policy`,
};

const SEVERAL_NOW = (domain: Sentence, policy: Policy | null, governs: string | null): Sentence =>
  governs === null || policy === null
    ? say`Receivers discard them all, and nothing else applies: ${domain} has no policy.`
    : say`Receivers after RFC 9989 discard them all and go on to ${code(governs)}: ${code(policy)} applies. Receivers after RFC 7489 apply nothing.`;

export const POLICY_TEXTS = {
  "dmarc.missing": finding<{
    domain: string;
    name: string;
    organization: string;
    elsewhere: readonly string[];
    record: string | null;
  }>({
    severity: "error",
    title: ({ domain }) => say`${code(domain)} has no DMARC policy: anyone can send as ${code(domain)}.`,
    why: () =>
      say`Receivers take mail in its name whether it comes from you or not, no report tells you who sends it, and the large mailbox providers refuse bulk mail without a policy.`,
    fix: ({ name, organization, domain, elsewhere, record }) => {
      if (elsewhere.length > 0)
        return say`There is a record at ${codes(elsewhere)}; receivers look only at ${code(name, 253)}. Move it there.`;
      const where =
        organization === domain
          ? say``
          : say`, or for all its names at ${code(`_dmarc.${organization}`, 253)}`;
      return say`Publish ${code(record ?? "v=DMARC1; p=none; rua=mailto:…", 400)} as a TXT record at ${code(name, 253)}${where}.`;
    },
    ref: "RFC 9989 §4.10.1",
  }),
  "dmarc.near-miss": finding<MissEvidence>({
    severity: "error",
    title: ({ text, kind }) => say`${code(text)} is not a DMARC record: ${MISSES[kind]}.`,
    why: () =>
      say`A record begins with exactly ${code("v=DMARC1")} and a semicolon. Anything else is passed over as some other text.`,
    fix: ({ mended, name }) =>
      mended === null
        ? say`Begin it with ${code("v=DMARC1;")}, at ${code(name, 253)}.`
        : say`Publish ${code(mended, 400)} at ${code(name, 253)} instead.`,
    ref: "RFC 9989 §4.7",
  }),
  "dmarc.near-miss-beside": finding<MissEvidence>({
    severity: "info",
    title: ({ text, name }) => say`${code(text)} at ${code(name, 120)} is not a DMARC record.`,
    why: () => say`It has no effect: receivers pass it over as some other text.`,
    fix: () => say`Delete it, if it is yours and was replaced.`,
    ref: "RFC 9989 §4.7",
  }),
  "dmarc.several": finding<{
    domain: string;
    name: string;
    count: number;
    records: readonly string[];
    policy: Policy | null;
    governs: string | null;
  }>({
    severity: "error",
    title: ({ name, count }) => say`${code(name, 120)} has ${count} DMARC records.`,
    why: ({ domain, policy, governs }) => SEVERAL_NOW(code(domain), policy, governs),
    fix: () => say`Publish one record in their place.`,
    ref: "RFC 9989 §4.10",
  }),
  "dmarc.alias": finding<{ name: string; target: string }>({
    severity: "info",
    title: ({ name, target }) => say`${code(name, 120)} is a CNAME to ${code(target, 120)}.`,
    why: () => say`The policy is whatever stands there; who runs that name decides about the mail.`,
    fix: () => say`Nothing, if that is meant. Report addresses still have to be authorised for this domain.`,
    ref: "RFC 9989 §4.10",
  }),
  "dmarc.dangling-alias": finding<{ name: string; target: string }>({
    severity: "warning",
    title: ({ name, target }) =>
      say`${code(name, 120)} is a CNAME to ${code(target, 120)}, where no DMARC record is.`,
    why: () =>
      say`It is as if nothing were published. If the target's domain is free, whoever registers it sets the policy.`,
    fix: () => say`Let it lead to a record, or delete the CNAME and publish a TXT record in its place.`,
    ref: "RFC 9989 §4.10",
  }),
  "dmarc.inherited": finding<{
    domain: string;
    policyDomain: string;
    tag: "p" | "sp" | "np" | null;
    policy: Policy | null;
  }>({
    severity: "info",
    title: ({ domain, policyDomain, tag, policy }) =>
      tag === null || policy === null
        ? say`${code(domain)} has no record of its own; that of ${code(policyDomain)} is used.`
        : say`${code(domain)} inherits ${code(policy)} from the ${code(tag)} of ${code(policyDomain)}.`,
    why: () =>
      say`A domain without a record of its own takes the one of its organization: np, else sp, else p.`,
    fix: ({ domain }) =>
      say`Nothing, if that is meant; otherwise publish a record at ${code(`_dmarc.${domain}`, 253)}.`,
    ref: "RFC 9989 §4.10.1",
  }),
  "dmarc.reduced": finding<{
    name: string;
    fault: Reduced;
    written: string | null;
    suggestion: string | null;
    counts: "none" | "nothing";
    lost: Policy | null;
  }>({
    severity: "error",
    title: ({ fault, written, counts, lost }) => {
      const what = FAULTS[fault](code(written ?? ""));
      const instead = lost === null || lost === "none" ? say`` : say` in place of ${code(`p=${lost}`)}`;
      return counts === "none"
        ? say`${what}: the whole record counts as ${code("p=none")}${instead}.`
        : say`${what}: receivers ignore the whole record${instead}.`;
    },
    why: ({ counts }) =>
      counts === "none"
        ? say`One policy that is missing or cannot be read takes all of them away; only the reports are left.`
        : say`Without a report address that is a URI, a record with such a fault is no DMARC at all: anyone can send as the domain.`,
    fix: ({ fault, written, suggestion, name }) => {
      if (fault === "missing-p")
        return say`Add ${code("p=none;")} or stronger behind ${code("v=DMARC1;")} at ${code(name, 120)}.`;
      const tag = (written ?? "").split("=", 1)[0]!;
      return suggestion === null
        ? say`Write none, quarantine or reject behind ${code(`${tag}=`)} at ${code(name, 120)}.`
        : say`Write ${code(`${tag}=${suggestion}`)} in its place at ${code(name, 120)}.`;
    },
    ref: "RFC 9989 §4.10.1",
  }),
  "dmarc.none": finding<{ domain: string; policyDomain: string; tag: "p" | "sp" | "np"; reports: boolean }>({
    severity: "warning",
    title: ({ tag, domain }) =>
      say`${code(`${tag}=none`)}: receivers are asked to do nothing about mail that fails as ${code(domain)}.`,
    why: ({ reports }) =>
      reports
        ? say`It collects reports and protects nobody: forged mail is delivered like any other.`
        : say`And without reports it does nothing at all: forged mail is delivered, and nobody tells you.`,
    fix: ({ reports, policyDomain, tag }) =>
      reports
        ? say`Read the reports for four weeks or more; once your own mail passes aligned, publish ${code(`${tag}=quarantine`)} at ${code(`_dmarc.${policyDomain}`, 253)}.`
        : say`Add ${code("rua=mailto:…")} to the record at ${code(`_dmarc.${policyDomain}`, 253)}: the way to a stronger policy leads over the reports.`,
    ref: "RFC 9989 §5.4",
  }),
  "dmarc.no-rua": finding<{ name: string }>({
    severity: "warning",
    title: () => say`No aggregate reports are asked for: there is no ${code("rua")}.`,
    why: () => say`Nobody tells you who sends as this domain, nor which of your own mail fails.`,
    fix: ({ name }) => say`Add ${code("rua=mailto:…")} with an address that is read, at ${code(name, 253)}.`,
    ref: "RFC 9989 §4.7",
  }),
  "dmarc.testing": finding<{
    policy: Policy | null;
    applied: Policy | null;
    before: Policy | null;
    name: string;
  }>({
    severity: "warning",
    title: ({ policy, applied, before }) =>
      policy === null || applied === null || policy === applied
        ? say`${code("t=y")}: receivers after RFC 9989 apply each policy one level lower.`
        : say`${code("t=y")}: ${code(applied)} after RFC 9989, ${code(before ?? policy)} after RFC 7489.`,
    why: () =>
      say`New receivers treat the record as a test and apply one level less. Old ones, which are still the greater part, do not know the tag and apply the full policy.`,
    fix: ({ name }) => say`When the test is over, take ${code("t=y")} out at ${code(name, 253)}.`,
    ref: "RFC 9989 §4.7",
  }),
  "dmarc.testing-no-effect": finding<{ name: string }>({
    severity: "info",
    title: () => say`${code("t=y")} has no effect: nothing is lower than ${code("none")}.`,
    why: () => say`It asks for one level less than a policy that is the lowest.`,
    fix: () => say`Take it out.`,
    ref: "RFC 9989 §4.7",
  }),
  "dmarc.sp-weaker": finding<{ p: Policy; sp: Policy; policyDomain: string }>({
    severity: "warning",
    title: ({ p, sp, policyDomain }) =>
      say`Names below ${code(policyDomain)} have ${code(`sp=${sp}`)}, weaker than ${code(`p=${p}`)}.`,
    why: ({ sp, policyDomain }) =>
      say`Mail forged as any name below ${code(policyDomain)} is ${TREATED[sp]}; forgers look for just that.`,
    fix: ({ p, policyDomain }) =>
      say`Give those names that send a record of their own, and publish ${code(`sp=${p}`)} at ${code(`_dmarc.${policyDomain}`, 253)}.`,
    ref: "RFC 9989 §4.7",
  }),
  "dmarc.no-np": finding<{ policyDomain: string }>({
    severity: "info",
    title: ({ policyDomain }) =>
      say`Names below ${code(policyDomain)} that do not exist can be forged: there is no ${code("np")}.`,
    why: () => say`For them the policy of existing names counts, which is none.`,
    fix: ({ policyDomain }) =>
      say`Add ${code("np=reject")} at ${code(`_dmarc.${policyDomain}`, 253)}: no mail of yours comes from a name that does not exist.`,
    ref: "RFC 9989 §4.7",
  }),
  "dmarc.sp-no-effect": finding<{ tags: readonly string[]; policyDomain: string; organization: string }>({
    severity: "info",
    title: ({ tags, policyDomain }) =>
      say`${codes(tags)} in the record of ${code(policyDomain)} ${plural(tags.length, "has", "have")} no effect.`,
    why: ({ organization }) =>
      say`Names below it take their policy from the record of ${code(organization)}, the Organizational Domain, not from the nearest.`,
    fix: ({ organization, tags }) =>
      say`Publish ${codes(tags)} at ${code(`_dmarc.${organization}`, 253)}, or ${code("psd=n")} here if this name is an organization of its own.`,
    ref: "RFC 9989 §4.7",
  }),
  "dmarc.psd": finding<{ name: string; policyDomain: string }>({
    severity: "error",
    title: ({ policyDomain }) =>
      say`${code("psd=y")} says that ${code(policyDomain)} is a public suffix, as ${code("com")} is.`,
    why: () =>
      say`Every name below it becomes an organization of its own: mail of one name that is signed by another is no longer aligned, and failure reports must not be sent.`,
    fix: ({ name }) =>
      say`Take ${code("psd=y")} out at ${code(name, 253)}, unless strangers register names below this one.`,
    ref: "RFC 9989 §4.7",
  }),
  "dmarc.strict": finding<{ tags: readonly ("adkim" | "aspf")[]; domain: string }>({
    severity: "info",
    title: ({ tags }) =>
      say`Strict alignment for ${tags.length === 2 ? say`SPF and DKIM` : tags[0] === "aspf" ? say`SPF` : say`DKIM`}.`,
    why: ({ domain }) =>
      say`Only the very name in the From address counts: what passes for a name below or above ${code(domain)} does not.`,
    fix: ({ tags }) =>
      say`Nothing, if every sender uses that name; otherwise take ${codes(tags.map((tag) => `${tag}=s`))} out.`,
    ref: "RFC 9989 §4.7",
  }),
  "dmarc.does-not-exist": finding<{ domain: string }>({
    severity: "info",
    title: ({ domain }) => say`${code(domain)} does not exist in DNS.`,
    why: () =>
      say`For names that do not exist ${code("np")} counts, where the organization has published one.`,
    fix: () => say`Nothing, if no mail is sent from it; check the spelling if some is.`,
    ref: "RFC 9989 §4.10.1",
  }),
};
