/** What `triage` keeps of its answers: shown again, shared, joined by further texts, forgotten; and nothing of the pasted text. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../../src/commands/app.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import { join, mayJoin } from "../../src/commands/triage/join.ts";
import type { Found } from "../../src/messages/triage-joined.ts";
import type { Place, Request } from "../../src/commands/request.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import type { Clock } from "../../src/ports.ts";
import { triageResultSchema, type TriageResult } from "../../src/results/triage.ts";
import type { Store } from "../../src/store.ts";
import type { Doc } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { ACTOR } from "../support/asked.ts";
import { NO_HTTP } from "../support/no-http.ts";
import { opened, sqliteHome } from "../support/store.ts";

const HOUR = 3_600_000;
const THREAD: Place = {
  platform: "slack",
  tenant: "T1",
  conversation: "C1",
  thread: "1.1",
  private: false,
};
const ZONE: Zone = {
  "example.com": { TXT: ["v=spf1 ip4:192.0.2.1 -all"] },
  "_dmarc.example.com": { TXT: ["v=DMARC1; p=reject"] },
};

/** A bounce by Gmail, with canaries where a person stands. */
const BOUNCE =
  "The response from the remote server was: 550 5.7.26 Unauthenticated email from example.com is not accepted due to domain's DMARC policy. Please contact the administrator of example.com domain if this was a legitimate mail. gsmtp (to canary.local@receiver.example)";
/** The header of the same, with an address and results. */
const HEADERS = [
  "Return-Path: <canary.sender@example.com>",
  "Authentication-Results: mx.receiver.example; spf=fail smtp.mailfrom=example.com; dkim=none; dmarc=fail header.from=example.com",
  "Received: from mail.example.com (mail.example.com [203.0.113.9]) by mx.receiver.example with ESMTPS; Tue, 10 Nov 2026 09:00:00 +0000",
  "From: Canary Sender <canary.sender@example.com>",
  "Subject: canary subject",
  "",
].join("\n");
const FULL = "452 4.2.2 The email account that you tried to reach is over quota. other.example";

let now = Date.parse("2026-11-10T10:00:00Z");
let slow = 20;
const clock: Clock = {
  now: () => now,
  monotonic: () => performance.now(),
  after: (ms, call) => {
    // A busy machine is no reason to answer without what is kept.
    const timer = setTimeout(call, ms * slow);
    return () => {
      clearTimeout(timer);
    };
  },
};

const home = sqliteHome();
let store: Store;

beforeEach(async () => {
  now = Date.parse("2026-11-10T10:00:00Z");
  store = await opened(home.url);
});
afterEach(async () => {
  await store.forgetTenant("slack/T1");
  await store.close();
});

interface Heard {
  result: Awaited<ReturnType<ReturnType<typeof createApp>>>;
  page: Doc;
}

async function ask(
  request: Partial<Request>,
  keepMs = 24 * HOUR,
  open = () => Promise.resolve<Store | null>(store),
): Promise<Heard> {
  const app = createApp({
    commands: COMMANDS,
    dns: zoneDns(ZONE),
    http: NO_HTTP,
    store: open,
    keepMs,
    clock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    deadline: 8_000,
  });
  const pages: Doc[] = [];
  const result = await app(
    {
      id: "1",
      line: "triage",
      actor: ACTOR,
      place: THREAD,
      signal: new AbortController().signal,
      ...request,
    },
    (page) => {
      pages.push(page);
      return Promise.resolve();
    },
  );
  return { result, page: pages.at(-1)! };
}

const paste = (text: string, change: Partial<Request> = {}): Promise<Heard> =>
  ask({ fields: { text }, ...change });
const triageOf = ({ result }: Heard): TriageResult => triageResultSchema.parse(result);
const codeOf = ({ result }: Heard): string => (result.kind === "refused" ? result.error.code : result.kind);
const noticesOf = (heard: Heard): string => triageOf(heard).notices.join(" ");
const lineOf = ({ page }: Heard): string => page.line;

