/** `providers` as a line: what is found under letters and names, the filter, and the pages made of it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../adapters/slack/blocks.ts";
import { readArguments } from "../../src/commands/arguments.ts";
import { providersCommand } from "../../src/commands/providers.ts";
import { stateOf } from "../../src/finding.ts";
import { providers } from "../../src/providers/index.ts";
import {
  providerResultSchema,
  providersResultSchema,
  type ProviderResult,
  type ProvidersResult,
} from "../../src/results/providers.ts";
import { parseSpf } from "../../src/spf/parse.ts";
import { joinWords, splitWords } from "../../src/text/words.ts";
import type { Block, Doc, Line } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { providerPage, providersPage } from "../../src/view/providers-page.ts";
import { checkMessage, shownIn } from "../support/block-kit.ts";
import { LONG } from "../support/spf.ts";

type Told =
  | { kind: "refused"; code: string; message: string }
  | { kind: "provider"; result: ProviderResult; doc: Doc }
  | { kind: "providers"; result: ProvidersResult; doc: Doc };

async function tell(line: string, fields: Record<string, string> = {}): Promise<Told> {
  const split = splitWords(line);
  if (!split.ok) return { kind: "refused", ...split.refusal };
  const args = readArguments(providersCommand, split.words.slice(1), fields);
  if (!args.ok) return { kind: "refused", ...args.refusal };
  const read = args.value as Parameters<typeof providersCommand.run>[0];
  // It asks nobody: all of it lies in the data files.
  const outcome = await providersCommand.run(read, {} as Parameters<typeof providersCommand.run>[1]);
  if (!outcome.ok) return { kind: "refused", ...outcome.refusal };
  const said = joinWords(["providers", ...providersCommand.lineOf(read)]);
  const counted = { state: stateOf(outcome.value.findings), queries: 0, elapsedMs: 1 };
  const given: unknown = { command: "providers", line: said, ...counted, ...outcome.value };
  const { kind } = given as { kind: string };
  if (kind === "provider") {
    const result = given as ProviderResult;
    expect(providerResultSchema.parse(result)).toEqual(result);
    return { kind, result, doc: providerPage(result) };
  }
  const result = given as ProvidersResult;
  expect(providersResultSchema.parse(result)).toEqual(result);
  return { kind: "providers", result, doc: providersPage(result) };
}

async function list(line: string): Promise<{ result: ProvidersResult; doc: Doc }> {
  const told = await tell(line);
  if (told.kind !== "providers") throw new Error(`${line}: ${told.kind}`);
  return told;
}

async function one(line: string): Promise<{ result: ProviderResult; doc: Doc }> {
  const told = await tell(line);
  if (told.kind !== "provider") throw new Error(`${line}: ${told.kind}`);
  return told;
}

function linesOf(block: Block): Line[] {
  switch (block.kind) {
    case "text":
      return [block.line];
    case "record":
      return [[{ kind: "code", text: block.text }], ...(block.note === undefined ? [] : [block.note])];
    case "facts":
      return block.rows.map(({ line }) => line);
    case "list":
      return [...block.items];
    case "table":
      return block.rows.flat();
    case "tree":
      return [block.root.label];
    case "way":
      return block.stations.map(({ name }) => name);
    case "finding":
      return [block.title, block.why, block.fix];
  }
}

function blocksOf({ lead, sections }: Doc): Block[] {
  return [...lead, ...sections.flatMap(({ blocks }) => blocks)];
}

const namesOf = ({ data }: ProvidersResult): string[] => data.providers.map(({ name }) => name);
const idsOf = ({ data }: ProvidersResult): string[] => data.providers.map(({ id }) => id);

describe("the directory", () => {
  it("has a button for each group of letters, and everybody stands in one of them", async () => {
    const { result, doc } = await list("providers");
    expect(result.data).toMatchObject({ view: "overview", asked: null, supports: null });
    expect(result.data.groups.map(({ letters }) => letters)).toEqual(["A-E", "F-L", "M-S", "T-Z"]);
    expect(result.data.groups.reduce((sum, { count }) => sum + count, 0)).toBe(providers().length);
    expect(result.data.providers).toHaveLength(providers().length);
    const lines = doc.actions.map(({ line }) => line);
    expect(lines.slice(0, 4)).toEqual(["providers A-E", "providers F-L", "providers M-S", "providers T-Z"]);
  });

  it.each([
    ["providers A-E", "A-E", /^[A-E]/i],
    ["providers a-e", "A-E", /^[A-E]/i],
    ["providers F-L", "F-L", /^[F-L]/i],
    ["providers L-F", "F-L", /^[F-L]/i],
    ["providers M – S", "M-S", /^[M-S]/i],
    ["providers T-Z", "T-Z", /^[T-Z]/i],
    ["providers m", "M", /^M/i],
  ])("%s lists those under these letters, by name", async (line, asked, first) => {
    const { result } = await list(line);
    const names = namesOf(result);
    expect(result.data).toMatchObject({ view: "letters", asked });
    expect(names).toEqual(
      providers()
        .map(({ name }) => name)
        .filter((name) => first.test(name))
        .sort((a, b) => a.localeCompare(b, "en")),
    );
  });

  it.each([
    ["spf", (spf: boolean | null) => spf === true],
    ["dkim", (_: boolean | null, dkim: boolean | null) => dkim === true],
    ["both", (spf: boolean | null, dkim: boolean | null) => spf === true && dkim === true],
  ] as const)("--supports %s keeps those that are known to", async (supports, fits) => {
    const { result, doc } = await list(`providers --supports ${supports}`);
    const kept = providers().filter(({ facts }) => fits(facts.spf.supported, facts.dkim.supported));
    expect(idsOf(result).toSorted()).toEqual(kept.map(({ id }) => id).sort());
    expect(result.data.groups.reduce((sum, { count }) => sum + count, 0)).toBe(kept.length);
    expect(doc.actions.map(({ line }) => line)).toContain(`providers A-E --supports ${supports}`);
    const letters = await list(`providers M-S --supports ${supports}`);
    expect(idsOf(letters.result).every((id) => kept.some((each) => each.id === id))).toBe(true);
    expect(letters.result.line).toBe(`providers M-S --supports ${supports}`);
  });

  it("filters for something: some support one and not the other, and of some it is not known", async () => {
    const { result } = await list("providers");
    const marks = new Set(result.data.providers.map(({ spf, dkim }) => `${String(spf)} ${String(dkim)}`));
    expect([...marks]).toEqual(expect.arrayContaining(["true true", "true false", "null null"]));
  });

  it("is refused with another filter", async () => {
    expect(await tell("providers --supports dmarc")).toMatchObject({
      kind: "refused",
      code: "command.usage",
    });
  });

  it("opens one by a form", async () => {
    const { doc } = await list("providers M-S");
    const form = doc.actions.find(({ fields }) => fields !== undefined);
    expect(form?.line).toBe("providers");
    const choice = form?.fields?.[0]?.choices?.find(({ label }) => label === "Mimecast");
    expect(await tell("providers", { name: choice!.value })).toMatchObject({
      result: { line: "providers mimecast", data: { provider: { id: "mimecast" } } },
    });
  });

  it("says so where letters hold nobody", async () => {
    const { doc } = await list("providers X --supports both");
    expect(doc.sections.map(({ blocks }) => blocks.map(({ kind }) => kind))).toEqual([["text"]]);
  });
});

/** What a person types, and whom they mean. */
const TYPED: readonly [typed: string, id: string][] = [
  ["sendgrid", "sendgrid"],
  ["SendGrid", "sendgrid"],
  ["Send Grid", "sendgrid"],
  ["send-grid", "sendgrid"],
  ["Twilio SendGrid", "sendgrid"],
  ["sendgird", "sendgrid"],
  ["sengrid", "sendgrid"],
  ["sendgridd", "sendgrid"],
  ["mailchmp", "mailchimp"],
  ["mail chimp", "mailchimp"],
  ["mailchimp", "mailchimp"],
  ["mandrill", "mandrill"],
  ["mandril", "mandrill"],
  ["office 365", "microsoft-365"],
  ["O365", "microsoft-365"],
  ["microsoft365", "microsoft-365"],
  ["Microsft 365", "microsoft-365"],
  ["exchange online", "microsoft-365"],
  ["gmail", "google-workspace"],
  ["google", "google-workspace"],
  ["g suite", "google-workspace"],
  ["Amazon SES", "amazon-ses"],
  ["aws ses", "amazon-ses"],
  ["amazonses", "amazon-ses"],
  ["sendinblue", "brevo"],
  ["breevo", "brevo"],
  ["pardot", "salesforce-account-engagement"],
  ["salesforce", "salesforce"],
  ["convertkit", "kit-convertkit"],
  ["kit", "kit-convertkit"],
  ["exacttarget", "salesforce-marketing-cloud"],
  ["emarsys", "sap-emarsys"],
  ["eloqua", "oracle-eloqua"],
  ["statuspage", "atlassian-statuspage"],
  ["sparkpost", "bird-sparkpost"],
  ["mimecst", "mimecast"],
  ["proof point essentials", "proofpoint-essentials"],
  ["1&1", "ionos"],
  ["customer.io", "customer-io"],
  ["Sender.net", "sender-net"],
  ["klavio", "klaviyo"],
  ["hub spot", "hubspot"],
  ["zendsk", "zendesk"],
  ["postmrak", "postmark"],
  ["include:_spf.google.com", "google-workspace"],
  ["spf.protection.outlook.com", "microsoft-365"],
  ["acme-com.mail.protection.outlook.com", "microsoft-365"],
  ["eu._netblocks.mimecast.com", "mimecast"],
  ["servers.mcsv.net.", "mailchimp"],
  ["klaviyo.com", "klaviyo"],
  ["https://lettermint.com/", "lettermint"],
];

