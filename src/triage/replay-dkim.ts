/** DKIM replayed: the keys of the signatures as they lie in DNS now, and what they and the whole message decide. */
import { probeSelector, type Probe } from "../dkim/probe.ts";
import type { Dns } from "../ports.ts";
import { SIGNATURES_MAX } from "./limits.ts";
import type { Signature } from "./signatures.ts";
import type { SignatureReason, SignatureResult, VerifiedMessage, VerifiedSignature } from "./verify.ts";

/** The key of a signature, as it lies in DNS now. */
export type KeyState =
  | "ok"
  | "weak"
  | "missing"
  | "revoked"
  | "broken"
  /** DNS did not answer: could not check. */
  | "unknown"
  /** Not asked: no name can be made of d= and s=, or there were too many signatures. */
  | "not-asked";

export interface SignatureReplay {
  signature: Signature;
  key: KeyState;
  /** What lies at the selector; null where it was not asked. */
  probe: Probe | null;
  /** x= lies before `now`. */
  expired: boolean;
  /** null: it takes the whole message to tell. */
  result: SignatureResult | null;
  reason: SignatureReason | null;
}

/** RFC 8601 §2.7.1 for all signatures together: the best of them. */
export type DkimWord = SignatureResult | "none";

export interface DkimReplay {
  /** null: it takes the whole message to tell. */
  result: DkimWord | null;
  signatures: readonly SignatureReplay[];
  /** Where the results come from: the signatures verified, the keys alone, or what the receiver said of them. */
  basis: "verified" | "keys" | "reported";
}

/** A signature and its key. */
export interface Keyed {
  signature: Signature;
  key: KeyState;
  probe: Probe | null;
  expired: boolean;
}

/** Asks for the keys of the first signatures, each name once. */
export function replayKeys(signatures: readonly Signature[], dns: Dns, now: number): Promise<Keyed[]> {
  return Promise.all(
    signatures.map(async (signature, index) => {
      const { domain, selector, expires } = signature;
      const expired = expires !== null && expires * 1_000 < now;
      const isAsked = domain !== null && selector !== null && index < SIGNATURES_MAX;
      const probe = isAsked ? await probeSelector(dns, domain, selector) : null;
      return { signature, key: stateOf(probe), probe, expired };
    }),
  );
}

function stateOf(probe: Probe | null): KeyState {
  if (probe === null || probe.detail?.kind === "too-long") return "not-asked";
  const isWeak = probe.key?.issues.some(({ kind }) => kind === "weak") ?? false;
  return isWeak ? "weak" : probe.status;
}

/** What a key alone decides (RFC 6376 §6.1.2, RFC 8301 §3.2); the others wait for the message. */
const BY_KEY: Readonly<Record<KeyState, { result: SignatureResult; reason: SignatureReason } | null>> = {
  ok: null,
  weak: { result: "policy", reason: "weak-key" },
  missing: { result: "permerror", reason: "no-key" },
  revoked: { result: "permerror", reason: "bad-key" },
  broken: { result: "permerror", reason: "bad-key" },
  unknown: { result: "temperror", reason: "dns" },
  "not-asked": null,
};

/** A signature that cannot pass, whatever the message is. */
const FATAL: ReadonlySet<string> = new Set([
  "missing-tag",
  "domain",
  "selector",
  "repeated-tag",
  "from-not-signed",
]);

function withoutMessage(keyed: Keyed): SignatureReplay {
  const isBroken = keyed.signature.faults.some((fault) => FATAL.has(fault));
  if (isBroken) return { ...keyed, result: "permerror", reason: "malformed" };
  const byKey = BY_KEY[keyed.key];
  if (byKey === null && keyed.expired) return { ...keyed, result: "neutral", reason: "expired" };
  return { ...keyed, result: byKey?.result ?? null, reason: byKey?.reason ?? null };
}

/** Best first: one signature that passes is enough (RFC 6376 §6.1), and what could not be checked may have passed. */
const ORDER: readonly SignatureResult[] = ["pass", "temperror", "fail", "policy", "neutral", "permerror"];

/** All signatures together; `reported`: domains of which the receiver said that DKIM passed. */
export function dkimOf(
  keys: readonly Keyed[],
  whole: VerifiedMessage | null,
  reported: readonly string[],
): DkimReplay {
  const basis = whole !== null ? "verified" : reported.length > 0 ? "reported" : "keys";
  if (keys.length === 0)
    return { result: "none", signatures: [], basis: whole === null ? "keys" : "verified" };
  const left = [...(whole?.signatures ?? [])];
  const signatures = keys.map((keyed) => {
    const found = left.findIndex((each) => isSame(each, keyed.signature));
    if (whole === null || found < 0) return withoutMessage(keyed);
    const [{ result, reason }] = left.splice(found, 1) as [VerifiedSignature];
    return { ...keyed, ...named(keyed, result, reason) };
  });
  const words = new Set(signatures.map(({ result }) => result));
  const best = ORDER.find((word) => words.has(word)) ?? null;
  const isOpen = words.has(null) && best !== "pass";
  return { result: isOpen ? null : best, signatures, basis };
}

/** Verifiers call a missing or unusable key neutral, permerror or fail; RFC 8601 §2.7.1 has permerror for it. */
function named(
  { key }: Keyed,
  result: SignatureResult,
  reason: SignatureReason,
): { result: SignatureResult; reason: SignatureReason } {
  const isKey = result === "neutral" && (reason === "no-key" || reason === "bad-key");
  // One name could be looked up by one of the two askers only.
  if (isKey && key === "unknown") return { result: "temperror", reason: "dns" };
  return { result: isKey ? "permerror" : result, reason };
}

function isSame(verified: VerifiedSignature, signature: Signature): boolean {
  return (
    verified.value === (signature.value ?? "") && verified.domain === (signature.domain ?? verified.domain)
  );
}
