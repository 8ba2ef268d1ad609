/** What DNS shows of a conversation's domains: gathered by a command, read by the engine. "unknown" is never "missing". */
import type { Cause } from "./cause.ts";
import type { Heard, Says } from "./hear.ts";

/** A record of SPF as it is published; null: there is none; "unknown": DNS did not say. */
export type SpfSeen =
  | {
      /** One record, or one text that was meant to be it; two or more are permerror for everybody and are merged (setup-flows, `spfEdits`). */
      records: readonly string[];
      /** Look-ups that all of it spends today, counted live; null where they could not be counted. */
      lookups: number | null;
      /** Look-ups of single terms counted live, those that shall be added too; by their text in lower case. */
      costs: ReadonlyMap<string, number>;
    }
  | null
  | "unknown";

export type DmarcSeen =
  | { kind: "none" | "unknown" }
  | { kind: "records"; texts: readonly string[] }
  /** The policy is managed by a service. */
  | { kind: "cname"; target: string };

/** Names without final dot, in lower case. */
export interface DomainSeen {
  /** The zone the domain lies in; null where it is not known. */
  zone: string | null;
  ns: readonly string[];
  mx: readonly string[] | "unknown";
  /** Addresses of the MX hosts. */
  addresses: readonly string[];
  /** Ids of the providers that records of the domain name. */
  senders: readonly string[];
  dmarc: DmarcSeen;
}

export type RecordState = "missing" | "wrong" | "ok" | "waiting" | "unknown";
export const RECORD_STATES: readonly RecordState[] = ["missing", "wrong", "ok", "waiting", "unknown"];

/** What was found at a record's name. Plain JSON: it is kept with the session. */
export interface RecordSeen {
  state: RecordState;
  found: readonly string[];
  detail?: RecordDetail;
}

/** How a record's state came about: who said what, why it is wrong, how long an old answer lives on. */
export interface RecordDetail {
  /** Each server of the zone at each of its addresses. Names and texts are foreign. */
  servers: readonly Pick<Heard, "name" | "address" | "state" | "says" | "why">[];
  /** Servers that were not asked, because there are too many. */
  omitted: number;
  resolver: Says;
  /** Seconds until resolvers ask again; null where none holds another answer, or it is not known. */
  waitSeconds: number | null;
  causes: readonly Cause[];
  /** Of a CNAME to a key, the provider's half: whether a key stands at its end. Null for other records. */
  target: "key" | "none" | "unknown" | null;
}

export interface Seen {
  /** By domain. */
  domains: ReadonlyMap<string, DomainSeen>;
  /** By the name whose SPF record it is (`lookAt().spf`). */
  spf: ReadonlyMap<string, SpfSeen>;
  /** What is at a name: the target of its CNAME, "used" for anything else, "free" for nothing (`lookAt().names`). */
  names: ReadonlyMap<string, { cname: string } | "used" | "free">;
  /** By `key` of a record. */
  records: ReadonlyMap<string, RecordSeen>;
}

/** Nothing was asked yet. */
export const NOTHING_SEEN: Seen = {
  domains: new Map(),
  spf: new Map(),
  names: new Map(),
  records: new Map(),
};
