/** The core's only ways out into the world. Types only: an implementation lives in `adapters/`, a decorator in `src/dns/`. */

/** Data of each record type that can be asked for. Names are in presentation form (`Name` below); addresses are canonical text. */
export interface RecordData {
  A: string;
  AAAA: string;
  /** The character-strings as octets, one `Uint8Array` each (RFC 1035 §3.3.14). Joining is the reader's business. */
  TXT: readonly Uint8Array[];
  /** Type 99 (RFC 7208 §3.1: obsolete). Same shape as TXT. */
  SPF: readonly Uint8Array[];
  MX: { preference: number; exchange: string };
  CNAME: string;
  PTR: string;
  NS: string;
  SOA: {
    mname: string;
    rname: string;
    serial: number;
    refresh: number;
    retry: number;
    expire: number;
    /** Negative-cache TTL in seconds (RFC 2308 §4). */
    minimum: number;
  };
  TLSA: { usage: number; selector: number; matching: number; data: Uint8Array };
  CAA: { flags: number; tag: string; value: Uint8Array };
  DS: { keyTag: number; algorithm: number; digestType: number; digest: Uint8Array };
  DNSKEY: { flags: number; protocol: number; algorithm: number; key: Uint8Array };
}

export type RecordType = keyof RecordData;

/**
 * A domain name in presentation form: labels joined by ".", no final dot, "" for the root. Inside a label "." is written `\.`,
 * "\" is `\\`, and octets outside 0x21-0x7E are `\DDD` (RFC 1035 §5.1).
 */
export type Name = string;

export interface Question<T extends RecordType = RecordType> {
  name: Name;
  type: T;
}

/** What is known about where an answer comes from; every answer carries it. */
export interface Told {
  /** The CNAME targets that were followed, in order; empty without a CNAME. */
  aliases: Name[];
  /** The AD bit, where the path to the resolver may be trusted (RFC 6840 §5.8); otherwise false. */
  authenticated: boolean;
  /** Who said it, for people: "192.0.2.53", "https://dns.example/dns-query", "demo zone". */
  server: string;
  /** When it was said: milliseconds since 1970. */
  at: number;
  /** Messages sent for this answer, retransmissions included; 0 where it came out of a cache. */
  messages: number;
}

export type FailureReason = "timeout" | "servfail" | "refused" | "malformed" | "blocked" | "budget";

/** An answer is one of four things (rfc-notes §1.1); "failed" is never a fact about the domain. TTLs are seconds. */
export type Answer<R> = Told &
  (
    | {
        kind: "records";
        records: readonly R[];
        /** Seconds it may still be used. */
        ttl: number;
        /** Seconds it could be used when it was told. */
        originalTtl: number;
      }
    | {
        kind: "none";
        why: "nxdomain" | "nodata";
        /** Negative TTL left (RFC 2308 §5); absent where no SOA came along. */
        ttl?: number;
        originalTtl?: number;
      }
    | {
        kind: "failed";
        why: FailureReason;
        /** Extended DNS error code (RFC 8914). */
        ede?: number;
        /** Said by the server or by us; foreign text. */
        detail?: string;
      }
  );

/** On whose behalf a question is asked. A decorator that needs it reads it; the core never fills it in. */
export interface Call {
  /** Shares the process's capacity: platform and tenant. */
  tenant?: string;
  /** "verify" passes by every cache. */
  fresh?: boolean;
  /** Monotonic milliseconds (`Clock.monotonic`) after which nobody waits for the answer any more. */
  deadline?: number;
}

/** Asks one question. Never throws and never rejects: what goes wrong is an answer of kind "failed". */
export interface Dns {
  ask<T extends RecordType>(question: Question<T>, call?: Call): Promise<Answer<RecordData[T]>>;
}

/** Why a document did not come. None of them says anything about what its owner published. */
export type FetchFailure =
  /** The host has an address that is not public; nothing was sent. */
  | "blocked"
  /** The host has no address, or DNS did not answer. */
  | "no-address"
  | "dns"
  | "connect"
  | "timeout"
  /** The certificate is not valid for the host, or no TLS 1.2 or newer. */
  | "certificate"
  /** An answer other than 200; redirects are not followed. */
  | "status"
  | "too-large"
  /** Encoded (gzip …) although nothing but "identity" was asked for. */
  | "encoded"
  | "malformed";

/** A document, or why not. `status` where a server answered. Never throws. */
export type Fetched =
  | { kind: "document"; octets: Uint8Array; contentType: string | null; at: number; address: string }
  | { kind: "failed"; why: FetchFailure; status?: number; detail?: string };

/** Fetches small documents from hosts that strangers name: HTTPS, public addresses only, no redirects (threats §5). */
export interface Http {
  /** `url`: https, no port, no credentials. `octets`: more are not read. */
  get(url: string, octets: number, call?: { deadline?: number }): Promise<Fetched>;
}

export interface Clock {
  /** Milliseconds since 1970; may jump. */
  now(): number;
  /** Milliseconds that never run backwards; for deadlines and durations. */
  monotonic(): number;
  /** Calls `run` once after `ms`; the returned function cancels. */
  after(ms: number, run: () => void): () => void;
}

/** One structured line an event. `fields` never hold what a person typed, pasted or published, nor tokens. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
  warn(event: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
  error(event: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
}
