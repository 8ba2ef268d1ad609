/** Guided conversations: who did what, in one order, each deed once. */
import { randomBytes } from "node:crypto";
import type { Transaction } from "kysely";
import type {
  Changed,
  Created,
  Deed,
  NewDeed,
  NewSession,
  Session,
  SessionAt,
  SessionChange,
  Sessions,
} from "../../src/store.ts";
import { insertAnswers } from "./answers.ts";
import type { At, Database } from "./attempt.ts";
import { SESSION_MS } from "./limits.ts";
import { packJson, packText, packTime, unpackJson, unpackText } from "./pack.ts";
import type { DeedRow, SessionRow, Tables } from "./schema.ts";
import { insertWaits } from "./waits.ts";

/** Letters and digits that nobody mistakes for each other; 32, so that each takes 5 bits. */
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
const ID_LETTERS = 10;

/** 50 bits by chance: short enough for a button, and within a tenant nobody guesses one. */
function newId(): string {
  return Array.from(randomBytes(ID_LETTERS), (octet) => LETTERS[octet % LETTERS.length]!).join("");
}

/** `now`: a session whose time is over is expired, whether or not a sweep has come by. */
function sessionOf(row: SessionRow, now: number): Session {
  return {
    tenant: unpackText(row.tenant),
    place: unpackText(row.place),
    id: row.id,
    kind: unpackText(row.kind),
    domain: unpackText(row.domain),
    state: unpackJson(row.state),
    status: row.status === "open" && row.expires_at <= now ? "expired" : row.status,
    revision: row.revision,
    startedBy: unpackText(row.started_by),
    startedAt: row.started_at,
    changedAt: row.changed_at,
    expiresAt: row.expires_at,
  };
}

function deedOf(row: DeedRow): Deed {
  return {
    id: unpackText(row.id),
    by: unpackText(row.done_by),
    what: unpackJson(row.what),
    at: row.done_at,
    revision: row.revision,
  };
}

async function insertDeed(
  trx: Transaction<Tables>,
  { tenant, id }: Pick<SessionRow, "tenant" | "id">,
  deed: NewDeed,
  revision: number,
): Promise<void> {
  await trx
    .insertInto("deeds")
    .values({
      tenant,
      session: id,
      id: packText(deed.id),
      revision,
      done_by: packText(deed.by),
      done_at: packTime(deed.at),
      what: packJson(deed.what),
    })
    .execute();
}

/** The session that this deed began, or one that stands in its way; `began` tells which. */
async function findBefore(
  trx: Transaction<Tables>,
  { tenant, place, kind, domain, deed }: NewSession,
): Promise<{ row: SessionRow; began: boolean } | null> {
  const began = await trx
    .selectFrom("sessions")
    .innerJoin("deeds", (join) =>
      join.onRef("deeds.tenant", "=", "sessions.tenant").onRef("deeds.session", "=", "sessions.id"),
    )
    .selectAll("sessions")
    .where("deeds.tenant", "=", packText(tenant))
    .where("deeds.id", "=", packText(deed.id))
    .where("deeds.revision", "=", 1)
    .executeTakeFirst();
  if (began !== undefined) return { row: began, began: true };
  const open = await trx
    .selectFrom("sessions")
    .selectAll()
    .where("tenant", "=", packText(tenant))
    .where("place", "=", packText(place))
    .where("kind", "=", packText(kind))
    .where("domain", "=", packText(domain))
    .where("status", "=", "open")
    .executeTakeFirst();
  return open === undefined ? null : { row: open, began: false };
}

async function create(trx: Transaction<Tables>, session: NewSession, at: At): Promise<Created> {
  const { deed } = session;
  const now = packTime(deed.at);
  const before = await findBefore(trx, session);
  if (before !== null) {
    const found = sessionOf(before.row, now);
    if (before.began) return { ok: true, session: found, again: true };
    if (found.status === "open") return { ok: false, why: "open", session: found };
    // Its time is over; the place is free.
    await trx
      .updateTable("sessions")
      .set({ status: "expired" })
      .where("tenant", "=", before.row.tenant)
      .where("id", "=", before.row.id)
      .execute();
    await at("expired");
  }
  const row: SessionRow = {
    tenant: packText(session.tenant),
    id: newId(),
    place: packText(session.place),
    kind: packText(session.kind),
    domain: packText(session.domain),
    state: packJson(session.state),
    status: "open",
    revision: 1,
    started_by: packText(deed.by),
    started_at: now,
    changed_at: now,
    expires_at: now + SESSION_MS,
    told: null,
  };
  await trx.insertInto("sessions").values(row).execute();
  await at("made");
  await insertDeed(trx, row, deed, 1);
  await at("noted");
  await insertAnswers(trx, session.answers ?? []);
  return { ok: true, session: sessionOf(row, now), again: false };
}

/** Why a change is not to be made, or null. */
async function refuse(
  trx: Transaction<Tables>,
  row: SessionRow,
  revision: number,
  deed: NewDeed,
): Promise<Changed | null> {
  const session = sessionOf(row, deed.at);
  const done = await trx
    .selectFrom("deeds")
    .select("revision")
    .where("tenant", "=", row.tenant)
    .where("session", "=", row.id)
    .where("id", "=", packText(deed.id))
    .executeTakeFirst();
  if (done !== undefined) return { ok: true, session, again: true };
  if (session.status !== "open") return { ok: false, why: "closed", session };
  return row.revision === revision ? null : { ok: false, why: "newer", newer: session };
}

