/** What a person typed, or a platform linked, as one name that DNS may be asked about; or why not, and what to type. */
import { isIP } from "node:net";
import { parse } from "tldts";
import { toASCII, toUnicode } from "tr46";
import { DOMAIN_CODES, DOMAIN_REFUSALS, NOTICES, type DomainRefusal } from "./messages/names.ts";
import { refuse, type Notice, type Refused } from "./refusal.ts";
import { PASTED, unwrap } from "./text/unwrap.ts";

declare const brand: unique symbol;

/** A name of at least two labels in lower case A-label form, LDH and underscores only, 253 octets at most, no final dot. */
export type Domain = string & { readonly [brand]: "domain" };

export type ParsedDomain = { ok: true; domain: Domain; notices: Notice[] } | Refused;

/** Longest input read, in characters; IDNA is quadratic in places. Source: suites/bad-inputs, limits. */
const INPUT_MAX = 1_000;
/** RFC 1035 §2.3.4, without the root's octet and the first length. */
const NAME_MAX = 253;
const LABEL_MAX = 63;

/** Names for inside use: RFC 6762, RFC 6761, RFC 7686, and ICANN's reservation of "internal". */
const RESERVED: ReadonlySet<string> = new Set(["local", "localhost", "internal", "onion", "invalid"]);

/** Draws nothing and changes nothing: soft hyphen, zero-width space, word joiner, BOM, variation selectors. */
const IGNORABLE: readonly (readonly [first: number, last: number])[] = [
  [0x00ad, 0x00ad],
  [0x200b, 0x200b],
  [0x2060, 0x2060],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
];
const DASHES: readonly (readonly [first: number, last: number])[] = [
  [0x2010, 0x2015],
  [0x2212, 0x2212],
];
/** Controls, directions and lone surrogates. ASCII is judged after IDNA, letters of other scripts by it. */
const NEVER: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0xa0],
  [0x061c, 0x061c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2061, 0x206f],
  [0xd800, 0xdfff],
  [0xfff0, 0xffff],
];
/** Around a name, never in it. */
const AROUND = new Set("\"'`“”„‘’«»*");
const PUNCTUATION = new Set(",;!?");

function isIn(ranges: readonly (readonly [number, number])[], char: string): boolean {
  const point = char.codePointAt(0)!;
  return ranges.some(([first, last]) => point >= first && point <= last);
}

/** `text` without those of `marks` at its ends. */
function strip(text: string, marks: ReadonlySet<string>, where: "both" | "end" = "both"): string {
  let start = 0;
  let end = text.length;
  while (end > 0 && marks.has(text[end - 1]!)) end -= 1;
  while (where === "both" && start < end && marks.has(text[start]!)) start += 1;
  return text.slice(start, end);
}

/** The address in brackets, or the text. */
function unbracket(text: string): string {
  return text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
}

type Step =
  { ok: true; text: string; notices: ((name: string) => Notice)[] } | { ok: false; why: DomainRefusal };

/** Reads what was typed. Never throws; nothing else of it reaches DNS. */
export function parseDomain(input: string): ParsedDomain {
  const no = (why: DomainRefusal): Refused => refuse(DOMAIN_CODES[why], DOMAIN_REFUSALS[why](input));
  if (input.length > INPUT_MAX) return no("too-long-input");
  const host = hostOf(input);
  if (!host.ok) return no(host.why);
  const read = readName(host.text);
  if (!read.ok) return no(read.why);
  const domain = read.text as Domain;
  const notices = [...host.notices, ...read.notices].map((make) => make(domain));
  return { ok: true, domain, notices };
}

/** Takes off what stands around the name: links, quotes, punctuation, a URL, an address. */
function hostOf(input: string): Step {
  const notices: ((name: string) => Notice)[] = [];
  let text = unwrap(input, PASTED);
  // A whole command line pasted where a name belongs.
  text = text.replace(/^(?:check|spf|dkim|dmarc)\s+/i, "");
  const bare = strip(strip(strip(text, AROUND), PUNCTUATION, "end"), AROUND);
  if (bare !== text) notices.push(NOTICES.cleaned);
  text = bare;
  if (text === "") return { ok: false, why: "empty" };
  if (isIP(unbracket(text)) !== 0) return { ok: false, why: "is-ip" };
  const authority = authorityOf(text);
  if (authority !== null) {
    if (/[\\@]/.test(authority)) return { ok: false, why: "ambiguous" };
    text = authority.replace(/:\d{0,5}$/, "");
    if (isIP(unbracket(text)) !== 0) return { ok: false, why: "is-ip" };
    notices.push(NOTICES.url);
    return { ok: true, text, notices };
  }
  const angle = text.indexOf("<");
  if (angle >= 0 && text.endsWith(">")) {
    const inner = text.slice(angle + 1, -1);
    if (inner.indexOf("@") > 0 && !/[<>\s]/.test(inner)) text = inner;
  }
  text = text.replace(/^mailto:/i, "");
  const at = text.indexOf("@");
  if (at >= 0) {
    if (text.indexOf("@", at + 1) >= 0) return { ok: false, why: "several-at" };
    text = text.slice(at + 1);
    notices.push(NOTICES.address);
  }
  return { ok: true, text, notices };
}

