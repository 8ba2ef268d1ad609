/** The DMARC Policy Record: its tags as RFC 9989 §4.7 and §4.8 read them, and what that makes of a faulty one (§4.10.1). */
import { parseTags, type TagSpan } from "../text/tags.ts";
import type { DmarcIssue, RemovedName } from "./issues.ts";
import type { Policy } from "./policy.ts";
import { readTags } from "./tags.ts";
import type { ReportUri } from "./uri.ts";
import { isDmarc, nearMissOf, type NearMiss } from "./version.ts";

export { LOWERED, POLICIES, type Policy } from "./policy.ts";
export { isDmarc, nearMissOf, type NearMiss } from "./version.ts";
export type { DmarcIssue, DmarcIssues, IssueKind } from "./issues.ts";

export type Psd = "y" | "n" | "u";
export type AlignmentMode = "r" | "s";
export type FailureOption = "0" | "1" | "d" | "s";

/** A policy tag that stands in the record. */
export interface PolicyTag {
  /** null where the text is no policy. */
  value: Policy | null;
  /** The value as written. */
  text: string;
  span: TagSpan;
}

/** A tag that RFC 9989 removed (§9.3). */
export interface RemovedTag {
  name: RemovedName;
  text: string;
  span: TagSpan;
}

/** A DMARC Policy Record; of a tag that stands twice the first. Texts are one character an octet. */
export interface DmarcRecord {
  kind: "dmarc";
  text: string;
  /** null where the tag is absent; so for `sp` and `np`. */
  p: PolicyTag | null;
  sp: PolicyTag | null;
  np: PolicyTag | null;
  psd: Psd;
  /** t=y: apply one level less (§4.7). */
  t: boolean;
  adkim: AlignmentMode;
  aspf: AlignmentMode;
  fo: ReadonlySet<FailureOption>;
  /** Empty without the tag; no reports are sent then (§4.7). */
  rua: readonly ReportUri[];
  ruf: readonly ReportUri[];
  removed: readonly RemovedTag[];
  unknown: readonly { name: string; text: string; span: TagSpan }[];
  /** In the order of their places. */
  issues: readonly DmarcIssue[];
}

export interface NotDmarc {
  kind: "not-dmarc";
  text: string;
  nearMiss: NearMiss;
}

/** Reads the text of one TXT record. Never throws; linear in the length. */
export function readDmarc(text: string): DmarcRecord | NotDmarc {
  if (!isDmarc(text)) return { kind: "not-dmarc", text, nearMiss: nearMissOf(text) };
  return { kind: "dmarc", text, ...readTags(parseTags(text)) };
}

/** Why a record counts as p=none although it does not say so (§4.10.1). */
export type Reduced = "missing-p" | "invalid-p" | "invalid-sp" | "invalid-np";

/** The policies a record is applied with; null where the tag is absent. */
export interface Effective {
  p: Policy;
  sp: Policy | null;
  np: Policy | null;
  /** Set where the record is faulty and counts as p=none. */
  reduced: Reduced | null;
}

/** What makes a record faulty in the sense of RFC 9989 §4.10.1; null where nothing does. */
export function faultOf({ p, sp, np }: Pick<DmarcRecord, "p" | "sp" | "np">): Reduced | null {
  if (p === null) return "missing-p";
  if (p.value === null) return "invalid-p";
  if (sp?.value === null) return "invalid-sp";
  return np?.value === null ? "invalid-np" : null;
}

/** The policies of a record (RFC 9989 §4.10.1); null: no DMARC processing at all. */
export function effective(record: DmarcRecord): Effective | null {
  const reduced = faultOf(record);
  if (reduced === null)
    return { p: record.p!.value!, sp: record.sp?.value ?? null, np: record.np?.value ?? null, reduced };
  // "contains at least one syntactically valid reporting URI": any scheme, usable or not.
  const asNone = record.rua.some(({ syntactic }) => syntactic);
  return asNone ? { p: "none", sp: null, np: null, reduced } : null;
}