describe("an answer that is kept", () => {
  it("has a line that shows it again, whole, and with one of its parts open", async () => {
    const first = await paste(BOUNCE);
    expect(lineOf(first)).toMatch(/^triage kept:[a-z2-7]{26}$/);
    const again = await ask({ line: lineOf(first) });
    expect(triageOf(again).data).toEqual(triageOf(first).data);
    expect(lineOf(again)).toBe(lineOf(first));
    const open = await ask({ line: `${lineOf(first)} --more codes` });
    expect(open.page.open).toBe("codes");
    expect(triageOf(open).data.cause).toBe("dmarc.policy");
  });

  it("is found in its tenant alone", async () => {
    const line = lineOf(await paste(BOUNCE));
    expect(codeOf(await ask({ line, place: { ...THREAD, tenant: "T2" } }))).toBe("input.forgotten");
    expect(codeOf(await ask({ line, place: { ...THREAD, platform: "teams" } }))).toBe("input.forgotten");
  });

  it("is forgotten when its time is over, to the millisecond", async () => {
    const line = lineOf(await paste(BOUNCE));
    now += 24 * HOUR - 1;
    expect(codeOf(await ask({ line }))).toBe("triage");
    now += 1;
    expect(codeOf(await ask({ line }))).toBe("input.forgotten");
  });

  it.each([
    ["nothing is to be kept", 0, () => Promise.resolve(store), THREAD],
    ["there is no store", 24 * HOUR, () => Promise.resolve(null), THREAD],
    ["the store breaks", 24 * HOUR, () => Promise.reject(new Error("broken")), THREAD],
    ["it is asked in a shell", 24 * HOUR, () => Promise.resolve(store), { ...THREAD, platform: "terminal" }],
  ])("is answered without one where %s", async (_, keepMs, open, place) => {
    const heard = await ask({ fields: { text: BOUNCE }, place }, keepMs, open);
    expect(lineOf(heard)).toBe("triage");
    expect(triageOf(heard).data.cause).toBe("dmarc.policy");
    expect(heard.page.actions.filter(({ fields }) => fields !== undefined)).toHaveLength(1);
  });

  it("is answered without one where the store does not say so in time", async () => {
    slow = 0.1;
    const heard = await ask({ fields: { text: BOUNCE } }, 24 * HOUR, () => new Promise(() => undefined));
    slow = 20;
    expect(lineOf(heard)).toBe("triage");
    expect(triageOf(heard).data.cause).toBe("dmarc.policy");
  });

  it("cannot be looked up where there is no store", async () => {
    const line = lineOf(await paste(BOUNCE));
    expect(codeOf(await ask({ line }, 24 * HOUR, () => Promise.resolve(null)))).toBe("input.not-kept");
  });

  it("holds nothing that was pasted but what the masked answer shows", async () => {
    await paste(`${HEADERS}\ncanary body line\n`);
    const kept = await store.lastTriage("slack/T1", await placeKey(), now);
    const json = JSON.stringify(kept);
    expect(json).toContain("example.com");
    expect(json).not.toMatch(/canary/i);
  });
});

/** The key of the thread, out of what a paste kept there. */
async function placeKey(): Promise<string> {
  const line = lineOf(await paste(BOUNCE));
  const read = await store.readTriage("slack/T1", line.slice("triage kept:".length), now);
  return (read.ok && read.triage?.place) || "";
}

