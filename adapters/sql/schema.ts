/** The tables as Kysely reads them; `migrations/` makes them. Times are milliseconds since 1970, texts are packed (`pack.ts`). */
import type { Generated } from "kysely";
import type { SenderKey, SenderVerdict, SessionStatus } from "../../src/store.ts";

export interface SessionRow {
  tenant: string;
  id: string;
  place: string;
  kind: string;
  domain: string;
  state: string;
  status: SessionStatus;
  revision: number;
  started_by: string;
  started_at: number;
  changed_at: number;
  expires_at: number;
  /** The revision whose expiry was told, or null. */
  told: number | null;
}

export interface DeedRow {
  tenant: string;
  session: string;
  id: string;
  revision: number;
  done_by: string;
  done_at: number;
  what: string;
}

export interface SeenRow {
  tenant: string;
  /** A digest: keys may be long. */
  digest: string;
  seen_at: number;
  /** Of the call that was first, so that it knows itself when it has to ask again. */
  token: string;
}

/** What answers and waits share. */
export interface QueueRow {
  seq: Generated<number>;
  tenant: string;
  id: string;
  rim: string;
  target: string;
  due: number;
  tries: number;
  lease: string | null;
  /** 0 where nobody has it. */
  leased_until: number;
  over_at: number | null;
}

export interface AnswerRow extends QueueRow {
  page: string;
}

export interface WaitRow extends QueueRow {
  session: string | null;
  what: string;
  asked_by: string;
  until: number;
}

export interface SenderRow {
  tenant: string;
  domain: string;
  kind: SenderKey["kind"];
  name: string;
  owner: string | null;
  verdict: SenderVerdict;
  judged_by: string | null;
  judged_at: number | null;
  first_seen: number | null;
  last_seen: number | null;
}

export interface FactsRow {
  tenant: string;
  domain: string;
  check_name: string;
  kept_at: number;
  facts: string;
}

export interface TriageRow {
  tenant: string;
  id: string;
  place: string | null;
  found: string;
  revision: number;
  until: number;
}

export interface MigrationRow {
  number: number;
  name: string;
  applied_at: number;
}

export interface Tables {
  sessions: SessionRow;
  deeds: DeedRow;
  seen: SeenRow;
  answers: AnswerRow;
  waits: WaitRow;
  senders: SenderRow;
  facts: FactsRow;
  triages: TriageRow;
  migrations: MigrationRow;
}
