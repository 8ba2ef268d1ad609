/** What a message says about the name asked: the set at the end of its CNAME chain, or why there is none. Everything else is ignored. */
import type { FailureReason, Name, RecordData, RecordType } from "../../src/ports.ts";
import { ALIASES_MAX } from "./limits.ts";
import { readTtl } from "./codec.ts";
import type { Message, Resource } from "./codec.ts";
import { isWithin, sameName } from "./names.ts";
import { TYPE_CODES } from "./rdata.ts";

/**
 * One message read for one question. TTLs are seconds, the least of the chain and the set. `aliases` is the chain so far, what was
 * followed before included.
 */
export type Reading =
  | { kind: "records"; records: readonly RecordData[RecordType][]; ttl: number; aliases: readonly Name[] }
  | { kind: "none"; why: "nxdomain" | "nodata"; ttl: number | undefined; aliases: readonly Name[] }
  /** The chain leads to its last name, of which the message says nothing. */
  | { kind: "alias"; target: Name; ttl: number; aliases: readonly Name[] }
  /** Others are to be asked: the name servers of `zone`. */
  | { kind: "referral"; zone: Name; servers: readonly Name[] }
  | { kind: "failed"; why: FailureReason; detail: string };

/** The chain that led to a message's question: the first name asked, and the aliases since. */
export interface Chain {
  first: Name;
  aliases: readonly Name[];
}

const NOERROR = 0;
const FORMERR = 1;
const NXDOMAIN = 3;
const NOTIMP = 4;
const REFUSED = 5;
const NOTAUTH = 9;
const BADVERS = 16;

/** Names of the IANA registry "DNS RCODEs"; for people. */
const RCODE_NAMES: Readonly<Record<number, string>> = {
  1: "FORMERR",
  2: "SERVFAIL",
  4: "NOTIMP",
  5: "REFUSED",
  9: "NOTAUTH",
  16: "BADVERS",
};

/** Codes by which a server says that it will not, rather than that it could not. */
const WILL_NOT: ReadonlySet<number> = new Set([NOTIMP, REFUSED, NOTAUTH]);

/** Whether the code may mean that the server does not understand EDNS (RFC 6891 §6.1.3, §7). */
export function deniesEdns(rcode: number): boolean {
  return rcode === FORMERR || rcode === NOTIMP || rcode === BADVERS;
}

function rcodeName(rcode: number): string {
  return RCODE_NAMES[rcode] ?? `RCODE ${rcode}`;
}

const NO_ALIASES: readonly Name[] = [];

function failed(why: FailureReason, detail: string): Reading {
  return { kind: "failed", why, detail };
}

/**
 * Reads `message` for `owner`, the name it was asked for, spelled as its question spells it; `before` is the chain that led there,
 * or undefined for the first question.
 */
export function readAnswer(
  message: Message,
  owner: Name,
  type: RecordType,
  before: Chain | undefined,
): Reading {
  const { rcode } = message;
  if (rcode !== NOERROR && rcode !== NXDOMAIN)
    return failed(WILL_NOT.has(rcode) ? "refused" : "servfail", rcodeName(rcode));
  const code = TYPE_CODES[type];
  let aliases = before?.aliases ?? NO_ALIASES;
  let end = owner;
  let ttl = Infinity;
  // A CNAME stands alone (RFC 1034 §3.6.2); what other data stands beside one says nothing.
  while (type !== "CNAME") {
    const alias = aliasOf(message.answer, end);
    if (alias === undefined) break;
    if (alias === "two") return failed("malformed", "two CNAMEs at one name");
    const target = alias.data as Name;
    const seen = (name: Name) => sameName(name, target);
    if (seen(before?.first ?? owner) || aliases.some(seen)) return failed("malformed", "CNAME loop");
    if (aliases.length === ALIASES_MAX) return failed("malformed", `CNAME chain longer than ${ALIASES_MAX}`);
    aliases = [...aliases, target];
    ttl = Math.min(ttl, alias.ttl);
    end = target;
  }
  const records: RecordData[RecordType][] = [];
  for (const each of message.answer)
    if (each.code === code && sameName(each.name, end)) {
      records.push(each.data!);
      ttl = Math.min(ttl, each.ttl);
    }
  if (records.length === 0) return readNothing(message, owner, end, ttl, aliases);
  if (rcode === NXDOMAIN) return failed("malformed", "NXDOMAIN with records of the name");
  return { kind: "records", records, ttl, aliases };
}

function aliasOf(answer: readonly Resource[], owner: Name): Resource | "two" | undefined {
  let found: Resource | undefined;
  for (const each of answer) {
    if (each.code !== TYPE_CODES.CNAME || !sameName(each.name, owner)) continue;
    if (found !== undefined && !sameName(found.data as Name, each.data as Name)) return "two";
    found ??= each;
  }
  return found;
}

/** No record at the end of the chain: a negative answer, an alias to ask for, a referral, or nonsense. RFC 2308 §2. */
function readNothing(
  message: Message,
  owner: Name,
  end: Name,
  chainTtl: number,
  aliases: readonly Name[],
): Reading {
  const soa = message.authority.find((each) => each.code === TYPE_CODES.SOA && isWithin(end, each.name));
  if (soa !== undefined || message.rcode === NXDOMAIN) {
    const why = message.rcode === NXDOMAIN ? "nxdomain" : "nodata";
    if (soa === undefined) return { kind: "none", why, ttl: undefined, aliases };
    // RFC 2308 §5; the minimum is a TTL and obeys RFC 2181 §8 like any other.
    const { minimum } = soa.data as RecordData["SOA"];
    return { kind: "none", why, ttl: Math.min(chainTtl, soa.ttl, readTtl(minimum)), aliases };
  }
  if (end !== owner) return { kind: "alias", target: end, ttl: chainTtl, aliases };
  // Records, but none of the name: to read that as "there is none" would be to believe a message that is wrong.
  if (message.answer.length > 0) return failed("malformed", "records of other names or types only");
  // NS without SOA is a referral, not "no data" (RFC 2308 §2.2).
  const cuts = message.authority.filter((each) => each.code === TYPE_CODES.NS);
  if (cuts.length > 0 && !message.authoritative) {
    const zone = cuts[0]!.name;
    if (!isWithin(end, zone)) return failed("malformed", "a referral to another zone");
    const servers = cuts.filter((each) => sameName(each.name, zone)).map((each) => each.data as Name);
    return { kind: "referral", zone, servers };
  }
  return { kind: "none", why: "nodata", ttl: undefined, aliases };
}
