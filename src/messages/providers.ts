/** What the pages of `providers` say of their own; the facts bring their own words. */
import type { ProviderData, ProviderEntry, ProvidersData } from "../results/providers.ts";
import { echo } from "../text/foreign.ts";
import { code, codes, plural, say, type Sentence } from "../text/say.ts";
import type { Field } from "../view/doc.ts";
import type { Refusal } from "../refusal.ts";

type Needed = ProviderData["spf"]["needed"];
type Kind = NonNullable<ProviderData["dkim"]["kind"]>;
type Answer = ProviderData["dmarc"]["viaDkim"]["aligned"];

export const PROVIDERS_TITLE = "Providers";

export const PROVIDER_HEADINGS = {
  list: "Providers",
  spf: "SPF",
  dkim: "DKIM",
  setup: "Where to click",
  verify: "What to check",
  mx: "Where mail comes in",
  contradictions: "Where sources differ",
  unconfirmed: "Not confirmed",
  sources: "Where this comes from",
} as const;

export const PROVIDER_LABELS = {
  aliases: "Also known as",
  through: "Sends through",
  spf: "SPF",
  dkim: "DKIM",
  dmarc: "DMARC aligns",
  returnPath: "Custom return path",
  selfService: "Set-up",
  confidence: "These facts",
  selectors: "Selectors",
  oldSelectors: "Older selectors",
  keyBits: "Key length",
  rotation: "Rotation",
  suffixes: "MX hosts end in",
  documentation: "Documentation",
} as const;

export const LIST_HEAD: readonly string[] = ["Provider", "SPF", "DKIM"];
export const TERMS_HEAD: readonly string[] = ["Term", "For", "Lookups", "Note"];

/** Whether the domain's own SPF record needs a term. */
export const NEEDED: Record<Needed, Sentence> = {
  yes: say`needed in the domain's record`,
  no: say`not needed in the domain's record`,
  "only-when": say`needed in some set-ups`,
  "on-subdomain": say`needed on a sub-domain, not at the domain itself`,
  replaces: say`replaces the whole record`,
  unknown: say`not known whether it is needed`,
};

/** What a term of the provider is for, as the label of it. */
export const TERM_LABELS: Record<Needed, string> = {
  yes: "Add to the SPF record",
  no: "Its term, not needed at the domain itself",
  "only-when": "Add to the SPF record where it is needed",
  "on-subdomain": "On the sub-domain",
  replaces: "Instead of the record",
  unknown: "Its term",
};

export const OLD_TERM = "Of earlier set-ups, not to be added";

export const KINDS: Record<Kind, Sentence> = {
  cname: say`by CNAME`,
  txt: say`by TXT`,
  both: say`by CNAME or TXT`,
  delegated: say`by name servers`,
};

/** The mark for "supports it". */
export function markOf(supported: boolean | null): Sentence {
  if (supported === null) return say`? not known`;
  return supported ? say`✓ yes` : say`✗ no`;
}

export const ANSWERS: Record<Answer, Sentence> = {
  yes: say`yes`,
  no: say`no`,
  "only-when": say`in some set-ups`,
  unknown: say`not known`,
};

export function selfServiceOf(selfService: boolean | null): Sentence {
  if (selfService === null) return say`not known whether it takes a request to the provider`;
  return selfService ? say`self-service` : say`by request to the provider`;
}

/** "SPF: not needed in the domain's record. DKIM: by CNAME." */
export function providerHeadline({ spf, dkim }: ProviderData): Sentence {
  const needed = spf.supported === false ? say`not supported` : NEEDED[spf.needed];
  const kind = dkim.kind === null ? markOfDkim(dkim.supported) : KINDS[dkim.kind];
  return say`SPF: ${needed}. DKIM: ${kind}.`;
}

function markOfDkim(supported: boolean | null): Sentence {
  if (supported === null) return say`not known`;
  return supported ? say`supported, the kind of record is not known` : say`not supported`;
}

/** Under records that hold placeholders. */
export function bracesNote(): Sentence {
  return say`Braces stand for own values: ${code("{domain}")} is the domain that sends, ${code("{1|2}")} is each of the two in turn. The provider's console shows the rest.`;
}

export function valueElsewhere(): Sentence {
  return say`the provider gives the value to each account`;
}

/** Of terms whose lookups were counted. */
export function lookupsNote(lookups: number): Sentence {
  return say`${lookups} ${plural(lookups, "lookup")} when counted`;
}

/** What stands for a source that was not written down. */
export function noSource(): Sentence {
  return say`source not recorded`;
}

const SUPPORTS: Record<NonNullable<ProvidersData["supports"]>, Sentence> = {
  spf: say` that support SPF`,
  dkim: say` that support DKIM`,
  both: say` that support SPF and DKIM`,
};

/** Why the list is shown, with its number. */
export function providersHeadline({ view, asked, supports, providers }: ProvidersData): Sentence {
  const count = providers.length;
  const which = supports === null ? say`` : SUPPORTS[supports];
  const what = say`${count} ${plural(count, "provider")}${which}`;
  if (view === "matches") return say`${what} may be meant by ${code(echo(asked ?? ""))}.`;
  return view === "letters" ? say`${what}, ${code(asked ?? "")}.` : say`${what}.`;
}

export const PROVIDERS_STEPS: Record<ProvidersData["view"], Sentence> = {
  overview: say`Choose letters, or type a name: ${code("providers sendgrid")}.`,
  letters: say`Type ${code("providers NAME")} for one provider's records.`,
  matches: say`Choose one.`,
};

export function nobodyThere(): Sentence {
  return say`None. Leave out ${code("--supports")} to see all.`;
}

/** The form behind "Open one". */
export function providerFields(entries: readonly Pick<ProviderEntry, "id" | "name">[]): Field[] {
  const choices = entries.map(({ id, name }) => ({ label: name, value: id }));
  return [
    {
      name: "name",
      label: "Provider",
      ...(choices.length > 0
        ? { choices }
        : { placeholder: "sendgrid", hint: "A name, or a host such as spf.protection.outlook.com." }),
      required: true,
    },
  ];
}

export function refuseProvider(text: string, nearest: readonly string[]): Refusal {
  const hint = nearest.length === 0 ? say`` : say`Nearest: ${codes(nearest)}. `;
  return {
    code: "input.unknown-provider",
    message: say`${code(echo(text))} is no provider in the directory. ${hint}Type ${code("providers")} for all.`,
  };
}
