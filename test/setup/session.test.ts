/** A conversation's moves: what DNS shows is confirmed, what is asked is kept, what is published is what stands there, edited. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flowIds, readFlow } from "../../src/setup/flows.ts";
import { parkedFlow } from "../../src/setup/parked.ts";
import { pageOf } from "../../src/setup/page.ts";
import type { Flow, StepKind } from "../../src/setup/schema.ts";
import { asksOf } from "../../src/setup/scope.ts";
import type { Seen } from "../../src/setup/seen.ts";
import { advance, newSession, type Moved, type SetupEvent } from "../../src/setup/session.ts";
import { lookAt } from "../../src/setup/look-at.ts";
import { NOW, seenOf, spf, walk } from "./drive.ts";

const RUNS = 200 * (process.env["LONG"] === "1" ? 10 : 1);
const DOMAIN = "waxseal.example";

function talk(flow: Flow, seen: Seen, domains: readonly string[] = [DOMAIN]) {
  let moved: Moved = advance(
    flow,
    newSession("s1", flow.id, domains),
    { kind: "start", by: "ann" },
    seen,
    NOW,
  );
  const on = (event: SetupEvent, at: Seen = seen): Moved =>
    (moved = advance(flow, moved.session, event, at, NOW));
  return {
    get page() {
      return moved.page;
    },
    get session() {
      return moved.session;
    },
    set: (answers: Record<string, string>, by = "ann") =>
      on({ kind: "set", by, answers: Object.entries(answers).map(([name, value]) => ({ name, value })) }),
    on: (kind: "next" | "back" | "verify" | "stop" | "over" | "start" | "answered", at?: Seen) =>
      on({ kind, by: "ann" }, at),
  };
}

const flow = (id: string): Flow => readFlow(id)!;
const kindOf = ({ page }: { page: { step: { kind: StepKind } } }): StepKind => page.step.kind;

describe("what DNS shows", () => {
  const mimecast = seenOf({
    [DOMAIN]: {
      mx: ["de-smtp-inbound-1.mimecast.com"],
      senders: ["microsoft-365"],
      dmarc: { kind: "records", texts: ["v=DMARC1; p=none; rua=mailto:d@waxseal.example"] },
    },
  });

  it("is one form to confirm, and not asked again", () => {
    const { page, session, ...talked } = talk(flow("mimecast"), mimecast);
    expect(page.step).toMatchObject({ id: "seen", kind: "ask", number: 1 });
    expect(page.needs.map(({ name, default: offered, fromDns }) => [name, offered, fromDns])).toEqual([
      ["mimecastRegion", "de", true],
      ["dmarcRua", "d@waxseal.example", true],
    ]);
    expect(page.actions[0]).toEqual({
      kind: "set",
      answers: [
        { name: "mimecastRegion", value: "de" },
        { name: "dmarcRua", value: "d@waxseal.example" },
      ],
    });
    // Never silently taken.
    expect(session.answers).toEqual({});
    expect(talked.on("next").page).toMatchObject({
      step: { id: "seen" },
      notices: [{ code: "needs-answer", names: ["mimecastRegion"] }, {}],
    });
    const { page: after } = talked.set({ mimecastRegion: "de", dmarcRua: "d@waxseal.example" });
    expect(after.needs.map(({ name }) => name)).toEqual(["allThroughMimecast", "dnsEditor"]);
  });

  it("may be corrected, and what was typed counts", () => {
    const talked = talk(flow("mimecast"), mimecast);
    talked.set({ mimecastRegion: "eu", dmarcRua: "d@waxseal.example" });
    talked.set({ allThroughMimecast: "no", dnsEditor: "me" });
    talked.on("next");
    expect(talked.page.spf[0]).toMatchObject({
      kind: "new",
      after: "v=spf1 include:eu._netblocks.mimecast.com ~all",
    });
  });

  it("tells which mailbox host stands behind a gateway", () => {
    expect(talk(flow("mimecast"), mimecast).page.notices).toContainEqual({
      code: "gateway-order",
      domain: DOMAIN,
      mailbox: "microsoft-365",
    });
  });

  it("is no form where DNS shows nothing", () => {
    expect(
      talk(flow("mimecast"), seenOf({ [DOMAIN]: { mx: "unknown", dmarc: { kind: "unknown" } } })).page.step
        .id,
    ).toBe("mc-region");
  });
});

describe("Microsoft 365", () => {
  const at = "selector1._domainkey.waxseal.example";
  it("reads tenant, form and target from the CNAME that is there", () => {
    const target = "selector1-waxseal-example._domainkey.waxseal.onmicrosoft.com";
    const seen = seenOf(
      { [DOMAIN]: { mx: ["waxseal-example.mail.protection.outlook.com"] } },
      { names: { [at]: { cname: target } } },
    );
    const needs = Object.fromEntries(
      talk(flow("microsoft-365"), seen).page.needs.map(({ name, default: offered }) => [name, offered]),
    );
    expect(needs).toEqual({
      m365Cloud: "worldwide",
      outboundPath: "direct",
      targetSource: "classic",
      initialDomain: "waxseal.onmicrosoft.com",
    });
  });

  it("never guesses the letter of the newer form: it is pasted or read", () => {
    const target = "selector1-waxseal-example._domainkey.waxseal.q-v1.dkim.mail.microsoft";
    const seen = seenOf({ [DOMAIN]: {} }, { names: { [at]: { cname: target } } });
    const shown = talk(flow("microsoft-365"), seen).page.needs.map(({ name, default: offered }) => [
      name,
      offered,
    ]);
    expect(shown).toEqual([
      ["targetSource", "portal"],
      ["selector1Target", target],
    ]);
    const none = walk(flow("microsoft-365"), [DOMAIN], seenOf({ [DOMAIN]: {} }));
    const asked = none.pages
      .flatMap(({ needs }) => needs)
      .filter(({ variable }) => variable === "selector1Target");
    expect(asked.length).toBeGreaterThan(0);
    for (const need of asked) expect(need.default).toBeUndefined();
  });

  it.each([
    ["worldwide", "include:spf.protection.outlook.com"],
    ["gcc-high-dod", "include:spf.protection.office365.us"],
    ["china", "include:spf.protection.partner.outlook.cn"],
  ])("in the cloud %s adds %s", (cloud, term) => {
    const walked = walk(flow("microsoft-365"), [DOMAIN], seenOf({ [DOMAIN]: {} }), ({ variable, example }) =>
      variable === "m365Cloud" ? cloud : example,
    );
    expect(walked.pages.flatMap((page) => page.spf)[0]?.added).toEqual([term]);
  });

  it("behind a gateway edits no SPF and says why", () => {
    const walked = walk(
      flow("microsoft-365"),
      [DOMAIN],
      seenOf({ [DOMAIN]: { mx: ["eu-smtp-inbound-1.mimecast.com"] } }),
      ({ default: offered, example }) => offered ?? example,
    );
    expect(walked.session.answers["outboundPath"]).toBe("gateway");
    expect(walked.pages.flatMap((page) => page.spf)).toEqual([]);
    expect(walked.pages.flatMap((page) => page.texts).some(({ role }) => role === "no-include")).toBe(true);
  });

  it("says whose row was copied", () => {
    const walked = walk(
      flow("microsoft-365"),
      [DOMAIN],
      seenOf({ [DOMAIN]: {} }),
      ({ variable, default: offered, example }) =>
        variable === "selector1Target"
          ? "selector1-stadtbebra-de01c._domainkey.bebra.onmicrosoft.com"
          : (offered ?? example),
    );
    expect(walked.pages.flatMap((page) => page.notices)).toContainEqual({
      code: "label-differs",
      domain: DOMAIN,
      expected: "waxseal-example",
      found: "stadtbebra-de01c",
      belongsTo: "stadt-bebra.de",
    });
  });
});

describe("answers", () => {
  it("that are not good are told by name and why, never repeated, and the good ones kept", () => {
    const talked = talk(flow("mimecast"), seenOf({ [DOMAIN]: {} }));
    const { page } = talked.set({
      mimecastRegion: "uk",
      dnsEditor: "me",
      dkimRecord: "-----BEGIN PRIVATE KEY-----\nMIIEsecret",
      nothing: "x",
      "dkimSelector@other.example": "s1",
    });
    expect(page.notices).toEqual([
      { code: "refused", name: "mimecastRegion", why: "pattern" },
      { code: "refused", name: "dkimRecord", why: "private-key" },
      { code: "unknown-name", name: "nothing" },
      { code: "unknown-name", name: "dkimSelector@other.example" },
    ]);
    expect(talked.session.answers).toEqual({ dnsEditor: "me" });
    expect(JSON.stringify(talked)).not.toContain("MIIEsecret");
  });

  it.each(["__proto__", "constructor", "domain", "spfInclude", "toString@waxseal.example"])(
    "named %s are asked by no flow",
    (name) => {
      const talked = talk(flow("mimecast"), seenOf({ [DOMAIN]: {} }));
      talked.on("next");
      expect(talked.set({ [name]: "x" }).page.notices).toContainEqual({ code: "unknown-name", name });
    },
  );

  it("of a pasted table go to its rows, and a row copied twice is refused", () => {
    const talked = talk(flow("amazon-ses"), seenOf({ [DOMAIN]: {} }));
    const [a, b, c] = ["a", "b", "c"].map((letter) => letter.repeat(32));
    talked.set({
      dkimToken1: `${a}._domainkey CNAME ${a}.dkim.amazonses.com\n${b}._domainkey CNAME\n${c}._domainkey`,
    });
    expect(talked.session.answers).toEqual({ dkimToken1: a, dkimToken2: b, dkimToken3: c });
    expect(talked.set({ dkimToken2: a! }).page.notices).toEqual([
      { code: "refused", name: "dkimToken2", why: "repeated" },
    ]);
  });

  it("of one domain stand before those of all", () => {
    const domains = ["a.example", "b.example"];
    const talked = talk(flow("zendesk"), seenOf({ "a.example": {}, "b.example": {} }), domains);
    talked.set({ dnsEditor: "company" });
    talked.on("next");
    expect(talked.page.needs.map(({ name }) => name)).toEqual([
      "zendeskVerification@a.example",
      "zendeskVerification@b.example",
    ]);
    talked.set({
      zendeskVerification: "0123456789abcdef",
      "zendeskVerification@b.example": "abc1234567890def",
    });
    const values = talked.page.records
      .filter(({ role }) => role === "verification")
      .map(({ host, value }) => [host, value]);
    expect(values).toEqual([
      ["zendeskverification.a.example", "0123456789abcdef"],
      ["zendeskverification.b.example", "abc1234567890def"],
    ]);
    expect(talked.page.notices).toContainEqual({ code: "forward", editor: "company" });
  });

  it("that were skipped leave their record or tag out", () => {
    const talked = talk(flow("zendesk"), seenOf({ [DOMAIN]: {} }));
    talked.set({ dnsEditor: "me" });
    talked.on("next");
    talked.on("next");
    expect(talked.page.step.id).toBe("zd-publish");
    expect(talked.page.records.map(({ role }) => role)).toEqual(["spf", "dkim", "dkim"]);
    for (let turn = 0; turn < 4; turn += 1) talked.on("next");
    expect(talked.page.records.map(({ value }) => value)).toEqual(["v=DMARC1; p=none"]);
  });
});

describe("the SPF record", () => {
  const publish = (
    record: string,
    lookups: number,
    id = "google-workspace",
    answers: Record<string, string> = {},
    costs: Record<string, number> = {},
  ) => {
    const talked = talk(
      flow(id),
      seenOf({ [DOMAIN]: {} }, { spf: { [DOMAIN]: spf(record, lookups, costs) } }),
    );
    while (talked.page.step.kind !== "publish") {
      const open = talked.page.needs.filter(({ answer, required }) => required && answer === null);
      if (open.length === 0) talked.on("next");
      else
        talked.set(
          Object.fromEntries(open.map(({ name, variable, example }) => [name, answers[variable] ?? example])),
        );
    }
    return talked;
  };

  it.each([
    ["v=spf1 ip4:192.0.2.1 -all", "edit", "v=spf1 ip4:192.0.2.1 include:_spf.google.com -all"],
    [
      "v=spf1 redirect=_spf.other.example",
      "edit",
      "v=spf1 include:_spf.google.com redirect=_spf.other.example",
    ],
    ["v=spf1 ip4:192.0.2.1", "edit", "v=spf1 ip4:192.0.2.1 include:_spf.google.com"],
    ["v=spf1 include:_SPF.google.com ?all", "same", "v=spf1 include:_SPF.google.com ?all"],
    ["v=spf1 redirect=a1b2c3d4._spf._d.mim.ec", "hosted", null],
  ])("%s becomes, by %s, %j", (before, kind, after) => {
    expect(publish(before, 1).page.spf[0]).toMatchObject({ kind, before: [before], after });
  });

  it("is not offered twice: two become one", () => {
    const two = {
      records: ["v=spf1 include:spf.protection.outlook.com -all", "v=spf1 ip4:192.0.2.10 ~all"],
      lookups: null,
      costs: new Map(),
    };
    const talked = talk(flow("google-workspace"), seenOf({ [DOMAIN]: {} }, { spf: { [DOMAIN]: two } }));
    talked.on("next");
    talked.set({ dnsEditor: "me" });
    expect(talked.page.spf[0]).toMatchObject({ kind: "merge", lookupsBefore: null, lookupsAfter: 2 });
    expect(talked.page.records).toHaveLength(1);
    expect(talked.page.records[0]?.value).toMatch(
      /^v=spf1 .*include:spf\.protection\.outlook\.com .*include:_spf\.google\.com ~all$/,
    );
  });

  it("that DNS did not tell is never replaced by a new one", () => {
    const talked = talk(flow("google-workspace"), seenOf({ [DOMAIN]: {} }, { spf: { [DOMAIN]: "unknown" } }));
    talked.on("next");
    talked.set({ dnsEditor: "me" });
    expect(talked.page.spf[0]).toMatchObject({ kind: "unknown", after: null });
    expect(talked.page.records).toEqual([]);
    // Its term is looked for all the same.
    expect(talked.on("verify").page.records.map(({ terms }) => terms)).toEqual([["include:_spf.google.com"]]);
  });

  it("that would cost more than ten is told, with what may go, and goes only by a yes", () => {
    const talked = publish(
      "v=spf1 include:sendgrid.net include:servers.mcsv.net include:_spf.own.example ~all",
      10,
      "google-workspace",
      {},
      { "include:sendgrid.net": 2, "include:servers.mcsv.net": 1 },
    );
    expect(talked.page.spf[0]).toMatchObject({
      lookupsBefore: 10,
      lookupsAfter: 11,
      over: true,
      subdomain: false,
      drops: [
        { term: "include:sendgrid.net", cost: 2, why: "useless", dropped: false },
        { term: "include:servers.mcsv.net", cost: 1, why: "useless", dropped: false },
      ],
    });
    expect(talked.page.spf[0]?.after).toContain("include:sendgrid.net");
    talked.set({ drop: "include:sendgrid.net include:_spf.own.example" });
    expect(talked.page.spf[0]).toMatchObject({ lookupsAfter: 9, over: false });
    // What is not offered is not dropped.
    expect(talked.page.spf[0]?.after).toBe(
      "v=spf1 include:servers.mcsv.net include:_spf.own.example include:_spf.google.com ~all",
    );
    talked.set({ drop: "-" });
    expect(talked.page.spf[0]?.after).toContain("include:sendgrid.net");
  });

  it("that is too dear whatever goes asks for a sub-domain", () => {
    expect(publish("v=spf1 include:_spf.own.example ~all", 10).page.spf[0]).toMatchObject({
      over: true,
      subdomain: true,
      drops: [],
    });
  });

  it("that grows beyond an old answer is told", () => {
    const many = Array.from({ length: 24 }, (_, index) => `ip4:192.0.2.${String(100 + index)}`).join(" ");
    expect(publish(`v=spf1 ${many} -all`, 0).page.spf[0]).toMatchObject({ long: false });
    expect(
      publish(`v=spf1 ${many} ip4:198.51.100.0/24 ip4:203.0.113.0/24 -all`, 0).page.spf[0],
    ).toMatchObject({ long: true });
  });

  it("lists what may go where all mail leaves through the gateway, and keeps Microsoft's include", () => {
    const record =
      "v=spf1 mx include:spf.protection.outlook.com include:us._netblocks.mimecast.com include:_spf.own.example -all";
    const drops = (all: string) =>
      publish(record, 5, "mimecast", {
        allThroughMimecast: all,
        mimecastRegion: "eu",
      }).page.spf[0]?.drops.map(({ term, why }) => [term, why]);
    expect(drops("no")).toEqual([["include:us._netblocks.mimecast.com", "other-region"]]);
    expect(drops("yes")).toEqual([
      ["mx", "all-through-gateway"],
      ["include:us._netblocks.mimecast.com", "other-region"],
      ["include:_spf.own.example", "all-through-gateway"],
    ]);
  });
});

describe("DMARC", () => {
  const records = (texts: string[], rua = "d@waxseal.example") =>
    walk(
      flow("mailchimp"),
      [DOMAIN],
      seenOf({ [DOMAIN]: { dmarc: { kind: "records", texts } } }),
      ({ variable, example }) => (variable === "dmarcRua" ? rua : example),
    )
      .published.filter(({ role }) => role === "dmarc")
      .map(({ value }) => value);

  it.each([
    [["v=DMARC1; p=reject; rua=mailto:x@y.example"], []],
    [["v=DMARC1; p=quarantine;"], ["v=DMARC1; p=quarantine; rua=mailto:d@waxseal.example"]],
    [
      ["v=DMARC1; p=none; rua=mailto:x@y.example", "v=DMARC1; p=reject; rua=mailto:x@y.example"],
      ["v=DMARC1; p=reject; rua=mailto:x@y.example"],
    ],
  ])("that stands as %j is published as %j: never weakened, never doubled", (texts, wanted) => {
    expect(records(texts)).toEqual(wanted);
  });

  it("that a service manages is left alone", () => {
    const seen = seenOf({ [DOMAIN]: { dmarc: { kind: "cname", target: "x.dmarc.example" } } });
    expect(walk(flow("mailchimp"), [DOMAIN], seen).published.filter(({ role }) => role === "dmarc")).toEqual(
      [],
    );
  });
});

describe("a parked domain", () => {
  it("gets -all, a refusal and, where it receives nothing, a null MX", () => {
    const domains = ["a.example", "b.example"];
    const seen = seenOf(
      { "a.example": {}, "b.example": { mx: ["mx.b.example"], senders: ["google-workspace"] } },
      { spf: { "b.example": spf("v=spf1 include:_spf.google.com ~all", 1) } },
    );
    const walked = walk(parkedFlow(), domains, seen, ({ default: offered, variable }) =>
      variable === "dnsEditor" ? "me" : variable === "dmarcRua" ? "d@x.example" : offered!,
    );
    expect(walked.published.map(({ host, type, value, priority }) => [host, type, value, priority])).toEqual([
      ["a.example", "TXT", "v=spf1 -all", null],
      [
        "_dmarc.a.example",
        "TXT",
        "v=DMARC1; p=reject; sp=reject; np=reject; adkim=s; aspf=s; rua=mailto:d@x.example".replace(
          "d@x",
          "d@x",
        ),
        null,
      ],
      ["a.example", "MX", ".", 0],
      ["b.example", "TXT", "v=spf1 -all", null],
      [
        "_dmarc.b.example",
        "TXT",
        "v=DMARC1; p=reject; sp=reject; np=reject; adkim=s; aspf=s; rua=mailto:d@x.example",
        null,
      ],
    ]);
    expect(walked.pages.flatMap(({ notices }) => notices)).toContainEqual({
      code: "sends",
      domain: "b.example",
      senders: ["google-workspace"],
    });
  });
});

describe("a session", () => {
  it("is done only where every record was found right, and silence is not missing", () => {
    const talked = talk(flow("mailchimp"), seenOf({ [DOMAIN]: {} }));
    talked.set({ dnsEditor: "me" });
    while (talked.page.step.kind !== "publish") talked.on("next");
    expect(talked.on("verify").page.step.kind).toBe("verify");
    expect(talked.page.records.map(({ state }) => state)).toEqual(["unknown", "unknown"]);
    const keys = talked.page.records.map(({ key }) => key);
    const found = seenOf(
      { [DOMAIN]: {} },
      { records: Object.fromEntries(keys.map((key) => [key, { state: "ok" as const, found: [] }])) },
    );
    expect(talked.on("answered", found).page.records.map(({ state }) => state)).toEqual(["ok", "ok"]);
    // What was found stays while DNS is not asked again.
    while (kindOf(talked) !== "done") talked.on("next");
    expect(talked.page.records.map(({ state }) => state)).toEqual(["ok", "ok", "unknown"]);
    expect([talked.page.done, talked.session.state]).toEqual([false, "done"]);
  });

  it("says who did what, and one more with every change", () => {
    const talked = talk(flow("mailchimp"), seenOf({ [DOMAIN]: {} }));
    talked.set({ dnsEditor: "me" }, "bob");
    talked.on("back");
    expect(talked.session.log.map(({ by, kind, names }) => [by, kind, ...names])).toEqual([
      ["ann", "start"],
      ["bob", "set", "dnsEditor"],
      ["ann", "back"],
    ]);
    expect(talked.session.revision).toBe(3);
    const { revision } = talked.session;
    expect(talked.on("back").session.revision).toBe(revision);
  });

  it("that was stopped goes on by start, begins anew by over, and moves by nothing else", () => {
    const talked = talk(flow("mailchimp"), seenOf({ [DOMAIN]: {} }));
    talked.set({ dnsEditor: "me" });
    talked.on("stop");
    const stopped = talked.session;
    expect(talked.on("next")).toMatchObject({ session: stopped, page: { notices: [{ code: "stopped" }] } });
    expect(talked.on("start").session).toMatchObject({
      state: "open",
      step: stopped.step,
      answers: { dnsEditor: "me" },
    });
    expect(talked.on("over").session).toMatchObject({ state: "open", step: 0, answers: {} });
  });

  it("takes the DNS host from a person where the servers do not tell", () => {
    const talked = talk(
      flow("mailchimp"),
      seenOf({ [DOMAIN]: { zone: DOMAIN, ns: ["ns1.hoster.example"] } }),
    );
    talked.set({ dnsEditor: "me" });
    talked.on("next");
    expect(talked.page.records[0]?.typed.name).toBe("k2._domainkey.waxseal.example");
    talked.set({ dnsHost: "cPanel" });
    expect(talked.page.hosts[0]?.host?.id).toBe("cpanel");
    expect(talked.page.records[0]?.typed.name).toBe("k2._domainkey");
    expect(talked.set({ dnsHost: "nobody" }).page.notices).toEqual([
      { code: "refused", name: "dnsHost", why: "pattern" },
    ]);
  });

  it("reads the names that its defaults and edits need", () => {
    const session = { ...newSession("s1", "amazon-ses", [DOMAIN]), answers: { mailFromLabel: "ses" } };
    expect(lookAt(flow("amazon-ses"), session, seenOf({ [DOMAIN]: {} }), NOW)).toEqual({
      domains: [DOMAIN],
      spf: [DOMAIN, "ses.waxseal.example"],
      names: ["bounce.waxseal.example", "ses.waxseal.example", "mailer.waxseal.example"],
    });
  });
});

describe("whatever happens to a session", () => {
  const all = [...flowIds().map(flow), parkedFlow()];
  const typed = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom("yes", "no", "me", "eu", "x".repeat(3_000), "include:sendgrid.net"),
  );
  const event = (one: Flow): fc.Arbitrary<SetupEvent> => {
    const names = [...asksOf(one).map(({ variable }) => variable), "drop", "dnsHost", "__proto__", "x@y"];
    const good = asksOf(one).map((ask): SetupEvent => ({
      kind: "set",
      by: "bob",
      answers: [{ name: ask.variable, value: ask.good.at(-1)! }],
    }));
    return fc.oneof(
      fc
        .constantFrom("start", "verify", "back", "next", "stop", "answered")
        .map((kind): SetupEvent => ({ kind: kind as "next", by: "ann" })),
      fc.constantFrom(...good),
      fc
        .record({ name: fc.constantFrom(...names), value: typed })
        .map((answer): SetupEvent => ({ kind: "set", by: "ann", answers: [answer] })),
    );
  };
  const cases = fc
    .constantFrom(...all)
    .chain((one) => fc.tuple(fc.constant(one), fc.array(event(one), { maxLength: 40 })));

  it("nothing throws, no answer is lost, and the revision only grows", () => {
    fc.assert(
      fc.property(cases, ([one, events]) => {
        const seen = seenOf({ [DOMAIN]: { mx: ["mx.google.example"] } });
        let { session } = advance(
          one,
          newSession("s1", one.id, [DOMAIN]),
          { kind: "start", by: "ann" },
          seen,
          NOW,
        );
        for (const each of events) {
          const before = session;
          ({ session } = advance(one, session, each, seen, NOW));
          expect(Object.keys(session.answers)).toEqual(expect.arrayContaining(Object.keys(before.answers)));
          expect(session.revision).toBe(before.revision + (session === before ? 0 : 1));
          expect(JSON.parse(JSON.stringify(session))).toEqual(session);
        }
      }),
      { numRuns: RUNS, seed: 1 },
    );
  });

  it("back and next lead to where it was", () => {
    fc.assert(
      fc.property(cases, ([one, events]) => {
        const seen = seenOf({ [DOMAIN]: {} });
        let { session } = advance(
          one,
          newSession("s1", one.id, [DOMAIN]),
          { kind: "start", by: "ann" },
          seen,
          NOW,
        );
        for (const each of events) ({ session } = advance(one, session, each, seen, NOW));
        if (session.state === "stopped") return;
        const back = advance(one, session, { kind: "back", by: "ann" }, seen, NOW).session;
        if (back.step === session.step) return;
        const next = advance(one, back, { kind: "next", by: "ann" }, seen, NOW).session;
        expect([next.step, next.answers, next.state]).toEqual([session.step, session.answers, session.state]);
        expect(pageOf(one, next, seen, NOW)).toEqual(pageOf(one, session, seen, NOW));
      }),
      { numRuns: RUNS, seed: 2 },
    );
  });
});
