/** What the page of `dmarc` says: the verdict in one line, the next step, and the words of its tables. */
import type { DmarcData } from "../results/dmarc.ts";
import { code, plural, say, type Sentence } from "../text/say.ts";
import type { Field } from "../view/doc.ts";

type PolicyValue = NonNullable<DmarcData["policy"]>;

export const DMARC_HEADINGS = {
  walk: "How receivers find the policy",
  alignment: "Alignment",
  reports: "Where reports go",
  legacy: "Receivers that still follow RFC 7489",
} as const;

export const DMARC_LABELS = {
  start: "Publish this",
  mended: "Publish this instead",
  discarded: "Discarded record",
  missed: "Not a DMARC record",
  policy: "Policy",
  foundAt: "Found at",
  organization: "Organization",
  below: "Names below",
  authorising: "Authorises reports",
} as const;

const FAILING: Record<PolicyValue, Sentence> = {
  none: say`mail that fails is delivered like any other`,
  quarantine: say`mail that fails is treated as suspicious`,
  reject: say`mail that fails is refused`,
};

/** By which of the two something aligned passed. */
function passedBy({ spfAligned, dkimAligned }: DmarcData): Sentence {
  if (spfAligned && dkimAligned) return say`SPF and DKIM`;
  return spfAligned ? say`SPF` : say`DKIM`;
}

const RESULTS: Record<DmarcData["result"], (domain: Sentence, data: DmarcData) => Sentence> = {
  pass: (domain, data) => say`pass: DMARC passes for ${domain} by ${passedBy(data)}.`,
  fail: (domain, { policy }) =>
    policy === null
      ? say`fail: nothing that passed is aligned with ${domain}.`
      : say`fail: nothing that passed is aligned with ${domain}; ${FAILING[policy]}.`,
  none: (domain) => say`none: no DMARC policy applies to ${domain}.`,
  temperror: (domain) => say`Could not check DMARC for ${domain}: DNS did not answer (temperror).`,
};

/** Whether domains that passed were given. */
export function isAsked({ asked }: DmarcData): boolean {
  return asked.spf !== null || asked.dkim.length > 0;
}

function fromWhere({ source, policyDomain, tag }: DmarcData): Sentence {
  return source === "author" || policyDomain === null || tag === null
    ? say``
    : say`, from the ${code(tag)} of ${code(policyDomain)}`;
}

/** The verdict in one line: of a message where domains that passed were given, else of the policy. */
export function dmarcHeadline(domain: string, data: DmarcData): Sentence {
  const name = code(domain, 120);
  if (isAsked(data)) return RESULTS[data.result](name, data);
  if (data.unknown) return say`Could not check the policy of ${name}: DNS did not answer.`;
  if (data.policy !== null)
    return say`${code(`p=${data.policy}`)} applies to ${name}${fromWhere(data)}: ${FAILING[data.policy]}.`;
  return data.record === null
    ? say`No DMARC policy applies to ${name}: anyone can send as it.`
    : say`The DMARC record for ${name} is ignored: anyone can send as it.`;
}

const NEXT: Record<PolicyValue, Sentence> = {
  none: say`Read the reports, and go on to ${code("quarantine")} once your own mail passes aligned.`,
  quarantine: say`After four weeks without surprises in the reports, ${code("reject")} is the next step, unless people of this domain write to mailing lists.`,
  reject: say`Nothing to do: keep reading the reports.`,
};

/** The next step where no finding asks for one (rfc-notes §15). */
export function nextStep({ policy }: DmarcData): Sentence {
  return policy === null ? say`Nothing to do.` : NEXT[policy];
}

/** What to do with a record that is offered. */
export function proposalNote(name: string, reason: "start" | "mended"): Sentence {
  const where = say`A TXT record at ${code(name, 253)}.`;
  return reason === "mended"
    ? say`${where} Read back: it is in order.`
    : say`${where} Put an address in that is read; it changes nothing for your mail and brings reports.`;
}

