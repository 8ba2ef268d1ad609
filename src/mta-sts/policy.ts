/** The policy at `https://mta-sts.<domain>/.well-known/mta-sts.txt` (RFC 8461 §3.2), and which hosts it covers (§4.1). */
import { trimBlanks } from "./blanks.ts";
import { FIELD_NAME_MAX, ISSUES_MAX, MAX_AGE_MAX } from "./limits.ts";

export type StsMode = "enforce" | "testing" | "none";

/** A policy that senders use. */
export interface StsPolicy {
  mode: StsMode;
  /** Seconds. */
  maxAge: number;
  /** Patterns as written, without those that are none; all of them. */
  mx: readonly string[];
}

/** Keys of which one must be there. */
export type StsKey = "version" | "mode" | "max_age";

/** What there is to say about a policy. Lines count from 1; texts are as found, foreign, one character an octet. */
export interface StsPolicyIssues {
  /** `near`: a key that was meant, such as "Mode". */
  missing: { key: StsKey; near: string | null };
  value: { key: StsKey; value: string; why: "unknown" | "not-a-number" | "too-large" };
  "no-mx": { mode: StsMode };
  line: { line: number; text: string; why: "no-colon" | "key" | "value" };
  /** Carriage returns alone end no line. */
  "cr-only": { count: number };
  /** A byte order mark stands before the first key and is part of it. */
  bom: { text: string };
  mx: { line: number; value: string };
  repeated: { key: string; kept: string; ignored: string };
  "empty-line": { line: number };
}

export type StsPolicyIssueKind = keyof StsPolicyIssues;

export type StsPolicyIssue = {
  [K in StsPolicyIssueKind]: { kind: K } & StsPolicyIssues[K];
}[StsPolicyIssueKind];

/** Whether senders drop the whole policy for it. */
export const BREAKS: Readonly<Record<StsPolicyIssueKind, boolean>> = {
  missing: true,
  value: true,
  "no-mx": true,
  line: true,
  "cr-only": true,
  bom: true,
  mx: false,
  repeated: false,
  "empty-line": false,
};

export interface StsPolicyReading {
  /** null: senders would not use it. */
  policy: StsPolicy | null;
  /** In the order found, at most `ISSUES_MAX`. */
  issues: readonly StsPolicyIssue[];
  /** Issues that were found; more than are listed where there are many. */
  issueCount: number;
  /** Lines whose key RFC 8461 does not know; senders pass over them. */
  unknown: number;
}

const BOM = "\u00ef\u00bb\u00bf";
const KEYS: ReadonlySet<string> = new Set<StsKey>(["version", "mode", "max_age"]);
const MODES: ReadonlySet<string> = new Set<StsMode>(["enforce", "testing", "none"]);
const KEY = new RegExp(`^[a-z\\d][a-z\\d_.-]{0,${FIELD_NAME_MAX - 1}}$`, "i");
// RFC 8461 §3.2, sts-policy-vchar with spaces inside; octets of UTF-8 pass.
const VALUE = /^[\x20-\x7e\x80-\xff]+$/;
// RFC 5321 §4.1.2: Domain; RFC 8461 §3.2: ["*."] before it.
const PATTERN = /^(?:\*\.)?(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)*[a-z\d](?:[a-z\d-]*[a-z\d])?$/i;
/** Longest domain (RFC 1035 §2.3.4), with "*." before it. */
const PATTERN_MAX = 255;

interface Found {
  values: Map<string, string>;
  mx: string[];
  issues: StsPolicyIssue[];
  unknown: number;
  /** Other spellings of known keys. */
  near: Map<string, string>;
}

/** Reads a policy from text of one character an octet. Never throws; linear. */
export function readStsPolicy(text: string): StsPolicyReading {
  const found: Found = { values: new Map(), mx: [], issues: [], unknown: 0, near: new Map() };
  const returns = text.split("\r").length - 1;
  // RFC 8461 §3.2: sts-policy-term = LF / CRLF.
  if (returns > 0 && !text.includes("\n")) found.issues.push({ kind: "cr-only", count: returns });
  else readLines(text, found);
  const policy = found.issues.some(({ kind }) => kind === "cr-only") ? null : judge(found);
  const broken = found.issues.some(({ kind }) => BREAKS[kind]);
  return {
    policy: broken ? null : policy,
    issues: worst(found.issues).slice(0, ISSUES_MAX),
    issueCount: found.issues.length,
    unknown: found.unknown,
  };
}

/** Those that break the policy first, so that a cut list still says why. */
function worst(issues: readonly StsPolicyIssue[]): StsPolicyIssue[] {
  return [...issues.filter(({ kind }) => BREAKS[kind]), ...issues.filter(({ kind }) => !BREAKS[kind])];
}

