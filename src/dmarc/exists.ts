/** Whether a name exists in DNS (RFC 9989 §3.2.13, Appendix A.4): every answer but NXDOMAIN says so. */
import type { Answer, Dns, Name, RecordType } from "../ports.ts";

export type Existence = "yes" | "no" | "unknown";

function existenceOf(answer: Answer<unknown>): Existence {
  if (answer.kind === "failed") return "unknown";
  // A name with a CNAME exists, though its target may not (RFC 6604 §3).
  const gone = answer.kind === "none" && answer.why === "nxdomain" && answer.aliases.length === 0;
  return gone ? "no" : "yes";
}

/** Asks for A; only where that does not say "exists", for MX and TXT too, as some servers answer NXDOMAIN for a type. */
export async function exists(dns: Dns, name: Name): Promise<Existence> {
  const ask = async (type: RecordType) => existenceOf(await dns.ask({ name, type }));
  const first = await ask("A");
  if (first === "yes") return first;
  const all = [first, ...(await Promise.all([ask("MX"), ask("TXT")]))];
  if (all.includes("yes")) return "yes";
  // NXDOMAIN is about the name, whatever type was asked (RFC 8020 §2).
  return all.includes("no") ? "no" : "unknown";
}
