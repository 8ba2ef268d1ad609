/** Who may send by a domain's SPF record: providers by the names it leads to, and networks that are nobody's we know. Pure. */
import { matcher } from "../providers/index.ts";
import type { PolicyData } from "../results/spf.ts";
import type { SenderKey } from "../store.ts";
import { SENDERS_MAX } from "./limits.ts";

/** At most `SENDERS_MAX`, providers first. None where the record is assumed. */
export function sendersOf({ assumed, tree, terms, networks }: PolicyData): SenderKey[] {
  if (assumed) return [];
  const names = tree?.children.flatMap(({ kind, domain }) =>
    kind === "domain" || domain === null ? [] : [domain],
  );
  const providers = matcher()
    .senders({ spf: names ?? [] })
    .map(({ id }): SenderKey => ({ kind: "provider", name: id }));
  // Networks behind a provider's include are the provider's, and change without the domain's doing.
  const known = new Set(terms.filter(({ provider }) => provider !== null).map(({ text }) => text));
  const own = new Set(networks.filter(({ term }) => !known.has(term)).map(({ network }) => network));
  const others = [...own].map((name): SenderKey => ({ kind: "network", name }));
  return [...providers, ...others].slice(0, SENDERS_MAX);
}
