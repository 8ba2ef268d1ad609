/** Tells a wildcard's answer from a key: a selector that nobody uses would then answer the same (RFC 6376 §6.1.2, RFC 4592). */
import type { Dns, Name } from "../ports.ts";
import type { Missing, Probe, Wildcard } from "./probe.ts";
import { isHit, readProbe } from "./read.ts";

/** What the made-up selector answered; null where it answered nothing at all, or could not be asked. */
export function wildcardOf({ selector, name, records, aliases, key }: Probe): Wildcard | null {
  // A DNAME makes an alias of every name, each to a name of its own (RFC 6672 §2.2): that is no answer.
  const isOwn = aliases.at(-1)?.toLowerCase().startsWith(`${selector}.`) ?? true;
  return records.length > 0 || !isOwn ? { name, records, aliases, key } : null;
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  const [left, right] = [[...a].sort(), [...b].sort()];
  return left.length === right.length && left.every((text, index) => text === right[index]);
}

/** Whether a selector got what the made-up one got: by the same CNAME, or the same texts. */
function isSame(probe: Probe, { records, aliases }: Wildcard): boolean {
  const [target, other] = [probe.aliases.at(-1), aliases.at(-1)];
  if (target !== undefined && other !== undefined && target.toLowerCase() === other.toLowerCase())
    return true;
  return target === undefined && records.length > 0 && sameTexts(probe.records, records);
}

function missing(probe: Probe, detail: Missing): Probe {
  return { ...probe, status: "missing", key: null, several: false, detail };
}

/** The name above a CNAME's target, where the target names the selector: then its owner may answer any name there. */
function parentOf({ selector, aliases }: Probe): Name | null {
  const target = aliases.at(-1)?.toLowerCase();
  const dot = target?.indexOf(".") ?? -1;
  if (target === undefined || dot < 0) return null;
  const [first] = selector.split(".");
  return target.slice(0, dot).includes(first!) ? target.slice(dot + 1) : null;
}

/** What a made-up name below each parent answers, each asked once. */
async function askParents(
  dns: Dns,
  hits: readonly Probe[],
  probeLabel: string,
): Promise<ReadonlyMap<Name, Wildcard | null>> {
  const parents = new Set(hits.map(parentOf).filter((parent) => parent !== null));
  const asked = await Promise.all(
    Array.from(parents, async (parent) => {
      const name = `${probeLabel}.${parent}`;
      const probe = readProbe(probeLabel, name, await dns.ask({ name, type: "TXT" }));
      return [parent, isHit(probe) ? wildcardOf(probe) : null] as const;
    }),
  );
  return new Map(asked);
}

/** The probes, those that are a wildcard's answer as "missing". Asks one name more for every zone that keys are delegated to. */
export async function withoutWildcards(
  dns: Dns,
  probes: readonly Probe[],
  madeUp: Probe,
  probeLabel: string,
): Promise<Probe[]> {
  const wildcard = wildcardOf(madeUp);
  const own = probes.map((probe) =>
    wildcard !== null && probe.status !== "unknown" && isSame(probe, wildcard)
      ? missing(probe, { kind: "wildcard" })
      : probe,
  );
  const parents = await askParents(dns, own.filter(isHit), probeLabel);
  return own.map((probe) => {
    const parent = isHit(probe) ? parentOf(probe) : null;
    const answer = parent === null ? null : (parents.get(parent) ?? null);
    // Other texts than the made-up name's are a key of its own beside the wildcard.
    const isWildcard = parent !== null && answer !== null && sameTexts(answer.records, probe.records);
    return isWildcard ? missing(probe, { kind: "wildcard-target", parent }) : probe;
  });
}