describe("a further text", () => {
  it("joins the page of its thread, and says what is new", async () => {
    const first = await paste(BOUNCE);
    const second = await paste(HEADERS);
    expect(lineOf(second)).toBe(lineOf(first));
    const { data } = triageOf(second);
    expect(data).toMatchObject({ cause: "dmarc.policy", texts: 2, code: "550", ip: "203.0.113.9" });
    expect(data.results.length).toBeGreaterThan(0);
    expect(noticesOf(second)).toContain("203.0.113.9");
    expect(data.ticket.join("\n")).toContain("203.0.113.9");
    // What was added is not told again.
    const again = await ask({ line: lineOf(first) });
    expect(triageOf(again).data.texts).toBe(2);
    expect(triageOf(again).notices).toEqual([]);
  });

  it("that tells nothing new says so", async () => {
    await paste(BOUNCE);
    expect(noticesOf(await paste(BOUNCE))).toContain("nothing more in it is new");
  });

  it.each<[string, Partial<Request>, string]>([
    ["in another thread", { place: { ...THREAD, thread: "2.2" } }, HEADERS],
    [
      "outside threads",
      { place: { platform: "slack", tenant: "T1", conversation: "C1", private: false } },
      HEADERS,
    ],
    ["that others do not see", { place: { ...THREAD, private: true } }, HEADERS],
    [
      "about another domain",
      {},
      FULL.replace("other.example", "Sender: x@other.example") + "\nFrom: x@other.example",
    ],
  ])("%s stands for itself", async (_, change, text) => {
    const first = await paste(BOUNCE);
    const second = await paste(text, change);
    expect(lineOf(second)).not.toBe(lineOf(first));
    expect(triageOf(second).data.texts).toBe(1);
  });

  it("joins what the same person alone sees, and nobody else's", async () => {
    const place = { ...THREAD, private: true };
    const first = await paste(BOUNCE, { place });
    expect(lineOf(await paste(HEADERS, { place }))).toBe(lineOf(first));
    expect(lineOf(await paste(HEADERS, { place, actor: { id: "other" } }))).not.toBe(lineOf(first));
  });

  it("joins what was shared in the thread", async () => {
    const first = await paste(BOUNCE, { place: { ...THREAD, private: true } });
    await ask({ line: lineOf(first) });
    expect(lineOf(await paste(HEADERS, { actor: { id: "other" } }))).toBe(lineOf(first));
  });

  it("joins by the button anywhere, as field, as line and as file", async () => {
    const place: Place = { platform: "slack", tenant: "T1", conversation: "D1", private: false };
    const first = await paste(BOUNCE, { place });
    const add = first.page.actions.find(({ line }) => line === lineOf(first));
    expect(add?.fields?.map(({ name }) => name)).toContain("file");
    const ways: Partial<Request>[] = [
      { line: lineOf(first), fields: { text: HEADERS } },
      { line: `${lineOf(first)} ${HEADERS}` },
      { line: lineOf(first), files: [{ name: "a.eml", bytes: Buffer.from(HEADERS) }] },
    ];
    for (const [at, way] of ways.entries()) {
      const heard = await ask({ ...way, place });
      expect(lineOf(heard)).toBe(lineOf(first));
      expect(triageOf(heard).data).toMatchObject({ texts: at + 2, ip: "203.0.113.9" });
    }
  });

  it("by the button about another domain joins, and says that it is another", async () => {
    const first = await paste(BOUNCE);
    const other = BOUNCE.replaceAll("example.com", "example.net");
    expect(noticesOf(await paste(other, { line: lineOf(first) }))).toContain("different domains");
  });

  it("for an answer that is forgotten is refused, and not answered as if it were the first", async () => {
    const line = lineOf(await paste(BOUNCE));
    now += 24 * HOUR;
    expect(codeOf(await ask({ line, fields: { text: HEADERS } }))).toBe("input.forgotten");
  });

  it("is not lost where several join at once", async () => {
    const first = await paste(BOUNCE);
    const texts = [1, 2, 3].map((at) => HEADERS.replaceAll("203.0.113.9", `203.0.113.${at}`));
    const joined = await Promise.all(texts.map((text) => paste(text)));
    expect(new Set(joined.map(lineOf))).toEqual(new Set([lineOf(first)]));
    expect(triageOf(await ask({ line: lineOf(first) })).data.texts).toBe(4);
  });
});

describe("a word that looks like a kept answer", () => {
  it.each(["kept:", "kept:short", `kept:${"a".repeat(27)}`, `kept:${"A".repeat(26)}`])(
    "%s is a text",
    async (word) => {
      expect(codeOf(await ask({ line: `triage ${word}` }))).toBe("triage");
    },
  );
  it("that nobody was given is told as forgotten", async () => {
    expect(codeOf(await ask({ line: `triage kept:${"a".repeat(26)}` }))).toBe("input.forgotten");
  });
});

describe("joining", () => {
  const bounce = async (text: string): Promise<Found> => {
    const { domain, data } = triageOf(await paste(text, { place: { ...THREAD, thread: text.slice(0, 20) } }));
    return { domain, data };
  };

  it("keeps the surer verdict, whichever came first, and says what the other was", async () => {
    const sure = await bounce(BOUNCE);
    const vague = await bounce("550 5.7.1 rejected example.com");
    const [there, back] = [join(sure, vague), join(vague, sure)];
    expect(there.found.data.cause).toBe("dmarc.policy");
    expect(back.found.data.cause).toBe("dmarc.policy");
    expect(back.news.some(({ kind }) => kind === "verdict")).toBe(true);
  });

  it("never makes more of it than it is: joining the same again changes nothing but the count", async () => {
    for (const text of [BOUNCE, HEADERS, FULL]) {
      const found = await bounce(text);
      const { found: joined, news } = join(found, found);
      expect({ ...joined.data, texts: 1 }).toEqual(found.data);
      expect(news).toEqual([]);
    }
  });

  it("needs one organization, or none named", async () => {
    const [a, b] = [await bounce(BOUNCE), await bounce(HEADERS)];
    const organization = (name: string): string => name.split(".").slice(-2).join(".");
    fc.assert(
      fc.property(fc.constantFrom(null, "example.com", "a.example.com", "example.net"), (domain) => {
        const other = { domain, data: { ...b.data, from: null } };
        expect(mayJoin(a, other, organization)).toBe(domain !== "example.net");
      }),
    );
  });

  it("reads as a page whose first lines say that it was joined", async () => {
    await paste(BOUNCE);
    const { page } = await paste(HEADERS);
    const lead = page.lead.flatMap((block) => (block.kind === "text" ? [plainOf(block.line)] : []));
    expect(lead[0]).toContain("Added to what was pasted before");
  });
});