const FOUND: Record<DmarcData["walk"][number]["found"], (count: number) => Sentence> = {
  record: () => say`a record`,
  several: (count) => say`${count} records: all discarded`,
  "near-miss": () => say`no record, but a text like one`,
  other: () => say`no record, other texts`,
  nothing: () => say`nothing`,
  failed: () => say`could not check`,
  "not-asked": () => say`too long to ask`,
};

/** What stands at one name of the walk. */
export function foundThere({ found, count, name }: DmarcData["walk"][number], data: DmarcData): Sentence {
  const used = data.policyDomain !== null && name === `_dmarc.${data.policyDomain}`;
  return used ? say`${FOUND[found](count)}: it applies` : FOUND[found](count);
}

const REASONS: Record<DmarcData["identifiers"][number]["reason"], Sentence> = {
  equal: say`aligned: the very name`,
  "same-organization": say`aligned: the same organization`,
  strict: say`not aligned: strict wants the very name`,
  "other-organization": say`not aligned: another organization`,
  failed: say`could not check: DNS did not answer`,
  limit: say`could not check: our own limit`,
  "no-policy": say`not asked: DMARC does not apply`,
  "policy-unknown": say`could not check: the policy is not known`,
};

export function alignmentOf({ reason }: DmarcData["identifiers"][number]): Sentence {
  return REASONS[reason];
}

export const MODES: Record<"r" | "s", Sentence> = { r: say`relaxed`, s: say`strict` };

export const MECHANISMS: Record<DmarcData["identifiers"][number]["by"], Sentence> = {
  spf: say`SPF`,
  dkim: say`DKIM`,
};

const VERDICTS: Record<DmarcData["destinations"][number]["verdict"], Sentence> = {
  own: say`your own organization`,
  authorised: say`agreed to by its owner`,
  "not-authorised": say`not agreed to: gets no reports`,
  "name-too-long": say`cannot be agreed to: gets no reports`,
  unknown: say`could not check`,
  "not-checked": say`not checked: our own limit`,
  unusable: say`no mail address: gets no reports`,
};

export function destinationVerdict({ verdict }: DmarcData["destinations"][number]): Sentence {
  return VERDICTS[verdict];
}

export function destinationsMore(shown: number, count: number): Sentence {
  return say`${shown} of ${count} ${plural(count, "address", "addresses")} shown.`;
}

const DIFFERENCES: Record<DmarcData["differences"][number]["kind"], Sentence> = {
  policy: say`Policy`,
  several: say`Policy, with several records`,
  "organizational-domain": say`Organization`,
  alignment: say`Alignment`,
  testing: say`With ${code("t=y")}`,
  pct: say`With ${code("pct")}`,
};

export function differenceName({ kind, about }: DmarcData["differences"][number]): Sentence {
  return about === null ? DIFFERENCES[kind] : say`${DIFFERENCES[kind]} of ${code(about)}`;
}

/** What old receivers see, where it is not the same. */
export function legacyNote({ legacy }: DmarcData): Sentence {
  const policy = legacy.policy === null ? say`no policy` : code(`p=${legacy.policy}`);
  const where = legacy.policyDomain === null ? say`` : say` at ${code(`_dmarc.${legacy.policyDomain}`, 253)}`;
  return say`They ask two names at most and find the organization by the public suffix list: ${policy}${where}, organization ${code(legacy.organizationalDomain)}.`;
}

export function belowNote({ sp, np }: NonNullable<DmarcData["subdomains"]>): Sentence {
  return sp === np ? code(sp) : say`${code(sp)} where they exist, ${code(np)} where they do not`;
}

/** The form behind "Check alignment". */
export function alignmentFields(domain: string): Field[] {
  return [
    {
      name: "spf",
      label: "Domain that passed SPF",
      hint: "The domain of the envelope sender (Return-Path), if SPF passed for it.",
      placeholder: `bounce.${domain}`,
    },
    {
      name: "dkim",
      label: "Domains that passed DKIM",
      hint: "The d= of each signature that passed; several with commas or spaces between.",
      placeholder: domain,
    },
  ];
}
