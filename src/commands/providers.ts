/** `providers`: the directory by letters, and one provider's facts. */
import { SETUP_WORDS } from "../messages/setup.ts";
import * as z from "zod";
import { providerFields, refuseProvider } from "../messages/providers.ts";
import { matcher, providers } from "../providers/index.ts";
import type { Provider } from "../providers/schema.ts";
import {
  findProviders,
  GROUPS,
  isUnder,
  lettersText,
  readLetters,
  type Found,
  type Letters,
} from "../providers/search.ts";
import type { ProviderData, ProviderEntry, ProvidersData } from "../results/providers.ts";
import { editDistance } from "../spf/mend.ts";
import { say } from "../text/say.ts";
import { joinWords } from "../text/words.ts";
import type { Action } from "../view/doc.ts";
import { defineCommand, type Outcome, type Produced } from "./command.ts";

/** Buttons for what a name may mean; more are a choice in a form. */
const BUTTONS = 8;

const schema = z.object({
  name: z.string().optional().describe("letters as in A-E, or a provider's name, or a host of it"),
  supports: z
    .enum(["spf", "dkim", "both"])
    .optional()
    .describe("those alone that are known to support it: spf, dkim or both")
    .meta({ option: "--supports", value: "spf|dkim|both" }),
});

type Arguments = z.output<typeof schema>;
type Supports = NonNullable<ProvidersData["supports"]>;

export const providersCommand = defineCommand({
  name: "providers",
  summary: say`Tells what a provider needs in DNS: SPF, DKIM, where to click, what to check.`,
  usage: [
    { line: "providers", answers: say`the directory of providers, by letters` },
    {
      line: "providers A-E [--supports both]",
      answers: say`the providers under these letters, whether they support SPF and DKIM`,
    },
    { line: "providers NAME", answers: say`one provider's records, steps and checks, with their sources` },
  ],
  example: "providers sendgrid",
  schema,
  budget: 0,
  place: (words) => ({ ok: true, value: words.length === 0 ? {} : { name: words.join(" ") } }),
  lineOf: ({ name, supports }) => [
    ...(name === undefined ? [] : [name]),
    ...(supports === undefined ? [] : ["--supports", supports]),
  ],
  run: (args) => Promise.resolve(run(args)),
});

function run({ name, supports }: Arguments): Outcome<Produced> {
  const letters = name === undefined ? null : readLetters(name);
  if (name === undefined || letters !== null) return list(letters, supports ?? null);
  const found = find(name);
  switch (found.kind) {
    case "one":
      return { ok: true, value: { ...PLAIN, kind: "provider", ...one(found.provider) } };
    case "several":
      return several(name, found.providers, supports ?? null);
    case "none":
      return {
        ok: false,
        refusal: refuseProvider(
          name,
          found.nearest.map((each) => each.name),
        ),
      };
  }
}

const PLAIN = { findings: [], notices: [] } as const;

/** By name; a host is looked up among the names that stand in records. */
function find(text: string): Found {
  const found = findProviders(providers(), text, editDistance);
  const host = /^(?:include:|redirect=|a:|exists:|https?:\/\/)?((?:[^\s./]+\.)+[^\s./]+)\.?\/?$/i.exec(
    text.trim(),
  )?.[1];
  if (host === undefined || found.kind === "one") return found;
  const known = matcher();
  const match =
    known.spf(host) ?? known.cname(host) ?? known.mx(host) ?? known.returnPath(host) ?? known.ptr(host);
  const owner = match === null ? null : known.byId(match.id);
  if (owner !== null) return { kind: "one", provider: owner };
  if (found.kind === "several") return found;
  // "klaviyo.com": the label that people register is the name.
  const again = findProviders(providers(), host.split(".").at(-2) ?? "", editDistance);
  return again.kind === "none" ? found : again;
}

const SUPPORTING: Record<Supports, (facts: Provider["facts"]) => boolean> = {
  spf: ({ spf }) => spf.supported === true,
  dkim: ({ dkim }) => dkim.supported === true,
  both: ({ spf, dkim }) => spf.supported === true && dkim.supported === true,
};

function entryOf({ id, name, aliases = [], category, facts }: Provider): ProviderEntry {
  return { id, name, aliases, category, spf: facts.spf.supported, dkim: facts.dkim.supported };
}

