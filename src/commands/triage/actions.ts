/** The buttons of `triage`: the next step first, as a command line. */
import { TRIAGE_WORDS, triageFields } from "../../messages/triage.ts";
import type { TriageData } from "../../results/triage.ts";
import { joinWords } from "../../text/words.ts";
import type { Action } from "../../view/doc.ts";

type Step = "spf" | "address" | "add" | "dkim" | "key" | "dmarc" | "check" | "provider" | "none";

/** What helps with each cause, the best first. */
const STEPS: Record<TriageData["cause"], readonly Step[]> = {
  "spf.fail": ["provider", "address", "add"],
  "spf.permerror": ["spf"],
  "spf.temperror": ["check", "spf"],
  "spf.missing": ["spf", "provider"],
  "spf.softfail": ["provider", "address", "add"],
  "spf.alignment": ["provider", "dmarc"],
  "dkim.missing": ["provider", "dkim"],
  "dkim.body-hash": ["key", "dkim"],
  "dkim.signature": ["key", "dkim"],
  "dkim.key-missing": ["key", "provider"],
  "dkim.key-revoked": ["key", "dkim"],
  "dkim.key-weak": ["key", "dkim"],
  "dkim.expired": ["key"],
  "dkim.alignment": ["provider", "dkim", "dmarc"],
  unauthenticated: ["provider", "check", "address"],
  "dmarc.policy": ["provider", "check", "dmarc"],
  "dmarc.missing": ["dmarc", "check"],
  "dmarc.bulk-requirement": ["check", "provider"],
  forwarded: ["check"],
  spoof: ["dmarc", "check"],
  "arc.broken": ["check"],
  "rdns.missing": ["check"],
  "helo.bad": ["none"],
  "tls.required": ["none"],
  "reputation.ip": ["none"],
  "reputation.domain": ["none"],
  "rate-limited": ["none"],
  content: ["none"],
  "unknown-user": ["none"],
  "mailbox-full": ["none"],
  "relaying-denied": ["none"],
  "sender-blocked": ["none"],
  "too-large": ["none"],
  routing: ["none"],
  greylisted: ["none"],
  "auth-required": ["none"],
  "sender-domain": ["check"],
  malformed: ["none"],
  "receiver-fault": ["none"],
  "policy.other": ["none"],
  passed: ["check"],
  "not-a-bounce": ["none"],
  unknown: ["none"],
};

interface Known {
  domain: string;
  data: TriageData;
}

/** Each step as a button; null where what it needs is not known. */
const ACTIONS: Record<Step, (known: Known) => { label: string; words: string[] } | null> = {
  spf: ({ domain }) => ({ label: `SPF of ${domain}`, words: ["spf", domain] }),
  address: ({ domain, data: { ip } }) =>
    ip === null ? null : { label: `Why ${ip} fails`, words: ["spf", domain, ip] },
  add: ({ domain, data: { ip } }) =>
    ip === null
      ? null
      : { label: `Add ${ip}`, words: ["spf", domain, "add", `${ip.includes(":") ? "ip6" : "ip4"}:${ip}`] },
  dkim: ({ domain }) => ({ label: `DKIM of ${domain}`, words: ["dkim", domain] }),
  key: ({ data: { keys } }) => {
    const [key] = keys.filter(({ domain, selector }) => domain !== null && selector !== null);
    return key === undefined
      ? null
      : { label: `The key at ${key.selector!}`, words: ["dkim", key.domain!, key.selector!] };
  },
  dmarc: ({ domain }) => ({ label: `DMARC of ${domain}`, words: ["dmarc", domain] }),
  check: ({ domain }) => ({ label: `Check ${domain}`, words: ["check", domain] }),
  provider: ({ domain, data: { provider } }) =>
    provider === null ? null : { label: `Set up ${provider.name}`, words: ["setup", provider.id, domain] },
  none: () => null,
};

/** `triage` again, with an empty form. */
export const TRIAGE_FORM: Action = {
  label: TRIAGE_WORDS.form,
  line: "triage",
  fields: triageFields(),
};

/** The buttons of an answer. `domain`: one that can be asked about, or null. `line`: names the answer, where it is kept. */
export function actionsOf(data: TriageData, domain: string | null, line: string | null): Action[] {
  const steps =
    domain === null
      ? []
      : STEPS[data.cause].flatMap((step) => {
          const action = ACTIONS[step]({ domain, data });
          return action === null ? [] : [action];
        });
  return [
    ...steps.map(({ label, words }, index) => ({
      label,
      line: joinWords(words),
      ...(index === 0 ? { primary: true as const } : {}),
    })),
    ...(line === null ? [] : [{ ...TRIAGE_FORM, label: TRIAGE_WORDS.add, line }]),
    { ...TRIAGE_FORM, label: TRIAGE_WORDS.another },
  ];
}
