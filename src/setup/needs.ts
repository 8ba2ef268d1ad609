/** The questions of a form as a page shows them. */
import { readAnswer } from "./answer.ts";
import { answerFor, answerName } from "./scope.ts";
import type { Ask } from "./schema.ts";
import type { Session } from "./session.ts";
import { holds, isShown, makeValue, render, type Scope } from "./template.ts";

export interface Need {
  /** What `set` takes: the variable, or `variable@domain` where several domains have an answer each. */
  name: string;
  variable: string;
  /** Null where the answer is for all. */
  domain: string | null;
  what: string;
  why: string;
  howToFind: string;
  required: boolean;
  /** Offered, never silently taken. */
  default?: string;
  /** Whether the default is what DNS shows. */
  fromDns: boolean;
  choices?: readonly { value: string; label: string }[];
  /** Of the answer once it is made plain (`readAnswer`). */
  pattern: string;
  /** An answer that would be taken. */
  example: string;
  /** What has been answered; null where nothing has. */
  answer: string | null;
}

/**
 * The needs of questions that concern a domain: one a domain where each has its own answer and there are several. What is offered
 * for one question of a form counts for the conditions of the next, so that the form shows all that its defaults ask for.
 */
export function needsOf(asks: readonly Ask[], scopes: readonly Scope[], session: Session): Need[] {
  const forms = scopes.map(formScope);
  return asks.flatMap((ask) => {
    const met = forms.filter(({ scope }) => holds(ask.when, scope));
    const own = ask.each && scopes.length > 1;
    return (own ? met : met.slice(0, 1)).map(({ scope, offered }) => {
      const need = needOf(ask, scope, own ? scope.domain : null, session);
      for (const form of own ? [{ offered }] : met)
        if (need.default !== undefined) form.offered.set(ask.variable, need.default);
      return need;
    });
  });
}

/** A domain's variables, and what a form offers where one is not answered. */
function formScope(scope: Scope): { scope: Scope; offered: Map<string, string> } {
  const offered = new Map<string, string>();
  return { scope: { ...scope, value: (name) => scope.value(name) ?? offered.get(name) ?? null }, offered };
}

function needOf(ask: Ask, scope: Scope, domain: string | null, session: Session): Need {
  const { what, why, howToFind, required, pattern, choices, variable } = ask;
  const offered = offer(ask, scope);
  return {
    name: answerName(variable, domain),
    variable,
    domain,
    what: render(what, scope).text,
    why: render(why, scope).text,
    howToFind: render(howToFind, scope).text,
    required,
    ...(offered === null ? {} : { default: offered }),
    fromDns: offered !== null && isShown(ask.default?.make ?? [], scope),
    ...(choices === undefined ? {} : { choices }),
    pattern,
    example: ask.good[0] ?? "",
    answer: answerFor(session, variable, scope.domain),
  };
}

/** The default, where it is an answer that would be taken. */
function offer(ask: Ask, scope: Scope): string | null {
  const made = makeValue(ask.default?.make ?? [], scope);
  if (made === null) return null;
  const read = readAnswer(ask, made, scope.domain);
  return read.ok ? read.value : null;
}