/** What stands between "//" and the path of a URL, or before the path where the scheme was left out; null where it is none. */
function authorityOf(text: string): string | null {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text);
  if (scheme !== null) return text.slice(scheme[0].length).split(/[/?#]/, 1)[0]!;
  const slash = text.indexOf("/");
  const host = text.slice(0, Math.max(slash, 0));
  return host.includes(".") && !/^\.|[\s@<>|]/.test(host) && !/\s/.test(text) ? host : null;
}

/** Judges the name alone. */
function readName(host: string): Step {
  const notices: ((name: string) => Notice)[] = [];
  const chars = Array.from(host);
  const kept = chars.filter((char) => !isIn(IGNORABLE, char));
  const text = kept.join("");
  if (text !== host) notices.push(NOTICES.invisible);
  if (/\s/.test(text)) return { ok: false, why: "space" };
  if (kept.some((char) => isIn(DASHES, char))) return { ok: false, why: "dash" };
  if (kept.some((char) => isIn(NEVER, char))) return { ok: false, why: "character" };
  const ascii = toAscii(text);
  if (ascii === null) return { ok: false, why: "idn" };
  const name = ascii.replace(/\.$/, "");
  const why = faultOf(name);
  if (why !== null) return { ok: false, why };
  if (!/^[\0-\x7f]*$/.test(text)) notices.push(isMixed(text) ? NOTICES.mixed : NOTICES.idn);
  if (name.includes("_")) notices.push(NOTICES.underscore);
  const { publicSuffix, isIcann, isPrivate } = parse(name, { allowPrivateDomains: true });
  if (publicSuffix === name && (isIcann === true || isPrivate === true)) notices.push(NOTICES.suffix);
  return { ok: true, text: name, notices };
}

const IDNA = {
  checkHyphens: false,
  checkBidi: true,
  checkJoiners: true,
  useSTD3ASCIIRules: false,
  verifyDNSLength: false,
  transitionalProcessing: false,
} as const;

/** UTS 46, nontransitional, in lower case; null where it is no valid name. A-labels must be what their U-label gives. */
function toAscii(text: string): string | null {
  const ascii = toASCII(text, IDNA);
  if (ascii === null) return null;
  const { domain, error } = toUnicode(ascii, IDNA);
  if (error || toASCII(domain, IDNA) !== ascii) return null;
  return ascii;
}

function faultOf(name: string): DomainRefusal | null {
  const labels = name.split(".");
  if (labels.some((label) => !/^[a-z0-9_-]*$/.test(label))) return "character";
  if (labels.some((label) => label === "")) return "empty-label";
  if (isNumeric(labels)) return "is-ip";
  if (labels.some((label) => label.length > LABEL_MAX)) return "label-too-long";
  if (name.length > NAME_MAX) return "too-long";
  if (labels.some((label) => label.startsWith("-") || label.endsWith("-"))) return "hyphen";
  if (labels.length === 1) return "single-label";
  const last = labels.at(-1)!;
  if (RESERVED.has(last)) return "reserved";
  return /^\d+$/.test(last) ? "numeric-tld" : null;
}

/** What some program would read as an IPv4 address: "127.1", "0x7f.1", "0177.0.0.1". */
function isNumeric(labels: readonly string[]): boolean {
  return labels.length <= 4 && labels.every((label) => /^(?:\d+|0x[\da-f]*)$/.test(label));
}

/** Whether one label has letters of Latin and of a script that looks like it (UTS 39 §5.2). */
function isMixed(text: string): boolean {
  return text
    .split(".")
    .some((label) => /\p{Script=Latin}/u.test(label) && /[\p{Script=Greek}\p{Script=Cyrillic}]/u.test(label));
}
