/** Recognition: names as they stand in records, and who is behind them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matcher, providers } from "../../src/providers/index.ts";
import { createMatcher } from "../../src/providers/match.ts";
import { providerSchema } from "../../src/providers/schema.ts";
import { NO_FACTS } from "../support/facts.ts";

const known = matcher();
const RUNS = process.env["LONG"] === "1" ? 5_000 : 500;
const SEED = 20_261_124;

const SPF: readonly (readonly [string, string])[] = [
  ["_spf.google.com", "google-workspace"],
  ["_netblocks2.google.com", "google-workspace"],
  ["spf.protection.outlook.com", "microsoft-365"],
  ["SPF.Protection.Outlook.com.", "microsoft-365"],
  ["spf.protection.office365.us", "microsoft-365"],
  ["eu._netblocks.mimecast.com", "mimecast"],
  ["ab12cd34._spf._d.mim.ec", "mimecast"],
  ["uspcom._netblocks.mimecast-pscom-us.com", "mimecast"],
  ["spf-0014ca01.pphosted.com", "proofpoint-enterprise"],
  ["%{ir}.%{v}.%{d}.spf.has.pphosted.com", "proofpoint-enterprise"],
  ["dispatch-us.ppe-hosted.com", "proofpoint-essentials"],
  ["sendgrid.net", "sendgrid"],
  ["u1234567.wl.sendgrid.net", "sendgrid"],
  ["servers.mcsv.net", "mailchimp"],
  ["spf.mandrillapp.com", "mandrill"],
  ["amazonses.com", "amazon-ses"],
  ["_spf.salesforce.com", "salesforce"],
  ["%{i}._spf.mta.salesforce.com", "salesforce"],
  ["aspmx.pardot.com", "salesforce-account-engagement"],
  ["cust-spf.exacttarget.com", "salesforce-marketing-cloud"],
  ["5814339.spf07.hubspotemail.net", "hubspot"],
  ["mail.zendesk.com", "zendesk"],
  ["zohomail.eu", "zoho-mail"],
  ["one.zoho.com", "zoho-mail"],
  ["eu.zcsend.net", "zoho-campaigns"],
  ["zeptomail.net", "zoho-zeptomail"],
  ["mailgun.org", "mailgun"],
  ["_spf.eu.mailgun.org", "mailgun"],
  ["spf.mtasv.net", "postmark"],
  ["_spf.eu.sparkpostmail.com", "bird-sparkpost"],
  ["acme.mail.e.sparkpost.com", "bird-sparkpost"],
  ["spf.messagingengine.com", "fastmail"],
  ["_spf.protonmail.ch", "proton-mail"],
  ["spf.brevo.com", "brevo"],
  ["spf.sendinblue.com", "brevo"],
  ["spf.mailjet.com", "mailjet"],
  ["_spf.mlsend.com", "mailerlite"],
  ["emailus.freshservice.com", "freshworks"],
  ["fdspfeuc.freshemail.io", "freshworks"],
  ["spf.ess.uk.barracudanetworks.com", "barracuda"],
  ["%{i}.spf.hc1419-85.eu.iphmx.com", "cisco-secure-email"],
  ["spf.messagelabs.com", "symantec-email-security-cloud"],
  ["_spf_useast2.prod.hydra.sophos.com", "sophos-email"],
  ["spf-us.tmes.trendmicro.com", "trend-micro-email-security"],
  ["spf.hornetsecurity.com", "hornetsecurity"],
  ["spf.uk.exclaimer.net", "exclaimer"],
  ["spf-de.emailsignatures365.com", "codetwo"],
  ["_spf-eu.ionos.com", "ionos"],
  ["mx.ovh.com", "ovhcloud"],
  ["secureserver.net", "godaddy"],
  ["_spf.mail.hostinger.com", "hostinger"],
  ["spf.titan.email", "titan-email"],
  ["_spf.yandex.net", "yandex-360"],
  ["%{i}._ip.%{h}._ehlo.%{d}._spf.vali.email", "valimail"],
  ["_u.example.org._spf.smart.ondmarc.com", "red-sift-ondmarc"],
  ["e8hof08eok.powerspf.com", "powerdmarc"],
  ["b.spf.service-now.com", "servicenow"],
  ["_spf-dc55.sapsf.eu", "sap-successfactors"],
  ["spf.emarsys.net", "sap-emarsys"],
  ["eu.rp.oracleemaildelivery.com", "oracle-oci-email-delivery"],
  ["stspg-customer.com", "atlassian-statuspage"],
  ["_spf.atlassian.net", "atlassian"],
];

const MX: readonly (readonly [string, string])[] = [
  ["smtp.google.com", "google-workspace"],
  ["ALT1.ASPMX.L.GOOGLE.COM", "google-workspace"],
  ["aspmx2.googlemail.com", "google-workspace"],
  ["example-com.mail.protection.outlook.com", "microsoft-365"],
  ["example-com.c-v1.mx.microsoft", "microsoft-365"],
  ["eu-smtp-inbound-1.mimecast.com", "mimecast"],
  ["za-smtp-inbound-2.mimecast.co.za", "mimecast"],
  ["mxa-0014ca01.gslb.pphosted.com", "proofpoint-enterprise"],
  ["mx1-us1.ppe-hosted.com", "proofpoint-essentials"],
  ["d12345a.ess.barracudanetworks.com", "barracuda"],
  ["d12345.a.ess.uk.barracudanetworks.com", "barracuda"],
  ["mx1.hc1299-98.c3s2.iphmx.com", "cisco-secure-email"],
  ["mx-01-eu-central-1.prod.hydra.sophos.com", "sophos-email"],
  ["acme.in.tmes-anz.trendmicro.com", "trend-micro-email-security"],
  ["cluster5.eu.messagelabs.com", "symantec-email-security-cloud"],
  ["mx01.hornetsecurity.com", "hornetsecurity"],
  ["in1-smtp.messagingengine.com", "fastmail"],
  ["mailsec.protonmail.ch", "proton-mail"],
  ["mx3.zoho.com", "zoho-mail"],
  ["mx01.mail.icloud.com", "icloud"],
  ["route1.mx.cloudflare.net", "cloudflare-email"],
  ["mx00.ionos.co.uk", "ionos"],
  ["mx1.mail.ovh.net", "ovhcloud"],
  ["mail.tutanota.de", "tuta"],
  ["aspmx1.migadu.com", "migadu"],
  ["feedback-smtp.us-east-1.amazonses.com", "amazon-ses"],
  ["inbound-smtp.eu-west-1.amazonaws.com", "amazon-ses"],
  ["mxbiz1.qq.com", "tencent-exmail"],
  ["eforward3.registrar-servers.com", "namecheap-email-forwarding"],
  ["reply.s10.exacttarget.com", "salesforce-marketing-cloud"],
];

const CNAME: readonly (readonly [string, string])[] = [
  ["selector1-example-com._domainkey.example.onmicrosoft.com", "microsoft-365"],
  ["selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft", "microsoft-365"],
  ["s1.domainkey.u1234567.wl123.sendgrid.net", "sendgrid"],
  ["dkim2.mcsv.net", "mailchimp"],
  ["dkim1.mandrillapp.com", "mandrill"],
  ["k2.optin.com", "aweber"],
  ["abcdefghijklmnopqrstuvwxyz234567.dkim.amazonses.com", "amazon-ses"],
  ["token.dkim.eu-south-1.amazonses.com", "amazon-ses"],
  ["example-com.hs05a.dkim.hubspotemail.net", "hubspot"],
  ["zendesk1._domainkey.zendesk.com", "zendesk"],
  ["pdk1._domainkey.ab12c.dkim1.mailgun.com", "mailgun"],
  ["pm.mtasv.net", "postmark"],
  ["fm1.example.com.dkim.fmhosted.com", "fastmail"],
  ["protonmail.domainkey.dabc.domains.proton.ch", "proton-mail"],
  ["sf1.ab12cd.custdkim.salesforce.com", "salesforce"],
  ["100._domainkey.dkim1.ccsend.com", "constant-contact"],
  ["wl1s1.domainkey.freshemail.io", "freshworks"],
  ["kl1.domainkey.ab12.klaviyodns.com", "klaviyo"],
  ["dkim.acdkim1.acems1.com", "activecampaign"],
  ["dkim1.0123456789ab.p123.email.myshopify.com", "shopify"],
  ["key1.example.com._domainkey.migadu.com", "migadu"],
  ["litesrv._domainkey.mlsend.com", "mailerlite"],
  ["dkim.smtp2go.net", "smtp2go"],
];

const PTR: readonly (readonly [string, string])[] = [
  ["mail-ej1-f41.google.com", "google-workspace"],
  ["mail-he1eur01on0100.outbound.protection.outlook.com", "microsoft-365"],
  ["a14-88.smtp-out.amazonses.com", "amazon-ses"],
  ["mail12.suw91.mcdlv.net", "mailchimp"],
  ["server-0.bemta-0.messagelabs.com", "symantec-email-security-cloud"],
  ["us-smtp-delivery-1.mimecast.com", "mimecast"],
  ["westeu12-emailsignatures-cloud.codetwo.com", "codetwo"],
  ["s1-b166.socketlabs.email-od.com", "socketlabs"],
];

const RETURN_PATH: readonly (readonly [string, string])[] = [
  ["mail12.suw91.rsgsv.net", "mailchimp"],
  ["eu-west-1.amazonses.com", "amazon-ses"],
  ["bnc.salesforce.com", "salesforce"],
  ["bnc3.mailjet.com", "mailjet"],
  ["pm.mtasv.net", "postmark"],
];

describe("a name is recognised", () => {
  it.each(SPF)("as SPF target: %s is %s", (name, id) => {
    expect(known.spf(name)?.id).toBe(id);
  });
  it.each(MX)("as MX host: %s is %s", (name, id) => {
    expect(known.mx(name)?.id).toBe(id);
  });
  it.each(CNAME)("as CNAME target: %s is %s", (name, id) => {
    expect(known.cname(name)?.id).toBe(id);
  });
  it.each(PTR)("as name of a server: %s is %s", (name, id) => {
    expect(known.ptr(name)?.id).toBe(id);
  });
  it.each(RETURN_PATH)("as envelope domain: %s is %s", (name, id) => {
    expect(known.returnPath(name)?.id).toBe(id);
  });

  it("for more than forty providers in these tables", () => {
    expect(new Set([...SPF, ...MX, ...CNAME].map(([, id]) => id)).size).toBeGreaterThan(40);
  });
});

describe("a near miss is nobody", () => {
  it.each([
    ["spf", "evilsendgrid.net"],
    ["spf", "sendgrid.net.example.com"],
    ["spf", "evil\\.sendgrid.net"],
    ["spf", "sendgrid\\.net"],
    ["spf", "net"],
    ["spf", ""],
    ["spf", "."],
    ["spf", "authsmtp.com"],
    ["spf", "spf.protection.outlook.com.br"],
    ["spf", "spf.protection.outlook.com-all"],
    ["spf", "amazonses.com%{d}"],
    ["spf", "%{d}.sendgrid.net.%{d}"],
    ["spf", "_spf.evilgoogle.com"],
    ["spf", "mail.google.com"],
    ["mx", "mail.protection.outlook.com"],
    ["mx", "outlook-com.olc.protection.outlook.com"],
    ["mx", "mx.microsoft"],
    ["mx", "evilmimecast.com"],
    ["mx", "notsmtp.google.com"],
    ["mx", "ec2-192-0-2-1.eu-west-1.compute.amazonaws.com"],
    ["mx", "inbound-smtp.amazonaws.com"],
    ["mx", "inbound-smtp.eu.west.amazonaws.com"],
    ["mx", "mx3.qq.com"],
    ["cname", "dkim.example.amazonses.com.example.net"],
    ["cname", "example.com"],
    ["ptr", "ec2-192-0-2-1.compute-1.amazonaws.com"],
    ["ptr", "mail.evilgoogle.com"],
  ] as const)("as %s: %s", (kind, name) => {
    expect(known[kind](name)).toBeNull();
  });

  it.each(["", "MS=", "xMS=ms12345678", "google", " t-verify=1", "k1"])("as TXT record: %j", (text) => {
    expect(known.txt(text)).toBeNull();
  });

  it("even where the name is too long to be one", () => {
    expect(known.spf(`${"a.".repeat(600)}sendgrid.net`)).toBeNull();
    expect(known.selector("mailjet" + "a".repeat(300))).toEqual([]);
  });
});

const made = (id: string, recognition: object, rest: object = {}) =>
  providerSchema.parse({
    id,
    name: `The ${id}`,
    category: "crm",
    confidence: "low",
    facts: NO_FACTS,
    recognition,
    ...rest,
  });

describe("a pattern", () => {
  const small = createMatcher([
    made("wide", { spf: ["example.com"], dkim: { selectors: ["k1"], patterns: ["^k\\d$"] } }),
    made("narrow", { spf: ["mail.example.com", "in.*.example.com"], dkim: { selectors: ["k1"] } }),
    made("below", { spf: [".example.net"], txt: ["name="], claims: ["name=claim"] }, { via: "wide" }),
  ]);

  it.each([
    ["example.com", "wide", "example.com"],
    ["other.example.com", "wide", "example.com"],
    ["mail.example.com", "narrow", "mail.example.com"],
    ["a.b.mail.example.com", "narrow", "mail.example.com"],
    ["xmail.example.com", "wide", "example.com"],
    ["in.eu.example.com", "narrow", "in.*.example.com"],
    ["a.in.eu.example.com", "narrow", "in.*.example.com"],
    ["in.eu.west.example.com", "wide", "example.com"],
    ["in.example.com", "wide", "example.com"],
    ["a.example.net", "below", ".example.net"],
  ])("that is longest wins: %s is %s by %s", (name, id, by) => {
    expect(small.spf(name)).toMatchObject({ id, by });
  });

  it("with a leading dot does not meet the name itself", () => {
    expect(small.spf("example.net")).toBeNull();
  });

  it("tells through whom a provider sends", () => {
    expect(small.spf("a.example.net")).toEqual({
      id: "below",
      name: "The below",
      via: "The wide",
      by: ".example.net",
    });
    expect(small.spf("example.com")).not.toHaveProperty("via");
  });

  it("of a claim is met before a shorter beginning, and says nothing of sending", () => {
    expect(small.txt("Name=Claim-1")?.by).toBe("name=claim");
    expect(small.txt("name=1")?.by).toBe("name=");
    expect(known.txt("docusign=0b1c")?.id).toBe("docusign");
    expect(known.senders({ txt: ["docusign=0b1c"] })).toEqual([]);
  });

  it("of a selector names everybody who uses it, each once", () => {
    expect(small.selector("K1").map(({ id, by }) => [id, by])).toEqual([
      ["wide", "k1"],
      ["narrow", "k1"],
    ]);
    expect(small.selector("k2").map(({ id, by }) => [id, by])).toEqual([["wide", "^k\\d$"]]);
    expect(small.selector("k22")).toEqual([]);
  });
});

describe("a selector", () => {
  it.each([
    ["google", ["google-workspace"]],
    ["selector1", ["microsoft-365"]],
    ["k1", ["aweber", "mailchimp", "mailgun"]],
    ["s1", ["mailgun", "sendgrid", "tuta", "wix"]],
    ["mte1", ["mandrill"]],
    ["zendesk2", ["zendesk"]],
    ["resend", ["resend"]],
    ["mimecast20260102", ["mimecast"]],
    ["scph0920", ["bird-sparkpost"]],
    ["hs1-5814339", ["hubspot"]],
    ["20260102030405pm", ["postmark"]],
    ["abcdefghijklmnopqrstuvwxyz234567", ["amazon-ses"]],
    ["atlassian-0a1b2c", ["atlassian"]],
    ["7dkim1", ["salesforce-marketing-cloud"]],
    ["fpkey123-1", ["forcepoint"]],
    ["cf2025-1", ["cloudflare-email"]],
    ["xscph0920", []],
    ["scph1320", []],
    ["nobody-knows-it", []],
    ["constructor", []],
  ])("%s is used by %j", (selector, ids) => {
    expect(
      known
        .selector(selector)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(ids);
  });

  it("of a service that sends through another tells which", () => {
    expect(known.selector("resend")[0]?.via).toBe("Amazon SES");
  });
});

describe("a TXT record", () => {
  it.each([
    ["MS=ms12345678", "microsoft-365"],
    ["apple-domain=AbC", "icloud"],
    ["protonmail-verification=0a", "proton-mail"],
    ["brevo-code:0a1b", "brevo"],
    ["Sendinblue-code:0a1b", "brevo"],
    ["zoho-verification=zb1.zmverify.zoho.eu", "zoho-mail"],
    ["yandex-verification: 0a", "yandex-360"],
    ["atlassian-sending-domain-verification=0a", "atlassian"],
    ["hubspot-domain-verification=0a", "hubspot"],
    ["pardot123456=0a", "salesforce-account-engagement"],
    ["forward-email-site-verification=0a", "forward-email"],
  ])("%s was asked for by %s", (text, id) => {
    expect(known.txt(text)?.id).toBe(id);
  });
});

describe("who seems to send", () => {
  it("is told once each, with SPF and CNAME before MX and TXT", () => {
    const senders = known.senders({
      mx: ["example-com.mail.protection.outlook.com", "mx.example.com"],
      spf: [
        "spf.protection.outlook.com",
        "servers.mcsv.net",
        "spf.protection.outlook.com",
        "spf.example.com",
      ],
      txt: ["MS=ms1", "apple-domain=x", "v=spf1 -all"],
      cname: ["dkim2.mcsv.net", "zendesk1._domainkey.zendesk.com"],
    });
    expect(senders).toEqual([
      {
        id: "microsoft-365",
        name: "Microsoft 365",
        evidence: [
          { kind: "spf", text: "spf.protection.outlook.com" },
          { kind: "mx", text: "example-com.mail.protection.outlook.com" },
          { kind: "txt", text: "MS=ms1" },
        ],
      },
      {
        id: "mailchimp",
        name: "Mailchimp",
        evidence: [
          { kind: "spf", text: "servers.mcsv.net" },
          { kind: "cname", text: "dkim2.mcsv.net" },
        ],
      },
      {
        id: "zendesk",
        name: "Zendesk",
        evidence: [{ kind: "cname", text: "zendesk1._domainkey.zendesk.com" }],
      },
      { id: "icloud", name: "Apple iCloud Mail", evidence: [{ kind: "txt", text: "apple-domain=x" }] },
    ]);
  });

  it("is nobody where nothing is known", () => {
    expect(known.senders({})).toEqual([]);
    expect(known.senders({ spf: ["spf.example.com"], mx: [""], cname: [], txt: [""] })).toEqual([]);
  });
});

describe("selectors to ask for", () => {
  it("are the literal ones of the providers found, each once, in their order", () => {
    expect(known.candidateSelectors([{ id: "proton-mail" }, { id: "tuta" }, { id: "nobody" }])).toEqual([
      { selector: "protonmail", providers: ["Proton Mail"] },
      { selector: "protonmail2", providers: ["Proton Mail"] },
      { selector: "protonmail3", providers: ["Proton Mail"] },
      { selector: "s1", providers: ["Tuta"] },
      { selector: "s2", providers: ["Tuta"] },
      { selector: "tutanota", providers: ["Tuta"] },
    ]);
  });

  it("tell all of these providers that share one, and a provider found twice once", () => {
    const found = [{ id: "mailchimp" }, { id: "aweber" }, { id: "mailchimp" }];
    const k1 = known.candidateSelectors(found).filter(({ selector }) => selector === "k1");
    expect(k1).toEqual([{ selector: "k1", providers: ["Mailchimp", "AWeber"] }]);
  });
});

describe("an id", () => {
  it("finds its provider, and nothing of the language", () => {
    expect(known.byId("mimecast")?.name).toBe("Mimecast");
    expect(["constructor", "__proto__", "", "Mimecast"].map((id) => known.byId(id))).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe("by chance", () => {
  const KINDS = ["spf", "mx", "cname", "ptr", "returnPath"] as const;
  const claims = KINDS.flatMap((kind) =>
    providers().flatMap(({ id, recognition }) => recognition[kind].map((pattern) => ({ kind, id, pattern }))),
  );
  const label = fc.stringMatching(/^[a-z0-9]{1,12}$/).map((text) => `x${text}`);
  const claim = fc.constantFrom(...claims);
  const plain = (pattern: string, star: string) => pattern.replace(/^\./, "").replace("*", star);

  it("a name below a pattern is its owner's, in whatever case", () => {
    fc.assert(
      fc.property(claim, label, label, fc.boolean(), ({ kind, id, pattern }, front, star, loud) => {
        const name = `${front}.${plain(pattern, star)}`;
        expect(known[kind](loud ? name.toUpperCase() : name)).toMatchObject({ id, by: pattern });
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it("a name that only ends in the letters of a pattern is nobody's", () => {
    fc.assert(
      fc.property(claim, label, label, ({ kind, pattern }, front, star) => {
        expect(known[kind](`${front}${plain(pattern, star)}`)).toBeNull();
        expect(known[kind](`${front}\\.${plain(pattern, star)}`)).toBeNull();
        expect(known[kind](`${plain(pattern, star)}.${front}`)).toBeNull();
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it("no text breaks a look-up", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
        const found = [...KINDS, "txt" as const].map((kind) => known[kind](text));
        const all = [...found, ...known.selector(text)];
        expect(all.every((match) => match === null || known.byId(match.id) !== null)).toBe(true);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});
