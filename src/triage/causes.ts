/** The closed list of causes: for each its mechanism, who usually has to act, and whether it is about authentication. */

export type Mechanism =
  | "spf"
  | "dkim"
  | "dmarc"
  | "arc"
  | "rdns"
  | "tls"
  | "reputation"
  | "rate"
  | "content"
  | "recipient"
  | "relay"
  | "other";

export type Actor =
  | "sender-dns-admin"
  | "sender-mail-admin"
  | "sending-provider"
  | "sender"
  | "receiver"
  | "recipient"
  | "forwarder"
  | "nobody";

export type Confidence = "certain" | "likely" | "guess";

/** What a cause means by itself; an entry of the codes may know better. */
export interface CauseFacts {
  mechanism: Mechanism;
  /** null where it cannot be told from the cause alone. */
  actor: Actor | null;
  /** Whether it is a failure of SPF, DKIM, DMARC, ARC or reverse DNS. */
  authentication: boolean;
}

const is = (mechanism: Mechanism, actor: Actor | null, authentication: boolean): CauseFacts => ({
  mechanism,
  actor,
  authentication,
});

/** Every cause a verdict can name. */
export const CAUSES = {
  "spf.fail": is("spf", "sender-dns-admin", true),
  "spf.permerror": is("spf", "sender-dns-admin", true),
  "spf.temperror": is("spf", "sender-dns-admin", true),
  "spf.missing": is("spf", "sender-dns-admin", true),
  "spf.softfail": is("spf", "sender-dns-admin", true),
  "spf.alignment": is("spf", "sender-mail-admin", true),
  "dkim.missing": is("dkim", "sender-mail-admin", true),
  "dkim.body-hash": is("dkim", "sender-mail-admin", true),
  "dkim.signature": is("dkim", "sender-mail-admin", true),
  "dkim.key-missing": is("dkim", "sender-dns-admin", true),
  "dkim.key-revoked": is("dkim", "sender-dns-admin", true),
  "dkim.key-weak": is("dkim", "sender-dns-admin", true),
  "dkim.expired": is("dkim", "sender-mail-admin", true),
  "dkim.alignment": is("dkim", "sender-mail-admin", true),
  unauthenticated: is("spf", "sender-dns-admin", true),
  "dmarc.policy": is("dmarc", "sender-mail-admin", true),
  "dmarc.missing": is("dmarc", "sender-dns-admin", true),
  "dmarc.bulk-requirement": is("dmarc", "sender-mail-admin", true),
  forwarded: is("dmarc", "forwarder", true),
  spoof: is("dmarc", null, true),
  "arc.broken": is("arc", "forwarder", true),
  "rdns.missing": is("rdns", "sending-provider", true),
  // The name a host gives itself: no record of authentication is judged.
  "helo.bad": is("rdns", "sender-mail-admin", false),
  "tls.required": is("tls", "sender-mail-admin", false),
  "reputation.ip": is("reputation", "sending-provider", false),
  "reputation.domain": is("reputation", "sender-mail-admin", false),
  "rate-limited": is("rate", "sender-mail-admin", false),
  content: is("content", "sender", false),
  "unknown-user": is("recipient", "sender", false),
  "mailbox-full": is("recipient", "recipient", false),
  "relaying-denied": is("relay", "sender-mail-admin", false),
  "sender-blocked": is("reputation", "sender-mail-admin", false),
  "too-large": is("content", "sender", false),
  routing: is("relay", "sender", false),
  greylisted: is("rate", "nobody", false),
  "auth-required": is("relay", "sender-mail-admin", false),
  "sender-domain": is("other", "sender-dns-admin", false),
  malformed: is("other", "sender-mail-admin", false),
  "receiver-fault": is("other", "nobody", false),
  "policy.other": is("other", "receiver", false),
  passed: is("other", null, false),
  "not-a-bounce": is("other", null, false),
  unknown: is("other", null, false),
} as const satisfies Record<string, CauseFacts>;

export type Cause = keyof typeof CAUSES;

/** Whether a text of a data file names a cause. */
export function isCause(text: string): text is Cause {
  return Object.hasOwn(CAUSES, text);
}
