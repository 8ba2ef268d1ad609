/** The first tables. */
import type { Migration } from "./migration.ts";

/** What answers and waits share; `seq` keeps the order of asking where times are equal. */
const queue = (seq: string, own: string): string => `
  seq ${seq},
  tenant text not null,
  id text not null,
  rim text not null,
  target text not null,
  due bigint not null,
  tries integer not null,
  lease text,
  leased_until bigint not null,
  over_at bigint,
  ${own},
  unique (tenant, id)`;

const SEQ = {
  sqlite: "integer primary key autoincrement",
  postgres: "bigint generated always as identity primary key",
} as const;

export const first: Migration = {
  number: 1,
  name: "first",
  statements: (kind) => [
    `create table sessions (
      tenant text not null,
      id text not null,
      place text not null,
      kind text not null,
      domain text not null,
      state text not null,
      status text not null check (status in ('open', 'done', 'stopped', 'expired')),
      revision integer not null,
      started_by text not null,
      started_at bigint not null,
      changed_at bigint not null,
      expires_at bigint not null,
      told integer,
      primary key (tenant, id)
    )`,
    // Two people who begin at once begin one session.
    `create unique index sessions_one_open on sessions (tenant, place, kind, domain) where status = 'open'`,
    `create index sessions_by_expiry on sessions (status, expires_at)`,
    `create table deeds (
      tenant text not null,
      session text not null,
      id text not null,
      revision integer not null,
      done_by text not null,
      done_at bigint not null,
      what text not null,
      primary key (tenant, session, id),
      unique (tenant, session, revision),
      foreign key (tenant, session) references sessions (tenant, id) on delete cascade
    )`,
    // A delivery that comes twice begins one session.
    `create unique index deeds_beginning on deeds (tenant, id) where revision = 1`,
    `create table seen (
      tenant text not null,
      digest text not null,
      seen_at bigint not null,
      token text not null,
      primary key (tenant, digest)
    )`,
    `create index seen_by_age on seen (seen_at)`,
    `create table answers (${queue(SEQ[kind], "page text not null")})`,
    `create index answers_due on answers (due, seq) where over_at is null`,
    `create index answers_over on answers (over_at) where over_at is not null`,
    `create table waits (${queue(SEQ[kind], "session text, what text not null, asked_by text not null, until bigint not null")})`,
    `create index waits_due on waits (due, seq) where over_at is null`,
    `create index waits_over on waits (over_at) where over_at is not null`,
    `create index waits_of_session on waits (tenant, session)`,
    `create table senders (
      tenant text not null,
      domain text not null,
      kind text not null check (kind in ('provider', 'network')),
      name text not null,
      owner text,
      verdict text not null check (verdict in ('good', 'bad', 'unknown')),
      judged_by text,
      judged_at bigint,
      first_seen bigint,
      last_seen bigint,
      primary key (tenant, domain, kind, name)
    )`,
    `create table facts (
      tenant text not null,
      domain text not null,
      check_name text not null,
      kept_at bigint not null,
      facts text not null,
      primary key (tenant, domain, check_name, kept_at)
    )`,
    `create index facts_by_age on facts (kept_at)`,
  ],
};
