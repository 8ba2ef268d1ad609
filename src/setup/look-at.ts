/** What a conversation reads from DNS. */
import type { Flow } from "./schema.ts";
import { scopeFor } from "./scope.ts";
import type { Seen } from "./seen.ts";
import type { Session } from "./session.ts";
import { filled, holds, type Scope } from "./template.ts";

/** What DNS has to be asked for before the next event: names without final dot. */
export interface LookAt {
  domains: readonly string[];
  /** Names whose SPF record is edited. */
  spf: readonly string[];
  /** Names of which it matters whether they are free, or where their CNAME leads. */
  names: readonly string[];
}

/** The names that a conversation reads. `seen` and the answers make more of them known. */
export function lookAt(flow: Flow, session: Session, seen: Seen, now: number): LookAt {
  const scopes = session.domains.map((domain) => scopeFor(flow, session, domain, { seen, now }));
  const spf = new Set(session.domains);
  const names = new Set<string>();
  for (const scope of scopes) {
    for (const step of flow.steps) {
      if (step.kind === "publish")
        for (const each of step.records.filter(({ role }) => role === "spf")) add(spf, each.name, scope);
      if (step.kind !== "ask" || !holds(step.when, scope)) continue;
      for (const make of step.default?.make ?? []) {
        if (make.kind === "cname") add(names, make.name, scope);
        if (make.kind === "first-free")
          for (const value of make.values) add(names, make.name.replaceAll("{value}", value), scope);
      }
    }
  }
  return { domains: session.domains, spf: [...spf], names: [...names] };
}

/** A name that is known already; one that is not yet is left out. */
function add(names: Set<string>, template: string, scope: Scope): void {
  const name = filled(template, scope);
  if (name !== null) names.add(name.toLowerCase());
}
