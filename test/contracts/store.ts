/** What every store does. A suite as a function: each implementation passes all of it. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StoreOptions } from "../../adapters/sql/store.ts";
import type {
  Changed,
  DueWait,
  Json,
  KeptTriage,
  NewAnswer,
  NewDeed,
  NewSession,
  NewWait,
  Session,
  Store,
  Stored,
  TakenAnswer,
} from "../../src/store.ts";

const LONG = process.env["LONG"] === "1";
const DAY = 86_400_000;
/** A time to count from. */
export const NOW = Date.UTC(2026, 5, 1);

/** An empty place for stores: what is opened twice shares all rows. */
export interface Home {
  open(options?: StoreOptions): Promise<Store>;
  remove(): Promise<void>;
}

export function deed(id: string, at = NOW, by = "U1"): NewDeed {
  return { id, by, what: { pressed: id }, at };
}

export function begin(change: Partial<NewSession> = {}): NewSession {
  return {
    tenant: "T1",
    place: "C1/1.1",
    kind: "setup",
    domain: "example.com",
    state: { step: 0 },
    deed: deed("begin"),
    ...change,
  };
}

export function answer(id: string, change: Partial<NewAnswer> = {}): NewAnswer {
  return {
    tenant: "T1",
    id,
    rim: "slack",
    target: { channel: "C1" },
    page: { text: id },
    due: NOW,
    ...change,
  };
}

export function wait(id: string, change: Partial<NewWait> = {}): NewWait {
  return {
    tenant: "T1",
    id,
    session: null,
    rim: "slack",
    target: { channel: "C1" },
    what: { record: "v=spf1 -all" },
    by: "U1",
    due: NOW,
    until: NOW + 3 * DAY,
    ...change,
  };
}

/** What is inside, where it went well. */
export function good<T extends object>(stored: T | { ok: false }): Extract<T, { ok: true }> {
  expect(stored).toMatchObject({ ok: true });
  return stored as Extract<T, { ok: true }>;
}

async function started(store: Store, change: Partial<NewSession> = {}): Promise<Session> {
  return good(await store.createSession(begin(change))).session;
}

const take = (now: number, limit = 10) => ({ rims: ["slack"], now, limit });

async function taken(store: Store, now: number, limit?: number): Promise<TakenAnswer[]> {
  return good(await store.takeAnswers(take(now, limit))).answers;
}

async function due(store: Store, now: number): Promise<DueWait[]> {
  return good(await store.dueWaits(take(now))).waits;
}

const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);

type Suite = (store: () => Store, home: () => Home) => void;

