/** What answers and waits share: kept once, taken by one process for a while, remembered for a while when over. */
import { sql, type Transaction } from "kysely";
import type { Take } from "../../src/store.ts";
import { LEASE_MS } from "./limits.ts";
import { packText, packTime } from "./pack.ts";
import type { Tables } from "./schema.ts";

export interface Leased {
  seqs: number[];
  lease: string;
  leased_until: number;
}

/**
 * The rows that are due and nobody's. `lease` is the same in every try of one call, so that what a first try took (and whose
 * commit was never heard of) is found again.
 */
export async function pickDue(
  trx: Transaction<Tables>,
  postgres: boolean,
  table: "answers" | "waits",
  { rims, now, limit, leaseMs = LEASE_MS }: Take,
  lease: string,
): Promise<Leased> {
  const until = packTime(now + leaseMs);
  if (rims.length === 0 || limit < 1) return { seqs: [], lease, leased_until: until };
  // Rows that another process is taking are passed by, not waited for.
  const locked = postgres ? sql`for update skip locked` : sql``;
  const { rows } = await sql<{ seq: number }>`
    select seq from ${sql.table(table)}
    where over_at is null and due <= ${packTime(now)} and rim in (${sql.join(rims.map(packText))})
      and (leased_until <= ${packTime(now)} or lease = ${lease})
    order by due, seq limit ${Math.trunc(limit)} ${locked}`.execute(trx);
  return { seqs: rows.map(({ seq }) => seq), lease, leased_until: until };
}

/** As they were asked for. */
export function inOrder<R extends { due: number; seq: number }>(rows: readonly R[]): R[] {
  return [...rows].sort((a, b) => a.due - b.due || a.seq - b.seq);
}
