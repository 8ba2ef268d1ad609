/** A tree walk one name after the other, from the letter of RFC 9989 §4.10, and worlds made up for it. */
import type { Zone, ZoneName } from "../../src/dns/zone.ts";
import type { Dns } from "../../src/ports.ts";
import { joinStrings } from "../../src/text/octets.ts";

/** What a `_dmarc` name holds in a made-up world. */
export type Held = "none" | "u" | "y" | "n" | "several" | "other";

const TEXTS: Record<Held, readonly string[]> = {
  none: [],
  u: ["v=DMARC1; p=reject"],
  y: ["v=DMARC1; p=reject; psd=y"],
  n: ["v=DMARC1; p=reject; psd=n"],
  several: ["v=DMARC1; p=reject", "v=DMARC1; p=none; psd=n"],
  other: ["v=spf1 -all", "v=dmarc1; p=reject"],
};

/** A domain of so many labels, and what each name on its path holds; `holds[0]` is the top-level domain's. */
export function worldOf(
  labels: number,
  holds: readonly Held[],
  set?: { name: string; hold: Held },
): { domain: string; zone: Zone } {
  const parts = Array.from({ length: labels }, (_, index) => `l${labels - index}`);
  const zone: Record<string, ZoneName> = {};
  for (let count = 1; count <= labels; count += 1) {
    const name = `_dmarc.${parts.slice(-count).join(".")}`;
    const texts = TEXTS[set?.name === name ? set.hold : (holds[count - 1] ?? "none")];
    if (texts.length > 0) zone[name] = { TXT: texts };
  }
  return { domain: parts.join("."), zone };
}

interface Naive {
  queried: string[];
  organizationalDomain: string;
  policyDomain: string | null;
  source: "author" | "organizational" | "psd" | null;
}

/** rfc-notes §4.4, word by word. */
export async function naiveDiscovery(dns: Dns, start: string): Promise<Naive> {
  const labels = start.split(".");
  const found: { name: string; psd: string }[] = [];
  const queried: string[] = [];
  let target = labels;
  while (target.length > 0) {
    const name = target.join(".");
    queried.push(`_dmarc.${name}`);
    const answer = await dns.ask({ name: `_dmarc.${name}`, type: "TXT" });
    const records = (answer.kind === "records" ? answer.records : [])
      .map(joinStrings)
      .filter((text) => text.startsWith("v=DMARC1;"));
    if (records.length === 1) {
      const psd = /psd=([yn])/.exec(records[0]!)?.[1] ?? "u";
      found.push({ name, psd });
      if (psd !== "u") break;
    }
    if (target === labels) target = labels.length < 8 ? labels.slice(1) : labels.slice(-7);
    else target = target.slice(1);
  }
  const organizationalDomain = naiveOrganization(labels, found);
  const own = found.find(({ name }) => name === start);
  const organizational = found.find(({ name }) => name === organizationalDomain);
  const psd = found.find((each) => each.psd === "y");
  const base = { queried, organizationalDomain };
  if (own !== undefined) return { ...base, policyDomain: own.name, source: "author" };
  if (organizational !== undefined)
    return { ...base, policyDomain: organizational.name, source: "organizational" };
  if (psd !== undefined) return { ...base, policyDomain: psd.name, source: "psd" };
  return { ...base, policyDomain: null, source: null };
}

function naiveOrganization(
  labels: readonly string[],
  found: readonly { name: string; psd: string }[],
): string {
  const start = labels.join(".");
  for (const { name, psd } of found) {
    if (psd === "n") return name;
    if (psd === "y" && name !== start) return labels.slice(-(name.split(".").length + 1)).join(".");
  }
  return found.at(-1)?.name ?? start;
}
