/** The BIMI check: records, indicators and certificates over literal zones and documents. */
import { beforeAll, describe, expect, it } from "vitest";
import { bimiCheck } from "../../src/checks/bimi/index.ts";
import type { Zone } from "../../src/dns/zone.ts";
import type { FetchFailure } from "../../src/ports.ts";
import { der, makeCertificate, usage, type Certificate } from "../support/certificate.ts";
import { documentsHttp, type Document } from "../support/documents.ts";
import { failInTurn, see, type World } from "../support/domain-check.ts";

const DOMAIN = "example.com";
const NAME = `default._bimi.${DOMAIN}`;
const SVG = "https://logo.example.net/logo.svg";
const PEM = "https://ca.example.net/mark.pem";
const NOW = Date.UTC(2026, 10, 21);
const DAY = 86_400_000;
const ENFORCED: Zone = { [`_dmarc.${DOMAIN}`]: { TXT: "v=DMARC1; p=reject" } };
const at = (TXT: string | string[], name = NAME): Zone => ({ ...ENFORCED, [name]: { TXT } });
const RECORD = at(`v=BIMI1; l=${SVG}; a=${PEM};`);
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 9 9"><title>Example</title></svg>`;

let mark: Certificate;
const log: string[] = [];

beforeAll(() => {
  mark = certificate();
});

function certificate(days = 100, dns = DOMAIN, oids = ["1.3.6.1.5.5.7.3.31"]): Certificate {
  return makeCertificate({
    name: "Example Inc",
    dns: [dns],
    from: NOW - DAY,
    to: NOW + days * DAY,
    extensions: [{ oid: "1.3.6.1.5.5.7.1.12", value: der(0x30) }, usage(...oids)],
  });
}

const world = (
  documents: Record<string, Document>,
  domain = DOMAIN,
): World & { domain: string; more: object } => ({
  domain,
  more: { http: documentsHttp(documents, log), now: () => NOW },
});
const run = (
  zone: Zone,
  documents: Record<string, Document> = { [SVG]: LOGO, [PEM]: mark.cert },
  domain = DOMAIN,
) => {
  log.length = 0;
  return see(bimiCheck, zone, world(documents, domain));
};

describe("a record", () => {
  it("with an indicator and a certificate is nothing to talk about", async () => {
    const seen = await run(RECORD);
    expect(seen.told).toEqual([]);
    expect(seen.data).toMatchObject({
      status: "ready",
      name: NAME,
      location: SVG,
      evidence: PEM,
      indicator: { title: "Example" },
      certificate: { names: [DOMAIN], count: 1 },
    });
    expect(log).toEqual([SVG, PEM]);
  });

  const cases: [about: string, zone: Zone, status: string, told: string[]][] = [
    ["that is missing is no fault", {}, "absent", [`info bimi.missing ${DOMAIN}`]],
    ["that declines is told", at("v=BIMI1; l=; a="), "declined", [`info bimi.declined ${NAME}`]],
    ["in small letters is told", at("v=bimi1; l="), "absent", [`error bimi.near-miss ${NAME}`]],
    [
      "that stands twice is none",
      at(["v=BIMI1; l=", "v=BIMI1; l="]),
      "broken",
      [`error bimi.several ${NAME}`],
    ],
    ["with a script is told", at("v=BIMI1; l=javascript:alert(1)"), "broken", [`error bimi.syntax ${NAME}`]],
    [
      "with http is told",
      at("v=BIMI1; l=http://x.example.org/a.svg"),
      "broken",
      [`error bimi.syntax ${NAME}`],
    ],
    ["with a file is told", at("v=BIMI1; l=file:///etc/passwd"), "broken", [`error bimi.syntax ${NAME}`]],
  ];
  it.each(cases)("%s", async (_about, zone, status, told) => {
    const seen = await run(zone);
    expect(seen.told).toEqual(told);
    expect(seen.data).toMatchObject({ status, location: null, indicator: null, certificate: null });
    expect(log).toEqual([]);
  });

  it("without a certificate is told what that means", async () => {
    const seen = await run(at(`v=BIMI1; l=${SVG}; avp=x; lps=a_b`));
    expect(seen.told).toEqual([
      "warning bimi.oddity a_b",
      "warning bimi.oddity x",
      `info bimi.no-evidence ${NAME}`,
    ]);
    expect(seen.data.status).toBe("ready");
  });

  it("of the organizational domain is found", async () => {
    const seen = await run(RECORD, undefined, `news.${DOMAIN}`);
    expect(seen.told).toEqual([`info bimi.inherited news.${DOMAIN}`]);
    const asked = seen.asked.filter((question) => question.includes("_bimi"));
    expect(asked).toEqual([`TXT default._bimi.news.${DOMAIN}`, `TXT ${NAME}`]);
    expect(seen.data).toMatchObject({ status: "ready", name: NAME });
  });

  it("of a name's own is not looked for above", async () => {
    const seen = await run(
      { ...RECORD, ...at("v=BIMI1; l=;", `default._bimi.news.${DOMAIN}`) },
      {},
      `news.${DOMAIN}`,
    );
    expect(seen.asked).toHaveLength(1);
    expect(seen.data.status).toBe("declined");
  });
});

