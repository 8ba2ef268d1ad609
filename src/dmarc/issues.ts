/** What can be said about the text of a DMARC record, as ids with the shape of their evidence. The sentences are the check's. */
import type { TagSpan } from "../text/tags.ts";
import type { UriProblem } from "./uri.ts";

export type ChoiceTag = "p" | "sp" | "np" | "psd" | "t" | "adkim" | "aspf" | "fo";
export type RemovedName = "pct" | "rf" | "ri";

/** Evidence of every issue; texts in it are as found (one character an octet, foreign). */
export interface DmarcIssues {
  /** A value the tag does not know. `used` is the default in its place (RFC 9989 §4.8); null for a policy (§4.10.1 decides). */
  invalid: { tag: ChoiceTag; value: string; used: string | null; suggestion: string | null };
  "missing-p": { tag: "p" };
  /** RFC 7489 §6.3 wanted it second; old receivers may insist. */
  "p-not-second": { tag: string };
  /** A tag that stands more than once, in any case of letters; the first is used, receivers differ (RFC 6376 §3.2). */
  duplicate: { tag: string; values: readonly string[] };
  /** A known tag not in lower case (RFC 9989 §4.8 allows it, RFC 6376 §3.2 does not). */
  "tag-case": { tag: string };
  "unknown-tag": { tag: string; value: string };
  /** Removed by RFC 9989 (§9.3); read by RFC 7489 receivers alone. */
  removed: { tag: RemovedName; value: string };
  /** A piece between semicolons that is no tag. `hint`: what it looks like. */
  "not-a-tag": { text: string; hint: "uri" | "policy" | null };
  /** Two semicolons in a row. */
  "empty-piece": { text: string };
  /** A tag with nothing behind "=". */
  "empty-value": { tag: string };
  /** Octets that DMARC does not allow anywhere: the piece they stand in. */
  "control-character": { text: string };
  nbsp: { text: string };
  "non-ascii": { text: string };
  /** A tag inside another tag's value: a comma, or nothing, where ";" belongs. */
  comma: { tag: string; lost: string };
  "no-semicolon": { tag: string; lost: string };
  /** A report URI that gets no report, or is written in a way that was removed. */
  uri: { tag: "rua" | "ruf"; uri: string; problem: UriProblem };
  /** RFC 9989 §4.7: ignored without "ruf". */
  "fo-without-ruf": { value: string };
  /** RFC 9989 §4.7: "0" and "1" exclude each other. */
  "fo-both": { value: string };
  "ruf-without-rua": { value: string };
}

export type IssueKind = keyof DmarcIssues;

/** One issue with the place it is about in the record's text. */
export type DmarcIssue = { [K in IssueKind]: { kind: K; span: TagSpan } & DmarcIssues[K] }[IssueKind];
