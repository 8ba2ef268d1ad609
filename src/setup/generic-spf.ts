/** SPF in a conversation made from facts: whether a term is needed, which, and where. */
import type { Facts } from "../providers/facts.ts";
import { nameAsk, type Part } from "./generic-keys.ts";
import { exampleOf, literal, patternOf, placeholdersOf, plainText, withVariables } from "./generic-text.ts";
import { RECORD_TTL } from "./limits.ts";
import type { Ask, Flow, RecordTemplate } from "./schema.ts";

type Needed = Facts["spf"]["needed"];
type Term = Facts["spf"]["terms"][number];

/** What "none" of the offered terms is called. */
const NONE = "none";
const CHOICE = "spfChoice";
const TERM = "spfTerm";

/** Whether a record is edited, whether none is a choice, and at which name. */
const PLANS: Readonly<Record<Needed, { edits: boolean; optional: boolean; name: string; whole: boolean }>> = {
  yes: { edits: true, optional: false, name: "{domain}", whole: false },
  no: { edits: false, optional: false, name: "{domain}", whole: false },
  "only-when": { edits: true, optional: true, name: "{domain}", whole: false },
  "on-subdomain": { edits: true, optional: true, name: "{sub}.{domain}", whole: false },
  // The service answers for all senders: they are listed there first.
  replaces: { edits: true, optional: true, name: "{domain}", whole: true },
  unknown: { edits: true, optional: true, name: "{domain}", whole: false },
};

/** Words for the flow's `include.needed`. */
const INCLUDE: Readonly<Record<Needed, Flow["include"]["needed"]>> = {
  yes: "yes",
  no: "no",
  "only-when": "only-when",
  "on-subdomain": "no",
  replaces: "only-when",
  unknown: "only-when",
};

/** The SPF part of a conversation, and what is said where the domain's own record is not edited. */
export function spfOf({ spf }: Facts): Part & { include: Flow["include"] } {
  const plan = PLANS[spf.needed];
  const terms = spf.terms.filter(({ old }) => !old);
  const first = terms[0] ?? null;
  const include: Flow["include"] = {
    needed: INCLUDE[spf.needed],
    reason: plainText(spf.why ?? UNTOLD[spf.needed]),
    term: first === null ? null : first.term,
    cost: first === null ? null : first.lookups,
  };
  if (!plan.edits || spf.supported === false || first === null)
    return { asks: [], records: [], derived: [], include };
  const direct = terms.length === 1 && !plan.optional && placeholdersOf(first.term).length === 0;
  const sub = plan.name.includes("{sub}") ? [nameAsk("sub", null)] : [];
  const record = recordOf(plan, direct ? withVariables(first.term) : `{${TERM}}`, first);
  return {
    include,
    derived: direct ? [] : [termDerived(terms)],
    asks: direct ? sub : [...sub, termAsk(terms, plan.optional, include.reason)],
    records: [direct ? record : { ...record, when: `${CHOICE} != ${NONE}` }],
  };
}

/** What is said where the facts give no reason. */
const UNTOLD: Readonly<Record<Needed, string>> = {
  yes: "The provider's mail carries the domain in its envelope sender.",
  no: "The provider's mail carries another domain in its envelope sender.",
  "only-when": "It depends on the envelope sender of the provider's mail.",
  "on-subdomain": "A sub-domain stands in the envelope sender of the provider's mail.",
  replaces: "The service publishes the whole record.",
  unknown: "Nothing is known of whether the domain's record needs a term.",
};

function recordOf({ name, whole }: (typeof PLANS)[Needed], term: string, { lookups }: Term): RecordTemplate {
  return {
    role: "spf",
    name,
    type: "TXT",
    value: `v=spf1 ${term} ~all`,
    ttl: RECORD_TTL,
    change: whole ? "replace" : "edit-spf",
    spfEdit: { add: [term], cost: lookups ?? 1 },
  };
}

/** What a term is chosen by: itself, with a star for what follows from the domain. */
function keyOf(term: string): string {
  return placeholdersOf(term).length === 0 ? term.replaceAll(/(?<!%)\{[^{}]*\}/g, "*") : term;
}

function termDerived(terms: readonly Term[]): Flow["derived"][number] {
  const known = terms.filter(({ term }) => placeholdersOf(term).length === 0);
  const values = Object.fromEntries(known.map(({ term }) => [keyOf(term), withVariables(term)]));
  return {
    variable: TERM,
    from: [CHOICE],
    rule: "the chosen term; one with a part of the account's own as it was typed",
    make: [{ kind: "map", of: CHOICE, values, otherwise: `{${CHOICE}}` }],
  };
}

function termAsk(terms: readonly Term[], optional: boolean, why: string): Ask {
  const whole = terms.filter(({ term }) => placeholdersOf(term).length === 0);
  const choices = whole.map(({ term, region }) => ({
    value: keyOf(term),
    label: region ?? plainText(keyOf(term)),
  }));
  if (optional) choices.push({ value: NONE, label: NONE });
  const patterns = terms.map(({ term }) =>
    whole.some((each) => each.term === term) ? literal(keyOf(term)) : patternOf(term).slice(1, -1),
  );
  return {
    kind: "ask",
    id: "generic-spf-term",
    variable: CHOICE,
    each: false,
    what: "Which SPF term does the provider's console show?",
    why,
    howToFind: "The provider's page of DNS records, the row that begins with v=spf1.",
    pattern: `^(?:${[...patterns, ...(optional ? [NONE] : [])].join("|")})$`,
    good: [...terms.map(({ term }) => exampleOf(keyOf(term))), ...(optional ? [NONE] : [])],
    bad: ["v=spf1", "include:"],
    normalise: ["trim", "lower"],
    required: true,
    // Where a term has a part of the account's own in it, it is typed.
    ...(whole.length === terms.length ? { choices } : {}),
  };
}
