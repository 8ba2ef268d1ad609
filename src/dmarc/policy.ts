/** The three policies of DMARC (RFC 9989 §4.7 "p"). */

/** From the weakest to the strongest. */
export const POLICIES = ["none", "quarantine", "reject"] as const;
export type Policy = (typeof POLICIES)[number];

/** A policy one level lower: what t=y asks for (RFC 9989 §4.7), and what pct left out got (RFC 7489 §6.6.4). */
export const LOWERED = {
  reject: "quarantine",
  quarantine: "none",
  none: "none",
} as const satisfies Record<Policy, Policy>;
