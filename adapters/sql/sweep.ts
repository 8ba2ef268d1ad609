/** Forgets what is too old, some rows at a time. */
import { sql, type Transaction } from "kysely";
import { CLOSED_MS, FACTS_MS, OVER_MS, SEEN_MS, SWEEP_ROWS } from "./limits.ts";
import { packText, packTime } from "./pack.ts";
import type { Tables } from "./schema.ts";

interface Old {
  table: keyof Tables;
  /** What makes a row one, in an order. */
  key: readonly string[];
  /** The column that tells the age, and from which age on a row goes. */
  column: string;
  age: number;
  /** What else has to be so. */
  where?: string;
}

/** What is deleted by age. Deeds go with their session. */
const OLD: readonly Old[] = [
  { table: "seen", key: ["tenant", "digest"], column: "seen_at", age: SEEN_MS },
  { table: "answers", key: ["seq"], column: "over_at", age: OVER_MS },
  { table: "waits", key: ["seq"], column: "over_at", age: OVER_MS },
  { table: "facts", key: ["tenant", "domain", "check_name", "kept_at"], column: "kept_at", age: FACTS_MS },
  { table: "triages", key: ["tenant", "id"], column: "until", age: 0 },
  // Counted from when it expired, or would have.
  {
    table: "sessions",
    key: ["tenant", "id"],
    column: "expires_at",
    age: CLOSED_MS,
    where: "status <> 'open'",
  },
];

/** Deletes some rows that are too old; gives how many. */
async function drop(
  trx: Transaction<Tables>,
  { table, key, column, age, where = "1 = 1" }: Old,
  now: number,
): Promise<number> {
  const columns = sql.join(key.map((each) => sql.ref(each)));
  const { numAffectedRows = 0n } = await sql`
    delete from ${sql.table(table)} where (${columns}) in (
      select ${columns} from ${sql.table(table)}
      where ${sql.ref(column)} <= ${packTime(now) - age} and ${sql.raw(where)} limit ${SWEEP_ROWS})`.execute(
    trx,
  );
  return Number(numAffectedRows);
}

/** Closes sessions whose time is over; gives how many. */
async function expire(trx: Transaction<Tables>, now: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update sessions set status = 'expired' where (tenant, id) in (
      select tenant, id from sessions
      where status = 'open' and expires_at <= ${packTime(now)} limit ${SWEEP_ROWS})
    and status = 'open' and expires_at <= ${packTime(now)}`.execute(trx);
  return Number(numAffectedRows);
}

/** One round; true where there may be more. */
export async function sweepOnce(trx: Transaction<Tables>, now: number): Promise<boolean> {
  const counts = [await expire(trx, now)];
  for (const old of OLD) counts.push(await drop(trx, old, now));
  return counts.some((count) => count >= SWEEP_ROWS);
}

/** Every table with a tenant's rows; `Record` makes the compiler ask about a new one. Deeds go with their session. */
const OWNED = {
  sessions: true,
  deeds: true,
  seen: true,
  answers: true,
  waits: true,
  senders: true,
  facts: true,
  triages: true,
  migrations: false,
} as const satisfies Record<keyof Tables, boolean>;

/** Deletes all of a tenant. */
export async function forgetAll(trx: Transaction<Tables>, tenant: string): Promise<void> {
  for (const [table, owned] of Object.entries(OWNED))
    if (owned) await sql`delete from ${sql.table(table)} where tenant = ${packText(tenant)}`.execute(trx);
}