const sessions: Suite = (store) => {
  it("begins a session at revision 1 and reads it back at its place", async () => {
    const session = await started(store());
    expect(session).toMatchObject({
      status: "open",
      revision: 1,
      startedBy: "U1",
      expiresAt: NOW + 30 * DAY,
    });
    expect(session.id).toMatch(/^[a-z2-9]{10}$/);
    expect(good(await store().readSession("T1", "C1/1.1", session.id, NOW)).session).toEqual(session);
  });

  it.each([
    ["another tenant", "T2", "C1/1.1"],
    ["another place", "T1", "C1/2.2"],
  ])("shows nothing of a session to %s", async (_, tenant, place) => {
    const { id } = await started(store());
    expect(good(await store().readSession(tenant, place, id, NOW)).session).toBeNull();
    expect(good(await store().deedsOf(tenant, place, id)).deeds).toEqual([]);
    expect(good(await store().openSessions(tenant, place, NOW)).sessions).toEqual([]);
    const changed = await store().changeSession(
      { tenant, place, id, revision: 1 },
      { state: 1, deed: deed("x") },
    );
    expect(changed).toEqual({ ok: false, why: "missing" });
  });

  it("changes a session once by a deed, and tells who did what", async () => {
    const session = await started(store());
    const change = { state: { step: 1 }, deed: deed("go", NOW + 5, "U2") };
    const first = good(await store().changeSession(session, change));
    expect(first).toMatchObject({ again: false, session: { revision: 2, state: { step: 1 } } });
    expect(first.session.expiresAt).toBe(NOW + 5 + 30 * DAY);
    expect(await store().changeSession(session, change)).toEqual({ ...first, again: true });
    expect(await store().changeSession(first.session, change)).toEqual({ ...first, again: true });
    expect(good(await store().deedsOf("T1", "C1/1.1", session.id)).deeds).toEqual([
      { ...deed("begin"), revision: 1 },
      { ...deed("go", NOW + 5, "U2"), revision: 2 },
    ]);
  });

  it("shows the newer session to the later of two", async () => {
    const session = await started(store());
    const first = good(await store().changeSession(session, { state: "first", deed: deed("a") }));
    const second = await store().changeSession(session, { state: "second", deed: deed("b") });
    expect(second).toEqual({ ok: false, why: "newer", newer: first.session });
  });

  it.each(["done", "stopped"] as const)("changes nothing once it is %s", async (status) => {
    const session = await started(store());
    const { session: over } = good(
      await store().changeSession(session, { state: null, status, deed: deed("end") }),
    );
    expect(over.status).toBe(status);
    expect(await store().changeSession(over, { state: 1, deed: deed("late") })).toEqual({
      ok: false,
      why: "closed",
      session: over,
    });
    expect(good(await store().openSessions("T1", "C1/1.1", NOW)).sessions).toEqual([]);
  });

  it("begins one session by a delivery that comes twice", async () => {
    const session = await started(store());
    expect(await store().createSession(begin())).toEqual({ ok: true, session, again: true });
  });

  it("has one open session of a kind for a domain at a place", async () => {
    const session = await started(store());
    const other = begin({ deed: deed("other") });
    expect(await store().createSession(other)).toEqual({ ok: false, why: "open", session });
    await started(store(), { deed: deed("o1"), domain: "example.org" });
    await started(store(), { deed: deed("o2"), place: "C2" });
    await started(store(), { deed: deed("o3"), tenant: "T2" });
    good(await store().changeSession(session, { state: 0, status: "stopped", deed: deed("stop") }));
    expect(good(await store().createSession(other)).session.id).not.toBe(session.id);
  });

  it("lists the open sessions of a place, the last changed first", async () => {
    const a = await started(store());
    const b = await started(store(), { domain: "b.example", deed: deed("b", NOW + 1) });
    good(await store().changeSession(a, { state: 1, deed: deed("a", NOW + 2) }));
    expect(ids(good(await store().openSessions("T1", "C1/1.1", NOW + 3)).sessions)).toEqual([a.id, b.id]);
  });

  it("expires 30 days after the last deed, to the millisecond", async () => {
    const session = await started(store());
    const end = NOW + 30 * DAY;
    const at = async (now: number) =>
      good(await store().readSession("T1", "C1/1.1", session.id, now)).session?.status;
    expect([await at(end - 1), await at(end)]).toEqual(["open", "expired"]);
    const late = await store().changeSession(session, { state: 1, deed: deed("late", end) });
    expect(late).toMatchObject({ ok: false, why: "closed", session: { status: "expired" } });
    const next = good(await store().createSession(begin({ deed: deed("anew", end) })));
    expect(next.session.id).not.toBe(session.id);
  });

  it("tells of an expiry once, and again after a deed", async () => {
    const session = await started(store());
    const before = session.expiresAt + 1;
    const [soon] = good(await store().expiring(before, 10)).sessions;
    expect(soon).toEqual(session);
    expect(good(await store().expiring(session.expiresAt, 10)).sessions).toEqual([]);
    expect(good(await store().tellExpiring(session, answer("e1"))).told).toBe(true);
    expect(good(await store().tellExpiring(session, answer("e2"))).told).toBe(false);
    expect(good(await store().expiring(before, 10)).sessions).toEqual([]);
    const { session: changed } = good(await store().changeSession(session, { state: 1, deed: deed("d") }));
    expect(good(await store().tellExpiring(session, answer("e3"))).told).toBe(false);
    expect(ids(good(await store().expiring(before, 10)).sessions)).toEqual([changed.id]);
    expect(ids(await taken(store(), NOW))).toEqual(["e1"]);
  });

  it("keeps answers and waits with the deed, or none of them", async () => {
    const session = await started(store());
    const more = { answers: [answer("a")], waits: [wait("w", { session: session.id })] };
    good(await store().changeSession(session, { state: 1, deed: deed("a"), ...more }));
    const late = { answers: [answer("b")], waits: [wait("x")] };
    expect(await store().changeSession(session, { state: 1, deed: deed("b"), ...late })).toMatchObject({
      why: "newer",
    });
    expect(ids(await taken(store(), NOW))).toEqual(["a"]);
    expect(ids(await due(store(), NOW))).toEqual(["w"]);
  });

  it("forgets the waits of a session with the deed that says so", async () => {
    const session = await started(store());
    good(await store().keepWait(wait("mine", { session: session.id })));
    good(await store().keepWait(wait("other")));
    const change = {
      state: 1,
      deed: deed("a"),
      dropWaits: true,
      waits: [wait("new", { session: session.id })],
    };
    good(await store().changeSession(session, change));
    expect(ids(await due(store(), NOW))).toEqual(["other", "new"]);
  });
};

