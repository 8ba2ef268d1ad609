/** Findings about the text of the record that applies: its issues, its policies that cannot be read, its addresses. */
import { queryName } from "../../dmarc/discover.ts";
import type { DmarcIssue, DmarcIssues, IssueKind } from "../../dmarc/issues.ts";
import { faultOf, type DmarcRecord, type Policy, type Reduced } from "../../dmarc/record.ts";
import type { UriProblem } from "../../dmarc/uri.ts";
import type { Report } from "../../finding.ts";
import { readable } from "../../text/octets.ts";
import { SAME_KIND_MAX } from "./limits.ts";
import type { Reading } from "./look.ts";
import type { DMARC_TEXTS } from "./texts.ts";
import type { RecordIssue } from "./texts-record.ts";

export type Emit = Report<typeof DMARC_TEXTS>;

type IssueOf<K extends IssueKind> = Extract<DmarcIssue, { kind: K }>;

interface Place {
  name: string;
  reading: Reading;
  record: DmarcRecord;
  emit: Emit;
}

/** Reports every issue of the record that applies. */
export function reportRecord(reading: Reading, emit: Emit): void {
  const { record, policyDomain } = reading.discovery;
  if (record === null || policyDomain === null) return;
  const place: Place = { name: queryName(policyDomain), reading, record, emit };
  reportFault(place);
  for (const issue of record.issues) {
    // The key is the kind; the compiler cannot see that reporter and issue belong together.
    if (issue.kind !== "uri")
      (REPORTERS[issue.kind] as (issue: DmarcIssue, place: Place) => void)(issue, place);
  }
  reportUris(place);
}

const FAULT_TAGS: Record<Reduced, "p" | "sp" | "np"> = {
  "missing-p": "p",
  "invalid-p": "p",
  "invalid-sp": "sp",
  "invalid-np": "np",
};

/** RFC 9989 §4.10.1: one policy that is missing or cannot be read, and what is left of the record. */
function reportFault({ name, reading, record, emit }: Place): void {
  const fault = faultOf(record);
  if (fault === null) return;
  const tag = FAULT_TAGS[fault];
  const invalid = record.issues.find(
    (issue): issue is IssueOf<"invalid"> => issue.kind === "invalid" && issue.tag === tag,
  );
  const text = record[tag]?.text;
  const lost: Policy | null = record.p?.value ?? null;
  emit("dmarc.reduced", name, {
    name,
    fault,
    written: text === undefined ? null : readable(`${tag}=${text}`),
    suggestion: invalid?.suggestion ?? null,
    counts: reading.discovery.effective === null ? "nothing" : "none",
    lost,
  });
}

type Reporters = { [K in Exclude<IssueKind, "uri">]: (issue: IssueOf<K>, place: Place) => void };

const REPORTERS: Reporters = {
  invalid(issue, place) {
    const { record } = place;
    const policy = issue.tag === "p" || issue.tag === "sp" || issue.tag === "np";
    if (!policy) tell(issue, place);
    else {
      const fault = faultOf(record);
      // The first of them is told by what it does to the record.
      if (fault === null || FAULT_TAGS[fault] !== issue.tag)
        place.emit("dmarc.invalid-policy", issue.tag, evidenceOf(issue, place));
    }
  },
  "missing-p": () => undefined,
  removed(issue, place) {
    if (issue.tag !== "pct") tell(issue, place);
    else {
      const { pct, policy, rest } = place.reading.legacy;
      const facts = { pct, policy: policy?.value ?? null, rest };
      place.emit("dmarc.pct", "pct", { ...evidenceOf(issue, place), ...facts });
    }
  },
  "p-not-second": tell,
  duplicate: tell,
  "tag-case": tell,
  "unknown-tag": tell,
  "not-a-tag": tell,
  "empty-piece": tell,
  "empty-value": tell,
  "control-character": tell,
  nbsp: tell,
  "non-ascii": tell,
  comma: tell,
  "no-semicolon": tell,
  "fo-without-ruf": tell,
  "fo-both": tell,
  "ruf-without-rua": tell,
};

type EvidenceOf<K extends IssueKind> = DmarcIssues[K] & { name: string; offset: number };

/** The facts of an issue as JSON, its texts readable, with where it stands. */
function evidenceOf<K extends IssueKind>(issue: IssueOf<K>, { name }: Place): EvidenceOf<K> {
  const facts = Object.entries(issue).filter(([key]) => key !== "kind" && key !== "span");
  const shown = Object.fromEntries(facts.map(([key, value]) => [key, readableFact(value)]));
  // A readable text is a text, so the shape stays that of the issue.
  return { ...shown, name, offset: issue.span.start } as unknown as EvidenceOf<K>;
}

function readableFact(value: unknown): unknown {
  if (typeof value === "string") return readable(value);
  return Array.isArray(value) ? value.map(readableFact) : value;
}

/** Issues that hold neither a tag's name nor a piece of text, by the tag they are about. */
const ABOUT = { "fo-without-ruf": "fo", "fo-both": "fo", "ruf-without-rua": "ruf" } as const;

function subjectOf(issue: IssueOf<RecordIssue>): string {
  if ("tag" in issue) return issue.tag;
  return "text" in issue ? issue.text : ABOUT[issue.kind];
}

/** An issue's id is its kind; its subject the tag or the piece it is about. */
function tell(issue: IssueOf<RecordIssue>, place: Place): void {
  // The mapped type of the texts pairs every id with its evidence; a generic id cannot show it to the compiler.
  const emit = place.emit as unknown as (id: string, subject: string, evidence: unknown) => void;
  emit(`dmarc.${issue.kind}`, readable(subjectOf(issue)), evidenceOf(issue, place));
}

/** Each fault of an address, a few of a kind; the rest as a number. */
function reportUris({ name, record, emit }: Place): void {
  const byProblem = new Map<UriProblem, IssueOf<"uri">[]>();
  for (const issue of record.issues) {
    if (issue.kind !== "uri") continue;
    const same = byProblem.get(issue.problem);
    if (same === undefined) byProblem.set(issue.problem, [issue]);
    else same.push(issue);
  }
  for (const [problem, issues] of byProblem) {
    for (const { tag, uri, span } of issues.slice(0, SAME_KIND_MAX))
      emit(`dmarc.uri-${problem}`, readable(uri), { tag, uri: readable(uri), name, offset: span.start });
    const count = issues.length - SAME_KIND_MAX;
    if (count > 0) emit("dmarc.uri-more", problem, { problem, count, name });
  }
}
