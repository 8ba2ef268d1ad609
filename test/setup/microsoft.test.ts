/** Microsoft's label of a domain: every vector of the facts, and the way back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { domainOfLabel, labelInTarget, tenantLabel } from "../../src/setup/microsoft.ts";

const RUNS = 300 * (process.env["LONG"] === "1" ? 10 : 1);

/** Seen in public DNS or zone files, but for Microsoft's own examples (contoso) and one that was computed (noreoguvdal). */
const LABELS: [string, string][] = [
  ["contoso.com", "contoso-com"],
  ["marketing.contoso.com", "marketing-contoso-com"],
  ["contoso.co.uk", "contoso-co-uk"],
  ["pi-hf.com", "pihf-com0e"],
  ["mcc-hvac.com", "mcchvac-com0i"],
  ["octo-bot.io", "octobot-io01b"],
  ["ufficio-2000.it", "ufficio2000-it01i"],
  ["stapleton-family.net", "stapletonfamily-net02c"],
  ["test-and-trace.nhs.uk", "testandtrace-nhs-uk01bb"],
  ["nore-og-uvdal.kommune.no", "noreoguvdal-kommune-no01j"],
  ["st-jean-de-brebeuf.ca", "stjeandebrebeuf-ca0eie"],
  ["saint-aime-du-lac-des-iles.ca", "saintaimedulacdesiles-ca01ceccc"],
  ["ville.sainte-marthe-sur-le-lac.qc.ca", "ville-saintemarthesurlelac-qc-ca03biie"],
  ["find-child-arrangement-option.service.gov.uk", "findchildarrangementoption-service-gov-uk01be2e"],
  ["xn--gllesheim-q9a.de", "xngllesheimq9a-de0m2c"],
];

const BACK: [string, string][] = [
  ["stadtbebra-de01c", "stadt-bebra.de"],
  ["ashfielddc-gov-uk02b", "ashfield-dc.gov.uk"],
  ["hallwattens-at01b", "hall-wattens.at"],
  ["csaanich-ca", "csaanich.ca"],
  ["stpeterjudenburg-gv-at0e1b", "st-peter-judenburg.gv.at"],
];

describe("the tenant label", () => {
  it.each(LABELS)("of %s is %s, and leads back", (domain, label) => {
    expect(tenantLabel(domain)).toBe(label);
    expect(tenantLabel(`${domain.toUpperCase()}.`)).toBe(label);
    expect(domainOfLabel(label)).toBe(domain);
  });

  it.each(BACK)("%s belongs to %s", (label, domain) => {
    expect(domainOfLabel(label)).toBe(domain);
    expect(tenantLabel(domain)).toBe(label);
  });

  it("is none where selector1- and it would not fit a label", () => {
    expect(tenantLabel(`${"a".repeat(49)}.com`)).toBe(`${"a".repeat(49)}-com`);
    expect(tenantLabel(`${"a".repeat(50)}.com`)).toBeNull();
  });

  it.each(["contoso", "", "a b", "contoso_com", "x".repeat(60)])("%j is no label of a domain", (text) => {
    expect(domainOfLabel(text)).toBeNull();
  });

  it("leads back from whatever it gives", () => {
    const label = fc.stringMatching(/^[a-z1-9](?:[a-z1-9-]{0,12}[a-z1-9])?$/);
    fc.assert(
      fc.property(label, label, fc.constantFrom("com", "co.uk", "de"), (one, two, end) => {
        const domain = `${one}.${two}.${end}`;
        const made = tenantLabel(domain);
        fc.pre(made !== null);
        // Two names may share a label only where one of them looks like a code; the way back gives one that makes the label.
        expect(tenantLabel(domainOfLabel(made)!)).toBe(made);
      }),
      { numRuns: RUNS, seed: 365 },
    );
  });
});

describe("the label in a target", () => {
  it.each([
    ["selector1-contoso-com._domainkey.contoso.onmicrosoft.com", "contoso-com"],
    ["Selector2-mcchvac-com0i._domainkey.mcchvac.y-v1.dkim.mail.microsoft", "mcchvac-com0i"],
    ["selector1._domainkey.contoso.com", null],
    ["selector1-contoso.com._domainkey.contoso.onmicrosoft.com", null],
  ])("of %s is %s", (target, label) => {
    expect(labelInTarget(target)).toBe(label);
  });
});