const deliveries: Suite = (store) => {
  it("knows a delivery for 24 hours, to the millisecond", async () => {
    const first = async (at: number, key = "k", tenant = "T1") =>
      good(await store().firstTime(tenant, key, at)).first;
    expect(await first(NOW)).toBe(true);
    expect(await first(NOW + DAY - 1)).toBe(false);
    expect(await first(NOW, "K")).toBe(true);
    expect(await first(NOW, "k", "T2")).toBe(true);
    expect(await first(NOW + DAY)).toBe(true);
    expect(await first(NOW + DAY + 1)).toBe(false);
  });

  it("takes a first time back", async () => {
    good(await store().firstTime("T1", "k", NOW));
    good(await store().forgetDelivery("T2", "k"));
    expect(good(await store().firstTime("T1", "k", NOW)).first).toBe(false);
    good(await store().forgetDelivery("T1", "k"));
    expect(good(await store().firstTime("T1", "k", NOW)).first).toBe(true);
  });

  it("is first once among fifty at the same time", async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => store().firstTime("T1", "k", NOW)));
    expect(all.filter((each) => good(each).first)).toHaveLength(1);
  });
};

const answers: Suite = (store, home) => {
  it("gives answers that are due in the order they were kept", async () => {
    for (const id of ["c", "a", "b"]) good(await store().keepAnswer(answer(id)));
    good(await store().keepAnswer(answer("later", { due: NOW + 1 })));
    good(await store().keepAnswer(answer("teams", { rim: "teams" })));
    const [first, ...rest] = await taken(store(), NOW);
    expect(first).toMatchObject({ ...answer("c"), tries: 1 });
    expect(ids(rest)).toEqual(["a", "b"]);
    expect(good(await store().takeAnswers({ ...take(NOW), rims: [] })).answers).toEqual([]);
  });

  it("gives nobody else what was taken, until the lease ends", async () => {
    good(await store().keepAnswer(answer("a")));
    const [mine] = await taken(store(), NOW);
    expect(await taken(store(), NOW + 29_999)).toEqual([]);
    const [theirs] = await taken(store(), NOW + 30_000);
    expect(theirs).toMatchObject({ id: "a", tries: 2 });
    // What the first holder says of it no longer counts.
    good(await store().answerFailed(mine!, NOW + 40_000));
    expect(await taken(store(), NOW + 50_000)).toEqual([]);
    good(await store().answerFailed(theirs!, NOW + 45_000));
    expect(ids(await taken(store(), NOW + 45_000))).toEqual(["a"]);
  });

  it("does not send again what was sent or given up, though it be kept again", async () => {
    for (const id of ["sent", "given up"]) good(await store().keepAnswer(answer(id)));
    const rows = await taken(store(), NOW);
    good(await store().answerSent("T1", "sent", NOW));
    good(await store().answerFailed(rows[1]!, null));
    for (const id of ["sent", "given up"]) good(await store().keepAnswer(answer(id)));
    expect(await taken(store(), NOW + DAY)).toEqual([]);
  });

  it("gives each answer to one of two processes", async () => {
    for (let at = 0; at < 20; at += 1) good(await store().keepAnswer(answer(`a${at}`)));
    const other = await home().open();
    try {
      const both = await Promise.all([store(), other, store(), other].map((each) => taken(each, NOW, 10)));
      const all = ids(both.flat());
      expect(new Set(all).size).toBe(all.length);
      const rest = [...(await taken(store(), NOW, 20)), ...(await taken(other, NOW, 20))];
      expect(new Set([...all, ...ids(rest)]).size).toBe(20);
    } finally {
      await other.close();
    }
  });
};

