/** What Waxseal remembers: sessions, deliveries, answers still to be sent, waits, senders, facts and triages. Types only; `adapters/sql` keeps it. */

/** What a store keeps without looking into it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Why the store did not do it; nothing was shown as done. `busy`: others were at it for too long; `unreachable`: no connection;
 * `full`: no room; `broken`: the database does not do what it should; `unfit`: a value that no store could hold; `closed`: the
 * store was closed. A write that failed as `busy` or `unreachable` may be asked for again with the same ids: it is done once.
 */
export type Trouble = "busy" | "unreachable" | "full" | "broken" | "unfit" | "closed";

export interface Failed {
  ok: false;
  why: Trouble;
}

/** What was asked for, or why not. No method of the store rejects. */
export type Stored<T> = ({ ok: true } & T) | Failed;

/** A write that gives nothing back; it has been committed when `ok` is true. */
export type Kept = Stored<unknown>;

/** Who did what in a session; deeds are added, never changed. */
export interface Deed {
  /** Of the delivery that asked for it: a second delivery of the same deed does nothing. */
  id: string;
  /** A person, by the platform's id. */
  by: string;
  what: Json;
  /** Milliseconds since 1970, as all times here. */
  at: number;
  /** The revision that the deed made. */
  revision: number;
}

export type NewDeed = Omit<Deed, "revision">;

export type SessionStatus = "open" | "done" | "stopped" | "expired";

/** A guided conversation, shared by everybody at its place. */
export interface Session {
  tenant: string;
  /** Conversation and thread, as one key of the rim's making. */
  place: string;
  /** Short enough for a button; given by the store. */
  id: string;
  /** What is being done: "setup". */
  kind: string;
  domain: string;
  state: Json;
  status: SessionStatus;
  /** 1 when it begins, one more with each deed. */
  revision: number;
  startedBy: string;
  startedAt: number;
  changedAt: number;
  /** 30 days after the last deed. */
  expiresAt: number;
}

export interface NewSession {
  tenant: string;
  place: string;
  kind: string;
  domain: string;
  state: Json;
  deed: NewDeed;
  /** Kept in the same commit. */
  answers?: readonly NewAnswer[];
}

/** `again`: this deed had been done before, nothing was done now. `open`: the place has an open one of this kind for the domain. */
export type Created =
  { ok: true; session: Session; again: boolean } | { ok: false; why: "open"; session: Session } | Failed;

/** Which session, and the revision of the page that was pressed. */
export interface SessionAt {
  tenant: string;
  place: string;
  id: string;
  revision: number;
}

/** All of it is committed, or nothing. */
export interface SessionChange {
  state: Json;
  /** Without it the session stays open. */
  status?: "open" | "done" | "stopped";
  deed: NewDeed;
  answers?: readonly NewAnswer[];
  waits?: readonly NewWait[];
  /** Forgets the session's waits, before new ones are kept. */
  dropWaits?: boolean;
}

/**
 * `again`: this deed had been done before, nothing was done now, `session` is as it is now. `newer`: somebody was faster, and
 * nothing was done. `closed`: done, stopped or expired. `missing`: never there, forgotten, or of another place.
 */
export type Changed =
  | { ok: true; session: Session; again: boolean }
  | { ok: false; why: "newer"; newer: Session }
  | { ok: false; why: "closed"; session: Session }
  | { ok: false; why: "missing" }
  | Failed;

export interface Sessions {
  createSession(session: NewSession): Promise<Created>;
  /** Null where there is none at this place. `now` tells whether it has expired. */
  readSession(
    tenant: string,
    place: string,
    id: string,
    now: number,
  ): Promise<Stored<{ session: Session | null }>>;
  changeSession(session: SessionAt, change: SessionChange): Promise<Changed>;
  /** The open sessions of a place, the one that was changed last first. */
  openSessions(tenant: string, place: string, now: number): Promise<Stored<{ sessions: Session[] }>>;
  /** What was done in a session, oldest first; empty where there is none at this place. */
  deedsOf(tenant: string, place: string, id: string): Promise<Stored<{ deeds: Deed[] }>>;
  /** Of all tenants: open sessions that expire before `before` and whose people have not been told, soonest first. */
  expiring(before: number, limit: number): Promise<Stored<{ sessions: Session[] }>>;
  /** Keeps the answer that tells of the expiry and that it was told, in one commit; `told` is false where others did, or it was changed since. */
  tellExpiring(session: Session, answer: NewAnswer): Promise<Stored<{ told: boolean }>>;
}

export interface Deliveries {
  /** True the first time a tenant's key comes by; false for 24 hours after that. */
  firstTime(tenant: string, key: string, at: number): Promise<Stored<{ first: boolean }>>;
  /** Takes a first time back: what came was not handled, and may come again. */
  forgetDelivery(tenant: string, key: string): Promise<Kept>;
}

/** Something a rim has to send. */
export interface NewAnswer {
  tenant: string;
  /** The same id again changes nothing, for 24 hours after it was sent. */
  id: string;
  /** Who sends it: "slack". */
  rim: string;
  /** Where to, as the rim needs it. */
  target: Json;
  page: Json;
  /** Not sent before. */
  due: number;
}

