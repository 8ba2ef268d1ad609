/** The report addresses of "rua" and "ruf": one URI an item, and why it will never get a report (RFC 9989 §4.6, §4.8). */
import type { TagSpan } from "../text/tags.ts";
import { LABEL_MAX, NAME_MAX } from "./limits.ts";

export type UriProblem =
  /** Nothing between two commas. */
  | "empty"
  /** `dmarc@example.com`: not a URI; reports never come. */
  | "no-scheme"
  /** Any scheme but mailto: valid, and ignored by receivers that do not know it (§4.7). Never fetched by us. */
  | "scheme-unsupported"
  /** A "%" without two hexadecimal digits, or one that does not decode to UTF-8. */
  | "bad-percent"
  /** A control character, written as itself or percent-encoded. */
  | "control-character"
  /** A character that no URI holds: a space, a quote, an angle bracket, anything beyond ASCII (RFC 3986 §2). */
  | "bad-character"
  | "several-at"
  | "no-at"
  /** Nothing before the "@". */
  | "no-local"
  | "ip-literal"
  | "bad-host"
  /** `!10m` behind the URI: removed (§4.8 obs-dmarc-report-size), ignored. */
  | "size"
  /** A "!" with something else behind it; a "!" of the address itself has to be written %21. */
  | "bad-size"
  /** The same destination stands earlier in the list. */
  | "duplicate";

export interface ReportUri {
  /** As written, without the white space around it; one character an octet. */
  text: string;
  span: TagSpan;
  /** In lower case; null without one. */
  scheme: string | null;
  /** Decoded, the host in lower case; null where it is no usable mailto address. */
  address: { local: string; host: string } | null;
  /** The size suffix as written, without "!"; ignored. */
  size: string | null;
  problems: readonly UriProblem[];
  /** A URI by RFC 3986 without "!" or ",": what §4.10.1 asks for before a record may count as p=none. */
  syntactic: boolean;
}

const SCHEME = /^([a-z][a-z\d+.-]*):(.*)$/is;
const SIZE = /!(\d+[kmgt]?)$/i;
/** RFC 3986 §3: what may stand behind "scheme:", without "!" and "," (RFC 9989 §4.8) and, for a path, without brackets. */
const HIER = /^(?:[\w\-.~:/?#@$&'()*+;=]|%[\da-f]{2})*$/i;
const LITERAL_HOST = /^\/\/(?:[^/?#@]*@)?\[[\da-f:.]+\]/i;
const PERCENT = /%(?![\da-f]{2})/i;
const CONTROL = /[\0-\x1f\x7f]/;
const UNWRITTEN = /[^\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x7e]/i;
const LABEL = /^\w(?:[\w-]*\w)?$/;
/** Problems with which a URI still is one a report can be sent to. */
const HARMLESS: ReadonlySet<UriProblem> = new Set(["size", "duplicate"]);

/** Whether a report could be sent to it by mail. */
export function isUsable({ address, problems }: ReportUri): boolean {
  return address !== null && problems.every((each) => HARMLESS.has(each));
}

/** Reads a list of report URIs; `offset` is where `value` stands in its record. Never throws; linear in the length. */
export function readReportUris(value: string, offset = 0): ReportUri[] {
  const seen = new Set<string>();
  let start = 0;
  return value.split(",").map((piece) => {
    const text = piece.replace(/^[ \t]+/, "").trimEnd();
    const from = offset + start + (piece.length - piece.replace(/^[ \t]+/, "").length);
    start += piece.length + 1;
    const uri = readUri(text, { start: from, end: from + text.length });
    const key = uri.address === null ? text : `${uri.address.local}@${uri.address.host}`;
    const again = text !== "" && seen.has(key);
    seen.add(key);
    return again ? { ...uri, problems: [...uri.problems, "duplicate"] } : uri;
  });
}

function readUri(text: string, span: TagSpan): ReportUri {
  const none = { text, span, scheme: null, address: null, size: null, syntactic: false };
  if (text === "") return { ...none, problems: ["empty"] };
  const size = SIZE.exec(text)?.[1] ?? null;
  const bare = size === null ? text : text.slice(0, -size.length - 1);
  const problems: UriProblem[] = size === null ? [] : ["size"];
  if (bare.includes("!")) problems.push("bad-size");
  if (CONTROL.test(bare)) problems.push("control-character");
  else if (UNWRITTEN.test(bare)) problems.push("bad-character");
  const [, scheme, rest = ""] = SCHEME.exec(bare) ?? [];
  if (scheme === undefined) return { ...none, size, problems: [...problems, "no-scheme"] };
  const syntactic = HIER.test(rest.replace(LITERAL_HOST, "//"));
  const known = { ...none, scheme: scheme.toLowerCase(), size, syntactic };
  if (known.scheme !== "mailto") return { ...known, problems: [...problems, "scheme-unsupported"] };
  return { ...known, ...readAddress(rest, problems) };
}

/** The address of a mailto URI (RFC 6068 §2), without the header fields behind "?". */
function readAddress(rest: string, before: readonly UriProblem[]): Pick<ReportUri, "address" | "problems"> {
  const no = (...problems: UriProblem[]) => ({
    address: null,
    problems: [...new Set([...before, ...problems])],
  });
  const written = rest.split(/[?#]/, 1)[0]!;
  const address = decoded(written);
  if (address === null) return no("bad-percent");
  if (CONTROL.test(address)) return no("control-character");
  const [local, host, more] = address.split("@");
  if (more !== undefined) return no("several-at");
  if (host === undefined) return no("no-at");
  if (local === "") return no("no-local");
  const wrong = hostProblem(host);
  // What makes the host a bad one is named already.
  if (wrong === "bad-host" && (before.includes("bad-size") || before.includes("bad-character"))) return no();
  if (wrong !== null) return no(wrong);
  return { address: { local: local!, host: host.toLowerCase() }, problems: before };
}

function decoded(text: string): string | null {
  if (PERCENT.test(text)) return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Judges the host of an address: a name of at least two labels (RFC 5321 §2.3.5). */
function hostProblem(host: string): UriProblem | null {
  if (/^\[.*\]$/s.test(host) || /^\d+(?:\.\d+){3}$/.test(host)) return "ip-literal";
  const labels = host.split(".");
  const good = labels.every((label) => label.length <= LABEL_MAX && LABEL.test(label));
  return good && labels.length > 1 && host.length <= NAME_MAX ? null : "bad-host";
}
