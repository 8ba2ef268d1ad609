/** Where a conversation can stand: the steps of its flow, questions that follow each other taken as one form. */
import type { Ask, Flow, Step, StepKind } from "./schema.ts";
import { readAnswer } from "./answer.ts";
import { asksOf, scopeFor } from "./scope.ts";
import type { Seen } from "./seen.ts";
import type { Session } from "./session.ts";
import { holds, isShown, makeValue, type Scope } from "./template.ts";

/** The form of what DNS shows: to be confirmed, not asked. */
export const SEEN_STATION = "seen";

export type Station =
  | { id: string; kind: "ask"; asks: readonly Ask[] }
  | { id: string; kind: Exclude<StepKind, "ask">; step: Exclude<Step, Ask> };

/** All of a flow's stations, whether their conditions hold or not, so that a place in the list keeps its meaning. */
export function stationsOf(flow: Flow, shown: readonly string[]): Station[] {
  const stations: Station[] = [];
  const confirmed = asksOf(flow).filter(({ variable }) => shown.includes(variable));
  if (confirmed.length > 0) stations.push({ id: SEEN_STATION, kind: "ask", asks: confirmed });
  let form: Ask[] = [];
  const close = (): void => {
    if (form.length > 0) stations.push({ id: form[0]!.id, kind: "ask", asks: form });
    form = [];
  };
  for (const step of flow.steps) {
    if (step.kind === "ask") {
      if (!shown.includes(step.variable)) form.push(step);
      continue;
    }
    close();
    stations.push({ id: step.id, kind: step.kind, step });
  }
  close();
  return stations;
}

/** Whether anything of a station concerns any of the domains. */
export function isMet(station: Station, scopes: readonly Scope[]): boolean {
  const conditions = station.kind === "ask" ? station.asks.map(({ when }) => when) : [station.step.when];
  return scopes.some((scope) => conditions.some((when) => holds(when, scope)));
}

/** The questions whose answers DNS shows now (setup-flows, `default.from`): they go into one form to confirm. */
export function shownIn(flow: Flow, session: Session, seen: Seen, now: number): string[] {
  const assumed = new Map<string, string>();
  const shown: string[] = [];
  for (const ask of asksOf(flow)) {
    const make = ask.default?.from === "dns" ? ask.default.make : [];
    const values = session.domains.map((domain) => {
      const scope = scopeFor(flow, session, domain, { seen, now, assumed });
      if (make.length === 0 || !holds(ask.when, scope) || !isShown(make, scope)) return null;
      const answer = readAnswer(ask, makeValue(make, scope) ?? "", domain);
      return answer.ok ? answer.value : null;
    });
    const first = values.find((value) => value !== null);
    if (first === undefined || (ask.each && values.includes(null))) continue;
    assumed.set(ask.variable, first);
    shown.push(ask.variable);
  }
  return shown;
}