describe("a name", () => {
  it.each(TYPED)("typed %j means %s", async (typed, id) => {
    expect((await one(joinWords(["providers", typed]))).result.data.provider.id).toBe(id);
  });

  it.each([
    ["zoho", ["zoho-campaigns", "zoho-mail", "zoho-zeptomail"]],
    ["proofpoint", ["proofpoint-enterprise", "proofpoint-essentials"]],
    ["namecheap", ["namecheap-email-forwarding", "namecheap-private-email"]],
    ["amazon", ["amazon-ses", "amazon-workmail"]],
    ["oracle", ["oracle-eloqua", "oracle-netsuite", "oracle-oci-email-delivery", "oracle-responsys"]],
    ["marketing cloud", ["salesforce-marketing-cloud", "salesforce-marketing-cloud-next"]],
  ])("%j that several bear is a list to choose from", async (typed, ids) => {
    const { result, doc } = await list(`providers ${typed}`);
    expect(idsOf(result).toSorted()).toEqual(ids);
    expect(result.data).toMatchObject({ view: "matches", asked: typed });
    const lines = doc.actions.map(({ line }) => line);
    for (const id of ids) expect(lines).toContain(`providers ${id}`);
  });

  it.each([
    "acme mailer",
    "qqqqqqqq",
    "example.com",
    "🦭",
    "''",
    "a--b--c--d--e",
    "<!channel>",
    "constructor",
  ])("%j that nobody bears is refused with the nearest", async (typed) => {
    expect(await tell(joinWords(["providers", typed]))).toMatchObject({
      kind: "refused",
      code: "input.unknown-provider",
    });
  });

  it("that is nearly right is told", async () => {
    const told = await tell("providers mailgunnnn");
    expect(told.kind === "refused" && told.message).toContain("Mailgun");
  });

  it.each(
    providers().flatMap(({ id, name, aliases = [] }) =>
      [id, name, ...aliases].map((each) => [each, id] as const),
    ),
  )("%s leads to %s, alone or among others", async (typed, id) => {
    const told = await tell(joinWords(["providers", typed]));
    if (told.kind === "refused") throw new Error(told.code);
    const ids = told.kind === "provider" ? [told.result.data.provider.id] : idsOf(told.result);
    expect(ids).toContain(id);
  });

  it("of any kind is found, listed or refused, never worse", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 100 }), async (typed) => {
        const told = await tell(joinWords(["providers", typed]));
        expect(["provider", "providers", "refused"]).toContain(told.kind);
      }),
      { seed: 47, numRuns: LONG ? 1_000 : 100 },
    );
  });
});