const waits: Suite = (store) => {
  it("looks at a wait until it is over, and says so once", async () => {
    good(await store().keepWait(wait("w")));
    good(await store().keepWait(wait("w", { what: "another" })));
    const [first] = await due(store(), NOW);
    expect(first).toMatchObject({ ...wait("w"), tries: 1 });
    expect(await due(store(), NOW)).toEqual([]);
    good(await store().waitAgain(first!, NOW + 1_000));
    expect(await due(store(), NOW + 999)).toEqual([]);
    expect(ids(await due(store(), NOW + 1_000))).toEqual(["w"]);
    expect(good(await store().waitDone("T2", "w", NOW, null)).done).toBe(false);
    expect(good(await store().waitDone("T1", "w", NOW, answer("live"))).done).toBe(true);
    expect(good(await store().waitDone("T1", "w", NOW, answer("again"))).done).toBe(false);
    expect(await due(store(), NOW + DAY)).toEqual([]);
    expect(ids(await taken(store(), NOW))).toEqual(["live"]);
  });
};

const senders: Suite = (store) => {
  const provider = { kind: "provider", name: "mailer" } as const;
  const network = { kind: "network", name: "192.0.2.0/24" } as const;
  const of = async (tenant = "T1", domain = "example.com") =>
    good(await store().sendersOf(tenant, domain)).senders;

  it("widens when a sender was seen, whatever the order", async () => {
    for (const at of [NOW, NOW + 9, NOW - 9])
      good(await store().sawSenders("T1", "example.com", [provider, network, provider], at));
    expect(await of()).toMatchObject([
      { ...network, verdict: "unknown", owner: null, firstSeen: NOW - 9, lastSeen: NOW + 9 },
      { ...provider, verdict: "unknown", firstSeen: NOW - 9, lastSeen: NOW + 9 },
    ]);
    expect(await of("T2")).toEqual([]);
    expect(await of("T1", "example.org")).toEqual([]);
  });

  it("keeps a verdict when a sender is seen again, and when it was seen when it is judged", async () => {
    const good1 = { verdict: "good", owner: "Marketing", by: "U1", at: NOW } as const;
    good(await store().judgeSender("T1", "example.com", provider, good1));
    good(await store().sawSenders("T1", "example.com", [provider], NOW + 1));
    good(await store().judgeSender("T1", "example.com", provider, { ...good1, verdict: "bad", by: "U2" }));
    expect(await of()).toEqual([
      {
        ...provider,
        verdict: "bad",
        owner: "Marketing",
        judgedBy: "U2",
        judgedAt: NOW,
        firstSeen: NOW + 1,
        lastSeen: NOW + 1,
      },
    ]);
  });
};

const facts: Suite = (store) => {
  const last = async (before: number, check = "spf", tenant = "T1") =>
    good(await store().lastFacts(tenant, "example.com", check, before)).last;

  it("gives the last facts earlier than a time, for 90 days", async () => {
    for (const [value, at] of [
      ["old", NOW],
      ["new", NOW + 10],
      ["newer", NOW + 10],
    ] as const)
      good(await store().keepFacts("T1", "example.com", "spf", { value }, at));
    expect(await last(NOW)).toBeNull();
    expect(await last(NOW + 10)).toEqual({ facts: { value: "old" }, at: NOW });
    expect(await last(NOW + 11)).toEqual({ facts: { value: "newer" }, at: NOW + 10 });
    expect(await last(NOW + 11, "dmarc")).toBeNull();
    expect(await last(NOW + 11, "spf", "T2")).toBeNull();
    expect(await last(NOW + 10 + 90 * DAY - 1)).not.toBeNull();
    expect(await last(NOW + 10 + 90 * DAY)).toBeNull();
  });
};

