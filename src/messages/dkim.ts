/** What `dkim` says beside its findings: keys in words, how a selector was found, and why one cannot be asked. */
import type { SelectorFault } from "../dkim/name.ts";
import type { DkimData, SelectorData } from "../results/dkim.ts";
import type { Refusal } from "../refusal.ts";
import { echo } from "../text/foreign.ts";
import { code, plural, say, type Sentence } from "../text/say.ts";
import type { Field } from "../view/doc.ts";

/** Selectors named in one line. */
const KEYS_NAMED = 4;

export const DKIM_HEADINGS = {
  selectors: "All selectors",
  aliases: "Where the names lead",
} as const;

export const SELECTOR_HEAD: readonly string[] = ["Selector", "Status", "Key", "Provider", "Found by"];

const KEY_TYPES: ReadonlyMap<string, Sentence> = new Map([
  ["rsa", say`RSA`],
  ["ed25519", say`Ed25519`],
]);

/** "2,048-bit RSA"; null without a key. */
export function keyWords({ keyType, keyBits, status }: SelectorData): Sentence | null {
  if (keyType === null || status === "revoked") return null;
  const type = KEY_TYPES.get(keyType) ?? code(keyType);
  // An Ed25519 key has one size only.
  return keyBits === null || keyType === "ed25519" ? type : say`${keyBits}-bit ${type}`;
}

export const STATUS_WORDS: Record<SelectorData["status"], Sentence> = {
  ok: say`usable`,
  missing: say`no key`,
  revoked: say`revoked`,
  broken: say`broken`,
  unknown: say`could not check`,
};

const MISSING_WORDS: Record<NonNullable<SelectorData["detail"]>, Sentence> = {
  nxdomain: say`no such name`,
  nodata: say`no TXT record`,
  dangling: say`delegated to a name without a key`,
  wildcard: say`any selector answers the same`,
  "wildcard-target": say`any name at its target answers the same`,
  "not-a-key": say`a text that is no key`,
  "too-long": say`the name is too long`,
};

/** "usable", or "no key: no such name". */
export function statusWords({ status, detail, testing }: SelectorData): Sentence {
  const more = detail === null ? say`` : say`: ${MISSING_WORDS[detail]}`;
  return say`${STATUS_WORDS[status]}${more}${testing ? say`, testing` : say``}`;
}

export const BECAUSE_WORDS: Record<SelectorData["because"], Sentence> = {
  named: say`named`,
  provider: say`used by a provider`,
  ranked: say`often used`,
  dated: say`holds a date`,
};

/** "`selector1` (2,048-bit RSA, `Microsoft 365`)". */
function keyLine(selector: SelectorData): Sentence {
  const key = keyWords(selector) ?? STATUS_WORDS[selector.status];
  const provider = selector.provider === null ? say`` : say`, ${code(selector.provider)}`;
  return say`${code(selector.selector)} (${key}${provider})`;
}

/** What there is, in one line. */
export function keysLine({ asked, selectors, tried, failed, wildcard }: DkimData): Sentence {
  if (!asked) return say`Not asked: the domain sends nothing.`;
  const usable = selectors.filter(({ status }) => status === "ok");
  const named = usable
    .slice(0, KEYS_NAMED)
    .map(keyLine)
    .reduce((line, each, index) => (index === 0 ? each : say`${line}, ${each}`), say``);
  const more = usable.length - KEYS_NAMED;
  if (usable.length > 0)
    return say`${usable.length} ${plural(usable.length, "key")}: ${named}${more > 0 ? say` and ${more} more` : say``}.`;
  if (failed > 0) return say`Could not check: ${failed} of ${tried} selectors got no answer.`;
  return selectors.length === 0 && !wildcard
    ? say`None of ${tried} tried selectors answers.`
    : say`No usable key at ${tried} tried ${plural(tried, "selector")}.`;
}

/** What to do where nothing is wrong. */
export function nextStep({ selectors }: DkimData): Sentence | null {
  return selectors.some(({ status }) => status === "ok") ? say`Nothing to do.` : null;
}

/** The form behind "Check a selector". */
export function selectorFields(): Field[] {
  return [
    {
      name: "selector",
      label: "Selector",
      hint: "Open a message from this domain, show its source, and take what stands after s= in its DKIM-Signature field.",
      placeholder: "selector1",
      required: true,
    },
  ];
}

const FAULTS: Record<SelectorFault, (typed: Sentence) => Sentence> = {
  empty: () => say`A selector is missing.`,
  character: (typed) =>
    say`${typed} is no selector: it has letters, digits, hyphens, underscores, and dots between them.`,
  "empty-label": (typed) => say`${typed} is no selector: two dots stand together, or one at an end.`,
  "label-too-long": (typed) =>
    say`${typed} is no selector: between two dots there are at most ${63} characters.`,
  "too-long": (typed) => say`${typed} is too long for a selector of this domain.`,
  "other-domain": (typed) => say`${typed} lies below another domain than the one asked.`,
};

/** A selector that cannot be asked. */
export function refuseSelector(why: SelectorFault, typed: string): Refusal {
  return {
    code: `selector.${why}`,
    message: say`${FAULTS[why](code(echo(typed)))} Type what stands after ${code("s=")} in a DKIM-Signature, as in ${code("selector1")}.`,
  };
}

export function refuseSelectorCount(count: number, most: number): Refusal {
  return {
    code: "selector.too-many",
    message: say`${count} selectors are more than one line takes. Type at most ${most}; without any they are looked for.`,
  };
}
