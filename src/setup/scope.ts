/** The variables of a conversation as one of its domains sees them: given, derived, answered. */
import type { Ask, Flow } from "./schema.ts";
import type { Seen } from "./seen.ts";
import type { Session } from "./session.ts";
import { GIVEN, holds, makeValue, type Scope } from "./template.ts";

/** The name under which an answer of one domain is kept; an answer for all has the variable's own name. */
export function answerName(variable: string, domain: string | null): string {
  return domain === null ? variable : `${variable}@${domain}`;
}

/** An answer for a domain: its own, else the one for all. */
export function answerFor(
  { answers }: Pick<Session, "answers">,
  variable: string,
  domain: string,
): string | null {
  for (const name of [answerName(variable, domain), variable])
    if (Object.hasOwn(answers, name)) return answers[name] ?? null;
  return null;
}

/** The questions of a flow, in order. */
export function asksOf(flow: Flow): Ask[] {
  return flow.steps.filter((step) => step.kind === "ask");
}

/**
 * The variables for one domain. `assumed` stand in for answers that are not there yet. An answer to a question whose condition does
 * not hold does not count, though it is kept.
 */
export function scopeFor(
  flow: Flow,
  session: Session,
  domain: string,
  { seen, now, assumed = new Map() }: { seen: Seen; now: number; assumed?: ReadonlyMap<string, string> },
): Scope {
  const known = new Map<string, string | null>();
  const value = (variable: string): string | null => {
    const found = known.get(variable);
    if (found !== undefined) return found;
    // A variable that is made of itself has no value.
    known.set(variable, null);
    const made = find(variable);
    known.set(variable, made);
    return made;
  };
  const scope: Scope = { domain, seen, now, value };
  const find = (variable: string): string | null => {
    if (Object.hasOwn(GIVEN, variable)) return GIVEN[variable]!(scope);
    for (const { variable: name, make, when } of flow.derived)
      if (name === variable && holds(when, scope)) return makeValue(make, scope);
    const ask = asksOf(flow).find((each) => each.variable === variable);
    if (ask === undefined || !holds(ask.when, scope)) return null;
    return answerFor(session, variable, domain) ?? assumed.get(variable) ?? null;
  };
  return scope;
}
