/** What a page says of one step: its texts, its way through the console, what may go wrong. */
import type { PageRecord, SetupPage } from "./page.ts";
import type { Step, StepKind } from "./schema.ts";
import type { Station } from "./stations.ts";
import { render, type Scope } from "./template.ts";

export type PageText = {
  role:
    | "text"
    | "note"
    | "no-include"
    | "prerequisite"
    | "result"
    | "pitfall"
    | "expect"
    | "pass"
    | "tick"
    | "how"
    | "look"
    | "watch"
    | "undo";
  text: string;
};

/** Where to click, or what to type instead. */
export interface PageConsole {
  menu: readonly string[];
  url: string | null;
  cli: readonly string[];
  api: string | null;
  /** When the menu was read. */
  asOf: string | null;
}

/** A text for every domain, once where it is the same for all. */
export function texts(
  role: PageText["role"],
  templates: readonly (string | undefined)[],
  scopes: readonly Scope[],
): PageText[] {
  const all = templates.flatMap((template) =>
    template === undefined ? [] : scopes.map((scope) => render(template, scope).text),
  );
  return [...new Set(all)].map((text) => ({ role, text }));
}

type TextMakers = {
  [K in StepKind]: (step: Extract<Step, { kind: K }>, scopes: readonly Scope[]) => PageText[];
};

const TEXTS: TextMakers = {
  ask: () => [],
  explain: ({ text }, scopes) => texts("text", [text], scopes),
  publish: ({ note }, scopes) => texts("note", [note], scopes),
  verify: ({ pass, retry }, scopes) => [
    ...texts("pass", [pass], scopes),
    ...texts("note", [retry?.note], scopes),
  ],
  "provider-action": ({ result, pitfalls }, scopes) => [
    ...texts("result", [result], scopes),
    ...texts("pitfall", pitfalls, scopes),
  ],
  enable: ({ expect }, scopes) => texts("expect", [expect], scopes),
  done: ({ tick, nextDay, watch, undo }, scopes) => [
    ...texts("tick", [tick], scopes),
    ...texts("how", [nextDay?.how, nextDay?.authenticationResults], scopes),
    ...texts("look", nextDay?.alsoLook ?? [], scopes),
    ...texts("watch", watch ?? [], scopes),
    ...texts("undo", [undo], scopes),
  ],
};

/** What a step says. */
export function stepTexts(step: Step, scopes: readonly Scope[]): PageText[] {
  return (TEXTS[step.kind] as (step: Step, scopes: readonly Scope[]) => PageText[])(step, scopes);
}

/** Where a step sends people; null where it is nowhere. */
export function consoleOf(station: Station, scopes: readonly Scope[]): PageConsole | null {
  if (station.kind === "ask" || !("menu" in station.step)) return null;
  const { menu, url, cli, api, asOf } = station.step;
  const each = (templates: readonly string[]): string[] =>
    texts("text", templates, scopes).map(({ text }) => text);
  return {
    menu: each(menu),
    url: url ?? null,
    cli: each(cli ?? []),
    api: api === undefined ? null : (each([api])[0] ?? null),
    asOf: asOf ?? null,
  };
}

/** Names that a verify step asks besides its records. */
export function queriesOf(
  station: Station,
  scopes: readonly Scope[],
  records: readonly PageRecord[],
): { name: string; type: string }[] {
  if (station.kind !== "verify" || station.step.kind !== "verify") return [];
  const { queries } = station.step;
  const all = queries.flatMap(({ name, type }) =>
    scopes.flatMap((scope) => {
      const { text, missing } = render(name, scope);
      return missing.length > 0 ? [] : text.split(" ").map((each) => ({ name: each.toLowerCase(), type }));
    }),
  );
  const others = all.filter(
    ({ name, type }) => !records.some((each) => each.host === name && each.type === type),
  );
  return [...new Map(others.map((each) => [`${each.type} ${each.name}`, each])).values()];
}

/** What may be seen at a step, and what to do about it. */
export function faultsOf(
  station: Station,
  scopes: readonly Scope[],
  records: readonly PageRecord[],
): SetupPage["faults"] {
  const [scope] = scopes;
  if (scope === undefined || station.kind === "ask") return [];
  // `fqdn` is the page's to fill in (setup-flows, `template.view`): the record that is not right.
  const record = records.find(({ state }) => state !== "ok") ?? records[0];
  const value = (variable: string): string | null =>
    variable === "fqdn" ? (record?.host ?? null) : scope.value(variable);
  const said = (text: string): string => render(text, { value }).text;
  const { step } = station;
  if (step.kind === "verify")
    return step.wrong.map(({ seen, means, say }) => ({
      seen: said(seen),
      means: said(means),
      say: said(say),
    }));
  if (step.kind !== "enable") return [];
  return step.errors.map(({ text, means, say }) => ({
    seen: said(text),
    means: said(means),
    say: said(say),
  }));
}
