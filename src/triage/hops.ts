/** Received lines (RFC 5321 §4.4) as Postfix, Exim, Sendmail, Exchange, Google and qmail write them, as hops. */
import { parseAddress } from "../address.ts";
import type { Field } from "./headers.ts";
import { pieces, type Piece } from "./lex.ts";
import { CLAUSE_MAX, FIELD_MAX } from "./limits.ts";
import { hostName } from "./names.ts";

export interface Hop {
  /** What the client called itself (HELO, EHLO). */
  helo: string | null;
  /** The name the server found for the client's address. */
  rdns: string | null;
  /** The client's address, canonical; null where there is none or it is not an address. */
  ip: string | null;
  /** The server that wrote the line: a host name or an address, lower case. */
  by: string | null;
  /** "ESMTPS", "LMTP", … upper case; "QMAIL" where qmail took it from the line below. */
  protocol: string | null;
  /** Envelope sender where the line tells it; "" for the null sender. */
  envelope: string | null;
  /** Milliseconds since 1970. */
  at: number | null;
  /** Seconds since the hop before (the line below); negative where the clocks disagree. */
  delay: number | null;
  /** Written by the receiver or a host of its own; the others are claims. */
  trusted: boolean;
  /** The line says where the message came from. */
  hasFrom: boolean;
  /** Line of the field in the text. */
  line: number;
}

const KEYWORDS = ["from", "by", "via", "with", "id", "for"] as const;
type Keyword = (typeof KEYWORDS)[number];

function keywordOf({ kind, text }: Piece): Keyword | null {
  if (kind !== "word") return null;
  const lower = text.toLowerCase();
  return KEYWORDS.find((each) => each === lower) ?? null;
}

/** The clauses of a line: each keyword with its pieces. */
interface Clauses {
  pieces: ReadonlyMap<Keyword, readonly Piece[]>;
  /** "from" or "by" stands twice, or another clause before "by": words of a client that some servers copy as they come. */
  ambiguous: boolean;
}

function clausesOf(found: readonly Piece[]): Clauses {
  const clauses = new Map<Keyword, Piece[]>();
  let open: Piece[] = [];
  let last: Keyword | null = null;
  let ambiguous = false;
  for (const piece of found) {
    const keyword = keywordOf(piece);
    // The word behind "from" or "by" is a name, also where it reads "by": a HELO name is the client's to choose.
    const isName = open.length === 0 && (last === "from" || last === "by");
    if (keyword === null || isName) {
      open.push(piece);
      continue;
    }
    const isHead = keyword === "from" || keyword === "by";
    // RFC 5321 §4.4: from, by, and then the others, each once.
    ambiguous ||= isHead ? clauses.has(keyword) : clauses.has("from") && !clauses.has("by");
    ambiguous ||= keyword === "from" && clauses.has("by");
    if (!clauses.has(keyword)) {
      open = [];
      clauses.set(keyword, open);
    }
    last = keyword;
  }
  return { pieces: clauses, ambiguous };
}

const BRACKETED = /\[(?:IPv6:)?([\da-f:.]{2,45})(?:%[\w.-]{1,20})?\]/i;
const BARE = /^(?:[^\s@]{1,64}@)?([\da-f:.]{2,45})$/i;

function addressIn(text: string | undefined): string | null {
  if (text === undefined) return null;
  const read = parseAddress(text.replace(/^IPv6:/i, ""));
  return read.ok ? read.address.text : null;
}

/** The address in a comment: "(name [192.0.2.1])", "([192.0.2.1]:25 helo=x)", "(192.0.2.1)", "(user@192.0.2.1)". */
function addressOf(comment: string): string | null {
  const short = comment.slice(0, CLAUSE_MAX).trim();
  return addressIn(BRACKETED.exec(short)?.[1]) ?? addressIn(BARE.exec(short)?.[1]);
}

const HELO = /(?:^|[\s:])(?:HELO[ =]|EHLO[ =])(\S{1,255})/i;