export interface TakenAnswer extends NewAnswer {
  /** How often it was taken, this time included. */
  tries: number;
  /** Whose it is now. */
  lease: string;
}

export interface Take {
  /** Of these rims alone. */
  rims: readonly string[];
  now: number;
  limit: number;
  /** For how long nobody else gets them; 30 seconds without it. */
  leaseMs?: number;
}

export interface Answers {
  keepAnswer(answer: NewAnswer): Promise<Kept>;
  /** Answers of all tenants that are due, oldest first; nobody else gets them until the lease ends. */
  takeAnswers(take: Take): Promise<Stored<{ answers: TakenAnswer[] }>>;
  answerSent(tenant: string, id: string, at: number): Promise<Kept>;
  /** Is tried again at `nextTry`; null gives it up. Nothing happens where the lease has gone to others. */
  answerFailed(answer: TakenAnswer, nextTry: number | null): Promise<Kept>;
}

/** "Tell me when it is live." */
export interface NewWait {
  tenant: string;
  /** The same id again changes nothing, for 24 hours after it was over. */
  id: string;
  /** Of the session it belongs to. */
  session: string | null;
  rim: string;
  target: Json;
  /** What has to be so. */
  what: Json;
  by: string;
  /** When to look next. */
  due: number;
  /** When to give up, and say so. */
  until: number;
}

export interface DueWait extends NewWait {
  tries: number;
  lease: string;
}

export interface Waits {
  keepWait(wait: NewWait): Promise<Kept>;
  /** Waits of all tenants that are due, oldest first; nobody else gets them until the lease ends. */
  dueWaits(take: Take): Promise<Stored<{ waits: DueWait[] }>>;
  /** Looks again at `due`. Nothing happens where the lease has gone to others. */
  waitAgain(wait: DueWait, due: number): Promise<Kept>;
  /** Ends a wait and keeps what is to be said, in one commit; `done` is false where it was over, and nothing was kept. */
  waitDone(
    tenant: string,
    id: string,
    at: number,
    answer: NewAnswer | null,
  ): Promise<Stored<{ done: boolean }>>;
}

export type SenderVerdict = "good" | "bad" | "unknown";

/** Who sends as a domain: a provider by its id, or a network ("192.0.2.0/24"). */
export interface SenderKey {
  kind: "provider" | "network";
  name: string;
}

export interface Sender extends SenderKey {
  owner: string | null;
  /** "unknown" until a person has said. */
  verdict: SenderVerdict;
  judgedBy: string | null;
  judgedAt: number | null;
  /** Null where it was judged before it was seen. */
  firstSeen: number | null;
  lastSeen: number | null;
}

export interface Judgement {
  verdict: SenderVerdict;
  owner: string | null;
  by: string;
  at: number;
}

export interface Senders {
  /** The one that was seen last first. */
  sendersOf(tenant: string, domain: string): Promise<Stored<{ senders: Sender[] }>>;
  /** Widens first and last seen; leaves owner and verdict as they are. */
  sawSenders(tenant: string, domain: string, senders: readonly SenderKey[], at: number): Promise<Kept>;
  judgeSender(tenant: string, domain: string, sender: SenderKey, judgement: Judgement): Promise<Kept>;
}

export interface Facts {
  /** Kept for 90 days; a second time at the same millisecond takes the place of the first. */
  keepFacts(tenant: string, domain: string, check: string, facts: Json, at: number): Promise<Kept>;
  /** The last ones earlier than `before`, or null. */
  lastFacts(
    tenant: string,
    domain: string,
    check: string,
    before: number,
  ): Promise<Stored<{ last: { facts: Json; at: number } | null }>>;
}

/** What a `triage` answered, with nothing of the pasted text but what the answer shows; kept as long as its buttons live. */
export interface KeptTriage {
  tenant: string;
  /** Not to be guessed: whoever has a page's button has it. */
  id: string;
  /** Where a further text joins it, as one key of the command's making; null: nowhere by itself. */
  place: string | null;
  found: Json;
  /** 1 when it is kept first, one more with each text that joins it. */
  revision: number;
  until: number;
}

export interface Triages {
  /** Keeps revision 1, or the next one in place of the one before; `kept` is false where somebody was faster, or it is forgotten. */
  keepTriage(triage: KeptTriage): Promise<Stored<{ kept: boolean }>>;
  /** Null where there is none, or its time is over. */
  readTriage(tenant: string, id: string, now: number): Promise<Stored<{ triage: KeptTriage | null }>>;
  /** The one of a place that was kept last. */
  lastTriage(tenant: string, place: string, now: number): Promise<Stored<{ triage: KeptTriage | null }>>;
}

/** Every row belongs to a tenant; only `expiring`, `takeAnswers`, `dueWaits` and `sweep` read across tenants. */
export interface Store extends Sessions, Deliveries, Answers, Waits, Senders, Facts, Triages {
  /** Forgets what is too old and closes what has expired; some at a time: `more` says to call again. */
  sweep(now: number): Promise<Stored<{ more: boolean }>>;
  /** Forgets all of a tenant. */
  forgetTenant(tenant: string): Promise<Kept>;
  /** Whether it can be reached now. */
  ready(): Promise<Kept>;
  /** Lets what is under way end, then lets go; later calls fail as "closed". */
  close(): Promise<void>;
}