const triages: Suite = (store, home) => {
  const kept = (change: Partial<KeptTriage> = {}): KeptTriage => ({
    ...{ tenant: "T1", id: "a", place: "C1/1.1", found: { cause: "content" }, revision: 1, until: NOW + DAY },
    ...change,
  });
  const read = async (id = "a", now = NOW, tenant = "T1") =>
    good(await store().readTriage(tenant, id, now)).triage;

  it("gives a triage back in its tenant until its time is over, to the millisecond", async () => {
    expect(good(await store().keepTriage(kept())).kept).toBe(true);
    expect(await read()).toEqual(kept());
    expect(await read("a", NOW, "T2")).toBeNull();
    expect(await read("a", NOW + DAY - 1)).not.toBeNull();
    expect(await read("a", NOW + DAY)).toBeNull();
  });

  it("gives the one of a place that was kept last", async () => {
    good(await store().keepTriage(kept()));
    good(await store().keepTriage(kept({ id: "b", until: NOW + DAY + 1 })));
    good(await store().keepTriage(kept({ id: "c", place: "C2/1.1", until: NOW + DAY + 2 })));
    good(await store().keepTriage(kept({ id: "d", place: null, until: NOW + DAY + 3 })));
    const last = async (place: string, now = NOW, tenant = "T1") =>
      good(await store().lastTriage(tenant, place, now)).triage?.id ?? null;
    expect(await last("C1/1.1")).toBe("b");
    expect(await last("C3/1.1")).toBeNull();
    expect(await last("C1/1.1", NOW, "T2")).toBeNull();
    expect(await last("C1/1.1", NOW + DAY + 1)).toBeNull();
  });

  it("puts the next revision in the place of the one before, and no other", async () => {
    good(await store().keepTriage(kept()));
    // The same write again, as after a lost answer, is kept; another one is not.
    expect(good(await store().keepTriage(kept())).kept).toBe(true);
    expect(good(await store().keepTriage(kept({ found: 2 }))).kept).toBe(false);
    const second = kept({ revision: 2, found: 2 });
    expect(good(await store().keepTriage(second)).kept).toBe(true);
    expect(good(await store().keepTriage(second)).kept).toBe(true);
    expect(good(await store().keepTriage(kept({ revision: 2, found: 3 }))).kept).toBe(false);
    expect(good(await store().keepTriage(kept({ revision: 4, found: 4 }))).kept).toBe(false);
    expect(good(await store().keepTriage(kept({ id: "none", revision: 2 }))).kept).toBe(false);
    expect(await read()).toEqual(second);
  });

  it("lets one of two that join at once be first", async () => {
    const other = await home().open();
    good(await store().keepTriage(kept()));
    const both = await Promise.all([
      store().keepTriage(kept({ revision: 2, found: "mine" })),
      other.keepTriage(kept({ revision: 2, found: "theirs" })),
    ]);
    expect(both.map((each) => good(each).kept).filter(Boolean)).toHaveLength(1);
    await other.close();
  });
};

