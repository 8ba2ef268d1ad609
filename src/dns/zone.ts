/**
 * A literal zone that answers like a resolver: the demo domains, and the tests' world. Names, wildcards and CNAMEs behave as
 * RFC 1034 §4.3.2 and RFC 4592 have it.
 */
import type { Answer, Dns, FailureReason, Question, RecordData, RecordType } from "../ports.ts";

/** Octets as themselves, text as UTF-8 cut into strings of 255 octets, a list as its own strings. */
export type ZoneText = string | Uint8Array | readonly (string | Uint8Array)[];

/** One name of a zone. A list is a record set; `fail` answers every question (or those of one type) with a failure. */
export interface ZoneName {
  A?: string | readonly string[];
  AAAA?: string | readonly string[];
  /** A list holds records; a list within it holds one record's strings. */
  TXT?: string | Uint8Array | readonly ZoneText[];
  SPF?: string | Uint8Array | readonly ZoneText[];
  MX?: readonly (readonly [preference: number, exchange: string])[];
  CNAME?: string;
  PTR?: string | readonly string[];
  NS?: string | readonly string[];
  SOA?: Partial<RecordData["SOA"]>;
  TLSA?: readonly RecordData["TLSA"][];
  CAA?: readonly RecordData["CAA"][];
  DS?: readonly RecordData["DS"][];
  DNSKEY?: readonly RecordData["DNSKEY"][];
  ttl?: number;
  fail?: FailureReason | Partial<Record<RecordType, FailureReason>>;
}

/** Names without a final dot; "*.example.com" is a wildcard. */
export type Zone = Readonly<Record<string, ZoneName>>;

/** CNAMEs followed; source: reference dns.md §5. */
const ALIASES_MAX = 8;
const DEFAULT_TTL = 300;
const STRING_MAX = 255;

const encoder = new TextEncoder();

/** Text as the character-strings of one TXT record. */
export function stringsOf(text: ZoneText): Uint8Array[] {
  if (typeof text !== "string" && !(text instanceof Uint8Array)) return text.map((each) => octetsOf(each));
  const octets = octetsOf(text);
  if (octets.length === 0) return [octets];
  const strings: Uint8Array[] = [];
  for (let at = 0; at < octets.length; at += STRING_MAX) strings.push(octets.subarray(at, at + STRING_MAX));
  return strings;
}

function octetsOf(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? encoder.encode(text) : text;
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function textsOf(value: ZoneName["TXT"]): readonly Uint8Array[][] {
  if (value === undefined) return [];
  return (typeof value === "string" || value instanceof Uint8Array ? [value] : value).map(stringsOf);
}

const READERS: { [T in RecordType]: (name: ZoneName) => readonly RecordData[T][] } = {
  A: (name) => listOf(name.A),
  AAAA: (name) => listOf(name.AAAA),
  TXT: (name) => textsOf(name.TXT),
  SPF: (name) => textsOf(name.SPF),
  MX: (name) => (name.MX ?? []).map(([preference, exchange]) => ({ preference, exchange })),
  CNAME: (name) => listOf(name.CNAME),
  PTR: (name) => listOf(name.PTR),
  NS: (name) => listOf(name.NS),
  SOA: (name) =>
    name.SOA === undefined
      ? []
      : [
          {
            mname: "ns.invalid",
            rname: "hostmaster.invalid",
            serial: 1,
            refresh: 3600,
            retry: 600,
            expire: 86400,
            minimum: 300,
            ...name.SOA,
          },
        ],
  TLSA: (name) => name.TLSA ?? [],
  CAA: (name) => name.CAA ?? [],
  DS: (name) => name.DS ?? [],
  DNSKEY: (name) => name.DNSKEY ?? [],
};

/** The record set of a name of a literal zone. */
export function recordsOf<T extends RecordType>(name: ZoneName, type: T): readonly RecordData[T][] {
  return READERS[type](name);
}

/** Finds names in a zone: exact, by wildcard, "empty" where only names below exist, or nothing. */
export function openZone(zone: Zone): (name: string) => ZoneName | undefined {
  const names = new Map<string, ZoneName>();
  for (const [name, data] of Object.entries(zone)) {
    names.set(name.toLowerCase(), data);
    // Names between a record and the root exist, though empty (RFC 4592 §2.2.2).
    for (let at = name.indexOf("."); at >= 0; at = name.indexOf(".", at + 1)) {
      const above = name.slice(at + 1).toLowerCase();
      if (!names.has(above)) names.set(above, {});
    }
  }
  return (asked) => {
    const name = asked.toLowerCase();
    const exact = names.get(name);
    if (exact !== undefined) return exact;
    // The closest name that exists decides which wildcard may answer (RFC 4592 §3.3.1).
    for (let at = name.indexOf("."); at >= 0; at = name.indexOf(".", at + 1)) {
      const encloser = name.slice(at + 1);
      if (names.has(encloser)) return names.get(`*.${encloser}`);
    }
    return names.get("*");
  };
}

/** Settings of a literal zone's resolver. */
export interface ZoneOptions {
  /** What `Told.server` says. */
  server?: string;
  now?: () => number;
  /** Every question asked is pushed here as "TYPE name". */
  log?: string[];
}

/** A Dns that answers from a literal zone, at once and without a cache. */
export function zoneDns(zone: Zone, { server = "literal zone", now = Date.now, log }: ZoneOptions = {}): Dns {
  const find = openZone(zone);

  function answer<T extends RecordType>({ name, type }: Question<T>): Answer<RecordData[T]> {
    log?.push(`${type} ${name}`);
    const told = { aliases: [] as string[], authenticated: false, server, at: now(), messages: 1 };
    let owner = name;
    let ttl = Infinity;
    for (;;) {
      const found = find(owner);
      const fail = typeof found?.fail === "object" ? found.fail[type] : found?.fail;
      if (fail !== undefined) return { ...told, kind: "failed", why: fail };
      if (found === undefined)
        return { ...told, kind: "none", why: "nxdomain", ttl: DEFAULT_TTL, originalTtl: DEFAULT_TTL };
      ttl = Math.min(ttl, found.ttl ?? DEFAULT_TTL);
      if (found.CNAME !== undefined && type !== "CNAME") {
        owner = found.CNAME;
        if (told.aliases.length === ALIASES_MAX || told.aliases.includes(owner) || owner === name)
          return { ...told, kind: "failed", why: "malformed", detail: "CNAME loop or chain too long" };
        told.aliases.push(owner);
        continue;
      }
      const records = recordsOf(found, type);
      if (records.length === 0)
        return { ...told, kind: "none", why: "nodata", ttl: DEFAULT_TTL, originalTtl: DEFAULT_TTL };
      return { ...told, kind: "records", records, ttl, originalTtl: ttl };
    }
  }

  return { ask: (question) => Promise.resolve(answer(question)) };
}