async function change(
  trx: Transaction<Tables>,
  postgres: boolean,
  { tenant, place, id, revision }: SessionAt,
  { state, status = "open", deed, answers = [], waits = [], dropWaits = false }: SessionChange,
  at: At,
): Promise<Changed> {
  const found = trx
    .selectFrom("sessions")
    .selectAll()
    .where("tenant", "=", packText(tenant))
    .where("place", "=", packText(place))
    .where("id", "=", packText(id));
  // The row's lock puts two people in one order; SQLite's transaction is the lock.
  const row = await (postgres ? found.forUpdate() : found).executeTakeFirst();
  if (row === undefined) return { ok: false, why: "missing" };
  const refused = await refuse(trx, row, revision, deed);
  if (refused !== null) return refused;
  await at("read");
  const now = packTime(deed.at);
  const next: SessionRow = {
    ...row,
    state: packJson(state),
    status,
    revision: row.revision + 1,
    changed_at: now,
    expires_at: now + SESSION_MS,
    told: null,
  };
  await trx
    .updateTable("sessions")
    .set(next)
    .where("tenant", "=", row.tenant)
    .where("id", "=", row.id)
    .execute();
  await at("changed");
  await insertDeed(trx, row, deed, next.revision);
  await at("noted");
  if (dropWaits)
    await trx
      .deleteFrom("waits")
      .where("tenant", "=", row.tenant)
      .where("session", "=", row.id)
      .where("over_at", "is", null)
      .execute();
  await insertWaits(trx, waits);
  await at("waits");
  await insertAnswers(trx, answers);
  return { ok: true, session: sessionOf(next, now), again: false };
}

/** Marks the expiry as told where it still is to be told, and keeps the answer. */
async function tell(
  trx: Transaction<Tables>,
  { tenant, id, revision }: Session,
  insert: () => Promise<void>,
  at: At,
): Promise<boolean> {
  const row = await trx
    .updateTable("sessions")
    .set({ told: revision })
    .where("tenant", "=", packText(tenant))
    .where("id", "=", packText(id))
    .where("status", "=", "open")
    .where("revision", "=", revision)
    .where("told", "is", null)
    .returning("id")
    .executeTakeFirst();
  await at("told");
  if (row !== undefined) await insert();
  return row !== undefined;
}

export function sessionsIn({ postgres, read, write }: Database): Sessions {
  return {
    async createSession(session) {
      const done = await write("createSession", (trx, at) => create(trx, session, at));
      return done.ok ? done.value : done;
    },

    async changeSession(where, changes) {
      const done = await write("changeSession", (trx, at) => change(trx, postgres, where, changes, at));
      return done.ok ? done.value : done;
    },

    async readSession(tenant, place, id, now) {
      const done = await read((db) =>
        db
          .selectFrom("sessions")
          .selectAll()
          .where("tenant", "=", packText(tenant))
          .where("place", "=", packText(place))
          .where("id", "=", packText(id))
          .executeTakeFirst(),
      );
      if (!done.ok) return done;
      return { ok: true, session: done.value === undefined ? null : sessionOf(done.value, now) };
    },

    async openSessions(tenant, place, now) {
      const done = await read((db) =>
        db
          .selectFrom("sessions")
          .selectAll()
          .where("tenant", "=", packText(tenant))
          .where("place", "=", packText(place))
          .where("status", "=", "open")
          .where("expires_at", ">", packTime(now))
          .orderBy("changed_at", "desc")
          .orderBy("id")
          .execute(),
      );
      return done.ok ? { ok: true, sessions: done.value.map((row) => sessionOf(row, now)) } : done;
    },

    async deedsOf(tenant, place, id) {
      const done = await read((db) =>
        db
          .selectFrom("deeds")
          .innerJoin("sessions", (join) =>
            join.onRef("deeds.tenant", "=", "sessions.tenant").onRef("deeds.session", "=", "sessions.id"),
          )
          .selectAll("deeds")
          .where("sessions.tenant", "=", packText(tenant))
          .where("sessions.place", "=", packText(place))
          .where("sessions.id", "=", packText(id))
          .orderBy("deeds.revision")
          .execute(),
      );
      return done.ok ? { ok: true, deeds: done.value.map(deedOf) } : done;
    },

    async expiring(before, limit) {
      const done = await read((db) =>
        db
          .selectFrom("sessions")
          .selectAll()
          .where("status", "=", "open")
          .where("expires_at", "<", packTime(before))
          .where("told", "is", null)
          .orderBy("expires_at")
          .limit(Math.trunc(limit))
          .execute(),
      );
      // As they were left: whether the time is over is the caller's to say.
      return done.ok ? { ok: true, sessions: done.value.map((row) => sessionOf(row, -Infinity)) } : done;
    },

    async tellExpiring(session, answer) {
      const done = await write("tellExpiring", (trx, at) =>
        tell(trx, session, () => insertAnswers(trx, [answer]), at),
      );
      return done.ok ? { ok: true, told: done.value } : done;
    },
  };
}