const sweeping: Suite = (store) => {
  it("forgets what is too old and keeps the rest", async () => {
    const session = await started(store());
    good(await store().firstTime("T1", "k", NOW));
    good(await store().keepFacts("T1", "example.com", "spf", 1, NOW));
    good(await store().keepAnswer(answer("sent")));
    good(await store().keepAnswer(answer("unsent")));
    good(await store().answerSent("T1", "sent", NOW));
    good(await store().keepWait(wait("open")));
    const triage = { tenant: "T1", id: "a", place: null, found: 1, revision: 1, until: NOW + DAY };
    good(await store().keepTriage(triage));
    expect(good(await store().sweep(NOW + DAY - 1)).more).toBe(false);
    good(await store().keepAnswer(answer("sent")));
    expect(good(await store().firstTime("T1", "k", NOW)).first).toBe(false);

    expect(good(await store().readTriage("T1", "a", NOW)).triage).not.toBeNull();
    good(await store().sweep(NOW + DAY));
    expect(good(await store().readTriage("T1", "a", NOW)).triage).toBeNull();

    good(await store().sweep(NOW + 30 * DAY));
    const read = async () => good(await store().readSession("T1", "C1/1.1", session.id, NOW)).session;
    expect(await read()).toMatchObject({ status: "expired" });
    expect(good(await store().firstTime("T1", "k", NOW)).first).toBe(true);
    expect(good(await store().lastFacts("T1", "example.com", "spf", NOW + 1)).last).not.toBeNull();

    good(await store().sweep(NOW + 90 * DAY));
    expect(await read()).toBeNull();
    expect(good(await store().lastFacts("T1", "example.com", "spf", NOW + 1)).last).toBeNull();
    expect(ids(await taken(store(), NOW))).toEqual(["unsent"]);
    expect(ids(await due(store(), NOW))).toEqual(["open"]);
  });

  it("sweeps some at a time, and says when there is more", async () => {
    for (let at = 0; at < 501; at += 1) good(await store().firstTime("T1", String(at), NOW));
    expect(good(await store().sweep(NOW + DAY)).more).toBe(true);
    expect(good(await store().sweep(NOW + DAY)).more).toBe(false);
  });

  it("forgets all of a tenant, and nothing of another", async () => {
    for (const tenant of ["T1", "T2"]) {
      await started(store(), { tenant });
      good(await store().keepAnswer(answer("a", { tenant })));
      good(await store().keepWait(wait("w", { tenant })));
      good(await store().keepFacts(tenant, "example.com", "spf", 1, NOW));
      good(await store().firstTime(tenant, "k", NOW));
      const triage = { tenant, id: "a", place: null, found: 1, revision: 1, until: NOW + DAY };
      good(await store().keepTriage(triage));
    }
    good(await store().forgetTenant("T1"));
    for (const [tenant, there] of [
      ["T1", false],
      ["T2", true],
    ] as const) {
      expect(good(await store().openSessions(tenant, "C1/1.1", NOW)).sessions).toHaveLength(Number(there));
      expect(good(await store().lastFacts(tenant, "example.com", "spf", NOW + 1)).last !== null).toBe(there);
      expect(good(await store().firstTime(tenant, "k", NOW)).first).toBe(!there);
      expect(good(await store().readTriage(tenant, "a", NOW)).triage !== null).toBe(there);
    }
    expect((await taken(store(), NOW)).map(({ tenant }) => tenant)).toEqual(["T2"]);
  });
};

const values: Suite = (store) => {
  it("gives back any text and any JSON as it was", async () => {
    let count = 0;
    const text = fc.string({ unit: "binary", maxLength: 40 });
    const odd = fc.oneof(
      text,
      fc.constantFrom("\0", "\ud800", '\\"', "'; drop table facts; --", "\u202e", "%"),
    );
    const runs = { seed: 7, numRuns: LONG ? 1_000 : 100 };
    await fc.assert(
      fc.asyncProperty(odd, odd, fc.jsonValue(), async (place, by, value) => {
        count += 1;
        // -0 is no JSON.
        const json = JSON.parse(JSON.stringify(value)) as Json;
        const session = await started(store(), {
          place,
          state: json,
          domain: `d${count}.example`,
          deed: deed(`${by}${count}`, NOW, by),
        });
        const read = good(await store().readSession("T1", place, session.id, NOW)).session;
        expect(read).toEqual(session);
        expect(read).toMatchObject({ place, startedBy: by });
        expect(read?.state).toEqual(json);
        const { deeds } = good(await store().deedsOf("T1", place, session.id));
        expect(ids(deeds)).toEqual([`${by}${count}`]);
      }),
      runs,
    );
  });

  it.each<[string, (store: Store) => Promise<Stored<unknown> | Changed>]>([
    ["an identifier of 601 octets", (each) => each.keepFacts("T1", "d".repeat(601), "spf", 1, NOW)],
    ["a value above a million octets", (each) => each.keepFacts("T1", "d", "spf", "x".repeat(999_999), NOW)],
    ["a time that is no number", (each) => each.keepFacts("T1", "d", "spf", 1, NaN)],
    ["a value that is no JSON", (each) => each.keepFacts("T1", "d", "spf", undefined as never, NOW)],
  ])("refuses %s", async (_, run) => {
    expect(await run(store())).toEqual({ ok: false, why: "unfit" });
  });

  it("takes what is just short enough", async () => {
    good(
      await store().keepFacts("T".repeat(600), "d".repeat(600), "s".repeat(600), "x".repeat(999_998), NOW),
    );
    const long = "p".repeat(600);
    await started(store(), { tenant: long, place: long, kind: long, domain: long });
  });
};

