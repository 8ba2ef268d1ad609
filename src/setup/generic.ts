/** A conversation for a provider without a flow of its own, made from what its data file says of it. */
import type { Facts } from "../providers/facts.ts";
import type { Provider } from "../providers/schema.ts";
import { flowIds, readFlow, sharedStep } from "./flows.ts";
import { DOMAIN_DERIVED, plainText } from "./generic-text.ts";
import { join, keysOf } from "./generic-keys.ts";
import { spfOf } from "./generic-spf.ts";
import type { Flow, RecordTemplate, Step } from "./schema.ts";

/** The conversation of a provider: its own flow, else one made from its facts. That of domains that send nothing is `parkedFlow`. */
export function flowFor(provider: Provider): Flow {
  return readFlow(provider.id) ?? genericFlow(provider);
}

/** A flow of its own that no provider's file stands beside, by its id, name or alias; null where there is none. */
export function ownFlow(typed: string): Flow | null {
  const meant = typed.trim().toLowerCase();
  const id =
    flowIds().find((each) => each === meant) ?? flowIds().find((each) => namesOf(each).includes(meant));
  return id === undefined ? null : readFlow(id);
}

function namesOf(id: string): string[] {
  const flow = readFlow(id);
  return flow === null ? [] : [flow.name, ...flow.aliases].map((each) => each.toLowerCase());
}

/** Makes a flow of facts: nothing that they do not say, and questions for what only the provider's console shows. */
export function genericFlow({ id, name, aliases = [], facts }: Provider): Flow {
  const { include, ...spf } = spfOf(facts);
  const { asks, records, derived } = join([spf, keysOf(facts)]);
  const steps: Step[] = [
    sharedStep("who-edits-dns"),
    ...consoleSteps(name, facts),
    ...asks,
    ...publishSteps(records, facts, include.reason),
    ...enableSteps(name, facts),
    sharedStep("dmarc-ask"),
    sharedStep("dmarc-publish"),
    sharedStep("dmarc-verify"),
    { kind: "done", id: "generic-done", tick: `${name} is set up for {domain}.` },
  ];
  return {
    id,
    name,
    aliases,
    include,
    prerequisites: [],
    varies: [],
    notes: notesOf(facts),
    derived: [...DOMAIN_DERIVED, ...derived],
    steps,
  };
}

function consoleSteps(name: string, { setup, unconfirmed }: Facts): Step[] {
  if (setup.length === 0) return [];
  return [
    {
      kind: "provider-action",
      id: "generic-console",
      title: `Get the records from ${name}`,
      menu: setup.map(plainText),
      pitfalls: unconfirmed.map((text) => `not confirmed: ${plainText(text)}`),
    },
  ];
}

/** What is published and looked at; where that is nothing, why. */
function publishSteps(records: readonly RecordTemplate[], { verify, dkim }: Facts, reason: string): Step[] {
  const pass = verify.length > 0 ? verify.map(plainText).join("; ") : "every record as shown";
  if (records.length === 0)
    return [
      {
        kind: "explain",
        id: "generic-nothing",
        title: "No record is known",
        text: [reason, ...dkim.notes.map(plainText)].join(" "),
      },
    ];
  return [
    { kind: "publish", id: "generic-publish", title: "Records", records: [...records] },
    {
      kind: "verify",
      id: "generic-check",
      title: "Records are right",
      queries: records.map(({ name, type }) => ({ name, type, at: "authoritative" as const })),
      pass,
      wrong: [],
    },
  ];
}

/** Back to the console: the last of its steps, as a rule a button that checks. */
function enableSteps(name: string, { setup, verify }: Facts): Step[] {
  const last = setup.at(-1);
  if (last === undefined || setup.length < 2) return [];
  const expect =
    verify.length > 0 ? verify.map(plainText).join("; ") : "the console shows the domain as verified";
  return [
    {
      kind: "enable",
      id: "generic-enable",
      title: `Let ${name} check the records`,
      menu: [plainText(last)],
      expect,
      errors: [],
    },
  ];
}

function notesOf({ spf, dkim, dmarc, contradictions }: Facts): Flow["notes"] {
  const note = (topic: string, texts: readonly (string | null)[]): Flow["notes"] =>
    texts.flatMap((text) => (text === null ? [] : [{ topic, text: plainText(text) }]));
  return [
    ...note("spf", spf.notes),
    ...note("returnPath", [spf.customReturnPath.note]),
    ...note("dkim", [...dkim.notes, dkim.rotation]),
    ...note("dmarc", [dmarc.note]),
    ...note("contradiction", contradictions),
  ];
}