describe("an indicator", () => {
  const cases: [about: string, document: Document, status: string, told: string[]][] = [
    [
      "with a picture from elsewhere is told",
      LOGO.replace("</svg>", '<image href="http://127.0.0.1/"/></svg>'),
      "broken",
      ["error bimi.svg image", "error bimi.svg reference"],
    ],
    [
      "with a document type is told",
      `<!DOCTYPE svg [<!ENTITY a "b">]>${LOGO}`,
      "broken",
      ["error bimi.svg xml"],
    ],
    [
      "with ten scripts is told once",
      LOGO.replace("</svg>", `${"<script/>".repeat(10)}</svg>`),
      "broken",
      ["error bimi.svg script"],
    ],
    ["that is not square is told", LOGO.replace("9 9", "9 8"), "ready", ["warning bimi.svg-advice view-box"]],
    [
      "of more than 32 KB is told",
      LOGO.replace("</title>", `${" ".repeat(40_000)}</title>`),
      "ready",
      ["warning bimi.svg-advice large"],
    ],
    ["of five megabytes is not read", "x".repeat(5_242_880), "broken", ["error bimi.svg large"]],
    [
      "that is compressed could not be checked",
      Uint8Array.from([0x1f, 0x8b]),
      "unknown",
      ["unknown bimi.svg-not-read compressed"],
    ],
    ["that is no SVG is told", "PNG", "broken", ["error bimi.svg xml"]],
  ];
  it.each(cases)("%s", async (_about, document, status, told) => {
    const seen = await run(RECORD, { [SVG]: document, [PEM]: mark.cert });
    expect(seen.told).toEqual(told);
    expect(seen.data.status).toBe(status);
  });
});

describe("a certificate", () => {
  const cases: [about: string, document: () => Document, status: string, told: string[]][] = [
    [
      "that ends soon is told",
      () => certificate(10).cert,
      "ready",
      [`warning bimi.certificate-expires ${PEM}`],
    ],
    [
      "that has ended is told",
      () => certificate(-0.5).cert,
      "broken",
      ["error bimi.certificate-expired certificate 0"],
    ],
    [
      "for another domain is told",
      () => certificate(100, "example.org").cert,
      "broken",
      [`error bimi.certificate-name ${PEM}`],
    ],
    [
      "of a web server is told",
      () => certificate(100, DOMAIN, ["1.3.6.1.5.5.7.3.1"]).cert,
      "broken",
      ["error bimi.certificate-kind usage"],
    ],
    ["that is a page is told", () => "<html>", "broken", [`error bimi.certificate-unreadable ${PEM}`]],
    [
      "among a thousand is not looked for",
      () => "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n".repeat(1_000),
      "broken",
      [`error bimi.certificate-unreadable ${PEM}`],
    ],
    [
      "that does not follow upon the next is told",
      () => mark.cert + certificate().cert,
      "broken",
      ["error bimi.certificate-chain certificate 0"],
    ],
  ];
  it.each(cases)("%s", async (_about, document, status, told) => {
    const seen = await run(RECORD, { [SVG]: LOGO, [PEM]: document() });
    expect(seen.told).toEqual(told);
    expect(seen.data.status).toBe(status);
  });
});