const together: Suite = (store, home) => {
  it("brings two people who press at random into one order, without losing a press", async () => {
    const other = await home().open();
    const session = await started(store());
    const presses = LONG ? 1_000 : 100;
    let pressed = 0;
    async function person(mine: Store, by: string): Promise<string[]> {
      const shown: string[] = [];
      let seen = session;
      while (pressed < presses) {
        pressed += 1;
        const id = `${by}-${pressed}`;
        // What is pressed is decided on the page that was seen; the later one decides anew on the newer page.
        for (;;) {
          const state = [...((seen.state as { log?: string[] }).log ?? []), id];
          const done = await mine.changeSession(seen, { state: { log: state }, deed: deed(id, NOW, by) });
          if (!done.ok && done.why === "newer") {
            seen = done.newer;
            continue;
          }
          seen = good(done).session;
          break;
        }
        shown.push(id);
      }
      return shown;
    }
    try {
      const shown = (await Promise.all([person(store(), "U1"), person(other, "U2")])).flat();
      const { deeds } = good(await store().deedsOf("T1", "C1/1.1", session.id));
      const end = good(await store().readSession("T1", "C1/1.1", session.id, NOW)).session!;
      const order = ids(deeds).slice(1);
      expect((end.state as { log: string[] }).log).toEqual(order);
      expect([...order].sort()).toEqual([...shown].sort());
      expect(deeds.map(({ revision }) => revision)).toEqual(deeds.map((_, at) => at + 1));
      expect(end.revision).toBe(presses + 1);
    } finally {
      await other.close();
    }
  });

  it("begins one session when ten begin it at the same time", async () => {
    const other = await home().open();
    try {
      const all = await Promise.all(
        Array.from({ length: 10 }, (_, at) =>
          (at % 2 === 0 ? store() : other).createSession(begin({ deed: deed(`b${at}`) })),
        ),
      );
      expect(all.filter(({ ok }) => ok)).toHaveLength(1);
      expect(new Set(all.map((each) => ("session" in each ? each.session.id : each.why))).size).toBe(1);
    } finally {
      await other.close();
    }
  });

  it("does a deed once when it is delivered ten times at once", async () => {
    const session = await started(store());
    const change = { state: 1, deed: deed("same"), answers: [answer("a")] };
    const all = await Promise.all(Array.from({ length: 10 }, () => store().changeSession(session, change)));
    expect(all.map((each) => good(each).again).filter((again) => !again)).toHaveLength(1);
    expect(await taken(store(), NOW)).toHaveLength(1);
  });
};

const living: Suite = (store, home) => {
  it("has all of it after it was closed and opened", async () => {
    const session = await started(store());
    good(await store().keepAnswer(answer("a")));
    await store().close();
    const next = await home().open();
    try {
      good(await next.ready());
      expect(good(await next.readSession("T1", "C1/1.1", session.id, NOW)).session).toEqual(session);
      expect(ids(await taken(next, NOW))).toEqual(["a"]);
    } finally {
      await next.close();
    }
  });

  it("ends what is under way before it closes, and does nothing after", async () => {
    const going = store().keepAnswer(answer("a"));
    await store().close();
    expect(await going).toMatchObject({ ok: true });
    expect(await store().keepAnswer(answer("b"))).toEqual({ ok: false, why: "closed" });
    await store().close();
  });

  it("opens for several at once", async () => {
    const stores = await Promise.all(Array.from({ length: 3 }, () => home().open()));
    for (const each of stores) good(await each.ready());
    await Promise.all(stores.map((each) => each.close()));
  });
};

const SUITES: Readonly<Record<string, Suite>> = {
  sessions,
  deliveries,
  answers,
  waits,
  senders,
  facts,
  triages,
  sweeping,
  values,
  together,
  living,
};

/** The contract of a store, on places that `fresh` makes. */
export function storeContract(fresh: () => Promise<Home>): void {
  let place: Home;
  let store: Store;
  beforeEach(async () => {
    place = await fresh();
    store = await place.open();
  });
  afterEach(async () => {
    await store.close();
    await place.remove();
  });
  for (const [name, suite] of Object.entries(SUITES))
    describe(name, () => {
      suite(
        () => store,
        () => place,
      );
    });
}
