/** Verifying the signatures of a whole message, as a port: the mathematics of DKIM and ARC lies in an adapter. Types only. */
import type { Dns } from "../ports.ts";

/** RFC 8601 §2.7.1; "none" is never said of one signature. */
export type SignatureResult = "pass" | "fail" | "neutral" | "policy" | "permerror" | "temperror";

/** Why a signature has its result; "other" with the library's words in `detail`. */
export type SignatureReason =
  | "verified"
  | "body-hash"
  | "bad-signature"
  | "no-key"
  /** The key record cannot be used: revoked, not a key, for another service, version or hash. */
  | "bad-key"
  | "weak-key"
  /** rsa-sha1 (RFC 8301 §3.1). */
  | "weak-algorithm"
  | "expired"
  /** The signature itself is broken: a tag missing, From not signed, a syntax error. */
  | "malformed"
  /** DNS did not answer: could not check. */
  | "dns"
  | "other";

export interface VerifiedSignature {
  domain: string;
  selector: string;
  /** b=, without white space: what tells two signatures of one domain apart. */
  value: string;
  result: SignatureResult;
  reason: SignatureReason;
  /** Foreign text. */
  detail: string | null;
}

export interface VerifiedMessage {
  kind: "verified";
  /** In the order of the fields. */
  signatures: readonly VerifiedSignature[];
  arc: {
    /** "temperror": a key could not be looked up, so the chain could not be checked. */
    result: "none" | "pass" | "fail" | "temperror";
    detail: string | null;
  };
}

/** A message that the verifier cannot read at all. */
export interface UnverifiedMessage {
  kind: "failed";
  detail: string;
}

export interface VerifyCall {
  /** The message as it was sent; line ends may be LF. */
  octets: Uint8Array;
  /** Milliseconds since 1970, by which x= is judged. */
  now: number;
}

/** Verifies DKIM and ARC. Every question goes through `dns`. Never rejects. */
export type VerifyMessage = (call: VerifyCall, dns: Dns) => Promise<VerifiedMessage | UnverifiedMessage>;
