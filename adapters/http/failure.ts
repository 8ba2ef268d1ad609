/** What went wrong with a socket, as one of the port's failures: one table, keyed by the codes of Node and OpenSSL. */
import type { FetchFailure } from "../../src/ports.ts";

/** A failure as the port tells it; `detail` is a code, never a sentence. */
export interface Failed {
  kind: "failed";
  why: FetchFailure;
  status?: number;
  detail?: string;
}

export function failed(why: FetchFailure, detail?: string): Failed {
  return detail === undefined ? { kind: "failed", why } : { kind: "failed", why, detail };
}

/** Codes of Node (errors.html, "OpenSSL error codes") and of the C library; a prefix ends in "*". */
const CODES: ReadonlyMap<string, FetchFailure> = new Map<string, FetchFailure>([
  ["ECONNREFUSED", "connect"],
  ["ECONNRESET", "connect"],
  ["EHOSTUNREACH", "connect"],
  ["ENETUNREACH", "connect"],
  ["EHOSTDOWN", "connect"],
  ["ENETDOWN", "connect"],
  ["EADDRNOTAVAIL", "connect"],
  ["EACCES", "connect"],
  ["EPERM", "connect"],
  ["EPIPE", "connect"],
  ["EMFILE", "connect"],
  ["ENFILE", "connect"],
  ["ETIMEDOUT", "timeout"],
  // TLS that could not be agreed upon: too old, no cipher in common, or no TLS at all.
  ["EPROTO", "certificate"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate"],
  ["ERR_TLS_CERT_ALTNAME_FORMAT", "certificate"],
  ["HOSTNAME_MISMATCH", "certificate"],
  ["UNABLE_TO_GET_ISSUER_CERT", "certificate"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "certificate"],
  ["UNABLE_TO_GET_CRL", "certificate"],
  ["UNABLE_TO_DECRYPT_CERT_SIGNATURE", "certificate"],
  ["UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY", "certificate"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate"],
  ["CERT_SIGNATURE_FAILURE", "certificate"],
  ["CERT_NOT_YET_VALID", "certificate"],
  ["CERT_HAS_EXPIRED", "certificate"],
  ["CERT_CHAIN_TOO_LONG", "certificate"],
  ["CERT_REVOKED", "certificate"],
  ["CERT_UNTRUSTED", "certificate"],
  ["CERT_REJECTED", "certificate"],
  ["ERROR_IN_CERT_NOT_BEFORE_FIELD", "certificate"],
  ["ERROR_IN_CERT_NOT_AFTER_FIELD", "certificate"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "certificate"],
  ["INVALID_CA", "certificate"],
  ["INVALID_PURPOSE", "certificate"],
  ["PATH_LENGTH_EXCEEDED", "certificate"],
  ["UNSPECIFIED", "certificate"],
]);

/** Families of codes: OpenSSL's own, and those of Node's HTTP parser. */
const PREFIXES: readonly (readonly [prefix: string, why: FetchFailure])[] = [
  ["ERR_SSL_", "certificate"],
  ["HPE_", "malformed"],
];

/** The failure behind an error of a socket or of the parser; what nobody knows is trouble of the connection. */
export function failureOf(error: unknown): Failed {
  const { code } = error as { code?: unknown };
  if (typeof code !== "string") return failed("connect");
  const prefix = PREFIXES.find(([start]) => code.startsWith(start));
  return failed(CODES.get(code) ?? prefix?.[1] ?? "connect", code);
}
