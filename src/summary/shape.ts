/** What a domain is for: whether it sends mail, takes mail, or is parked. */
import type { Facts, MxFacts, SpfFacts } from "./facts.ts";

export type Shape = "sending" | "receiving" | "parked" | "silent" | "absent" | "unknown";

/** Whether the record is `v=spf1 -all` and nothing else: nobody may send. M3AAWG parked domains; RFC 7208 §10.1.2. */
export function sendsNothing({ record, terms }: Pick<SpfFacts, "record" | "terms">): boolean {
  return record !== null && terms.length === 1 && terms[0]!.text.toLowerCase() === "-all";
}

const TAKES: Record<MxFacts["kind"], Shape> = {
  hosts: "receiving",
  implicit: "receiving",
  null: "parked",
  none: "parked",
  unknown: "unknown",
};

/** A domain whose record lets nobody send is what its MX records make of it; any other that publishes something sends, as far as one can see. */
export function shapeOf({ spf, dmarc, mx, open }: Facts): Shape {
  if (dmarc.exists === "no" && spf.record === null && mx.kind === "none") return "absent";
  if (spf.status === "temperror" || (spf.record === null && open.has("spf"))) return "unknown";
  if (spf.status === "none" && dmarc.policy === null && (mx.kind === "none" || mx.kind === "implicit"))
    return "silent";
  return sendsNothing(spf) ? TAKES[mx.kind] : "sending";
}
