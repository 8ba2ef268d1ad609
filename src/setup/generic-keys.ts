/** DKIM in a conversation made from facts: the records that they name, and questions for what only the console shows. */
import type { Facts } from "../providers/facts.ts";
import {
  alternatives,
  exampleOf,
  patternOf,
  placeholdersOf,
  plainText,
  variableOf,
  withVariables,
} from "./generic-text.ts";
import { GENERIC_SELECTORS_MAX, RECORD_TTL } from "./limits.ts";
import type { Ask, Flow, RecordTemplate } from "./schema.ts";

/** Questions, records and derived values of one matter. */
export interface Part {
  asks: Ask[];
  records: RecordTemplate[];
  derived: Flow["derived"];
}

type FactRecord = Facts["dkim"]["records"][number];
type Kind = Facts["dkim"]["kind"];

/** One record to publish: its host as a template, and its value where that is known. */
interface Planned {
  host: string;
  type: FactRecord["type"] | null;
  target: string | null;
  note: string | null;
  meanings: ReadonlyMap<string, string>;
}

const LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
const NAME = `${LABEL}(?:\\.${LABEL}){0,8}`;
/** RFC 6376 §3.6.1, white space taken out. */
const KEY = "(?:v=DKIM1;)?(?:[a-oq-z]=[A-Za-z0-9:*_-]+;)*p=[A-Za-z0-9+/]{40,}={0,2};?";
const HOST = "[A-Za-z0-9_][A-Za-z0-9_-]*(?:\\.[A-Za-z0-9_][A-Za-z0-9_-]*)+\\.?";
const SAMPLE_KEY = `v=DKIM1; k=rsa; p=${"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ".padEnd(216, "A")}`;
const SAMPLE_HOST = "s1.domainkey.example.net";
const WHERE = "The provider's page of DNS records for the domain.";
/** Amazon SES wants three records of this kind (setup-flows, `amazon-ses`), for those too that send through it. */
const SES = { target: "{token}.dkim.amazonses.com", tokens: ["token1", "token2", "token3"] } as const;

/** Everything that the facts want published for DKIM. */
export function keysOf({ dkim }: Facts): Part {
  if (dkim.supported === false) return { asks: [], records: [], derived: [] };
  const parts = planned(dkim).map((each, index) => partOf(each, index, dkim.kind));
  return join(parts);
}

/** Parts put together: a question that two of them ask is asked once. */
export function join(parts: readonly Part[]): Part {
  const asks = new Map(parts.flatMap((part) => part.asks).map((ask) => [ask.variable, ask]));
  const derived = new Map(parts.flatMap((part) => part.derived).map((each) => [each.variable, each]));
  return {
    asks: [...asks.values()],
    records: parts.flatMap(({ records }) => records),
    derived: [...derived.values()],
  };
}

function planned({ records, selectors, supported, kind }: Facts["dkim"]): Planned[] {
  const known = records.length > 0 ? records.flatMap((record) => planRecord(record, selectors)) : [];
  // Nothing is known of its keys: nothing is asked.
  if (known.length === 0 && supported === null && kind === null && selectors.length === 0) return [];
  const bare = selectors.length > 0 && selectors.length <= GENERIC_SELECTORS_MAX ? selectors : ["{selector}"];
  const fallback = bare.map((selector): Planned => ({ ...EMPTY, host: `${selector}._domainkey.{domain}` }));
  const plans = known.length > 0 ? known : fallback;
  const keys = new Set<string>();
  return plans.filter(({ host, type, target }) => {
    // One key does not lie at two names; one name has not two targets.
    const marks = type === "TXT" && target !== null ? [host, `${target} `] : [host];
    if (marks.some((mark) => keys.has(mark))) return false;
    for (const mark of marks) keys.add(mark);
    return true;
  });
}

const EMPTY: Planned = { host: "", type: null, target: null, note: null, meanings: new Map() };

function planRecord(record: FactRecord, selectors: readonly string[]): Planned[] {
  const meanings = new Map(record.placeholders.map(({ name, meaning }) => [name, plainText(meaning)]));
  const rest = { type: record.type, note: record.note === null ? null : plainText(record.note), meanings };
  // A second name told in words is none.
  const host = record.host.split(", ")[0]!.replaceAll("{subdomain}", "{sub}.{domain}");
  if (record.target === SES.target)
    return SES.tokens.map((token) => ({
      ...rest,
      host: host.replace("{token}", `{${token}}`),
      target: SES.target.replace("{token}", `{${token}}`),
    }));
  const few = selectors.length > 0 && selectors.length <= GENERIC_SELECTORS_MAX;
  const hosts =
    host.includes("{selector}") && few
      ? selectors.map((each) => fill(host, record.target, each))
      : [{ host, target: record.target }];
  return hosts.flatMap((each) => alternatives(each.host, each.target)).map((each) => ({ ...rest, ...each }));
}

