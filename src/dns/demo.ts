/** Five demo domains that answer without any network, so that the page shows its worth anywhere. */
import type { Call, Dns, Question, RecordType } from "../ports.ts";
import type { DirectDns } from "./direct.ts";
import { zoneDns, type Zone } from "./zone.ts";

/** Everything of the demo lies below this name, which nobody can register (RFC 2606 §3). */
const DEMO_ROOT = "waxseal.example";
/** Where a walk up the tree ends (RFC 9989 §4.10): nothing is there, and no network is needed to know. */
const DEMO_TOP = "_dmarc.example";

/** The demo domains with what each shows. */
export const DEMO_DOMAINS: Readonly<Record<string, string>> = {
  "healthy.waxseal.example": "a record in order",
  "too-many.waxseal.example": "more than ten lookups",
  "broken.waxseal.example": "typos, and an include that leads nowhere",
  "two-records.waxseal.example": "two SPF records",
  "open.waxseal.example": "everyone may send",
};

const MAILER = "_spf.mailer.waxseal.example";

/** A public key whose private half nobody kept. */
const KEY =
  "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuHtgqQ48UphmXjFAWL4FXu9qV+51/NWvA8cl0fSilX/JMmkZOPAGYyuNpI+ZRy+wwENh+i9vmsx/zUkMD5Qy3Cimb+ToB5h6lUVgmdOvj+8QldjjPH9DL01K4uEn3kuBxRGDnX4MYJ5JzwINsIya+Ypuwi+chMWXBSXoSccU99ZwazvevNM6QpX/kqj8Wwi5Uuf0iIU/SfV0Ylz8nJEAlLG/GOQprtgJZ6lnYsVczQ3tchJVS5Sy1t1fX3KfAQyp52ko3D53D9NIHY95Y/fkYfDubnW8RyhixuvHdCHjszOgUs1A7uIFsTNt4cHmB956Fod/bXECQ69EBhWF32lZnQIDAQAB";
/** One as many still have it: 1,024 bits. */
const SHORT_KEY =
  "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDGlYFUvbjaJVMx7BrlZBPErVZhsqeqHi2oH5j+zd/z4tjwLPAi+lPQ548gy0Zf28otsaoh80HsfPLgL0A4GbnQAMfAd3nmdmv3VJooOBcu0dkoxW+dWFaTRdLyzQxlrxxLG2ywLKjXVa3qthKX91x3hXYQDw4LyS5DwL2QbG+OcwIDAQAB";

/** Networks are those of the AS112 project (RFC 7534), which are public and send no mail to anyone. */
const ZONE: Zone = {
  [DEMO_ROOT]: { NS: ["ns1.waxseal.example", "ns2.waxseal.example"], SOA: { minimum: 300 } },
  "ns1.waxseal.example": { A: "192.175.48.6" },
  "ns2.waxseal.example": { A: "192.31.196.7" },
  "_dmarc.healthy.waxseal.example": {
    TXT: "v=DMARC1; p=reject; rua=mailto:dmarc@healthy.waxseal.example",
  },
  "default._domainkey.healthy.waxseal.example": { TXT: KEY },
  "mail._domainkey.healthy.waxseal.example": { CNAME: "mail._domainkey.mailer.waxseal.example" },
  "mail._domainkey.mailer.waxseal.example": { TXT: KEY },
  "_smtp._tls.healthy.waxseal.example": { TXT: "v=TLSRPTv1; rua=mailto:tls@healthy.waxseal.example" },
  "_dmarc.too-many.waxseal.example": {
    TXT: "v=DMARC1; p=none; rua=mailto:dmarc@too-many.waxseal.example",
  },
  "default._domainkey.too-many.waxseal.example": { TXT: SHORT_KEY },
  "_dmarc.broken.waxseal.example": { TXT: "v=DMARC1; p=rejct; rua=dmarc@broken.waxseal.example" },
  "_dmarc.open.waxseal.example": {
    TXT: "v=DMARC1; p=quarantine; pct=25; rua=mailto:dmarc@open.waxseal.example",
  },
  "healthy.waxseal.example": {
    TXT: [`v=spf1 ip4:192.175.48.0/28 include:${MAILER} -all`, "site-verification=4f2a9c"],
    MX: [[10, "mx.healthy.waxseal.example"]],
    ttl: 3600,
  },
  "mx.healthy.waxseal.example": { A: "192.175.48.5", AAAA: "2620:4f:8000::25" },
  "too-many.waxseal.example": {
    TXT: `v=spf1 a mx include:${MAILER} include:_spf.crm.waxseal.example include:_spf.news.waxseal.example include:_spf.desk.waxseal.example ~all`,
    A: "192.175.48.20",
    AAAA: "2620:4f:8000::20",
    MX: [[10, "mx.healthy.waxseal.example"]],
  },
  "broken.waxseal.example": {
    TXT: `v=spf1 ipv4:192.175.48.10 include:${MAILER} include:_spf.gone.waxseal.example -all,`,
  },
  "two-records.waxseal.example": {
    TXT: ["v=spf1 ip4:192.175.48.30 -all", `v=spf1 include:${MAILER} ~all`],
  },
  "open.waxseal.example": { TXT: `v=spf1 include:${MAILER} +all` },
  [MAILER]: { TXT: "v=spf1 ip4:192.31.196.0/25 ip6:2001:4:112::/64 -all" },
  "_spf.crm.waxseal.example": {
    TXT: "v=spf1 include:_eu.crm.waxseal.example include:_us.crm.waxseal.example include:_asia.crm.waxseal.example ~all",
  },
  "_eu.crm.waxseal.example": { TXT: "v=spf1 ip4:192.175.48.64/28 ~all" },
  "_us.crm.waxseal.example": { TXT: "v=spf1 ip4:192.175.48.80/28 ~all" },
  "_asia.crm.waxseal.example": { TXT: "v=spf1 ip4:192.175.48.96/28 ~all" },
  "_spf.news.waxseal.example": { TXT: "v=spf1 a:out.news.waxseal.example mx:news.waxseal.example ~all" },
  "out.news.waxseal.example": { A: ["192.175.48.64", "192.175.48.65"], AAAA: "2620:4f:8000::64" },
  "news.waxseal.example": { MX: [[10, "out.news.waxseal.example"]] },
  "_spf.desk.waxseal.example": { TXT: `v=spf1 include:${MAILER} ip4:192.175.48.128/26 ~all` },
};

/** Answers the demo domains itself and asks `inner` for everything else. */
export function createDemo(inner: Dns, now: () => number): Dns {
  const demo = zoneDns(ZONE, { server: "demo zone", now });
  return {
    ask<T extends RecordType>(question: Question<T>, call?: Call) {
      return isDemo(question.name) ? demo.ask(question) : inner.ask(question, call);
    },
  };
}

/** Whether a name is the demo's own. */
function isDemo(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === DEMO_TOP || lower === DEMO_ROOT || lower.endsWith(`.${DEMO_ROOT}`);
}

/** The demo's name servers answer for it themselves; nobody is asked in their place. */
export function createDemoDirect(inner: DirectDns, now: () => number): DirectDns {
  const demo = zoneDns(ZONE, { server: "demo zone", now });
  return {
    async askDirect(address, question, call) {
      if (!isDemo(question.name)) return inner.askDirect(address, question, call);
      return { ...(await demo.ask(question)), authoritative: true };
    },
  };
}
