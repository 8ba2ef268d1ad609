/** What is to be said of one selector: of its key, of why there is none, or that nobody answered. */
import type { KeyIssue, KeyIssueKind } from "../../dkim/issues.ts";
import type { Missing, Probe } from "../../dkim/probe.ts";
import type { Report } from "../../finding.ts";
import type { Name } from "../../ports.ts";
import { SILENT, type IssueOf, type SpokenKind } from "./key-texts.ts";
import { shownRecord } from "./data.ts";
import { RECORD_SHOWN, RECORDS_SHOWN } from "./limits.ts";
import { providerOfChain } from "./providers.ts";
import type { DKIM_TEXTS } from "./texts.ts";

export type Emit = Report<typeof DKIM_TEXTS>;

/** Kinds of which a part is milder than the rest, and then has a text of its own. */
const MILDER: { [K in SpokenKind]?: (issue: IssueOf<K>) => keyof typeof DKIM_TEXTS | null } = {
  exponent: ({ fault }) => (fault === "three" || fault === "large" ? "dkim.exponent-rare" : null),
  granularity: ({ empty }) => (empty ? "dkim.granularity-empty" : null),
};

const silent: ReadonlySet<KeyIssueKind> = new Set(SILENT);

/** The id of an issue's text; null where it is no finding. */
function idOf(issue: KeyIssue): keyof typeof DKIM_TEXTS | null {
  if (silent.has(issue.kind)) return null;
  // The tables' entries are of the issue's own kind; the compiler cannot follow the pair.
  const milder = MILDER[issue.kind as SpokenKind] as
    ((issue: KeyIssue) => ReturnType<typeof idOf>) | undefined;
  return milder?.(issue) ?? (`dkim.${issue.kind}` as `dkim.${SpokenKind}`);
}

/** The first records of a name, each cut. */
export function shownRecords(records: readonly string[]): string[] {
  return records.slice(0, RECORDS_SHOWN).map((record) => shownRecord(record, RECORD_SHOWN));
}

function reportKey({ selector, name, key }: Probe, emit: Emit): void {
  const told = new Set<string>();
  for (const issue of key?.issues ?? []) {
    const id = idOf(issue);
    // One finding an id and name: the second slip of a kind shows once the first is mended.
    if (id === null || told.has(id)) continue;
    told.add(id);
    const facts = Object.fromEntries(Object.entries(issue).filter(([field]) => field !== "kind"));
    (emit as (id: string, subject: string, evidence: object) => void)(id, name, { selector, name, ...facts });
  }
}

/** Why a selector is missing; a wildcard of the domain is told once for all selectors, by the caller. */
const MISSING: {
  [K in Missing["kind"]]: (detail: Extract<Missing, { kind: K }>, probe: Probe, emit: Emit) => void;
} = {
  nxdomain: (_, probe, emit) => {
    reportNone(probe, "nxdomain", emit);
  },
  nodata: (_, probe, emit) => {
    reportNone(probe, "nodata", emit);
  },
  dangling: ({ target, meant }, { selector, name, aliases }, emit) => {
    const match = providerOfChain([...aliases, ...(meant === null ? [] : [meant])]);
    const portal = match?.id === "microsoft-365";
    emit("dkim.dangling", name, { selector, name, target, meant, provider: match?.name ?? null, portal });
  },
  wildcard: () => undefined,
  "wildcard-target": ({ parent }, { selector, name }, emit) => {
    emit("dkim.wildcard-target", name, { selector, name, parent });
  },
  "not-a-key": ({ looks }, { selector, name, records, elsewhere }, emit) => {
    if (elsewhere.length > 0) emit("dkim.elsewhere", name, { selector, name, found: [...elsewhere] });
    else emit("dkim.not-a-key", name, { selector, name, looks: [...looks], records: shownRecords(records) });
  },
  "too-long": (_, { selector, name }, emit) => {
    emit("dkim.too-long", name, { selector, name });
  },
};

function reportNone({ selector, name, elsewhere }: Probe, why: "nxdomain" | "nodata", emit: Emit): void {
  if (elsewhere.length > 0) emit("dkim.elsewhere", name, { selector, name, found: [...elsewhere] });
  else emit("dkim.missing", name, { selector, name, why });
}

/** `beside`: whether a usable key was found at another selector. */
export function reportProbe(probe: Probe, beside: boolean, emit: Emit): void {
  const { selector, name, status, detail, told, several, records } = probe;
  if (told?.kind === "failed") emit("dkim.failed", name, { selector, name, why: told.why });
  if (detail !== null)
    (MISSING[detail.kind] as (detail: Missing, probe: Probe, emit: Emit) => void)(detail, probe, emit);
  if (several)
    emit("dkim.several", name, { selector, name, count: records.length, records: shownRecords(records) });
  if (status === "revoked") emit(beside ? "dkim.revoked" : "dkim.revoked-only", name, { selector, name });
  reportKey(probe, emit);
}

/** Names of selectors, in order. */
export function selectorsOf(probes: readonly { selector: string; name: Name }[]): string[] {
  return probes.map(({ selector }) => selector);
}