function listData(
  view: ProvidersData["view"],
  asked: string | null,
  chosen: readonly Provider[],
  supports: Supports | null,
): ProvidersData {
  const wanted = (each: Provider): boolean => supports === null || SUPPORTING[supports](each.facts);
  const count = (letters: Letters): number =>
    providers().filter((each) => wanted(each) && isUnder(each, letters)).length;
  return {
    view,
    asked,
    supports,
    groups: GROUPS.map((letters) => ({ letters: lettersText(letters), count: count(letters) })),
    providers: chosen
      .filter(wanted)
      .map(entryOf)
      .sort((a, b) => a.name.localeCompare(b.name, "en")),
  };
}

function optionWords(supports: Supports | null): string[] {
  return supports === null ? [] : ["--supports", supports];
}

function groupActions({ groups, supports }: ProvidersData, except: string | null): Action[] {
  return groups
    .filter(({ letters }) => letters !== except)
    .map(({ letters, count }) => ({
      label: `${letters} (${String(count)})`,
      line: joinWords(["providers", letters, ...optionWords(supports)]),
    }));
}

const FILTERS: readonly { supports: Supports | null; label: string }[] = [
  { supports: "spf", label: "Those with SPF" },
  { supports: "dkim", label: "Those with DKIM" },
  { supports: "both", label: "Those with both" },
  { supports: null, label: "All" },
];

function list(letters: Letters | null, supports: Supports | null): Outcome<Produced> {
  const asked = letters === null ? null : lettersText(letters);
  const chosen = letters === null ? providers() : providers().filter((each) => isUnder(each, letters));
  const data = listData(letters === null ? "overview" : "letters", asked, chosen, supports);
  const filters = FILTERS.filter((each) => each.supports !== supports).map((each): Action => ({
    label: each.label,
    line: joinWords(["providers", ...(asked === null ? [] : [asked]), ...optionWords(each.supports)]),
  }));
  // A choice out of all would be longer than a form takes.
  const fields = providerFields(letters === null ? [] : data.providers);
  const open: Action = { label: "Open one", line: "providers", fields };
  const groups = groupActions(data, asked);
  const actions = letters === null ? [...groups, open, ...filters] : [open, ...groups, ...filters];
  return { ok: true, value: { ...PLAIN, kind: "providers", data, actions } };
}

function several(text: string, found: readonly Provider[], supports: Supports | null): Outcome<Produced> {
  const data = listData("matches", text, found, supports);
  const buttons = data.providers
    .slice(0, BUTTONS)
    .map(({ id, name }): Action => ({ label: name, line: joinWords(["providers", id]) }));
  const open: Action[] =
    data.providers.length > BUTTONS
      ? [{ label: "Open one", line: "providers", fields: providerFields(data.providers) }]
      : [];
  const all: Action = { label: "All providers", line: "providers" };
  return { ok: true, value: { ...PLAIN, kind: "providers", data, actions: [...buttons, ...open, all] } };
}

/** A provider's facts, and the ways back. */
function one(found: Provider): { data: { provider: ProviderData }; actions: Action[] } {
  const { id, name, aliases = [], category, facts, confidence, note, source, seen } = found;
  const owner = found.via === undefined ? null : matcher().byId(found.via);
  const provider: ProviderData = {
    id,
    name,
    aliases,
    category,
    via: owner === null ? null : { id: owner.id, name: owner.name },
    note: note ?? null,
    ...facts,
    confidence,
    source: source ?? null,
    seen: seen ?? null,
  };
  const group = GROUPS.find((letters) => isUnder(found, letters));
  const setUp: Action = {
    label: SETUP_WORDS.nextStep,
    line: joinWords(["setup", id]),
    fields: [{ name: "domain", label: SETUP_WORDS.domains, hint: SETUP_WORDS.domainsHint, required: true }],
    primary: true,
  };
  const actions: Action[] = [
    setUp,
    ...(owner === null ? [] : [{ label: owner.name, line: joinWords(["providers", owner.id]) }]),
    ...(group === undefined ? [] : [{ label: lettersText(group), line: `providers ${lettersText(group)}` }]),
    { label: "All providers", line: "providers" },
  ];
  return { data: { provider }, actions };
}
