/** What can be said about an SPF policy, as ids with the shape of their evidence. The sentences are the check's. */
import type { Sentence } from "../text/say.ts";
import type { ChangeKind } from "./mend.ts";
import type { MacroLetter, SyntaxErrorKind } from "./term.ts";
import type { Result } from "./verdict.ts";

/** Evidence of every issue; texts in it are as found (readable, foreign), names in presentation form. */
export interface SpfIssues {
  missing: { domain: string; why: "nxdomain" | "nodata" | "no-spf"; elsewhere: readonly string[] };
  "near-miss": { text: string; mended: string | null; changes: readonly ChangeKind[] };
  "several-records": { domain: string; via: string | null; count: number; records: readonly string[] };
  syntax: {
    domain: string;
    /** The domain asked about publishes it itself. */
    own: boolean;
    kind: SyntaxErrorKind;
    term: string;
    part: string;
    /** Octets before it in the record. */
    offset: number;
    suggestion: string | null;
  };
  "lookup-limit": {
    lookups: number;
    limit: number;
    /** The term of the domain's own record that costs most, and what is left without it. */
    worst: string | null;
    saves: number;
    partial: boolean;
  };
  "lookups-near": { lookups: number; limit: number };
  "void-limit": { voids: number; limit: number; terms: readonly string[] };
  "void-limit-family": { voids: number; limit: number; family: 4 | 6; terms: readonly string[] };
  "void-limit-possible": { voids: number; limit: number; terms: readonly string[] };
  void: {
    domain: string;
    term: string;
    name: string;
    why: "nxdomain" | "nodata";
    families: readonly (4 | 6)[];
  };
  "no-target": {
    domain: string;
    term: string;
    target: string;
    why: "nxdomain" | "nodata" | "no-spf" | "bad-name";
    nearMiss: string | null;
    suggestion: string | null;
  };
  loop: { domain: string; term: string; path: readonly string[] };
  "meant-mechanism": { domain: string; term: string; suggestion: string | null };
  "unknown-modifier": { domain: string; term: string };
  "all-pass": { domain: string; term: string; via: string | null };
  "all-neutral": { domain: string; term: string };
  "no-all": { domain: string };
  "after-all": { domain: string; all: string; terms: readonly string[] };
  "redirect-beside-all": { domain: string; term: string; all: string };
  "wide-network": { domain: string; term: string; network: string; addresses: string };
  "broad-network": { domain: string; term: string; network: string; addresses: string };
  "reserved-network": { domain: string; term: string; network: string; use: Sentence; ref: string };
  duplicate: { domain: string; term: string; times: number };
  "repeated-include": { target: string; times: number; cost: number };
  covered: { domain: string; term: string; by: string };
  ptr: { domain: string; term: string };
  "mx-limit": { domain: string; term: string; hosts: number; limit: number };
  macro: { domain: string; term: string; letters: readonly MacroLetter[]; example: string | null };
  "macro-p": { domain: string; term: string };
  "bad-name": { domain: string; term: string; name: string };
  type99: { records: readonly string[]; same: boolean };
  "answer-large": { octets: number; advised: number; records: number; own: number };
  "answer-tcp": { octets: number; limit: number; records: number; own: number };
  "long-record": { octets: number; strings: number };
  "exp-fails": {
    term: string;
    name: string | null;
    why: "none" | "several" | "not-ascii" | "bad-macro" | "bad-name";
  };
  wildcard: { name: string; record: string };
  failed: { term: string | null; name: string; type: string; why: string };
  "not-read": { names: number };
  "receivers-differ": {
    kind: "void-per-query" | "self-include" | "mx-address" | "newline" | "repeated-modifier";
    term: string;
    /** Results for the address asked about; null where none was asked. */
    ours: Result | null;
    theirs: Result | null;
  };
  "shared-sender": { terms: readonly string[] };
  "not-authorised": { address: string; nearest: string | null };
  "not-confirmed": { address: string; result: "softfail" | "neutral"; nearest: string | null };
}

export type SpfIssue = keyof SpfIssues;

/** Takes one issue; `subject` is the term or name it is about. */
export type Emit = <I extends SpfIssue>(issue: I, subject: string, evidence: SpfIssues[I]) => void;