describe("a provider's page", () => {
  const pages = providers().map(({ id }) => [id] as const);

  it.each(pages)("of %s has no empty line, and is within Slack's numbers, each part opened", async (id) => {
    const { doc } = await one(`providers ${id}`);
    const empty = blocksOf(doc)
      .flatMap(linesOf)
      .filter((line) => plainOf(line).trim() === "");
    expect(empty).toEqual([]);
    expect(doc.sections.every(({ blocks }) => blocks.length > 0)).toBe(true);
    for (const open of [undefined, ...doc.sections.map((section) => section.id)]) {
      const message = messageOf(open === undefined ? doc : { ...doc, open });
      expect(checkMessage(message)).toEqual([]);
      expect(shownIn(message.blocks).join("\n")).not.toContain("undefined");
    }
  });

  it.each([
    "providers",
    "providers A-E",
    "providers F-L",
    "providers M-S",
    "providers T-Z",
    "providers zoho",
  ])("and the list of %s too", async (line) => {
    const { doc } = await list(line);
    for (const open of [undefined, ...doc.sections.map((section) => section.id)])
      expect(checkMessage(messageOf(open === undefined ? doc : { ...doc, open }))).toEqual([]);
  });

  it("tells where to click, what to check, and the sources with their dates", async () => {
    const { doc, result } = await one("providers mimecast");
    const ids = doc.sections.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(["spf", "dkim", "setup", "verify", "contradictions", "sources"]),
    );
    expect(ids.at(-1)).toBe("sources");
    const { spf } = result.data.provider;
    expect(spf.terms.find(({ region }) => region?.startsWith("Germany"))?.term).toBe(
      "include:de._netblocks.mimecast.com",
    );
    expect(spf.needed).toBe("yes");
    const sources = doc.sections
      .find(({ id }) => id === "sources")!
      .blocks.flatMap(linesOf)
      .map(plainOf);
    expect(sources.some((line) => /confidence (?:high|medium|low)/.test(line))).toBe(true);
    expect(sources.some((line) => line.includes("source not recorded"))).toBe(true);
  });

  it("names the owner of what it sends through", async () => {
    const { result, doc } = await one("providers resend");
    expect(result.data.provider.via).toEqual({ id: "amazon-ses", name: "Amazon SES" });
    expect(doc.actions.map(({ line }) => line)).toContain("providers amazon-ses");
  });

  it.each([
    ["microsoft-365", "only-when"],
    ["google-workspace", "yes"],
    ["sendgrid", "no"],
    ["mailchimp", "no"],
    ["hubspot", "only-when"],
    ["amazon-ses", "no"],
    ["bird-sparkpost", "on-subdomain"],
    ["valimail", "replaces"],
    ["gorgias", "unknown"],
  ])("of %s says that SPF is needed: %s", async (id, needed) => {
    expect((await one(`providers ${id}`)).result.data.provider.spf.needed).toBe(needed);
  });
});

describe("the terms of all providers", () => {
  const terms = providers().flatMap(({ id, facts }) =>
    facts.spf.terms.map(({ term }) => [id, term] as const),
  );

  it.each(terms)("of %s parse in a record: %s", (_, term) => {
    const { errors, terms: read } = parseSpf(`v=spf1 ${term} ~all`);
    expect(errors).toEqual([]);
    expect(read).toHaveLength(2);
  });
});