function readLines(text: string, found: Found): void {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const [index, raw] of lines.entries()) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (index === 0 && line.startsWith(BOM)) {
      found.issues.push({ kind: "bom", text: line });
      readLine(line.slice(BOM.length), 1, found);
    } else readLine(line, index + 1, found);
  }
}

function readLine(text: string, line: number, found: Found): void {
  const fault = (why: StsPolicyIssues["line"]["why"]): void => {
    found.issues.push({ kind: "line", line, text, why });
  };
  if (trimBlanks(text) === "") {
    found.issues.push({ kind: "empty-line", line });
    return;
  }
  const colon = text.indexOf(":");
  const key = text.slice(0, Math.max(0, colon));
  // RFC 8461 §3.2: ":" *WSP before a value, *WSP behind a field.
  const value = trimBlanks(text.slice(colon + 1));
  if (colon < 0) fault("no-colon");
  else if (!KEY.test(key)) fault("key");
  else if (!VALUE.test(value)) fault("value");
  else keep(key, value, line, found);
}

function keep(key: string, value: string, line: number, found: Found): void {
  const kept = found.values.get(key);
  if (key === "mx") {
    if (value.length <= PATTERN_MAX && PATTERN.test(value)) found.mx.push(value);
    else found.issues.push({ kind: "mx", line, value });
  } else if (kept !== undefined) {
    // RFC 8461 §3.2: "If any non-repeated field is duplicated, all entries except for the first SHALL be ignored."
    found.issues.push({ kind: "repeated", key, kept, ignored: value });
  } else {
    found.values.set(key, value);
    if (KEYS.has(key)) return;
    found.unknown += 1;
    found.near.set(nearOf(key), key);
  }
}

/** "Max-Age" was meant as "max_age". */
function nearOf(key: string): string {
  return key.toLowerCase().replaceAll("-", "_").replace("maxage", "max_age");
}

function judge(found: Found): StsPolicy | null {
  const value = (key: StsKey): string | null => {
    const text = found.values.get(key);
    if (text === undefined) found.issues.push({ kind: "missing", key, near: found.near.get(key) ?? null });
    return text ?? null;
  };
  const version = value("version");
  if (version !== null && version !== "STSv1")
    found.issues.push({ kind: "value", key: "version", value: version, why: "unknown" });
  const mode = readMode(value("mode"), found.issues);
  const maxAge = readMaxAge(value("max_age"), found.issues);
  // RFC 8461 §3.2: at least one mx, except where the mode is none. One that is no pattern is told as that, and covers nobody.
  const hasMx = found.mx.length > 0 || found.issues.some(({ kind }) => kind === "mx");
  if (mode !== null && mode !== "none" && !hasMx) found.issues.push({ kind: "no-mx", mode });
  return mode === null || maxAge === null ? null : { mode, maxAge, mx: found.mx };
}

function readMode(value: string | null, issues: StsPolicyIssue[]): StsMode | null {
  if (value === null) return null;
  if (MODES.has(value)) return value as StsMode;
  issues.push({ kind: "value", key: "mode", value, why: "unknown" });
  return null;
}

function readMaxAge(value: string | null, issues: StsPolicyIssue[]): number | null {
  if (value === null) return null;
  const isNumber = /^\d+$/.test(value);
  const seconds = Number(value);
  // RFC 8461 §3.2: 1*10(DIGIT), and at most 31557600.
  if (isNumber && value.length <= 10 && seconds <= MAX_AGE_MAX) return seconds;
  issues.push({ kind: "value", key: "max_age", value, why: isNumber ? "too-large" : "not-a-number" });
  return null;
}

/** Whether a pattern covers a host; "*." stands for exactly one label (RFC 8461 §4.1). Case of letters does not matter. */
export function matchesMx(pattern: string, host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  const wanted = pattern.toLowerCase();
  return wanted === name || (wanted.startsWith("*.") && wanted === aboveOf(name));
}

/** `*.` and what is left of a name without its first label. */
function aboveOf(name: string): string | null {
  const dot = name.indexOf(".");
  return dot < 0 ? null : `*${name.slice(dot)}`;
}

/** The hosts that no pattern covers; linear in both lists. */
export function uncovered(patterns: readonly string[], hosts: readonly string[]): string[] {
  const known = new Set(patterns.map((pattern) => pattern.toLowerCase()));
  return hosts.filter((host) => {
    const name = host.toLowerCase().replace(/\.$/, "");
    return !known.has(name) && !known.has(aboveOf(name) ?? name);
  });
}
