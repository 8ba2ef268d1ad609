/**
 * Mends the typing errors of real records (reference peers.md §6.3): what was probably meant, term by term, each change named. Works on
 * text alone; what a mended record costs or reaches is read back by whoever offers it.
 */
import { getPublicSuffix } from "tldts";
import { readable } from "../text/octets.ts";
import { readIp4, readIp6 } from "./ip.ts";
import { isSpf, MECHANISM_NAMES, parseSpf } from "./parse.ts";

export type ChangeKind =
  | "version"
  | "quotes"
  | "invisible"
  | "white-space"
  | "dash"
  | "joined"
  | "split"
  | "punctuation"
  | "name"
  | "separator"
  | "argument"
  | "trailing-text"
  | "dropped";

/** One change; `from` and `to` are pieces of the record, "" where nothing was or is. */
export interface Change {
  kind: ChangeKind;
  from: string;
  to: string;
}

export interface Mended {
  /** The record as it was probably meant; with `complete` it parses without an error. */
  text: string;
  changes: readonly Change[];
  complete: boolean;
}

/** Also those that were encoded twice, which leaves a letter and two controls. */
const INVISIBLE =
  /\u00e2[\u0080-\u009f]{1,2}|[\u0080-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
const ODD_SPACE = /[\t\n\v\f\r\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
const QUOTES = /["'`\u00ab\u00bb\u2018-\u201f]/g;
const DASHES = /[\u2010-\u2015\u2212](?=all\b)/g;
/** Whatever stands where `v=spf1 ` should: "spf1", "v=spf", "v = spf1;", "v=spf10", "v=spfl", "v:spf1". */
const VERSION = /^\W*(?:v\s?[=:]\s?)?spf(?:[12l]\d?)?(?=[^\w.]|include|ip[46]:|mx|$)[;:,.]*/i;
/** Mechanisms that stand behind a complete argument without a space: ".com+include:", ".4ip4:". */
const GLUED =
  /(?<=[\w\]])(?=[+\-~?](?:include|ip4|ip6|exists|mx|ptr|a):|include:|ip4:|ip6:|exists:|redirect=)/i;
const GLUED_ALL = /^(.+[\w.])([+\-~?]all)$/i;
const PUNCTUATION = ",;.";

class Mending {
  readonly changes: Change[] = [];

  change(kind: ChangeKind, from: string, to: string): string {
    if (from !== to) this.changes.push({ kind, from, to });
    return to;
  }

  /** Replaces every match and names each different one once. */
  replace(kind: ChangeKind, text: string, pattern: RegExp, to: string): string {
    for (const match of new Set(text.match(pattern) ?? [])) this.change(kind, match, to);
    return text.replaceAll(pattern, to);
  }
}

/** Mends the text of a record (one character an octet), or of something that was meant to be one. */
export function mendRecord(octets: string): Mended {
  const mending = new Mending();
  let text = readable(octets);
  text = mending.replace("quotes", text, QUOTES, "");
  text = mending.replace("invisible", text, INVISIBLE, "");
  text = mending.replace("white-space", text, ODD_SPACE, " ");
  text = mending.replace("dash", text, DASHES, "-").trim();
  const terms = mendTerms(mending, splitTerms(mending, mendVersion(mending, text)));
  const mended = ["v=spf1", ...terms].join(" ");
  return {
    text: mended,
    changes: mending.changes,
    complete: isSpf(mended) && parseSpf(mended).errors.length === 0,
  };
}

/** Takes the version off and gives the rest. */
function mendVersion(mending: Mending, text: string): string {
  if (isSpf(text)) return text.slice("v=spf1".length);
  const version = VERSION.exec(text)?.[0];
  if (version === undefined) return text;
  mending.change("version", version.trim(), /^v=spf1$/i.test(version) ? "v=spf1 " : "v=spf1");
  return text.slice(version.length);
}

/** Words, with what was torn apart joined and what was glued together split. */
function splitTerms(mending: Mending, text: string): string[] {
  const words = text.split(" ").filter((word) => word !== "");
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (last !== undefined && isTorn(last, word))
      joined[joined.length - 1] = mending.change("joined", `${last} ${word}`, last + word).trim();
    else joined.push(word);
  }
  return joined.flatMap((word) => {
    const parts = word.split(GLUED).flatMap(splitAll);
    if (parts.length > 1) mending.change("split", word, parts.join(" "));
    return parts;
  });
}

/** "include:" + "a.example", "~" + "all", "ip" + "4:192.0.2.1". */
function isTorn(last: string, next: string): boolean {
  if (/^[+\-~?]?(?:include|a|mx|ptr|exists|ip4|ip6):$/i.test(last))
    return !/^[+\-~?]?(?:all$|[a-z][a-z\d]*[:=])/i.test(next);
  if (/^(?:redirect|exp)=$/i.test(last)) return !next.includes("=");
  if (/^[+\-~?]$/.test(last)) return /^all$|^[a-z][a-z\d]*:/i.test(next);
  return /^[+\-~?]?ip$/i.test(last) && /^[46]:/.test(next);
}

/** "include:spf.example.com-all": a final `all` without its space. A top label may end in "-all", but none in use does. */
function splitAll(word: string): string[] {
  const [, argument, all] = GLUED_ALL.exec(word) ?? [];
  if (argument === undefined || all === undefined) return [word];
  const name = argument.slice(argument.search(/[:=]/) + 1);
  const isIp = readIp4(name) !== null;
  return isIp || getPublicSuffix(name, { extractHostname: false }) !== null ? [argument, all] : [word];
}

function mendTerms(mending: Mending, words: readonly string[]): string[] {
  return words.flatMap((word) => {
    if (parseSpf(`v=spf1 ${word}`).errors.length === 0 && !LOOKS_MEANT.test(word)) return [word];
    const mended = mendTerm(mending, word);
    return mended === "" ? [] : [mended];
  });
}

/**
 * Parses, but means something else: a modifier that is ignored where a mechanism was meant ("ip4=192.0.2.1", "include=a.example"), or
 * a name that nobody has ("include:include:a.example", "include:https://a.example", "a:user@a.example").
 */
const LOOKS_MEANT =
  /^v=spf1$|^(?:include|ip4|ip6|a|mx|ptr|exists|all|ipv4|ipv6)=|^[+\-~?]?(include|a|mx|ptr|exists):(?:https?:|\1:|[\w.-]+@)/i;

/** Names that are written for a mechanism. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["ipv4", "ip4"],
  ["ip4v", "ip4"],
  ["ip", "ip4"],
  ["ipv6", "ip6"],
  ["ip6v", "ip6"],
  ["aaaa", "a"],
  ["host", "a"],
  ["spf", "include"],
  ["includemode", "include"],
  ["exist", "exists"],
]);

function mendTerm(mending: Mending, word: string): string {
  let term = trimAny(word, PUNCTUATION);
  mending.change("punctuation", word, term);
  if (/^(?:[+\-~?]|v=spf1)$/i.test(term)) return mending.change("dropped", term, "");
  const turned = /^all([+\-~?])$/i.exec(term)?.[1];
  if (turned !== undefined) return mending.change("argument", term, `${turned}all`);
  const all = /^[a-z]?([+\-~?]?all)(?=$|[^a-z\d]|[a-z]+-)/i.exec(term)?.[1];
  if (all !== undefined) return mending.change("trailing-text", term, all);
  // "include:include:", "ip4:ip4:".
  const doubled = /^([+\-~?]?)([a-z\d]+):\2:/i.exec(term);
  if (doubled !== null)
    term = mending.change(
      "argument",
      term,
      doubled[1]! + term.slice(doubled[0].length - doubled[2]!.length - 1),
    );
  if (/^redirect=v=spf1$/i.test(term) || /^[+\-~?]?(?:include|a|mx|ptr|exists|ip4|ip6):$/i.test(term))
    return mending.change("dropped", term, "");
  return mendPiece(mending, term);
}

/** A term as qualifier, name, separator and argument, each mended on its own. */
function mendPiece(mending: Mending, term: string): string {
  const bare = mendBare(term);
  if (bare !== null) return mending.change("name", term, bare);
  const [, qualifier = "", name = "", separator = "", argument = ""] =
    /^([+\-~?]?)([a-z\d]+)(?:([:=/])(.*))?$/i.exec(term) ?? [];
  const known = knownName(name.toLowerCase());
  if (known === null) return term;
  const wanted = known === "redirect" || known === "exp" ? "=" : separator === "=" ? ":" : separator;
  const [kind, value] = mendArgument(known, argument);
  const named = `${known === "redirect" || known === "exp" ? "" : qualifier}${kind}${value === "" ? "" : wanted}${value}`;
  const changed: ChangeKind =
    known !== name.toLowerCase() ? "name" : wanted !== separator ? "separator" : "argument";
  return mending.change(changed, term, named);
}

/** An address or a host name that stands alone. */
function mendBare(term: string): string | null {
  const [, qualifier = "", rest = ""] = /^([+~?]?)(.*)$/.exec(term) ?? [];
  const [address = "", prefix] = rest.split("/");
  const suffix = prefix === undefined ? "" : `/${prefix}`;
  if (readIp4(address) !== null) return `${qualifier}ip4:${address}${suffix}`;
  if (readIp6(address) !== null) return `${qualifier}ip6:${address}${suffix}`;
  if (!/^[\w-]+(?:\.[\w-]+)+$/.test(rest) || getPublicSuffix(rest) === null) return null;
  return `${qualifier}${/^_?spf\d*[.-]/i.test(rest) ? "include" : "a"}:${rest}`;
}

/** Letters of the longest name of a term, "redirect", and two slips. */
const NAME_MAX = 10;

function knownName(name: string): string | null {
  const names = [...MECHANISM_NAMES, "redirect", "exp"];
  if (names.includes(name)) return name;
  const alias = ALIASES.get(name);
  if (alias !== undefined) return alias;
  // Junk of any length would be measured letter by letter.
  if (name.length > NAME_MAX) return null;
  // Two slips are as far as a short name may be off.
  const near = names.find(
    (each) => editDistance(each, name) <= (each.length > 3 ? 2 : name.length > 1 && each === "all" ? 1 : 0),
  );
  return near ?? null;
}

/** The mechanism and argument that were meant: an address where a name was written, a URL, a prefix with a leading zero. */
function mendArgument(kind: string, argument: string): [kind: string, argument: string] {
  let value = argument
    .replace(/^https?:\/\//i, "")
    .replace(/^[^@]*@/, "")
    .replace(/%\(([a-z\d]*)\)/gi, "%{$1}");
  if (kind === "all") return ["all", ""];
  value = mendPrefix(value);
  const slash = value.indexOf("/");
  const host = trimAny(slash < 0 ? value : value.slice(0, slash), PUNCTUATION);
  const prefix = slash < 0 ? "" : value.slice(slash);
  const network = readNetworkText(host, prefix);
  if (network !== null && kind !== "exp" && kind !== "redirect") return network;
  if (kind === "ip4" || kind === "ip6")
    return /^[\w-]+(?:\.[\w-]+)*\.[a-z][\w-]*$/i.test(host) ? ["a", host + prefix] : [kind, value];
  if (kind === "include" || kind === "exists" || kind === "redirect" || kind === "exp") return [kind, host];
  return [kind, host + prefix];
}

/** "/032" is /32, and "ip4:192.0.2.1//32" has one slash too many. */
function mendPrefix(value: string): string {
  const slash = value.lastIndexOf("/");
  const digits = value.slice(slash + 1);
  if (slash < 0 || !/^\d{1,4}$/.test(digits)) return value;
  const head = value.slice(0, slash);
  // "192.0.2.1//32" and "192.0.2.1/29/29"; after a name a double slash is the IPv6 prefix.
  const [first = "", ...more] = head.split("/");
  const address = more.length === 1 && readIp4(first) !== null ? first : head;
  return `${address}/${String(Number(digits))}`;
}

function trimAny(text: string, chars: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && chars.includes(text[start]!)) start += 1;
  while (end > start && chars.includes(text[end - 1]!)) end -= 1;
  return text.slice(start, end);
}

function readNetworkText(host: string, prefix: string): [kind: string, argument: string] | null {
  if (readIp4(host) !== null) return ["ip4", host + prefix];
  if (readIp6(host) !== null) return ["ip6", host + prefix];
  const port = /^((?:\d{1,3}\.){3}\d{1,3}):\d+$/.exec(host)?.[1];
  if (port !== undefined && readIp4(port) !== null) return ["ip4", port + prefix];
  // "192.0.2" and "192.0.2.*" mean the whole /24.
  const short = /^((?:\d{1,3}\.){2}\d{1,3})(?:\.[*x])?$/i.exec(host)?.[1];
  if (short !== undefined && readIp4(`${short}.0`) !== null && (prefix === "" || prefix === "/24"))
    return ["ip4", `${short}.0/24`];
  return null;
}

/** Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
