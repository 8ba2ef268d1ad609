/** The TLSA records of one mail host, and whether they count. */
import { readAddresses, type HostAddresses } from "../../names/addresses.ts";
import type { Answer, Dns, FailureReason, Name, RecordData, RecordType } from "../../ports.ts";
import type { DaneHostData } from "./data.ts";
import { SMTP_LABELS } from "./limits.ts";
import type { Link } from "./texts.ts";

type Tlsa = RecordData["TLSA"];

/** What was found for one host. `state` is "unknown" as soon as one answer failed: without its addresses even "none" is not sure. */
export interface DaneHost {
  host: Name;
  state: DaneHostData["state"];
  records: readonly Tlsa[];
  /** What of the way was not validated; empty if secure. */
  insecure: readonly Link[];
  failed: readonly { name: Name; type: RecordType; why: FailureReason }[];
  /** false where it is known that the host has no address. */
  reachable: boolean;
}

/**
 * Asks for addresses and TLSA records at once. Where the host is an alias and validated all the way, the records at its target come
 * first (RFC 7672 §2.2.2), which takes one question more.
 */
export async function readDaneHost(dns: Dns, host: Name, mxSecure: boolean): Promise<DaneHost> {
  const own = `${SMTP_LABELS}.${host}`;
  const [addresses, answer] = await Promise.all([
    readAddresses(dns, host),
    dns.ask({ name: own, type: "TLSA" }),
  ]);
  const target = addresses.secureAlias ? addresses.aliases.at(-1) : undefined;
  const expanded = target === undefined ? null : `${SMTP_LABELS}.${target}`;
  const first = expanded === null ? null : await dns.ask({ name: expanded, type: "TLSA" });
  // RFC 7672 §2.2.2: the target's records, "and, failing that, the initial name itself"; an error at either stops the search.
  const decides = first !== null && first.kind !== "none" ? first : answer;
  return judgeHost(
    host,
    mxSecure,
    addresses,
    decides,
    decides === first && expanded !== null ? expanded : own,
  );
}

function judgeHost(
  host: Name,
  mxSecure: boolean,
  addresses: HostAddresses,
  answer: Answer<Tlsa>,
  name: Name,
): DaneHost {
  const failed: DaneHost["failed"] = [
    ...addresses.failed.map((each) => ({ name: host, ...each })),
    ...(answer.kind === "failed" ? [{ name, type: "TLSA" as const, why: answer.why }] : []),
  ];
  const records = answer.kind === "records" ? answer.records : [];
  const base = { host, records, failed, reachable: addresses.why === null };
  if (failed.length > 0) return { ...base, state: "unknown", insecure: [] };
  if (records.length === 0) return { ...base, state: "none", insecure: [] };
  const links: readonly [Link, boolean][] = [
    ["mx", mxSecure],
    ["address", addresses.authenticated],
    ["tlsa", answer.authenticated],
  ];
  const insecure = links.flatMap(([link, secure]) => (secure ? [] : [link]));
  return { ...base, state: insecure.length > 0 ? "insecure" : "secure", insecure };
}
