/** Domains of five real shapes as literal zones: what `check` must get right at a glance. */
import type { Zone } from "../../src/dns/zone.ts";
import { base64, modulusOf, spki } from "./der.ts";

const KEY = `v=DKIM1; k=rsa; p=${base64(spki(modulusOf(2_048)))}`;

/** Google Workspace alone, all in order. */
const good: Zone = {
  "good.example": {
    TXT: ["v=spf1 include:_spf.google.com -all"],
    MX: [[1, "smtp.google.com"]],
    NS: ["ns1.dns.example", "ns2.dns.example"],
    SOA: { minimum: 300 },
  },
  "_dmarc.good.example": { TXT: "v=DMARC1; p=reject; rua=mailto:dmarc@good.example" },
  "google._domainkey.good.example": { TXT: KEY },
  "_spf.google.com": { TXT: "v=spf1 ip4:35.190.247.0/24 ip4:64.233.160.0/19 ~all" },
  "smtp.google.com": { A: "142.250.27.26", AAAA: "2a00:1450:4025:401::1b" },
  // Of documentation, so that no test sends anything there.
  "ns1.dns.example": { A: "192.0.2.53" },
  "ns2.dns.example": { A: "198.51.100.53" },
};

/** A name with an address and nothing of mail. */
const bare: Zone = {
  "bare.example": { A: "192.175.48.10", NS: ["ns1.dns.example", "ns2.dns.example"], SOA: { minimum: 300 } },
};

/** Neither sends nor takes mail, and says so. */
const parked: Zone = {
  "parked.example": {
    TXT: "v=spf1 -all",
    MX: [[0, ""]],
    NS: ["ns1.dns.example", "ns2.dns.example"],
    SOA: { minimum: 300 },
  },
  "_dmarc.parked.example": {
    TXT: "v=DMARC1; p=reject; sp=reject; np=reject; adkim=s; aspf=s; rua=mailto:dmarc@good.example",
  },
  "parked.example._report._dmarc.good.example": { TXT: "v=DMARC1" },
};

/** An include that leads nowhere, under p=reject. */
const broken: Zone = {
  "broken.example": {
    TXT: "v=spf1 include:_spf.gone.example include:_spf.google.com -all",
    MX: [[10, "mx.broken.example"]],
    NS: ["ns1.dns.example", "ns2.dns.example"],
    SOA: { minimum: 300 },
  },
  "mx.broken.example": { A: "192.175.48.25" },
  "_dmarc.broken.example": { TXT: "v=DMARC1; p=reject; rua=mailto:dmarc@broken.example" },
};

/** Three senders, and a policy that asks for nothing. */
const watching: Zone = {
  "watching.example": {
    TXT: "v=spf1 include:spf.protection.outlook.com include:sendgrid.net include:servers.mcsv.net ~all",
    MX: [[0, "watching-example.mail.protection.outlook.com"]],
    NS: ["ns1.dns.example", "ns2.dns.example"],
    SOA: { minimum: 300 },
  },
  "watching-example.mail.protection.outlook.com": { A: "52.101.8.1" },
  "spf.protection.outlook.com": { TXT: "v=spf1 ip4:40.92.0.0/15 ip4:52.100.0.0/15 -all" },
  "sendgrid.net": { TXT: "v=spf1 ip4:167.89.0.0/17 ~all" },
  "servers.mcsv.net": { TXT: "v=spf1 ip4:205.201.128.0/20 ~all" },
  "_dmarc.watching.example": { TXT: "v=DMARC1; p=none; rua=mailto:dmarc@watching.example" },
  "selector1._domainkey.watching.example": {
    CNAME: "selector1-watching-example._domainkey.watching.onmicrosoft.com",
  },
  "selector1-watching-example._domainkey.watching.onmicrosoft.com": { TXT: KEY },
};

/** The shapes by their domain. */
export const DOMAINS: Zone = { ...good, ...bare, ...parked, ...broken, ...watching };
export const SHAPES = ["good", "bare", "parked", "broken", "watching"] as const;
