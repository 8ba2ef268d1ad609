/** A conversation for every provider, walked to its end with generated answers; and what facts become. */
import { check } from "recheck";
import { describe, expect, it } from "vitest";
import { providers } from "../../src/providers/index.ts";
import type { Provider } from "../../src/providers/schema.ts";
import { readAnswer } from "../../src/setup/answer.ts";
import { flowIds } from "../../src/setup/flows.ts";
import { flowFor, genericFlow } from "../../src/setup/generic.ts";
import { flowSchema } from "../../src/setup/schema.ts";
import { asksOf } from "../../src/setup/scope.ts";
import { variablesOf } from "../../src/setup/template.ts";
import { isSpf, parseSpf } from "../../src/spf/parse.ts";
import { seenOf, textsOf, walk } from "./drive.ts";

const DOMAIN = "waxseal.example";
const generic = providers()
  .map((provider) => ({ id: provider.id, provider }))
  .filter(({ id }) => !flowIds().includes(id));

const walked = (provider: Provider, answers: Readonly<Record<string, string>> = {}, domains = [DOMAIN]) =>
  walk(
    flowFor(provider),
    domains,
    seenOf(Object.fromEntries(domains.map((each) => [each, {}]))),
    ({ variable, default: offered, example }) => answers[variable] ?? offered ?? example,
  );

describe("a conversation of every provider", () => {
  it.each(generic)("$id keeps to the schema, and asks what its own answers fit", ({ provider }) => {
    const flow = genericFlow(provider);
    expect(flowSchema.safeParse(flow).error?.issues ?? []).toEqual([]);
    const asks = asksOf(flow);
    expect(new Set(asks.map(({ variable }) => variable)).size).toBe(asks.length);
    for (const ask of asks) {
      for (const good of ask.good)
        expect(readAnswer(ask, good, DOMAIN), `${ask.variable} ${good}`).toMatchObject({ ok: true });
      if (ask.id.startsWith("generic"))
        for (const bad of ask.bad)
          expect(readAnswer(ask, bad, DOMAIN), `${ask.variable} ${bad}`).toMatchObject({ ok: false });
      for (const { value } of ask.choices ?? [])
        expect(readAnswer(ask, value, DOMAIN)).toMatchObject({ ok: true });
    }
  });

  it("has patterns that take linear time", async () => {
    const patterns = new Set(
      generic.flatMap(({ provider }) => asksOf(genericFlow(provider)).map(({ pattern }) => pattern)),
    );
    for (const pattern of patterns) {
      const { status } = await check(pattern, "", { timeout: null });
      expect([pattern, status]).toEqual([pattern, "safe"]);
    }
  }, 60_000);

  const cases = generic.flatMap(({ id, provider }) => {
    const values = asksOf(genericFlow(provider)).flatMap((ask) =>
      ask.id.startsWith("generic")
        ? [...new Set([...ask.good, ...(ask.choices ?? []).map(({ value }) => value)])].map((value) => ({
            variable: ask.variable,
            value,
          }))
        : [],
    );
    return [
      { id, provider, answers: {}, label: "first" },
      ...values.map(({ variable, value }) => ({
        id,
        provider,
        answers: { [variable]: value },
        label: `${variable} = ${value.slice(0, 30)}`,
      })),
    ];
  });

  it.each(cases)("$id runs to its end ($label)", ({ provider, answers }) => {
    const { pages, published, verified } = walked(provider, answers);
    expect(pages.at(-1)?.done).toBe(true);
    for (const page of pages)
      expect(
        textsOf(page).filter((text) => variablesOf(text).length > 0),
        page.step.id,
      ).toEqual([]);
    expect(new Set(verified)).toEqual(new Set(published.map(({ key }) => key)));
    for (const { role, type, host, value } of published) {
      expect(host).toMatch(/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/);
      if (role === "spf") expect([isSpf(value), parseSpf(value).errors], value).toEqual([true, []]);
      if (role === "dkim" && type === "TXT") expect(value).toMatch(/p=[A-Za-z0-9+/=]+/);
      if (type !== "TXT") expect(value).toMatch(/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/);
    }
  });

  it.each(generic)("$id publishes the records that its facts name whole", ({ provider }) => {
    const hosts = new Set(walked(provider).published.map(({ host }) => host));
    const { supported, records } = provider.facts.dkim;
    const whole = records
      .map(({ host }) => host.replaceAll("{domain}", DOMAIN))
      .filter((host) => !/[{,]/.test(host));
    expect(whole.filter((host) => supported !== false && !hosts.has(host.toLowerCase()))).toEqual([]);
    const keys = [...hosts].filter((host) => host.includes("_domainkey"));
    expect(keys.length > 0 || supported === false || records.length === 0).toBe(true);
  });

  it("gives each of several domains its own list", () => {
    const provider = providers().find(({ id }) => id === "fastmail")!;
    const { published } = walked(provider, {}, ["a.example", "b.example"]);
    expect(
      published
        .filter(({ domain, role }) => domain === "b.example" && role === "dkim")
        .map(({ host, value }) => [host, value]),
    ).toContainEqual(["fm1._domainkey.b.example", "fm1.b.example.dkim.fmhosted.com"]);
  });
});

describe("facts", () => {
  const records = (id: string, answers: Readonly<Record<string, string>> = {}) =>
    walked(
      providers().find((provider) => provider.id === id)!,
      answers,
    )
      .published.filter(({ role }) => role !== "dmarc")
      .map(({ host, type, value }) => `${host} ${type} ${value}`.replaceAll(DOMAIN, "*"));

  it.each([
    [
      "constant-contact",
      {},
      [
        "ctct1._domainkey.* CNAME 100._domainkey.dkim1.ccsend.com",
        "ctct2._domainkey.* CNAME 200._domainkey.dkim2.ccsend.com",
      ],
    ],
    [
      "tuta",
      {},
      [
        "* TXT v=spf1 include:spf.tutanota.de ~all",
        "s1._domainkey.* CNAME s1.domainkey.tutanota.de",
        "s2._domainkey.* CNAME s2.domainkey.tutanota.de",
      ],
    ],
    [
      "mailersend",
      {},
      [
        "* TXT v=spf1 include:_spf.mailersend.net ~all",
        "mlsend2._domainkey.* CNAME mlsend2._domainkey.mailersend.net",
      ],
    ],
    ["codetwo", { spfChoice: "none" }, []],
    ["codetwo", {}, ["* TXT v=spf1 include:spf.emailsignatures365.com ~all"]],
    [
      "hornetsecurity",
      { recordValue1: "a.example.net", recordValue2: "B.example.net." },
      [
        "* TXT v=spf1 include:spf.hornetsecurity.com ~all",
        "hse1._domainkey.* CNAME a.example.net",
        "hse2._domainkey.* CNAME b.example.net",
      ],
    ],
  ])("of %s with %j become %j", (id, answers, wanted) => {
    expect(records(id, answers)).toEqual(wanted);
  });
});