/** Reads the from clause: what the client said, and what the server saw. */
function clientOf(from: readonly Piece[]): Pick<Hop, "helo" | "rdns" | "ip"> {
  const words = from.filter(({ kind }) => kind !== "comment").map(({ text }) => text);
  const comments = from.filter(({ kind }) => kind === "comment").map(({ text }) => text.slice(0, CLAUSE_MAX));
  // The server's own comment comes last; what stands before it may be part of what the client said.
  const seen = comments.findLast((text) => addressOf(text) !== null);
  const said = comments.map((text) => HELO.exec(text)?.[1]).find((text) => text !== undefined);
  const first = words[0] ?? null;
  const wordAddress = words
    .map((word) => addressIn(BRACKETED.exec(word)?.[1] ?? word))
    .find((ip) => ip !== null);
  const ip = seen === undefined ? (wordAddress ?? null) : addressOf(seen);
  const name = seen === undefined ? undefined : /^\s{0,4}([^\s[\]()]{1,255})\s{0,4}\[/.exec(seen)?.[1];
  const helo = said ?? (seen === undefined && wordAddress !== undefined && words.length === 1 ? null : first);
  // Exim and qmail put the name they found first, and what the client said into the comment.
  const found = said === undefined ? name : (name ?? first ?? undefined);
  const rdns = found === undefined ? null : hostName(found);
  return { helo: helo === null ? null : helo.slice(0, 255), rdns, ip };
}

const ENVELOPE = /^\s{0,4}envelope-(?:from|sender)[\s:=]{1,4}<?([^<>\s]{0,320})>?/i;

function envelopeOf(found: readonly Piece[]): string | null {
  for (const { kind, text } of found) {
    const match = kind === "comment" ? ENVELOPE.exec(text.slice(0, CLAUSE_MAX)) : null;
    if (match !== null) return match[1]!;
  }
  return null;
}

/** The host after "by"; null where the text ends with the name, which may then be cut. */
function byOf(by: readonly Piece[], value: string, cut: boolean): string | null {
  const first = by[0];
  if (first === undefined || first.kind === "comment") return null;
  if (cut && first.at + first.text.length >= value.length) return null;
  // amavisd-new calls itself localhost and puts its host into a comment.
  if (first.text.toLowerCase() === "localhost")
    return by[1]?.kind === "comment" ? hostName(/^([\w.-]{1,253}) \[/.exec(by[1].text)?.[1] ?? "") : null;
  if (/^[a-z][a-z\d-]{0,62}$/i.test(first.text)) return first.text.toLowerCase();
  return hostName(first.text) ?? addressIn(first.text.replace(/^\[(.*)\]$/, "$1"));
}

function protocolOf(words: readonly Piece[]): string | null {
  const said = words
    .slice(0, 3)
    .filter(({ kind }) => kind === "word")
    .map(({ text }) => text);
  if (said.length === 0) return null;
  const whole = said[0]!.toLowerCase() === "microsoft" ? said.join(" ") : said[0]!;
  return whole.slice(0, 60).toUpperCase();
}

/** "(qmail 1234 invoked from network)": the line below is of the same server. "invoked by uid" is a process, which may be anybody's. */
function isNetworkQmail([first]: readonly Piece[]): boolean {
  return first?.kind === "comment" && /^qmail \d{1,10} invoked from network/.test(first.text);
}

const MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
const DATE =
  /(\d{1,2})[ -]([a-z]{3})[a-z]{0,6}[ -](\d{2,4}) {1,9}(\d{1,2}):(\d{2})(?::(\d{2}))?(?: {0,9}([+-]\d{4}|[a-z]{1,5}))?/i;
/** RFC 5322 §4.3. */
const ZONES: ReadonlyMap<string, number> = new Map([
  ["EDT", -240],
  ["EST", -300],
  ["CDT", -300],
  ["CST", -360],
  ["MDT", -360],
  ["MST", -420],
  ["PDT", -420],
  ["PST", -480],
]);
const MINUTE = 60_000;

/** Reads a date of RFC 5322 §3.3; milliseconds since 1970, null where it is none. Unknown zones count as UTC (§4.3). */
export function readDate(text: string): number | null {
  const match = DATE.exec(text.slice(0, 120).replace(/[ \t]+/g, " "));
  if (match === null) return null;
  const [, day, name, year, hour, minute, second, zone = ""] = match;
  const month = MONTHS.indexOf(name!.toLowerCase());
  if (month < 0 || month % 3 !== 0) return null;
  // RFC 5322 §4.3: two digits below 50 are of this century, three are counted from 1900.
  const full =
    year!.length === 4
      ? Number(year)
      : Number(year) + (year!.length === 2 && Number(year) < 50 ? 2000 : 1900);
  const digits = /^[+-]\d{4}$/.test(zone) ? Number(zone.slice(1)) : 0;
  const minutes = Math.trunc(digits / 100) * 60 + (digits % 100);
  if (digits > 1400 || digits % 100 > 59 || Number(hour) > 23 || Number(minute) > 59) return null;
  const offset = ZONES.get(zone.toUpperCase()) ?? (zone.startsWith("-") ? -minutes : minutes);
  return (
    Date.UTC(full, month / 3, Number(day), Number(hour), Number(minute), Number(second ?? 0)) -
    offset * MINUTE
  );
}

const UNTOLD = { helo: null, rdns: null, ip: null } as const;

/** Reads one Received line; trust and delays are told later, from all of them. */
export function readHop({ value, line, cut }: Field): Hop {
  const all = pieces(value.slice(0, FIELD_MAX));
  const last = all.findLast(({ kind }) => kind === "semicolon");
  const found = last === undefined ? all : all.slice(0, all.indexOf(last));
  const { pieces: clauses, ambiguous } = clausesOf(found);
  const from = clauses.get("from");
  return {
    ...(ambiguous ? UNTOLD : clientOf(from ?? [])),
    by: ambiguous ? null : byOf(clauses.get("by") ?? [], value, cut),
    protocol: isNetworkQmail(found) ? "QMAIL" : ambiguous ? null : protocolOf(clauses.get("with") ?? []),
    envelope: envelopeOf(found),
    at: last === undefined ? null : readDate(value.slice(last.at + 1)),
    delay: null,
    trusted: false,
    hasFrom: from !== undefined,
    line,
  };
}

/** Tells the delays of hops in their order, top first. */
export function withDelays(hops: readonly Hop[]): Hop[] {
  return hops.map((hop, index) => {
    const before = hops[index + 1]?.at ?? null;
    return {
      ...hop,
      delay: hop.at === null || before === null ? null : Math.round((hop.at - before) / 1_000),
    };
  });
}