function fill(
  host: string,
  target: string | null,
  selector: string,
): { host: string; target: string | null } {
  return {
    host: host.replaceAll("{selector}", selector),
    target: target === null ? null : target.replaceAll("{selector}", selector),
  };
}

function partOf(plan: Planned, index: number, kind: Kind): Part {
  const host = withVariables(plan.host);
  const open = placeholdersOf(plan.host);
  const asks = open.map((name) => nameAsk(name, plan.meanings.get(name) ?? null));
  const note = plan.note === null ? {} : { note: plan.note };
  const record = { role: "dkim", name: host, ttl: RECORD_TTL, change: "create", ...note } as const;
  const variable = `recordValue${String(index + 1)}`;
  if (plan.type !== null && plan.type !== "TXT") {
    const fixed = plan.target !== null && placeholdersOf(plan.target).every((name) => open.includes(name));
    if (fixed)
      return {
        asks,
        derived: [],
        records: [{ ...record, type: plan.type, value: withVariables(plan.target!) }],
      };
    const ask = valueAsk(variable, host, index, plan.target === null ? hostShape() : shape(plan.target));
    return {
      asks: [...asks, ask],
      derived: [],
      records: [{ ...record, type: plan.type, value: `{${variable}}` }],
    };
  }
  if (plan.type === "TXT" || kind === "txt") {
    const ask = valueAsk(variable, host, index, keyShape());
    return {
      asks: [...asks, ask],
      derived: [],
      records: [{ ...record, type: "TXT", value: `{${variable}}` }],
    };
  }
  return eitherPart(variable, host, index, asks, record, kind);
}

/** A record of which the facts do not tell the type: the value that is pasted does. */
function eitherPart(
  variable: string,
  host: string,
  index: number,
  asks: Ask[],
  record: Omit<RecordTemplate, "type" | "value">,
  kind: Kind,
): Part {
  const type = `${variable}Type`;
  const only =
    kind === "cname" ? hostShape() : { pattern: `^(?:${KEY}|${HOST})$`, good: [SAMPLE_HOST, SAMPLE_KEY] };
  return {
    asks: [...asks, valueAsk(variable, host, index, only)],
    derived: [
      {
        variable: type,
        from: [variable],
        rule: "a key is a TXT, a host a CNAME",
        make: [{ kind: "value-type", of: variable }],
      },
      {
        variable: `${variable}Host`,
        from: [variable],
        rule: "without final dot",
        make: [{ kind: "replace", of: variable, search: "\\.?$", with: "" }],
      },
    ],
    records: [
      { ...record, type: "CNAME", value: `{${variable}Host}`, when: `${type} = cname` },
      { ...record, type: "TXT", value: `{${variable}}`, when: `${type} = txt` },
    ],
  };
}

type Shape = Pick<Ask, "pattern" | "good" | "normalise">;

const keyShape = (): Shape => ({ pattern: `^${KEY}$`, good: [SAMPLE_KEY], normalise: ["key-record"] });
const hostShape = (): Shape => ({
  pattern: `^${HOST}$`,
  good: [SAMPLE_HOST],
  normalise: ["trim", "lower", "no-final-dot"],
});
const shape = (target: string): Shape => ({
  pattern: patternOf(target),
  good: [exampleOf(target)],
  normalise: ["trim", "lower", "no-final-dot"],
});

const BAD = ["-----BEGIN PRIVATE KEY-----", "v=spf1 -all"];

function valueAsk(
  variable: string,
  host: string,
  index: number,
  { pattern, good, ...rest }: Partial<Shape>,
): Ask {
  return {
    kind: "ask",
    id: `generic-value-${String(index + 1)}`,
    variable,
    each: true,
    what: `Value of the record ${plainText(host)}`,
    why: "It differs per account.",
    howToFind: `${WHERE} The value column.`,
    pattern: pattern!,
    good: good!,
    bad: BAD,
    normalise: rest.normalise ?? ["key-record"],
    required: true,
  };
}

/** A question for a part of a record's name. */
export function nameAsk(placeholder: string, meaning: string | null): Ask {
  return {
    kind: "ask",
    id: `generic-${placeholder
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-|-$/g, "")}`,
    variable: variableOf(placeholder),
    each: true,
    what:
      WHAT.get(placeholder) ??
      `Part of the record's name: ${placeholder}${meaning === null ? "" : `, ${meaning}`}`,
    why: "It is part of the record's name and cannot be guessed.",
    howToFind: `${WHERE} The name column.`,
    pattern: `^${NAME}$`,
    good: ["x1", "mail2026"],
    bad: ["-dash first", "a..b"],
    normalise: ["trim", "lower", "no-final-dot", "no-domain", "no-domainkey"],
    required: true,
  };
}

const WHAT: ReadonlyMap<string, string> = new Map([
  ["selector", "Selector"],
  ["sub", "Which sub-domain does the provider use?"],
]);