describe("a document that does not come", () => {
  const cases: [why: FetchFailure, told: string, status: string][] = [
    ["blocked", "error bimi.unreachable", "broken"],
    ["no-address", "error bimi.unreachable", "broken"],
    ["dns", "unknown bimi.not-read", "unknown"],
    ["connect", "error bimi.unreachable", "broken"],
    ["timeout", "unknown bimi.not-read", "unknown"],
    ["certificate", "error bimi.unreachable", "broken"],
    ["status", "error bimi.unreachable", "broken"],
    ["encoded", "unknown bimi.not-read", "unknown"],
    ["malformed", "error bimi.unreachable", "broken"],
  ];
  it.each(cases)("because of %s is %s", async (why, told, status) => {
    const failed = { kind: "failed", why } as const;
    for (const [url, documents] of [
      [SVG, { [SVG]: failed, [PEM]: mark.cert }],
      [PEM, { [SVG]: LOGO, [PEM]: failed }],
    ] as const) {
      const seen = await run(RECORD, documents);
      expect(seen.told).toEqual([`${told} ${url}`]);
      expect(seen.data.status).toBe(status);
    }
  });
});

it("no failed answer is taken for a missing record", async () => {
  for (const zone of [RECORD, {}])
    for (const { question, why, seen } of await failInTurn(
      bimiCheck,
      zone,
      world({ [SVG]: LOGO, [PEM]: mark.cert }, `a.${DOMAIN}`),
    )) {
      const told = seen.findings.filter(({ severity }) => severity !== "info");
      // The walk's other names do not decide the policy: the record is the organizational domain's.
      if (question === "TXT _dmarc.com") continue;
      expect(
        told.map(({ id, evidence }) => [id, `TXT ${String(evidence["name"])}`, evidence["why"]]),
      ).toEqual([["bimi.failed", question, why]]);
      if (question.includes("_bimi")) expect(seen.data.status).toBe("unknown");
    }
});

describe("under DMARC", () => {
  const CASES: readonly [string, string | null, string[]][] = [
    ["reject", "v=DMARC1; p=reject", []],
    ["quarantine", "v=DMARC1; p=quarantine; pct=100", []],
    ["quarantine for a part", "v=DMARC1; p=quarantine; pct=50", ["pct"]],
    ["reject for a part", "v=DMARC1; p=reject; pct=50", []],
    ["none", "v=DMARC1; p=none", ["none"]],
    ["none for subdomains", "v=DMARC1; p=reject; sp=none", ["sp-none"]],
    ["quarantine on trial", "v=DMARC1; p=quarantine; t=y", ["none"]],
    ["reject on trial", "v=DMARC1; p=reject; t=y", []],
    ["reject, quarantine for a part of subdomains", "v=DMARC1; p=reject; sp=quarantine; pct=50", ["pct"]],
    ["no policy", null, ["no-policy"]],
    ["a faulty record", "v=DMARC1; p=rejct", ["no-policy"]],
  ];
  it.each(CASES)("%s", async (_name, record, faults) => {
    const dmarc: Zone = record === null ? {} : { [`_dmarc.${DOMAIN}`]: { TXT: record } };
    const { findings } = await run({ [NAME]: RECORD[NAME]!, ...dmarc });
    const told = findings.filter(({ id }) => id === "bimi.dmarc").map(({ evidence }) => evidence["fault"]);
    expect(told).toEqual(faults);
  });

  const SUB = `news.${DOMAIN}`;
  const BELOW: readonly [string, string | null, string, [string, string][]][] = [
    ["both enforced", "v=DMARC1; p=reject", "v=DMARC1; p=reject", []],
    ["none above", "v=DMARC1; p=reject", "v=DMARC1; p=none", [[DOMAIN, "none"]]],
    ["none for subdomains above", "v=DMARC1; p=reject", "v=DMARC1; p=reject; sp=none", [[DOMAIN, "sp-none"]]],
    ["its own none", "v=DMARC1; p=none", "v=DMARC1; p=reject", [[SUB, "none"]]],
    ["none above, reject for subdomains", null, "v=DMARC1; p=none; sp=reject", [[DOMAIN, "none"]]],
  ];
  it.each(BELOW)("a subdomain with %s", async (_name, own, above, faults) => {
    const zone: Zone = {
      [NAME]: RECORD[NAME]!,
      [`_dmarc.${DOMAIN}`]: { TXT: above },
      ...(own === null ? {} : { [`_dmarc.${SUB}`]: { TXT: own } }),
    };
    const { findings } = await see(bimiCheck, zone, world({ [SVG]: LOGO, [PEM]: mark.cert }, SUB));
    const told = findings.filter(({ id }) => id === "bimi.dmarc");
    expect(told.map(({ evidence: { name, fault } }) => [name, fault])).toEqual(
      faults.map(([name, fault]) => [`_dmarc.${name}`, fault]),
    );
  });
});
