/** The conversation for domains that send nothing, typo domains above all: `-all`, null MX, DMARC reject (rfc-notes §15). */
import { sharedStep } from "./flows.ts";
import { RECORD_TTL } from "./limits.ts";
import { PARKED } from "./page.ts";
import type { Flow, Step } from "./schema.ts";

/** M3AAWG, Parked Domains BCP (rfc-notes §15). */
const DMARC = "v=DMARC1; p=reject; sp=reject; np=reject; adkim=s; aspf=s; rua=mailto:{dmarcRua}";

/** Makes the flow. Several domains share its questions; what each receives is its own. */
export function parkedFlow(): Flow {
  return {
    id: PARKED,
    name: "Domains that send nothing",
    aliases: [],
    include: {
      needed: "no",
      reason: "The domain sends nothing: its SPF record lists nobody.",
      term: null,
      cost: 0,
    },
    prerequisites: [],
    varies: [],
    notes: [],
    derived: [],
    steps: [...QUESTIONS, sharedStep("who-edits-dns"), sharedStep("dmarc-ask"), PUBLISH, VERIFY, DONE],
  };
}

const QUESTIONS: readonly Step[] = [
  {
    kind: "ask",
    id: "parked-receives",
    variable: "receives",
    each: true,
    what: "Does {domain} receive mail?",
    why: "A null MX (RFC 7505) says that it does not; mail to it then comes back at once.",
    howToFind:
      "Its MX records show whether a server is there; whoever reads the mailboxes knows whether they are used.",
    pattern: "^(?:yes|no)$",
    good: ["no", "yes"],
    bad: ["maybe", "mx"],
    normalise: ["trim", "lower"],
    required: true,
    choices: [
      { value: "no", label: "no" },
      { value: "yes", label: "yes, or not sure" },
    ],
    default: {
      from: "dns",
      how: "an MX host means yes; no MX or a null MX means no",
      make: [
        { kind: "mx", rules: [{ match: "^[^.]+\\.", value: "yes" }] },
        { kind: "template", template: "no" },
      ],
    },
  },
];

const PUBLISH: Step = {
  kind: "publish",
  id: "parked-publish",
  title: "Nobody sends as this domain",
  records: [
    { role: "spf", name: "{domain}", type: "TXT", value: "v=spf1 -all", ttl: RECORD_TTL, change: "replace" },
    { role: "dmarc", name: "_dmarc.{domain}", type: "TXT", value: DMARC, ttl: RECORD_TTL, change: "replace" },
    {
      role: "mx",
      name: "{domain}",
      type: "MX",
      // RFC 7505 §3: one MX, preference 0, and the root for a host.
      value: ".",
      priority: 0,
      ttl: RECORD_TTL,
      change: "create",
      note: "It stands alone: any other MX of the domain goes (RFC 7505 §3).",
      when: "receives = no",
    },
  ],
};

const VERIFY: Step = {
  kind: "verify",
  id: "parked-check",
  title: "Records are right",
  queries: [
    { name: "{domain}", type: "TXT", at: "authoritative" },
    { name: "_dmarc.{domain}", type: "TXT", at: "authoritative" },
    { name: "{domain}", type: "MX", at: "authoritative" },
  ],
  pass: "one SPF record, v=spf1 -all; one DMARC record with p=reject; a null MX alone where the domain receives nothing",
  wrong: [],
};

const DONE: Step = {
  kind: "done",
  id: "parked-done",
  tick: "Receivers that heed DMARC refuse mail in the name of {domain}.",
};
