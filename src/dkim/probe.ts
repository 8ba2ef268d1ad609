/** Asks what lies at selectors: the key, nothing, or what only looks like one (wildcards, CNAMEs into nothing). */
import type { Answer, Dns, Name, RecordData } from "../ports.ts";
import type { KeyRecord, KeyStatus, Looks } from "./key.ts";
import { keyName } from "./name.ts";
import { emptyProbe, isHit, readProbe } from "./read.ts";
import { wildcardOf, withoutWildcards } from "./wildcard.ts";

/** An answer without its records: who said what kind of thing, and when. */
export type Heard = Answer<never> extends infer A ? (A extends unknown ? Omit<A, "records"> : never) : never;

/** Why a selector counts as missing. */
export type Missing =
  | { kind: "nxdomain" }
  | { kind: "nodata" }
  /**
   * Delegated by CNAME to `target`, where there is no key (yet, or no longer). `meant`: the target without the domain at its end,
   * where a panel seems to have added it (no final dot); otherwise null.
   */
  | { kind: "dangling"; target: Name; meant: Name | null }
  /** A selector made up by us gives the same answer. */
  | { kind: "wildcard" }
  /** The CNAME's owner answers any name below `parent` alike. */
  | { kind: "wildcard-target"; parent: Name }
  /** Only texts that are no keys; what they look like, in order. */
  | { kind: "not-a-key"; looks: readonly Looks[] }
  /** Selector and domain together are longer than a name can be; nothing was asked. */
  | { kind: "too-long" };

/** "ok", "revoked" and "broken" are the key's; "unknown": the answer failed, which says nothing about the domain. */
export type ProbeStatus = KeyStatus | "missing" | "unknown";

export interface Probe {
  selector: string;
  name: Name;
  status: ProbeStatus;
  /** The key that was judged, the most usable of several; null where there is none, and for a wildcard's answer. */
  key: KeyRecord | null;
  /** All texts there, as `KeyRecord.text`, in the answer's order; foreign. */
  records: readonly string[];
  /** The CNAME chain, in order. */
  aliases: readonly Name[];
  /** Null where nothing was asked. */
  told: Heard | null;
  /** Only where "missing". */
  detail: Missing | null;
  /** More than one record beside a key: which one a verifier takes is undefined (RFC 6376 §3.6.2.2). */
  several: boolean;
  /** Names where a key lies that was meant for this one; only where "missing" and a person named the selector. */
  elsewhere: readonly Name[];
}

/** What a made-up selector answers: every selector that answers the same is none. */
export interface Wildcard {
  /** The name that was asked. */
  name: Name;
  records: readonly string[];
  aliases: readonly Name[];
  /** The key in it, where there is one: `*._domainkey "v=DKIM1; p="` revokes every selector. */
  key: KeyRecord | null;
}

export interface DomainProbe {
  /** In the order of the selectors. */
  probes: readonly Probe[];
  wildcard: Wildcard | null;
  /** The made-up selector could not be asked, so an answer may be a wildcard's. */
  wildcardUnknown: boolean;
}

export type TextAnswer = Answer<RecordData["TXT"]>;

/** Asks one selector, without a look at wildcards. Never throws. */
export async function probeSelector(dns: Dns, domain: Name, selector: string): Promise<Probe> {
  const name = keyName(selector, domain);
  if (name === null)
    return { ...emptyProbe(selector, `${selector}._domainkey.${domain}`), detail: { kind: "too-long" } };
  return readProbe(selector, name, await dns.ask({ name, type: "TXT" }));
}

/** Where keys are put by mistake: without `_domainkey`, or by a panel that adds the domain once more. */
const WRONG_PLACES: readonly ((selector: string, domain: Name) => Name | null)[] = [
  (selector, domain) => `${selector}.${domain}`,
  (selector, domain) => keyName(selector, `${domain}.${domain}`),
];

/** A missing selector with the places where its key lies instead. */
async function lookElsewhere(dns: Dns, domain: Name, probe: Probe): Promise<Probe> {
  const kind = probe.detail?.kind;
  if (kind !== "nxdomain" && kind !== "nodata" && kind !== "not-a-key") return probe;
  const names = WRONG_PLACES.map((place) => place(probe.selector, domain)).filter((name) => name !== null);
  const found = await Promise.all(
    names.map(async (name) => readProbe(probe.selector, name, await dns.ask({ name, type: "TXT" }))),
  );
  return { ...probe, elsewhere: found.filter(isHit).map(({ name }) => name) };
}

/**
 * Asks the selectors a person named, side by side, and beside them the made-up selector `probeLabel` that shows wildcards. Where a
 * selector is missing, also the places where a key is put by mistake. Never throws.
 */
export async function probeDomain(
  dns: Dns,
  domain: Name,
  selectors: readonly string[],
  probeLabel: string,
): Promise<DomainProbe> {
  const [madeUp, ...asked] = await Promise.all(
    [probeLabel, ...selectors].map((selector) => probeSelector(dns, domain, selector)),
  );
  const judged = await withoutWildcards(dns, asked, madeUp!, probeLabel);
  const probes = await Promise.all(judged.map((probe) => lookElsewhere(dns, domain, probe)));
  const wildcard = wildcardOf(madeUp!);
  return { probes, wildcard, wildcardUnknown: wildcard === null && madeUp!.status === "unknown" };
}
