/** What answers and waits share: kept once, taken by one process for a while, remembered for a while when over. */
import { randomUUID } from "node:crypto";
import { sql, type Selectable, type Transaction } from "kysely";
import type { Json, Take } from "../../src/store.ts";
import type { Database, Tried } from "./attempt.ts";
import { LEASE_MS } from "./limits.ts";
import { packJson, packText, packTime, unpackJson, unpackText } from "./pack.ts";
import type { QueueRow, Tables } from "./schema.ts";

type Queue = "answers" | "waits";

/** What is the same of an answer and a wait before it was ever taken. */
interface Queued {
  tenant: string;
  id: string;
  rim: string;
  target: Json;
  due: number;
}

/** The columns of something new. */
export function rowOf({ tenant, id, rim, target, due }: Queued) {
  return {
    tenant: packText(tenant),
    id: packText(id),
    rim: packText(rim),
    target: packJson(target),
    due: packTime(due),
    tries: 0,
    lease: null,
    leased_until: 0,
    over_at: null,
  };
}

/** What was taken, of the columns that both have. */
export function leasedOf(row: Selectable<QueueRow>): Queued & { tries: number; lease: string } {
  return {
    tenant: unpackText(row.tenant),
    id: unpackText(row.id),
    rim: unpackText(row.rim),
    target: unpackJson(row.target),
    due: row.due,
    tries: row.tries,
    lease: row.lease ?? "",
  };
}

/** The rows that are due and nobody's. */
async function pickDue(
  trx: Transaction<Tables>,
  { postgres, queue, lease }: { postgres: boolean; queue: Queue; lease: string },
  { rims, now, limit }: Take,
): Promise<number[]> {
  if (rims.length === 0 || limit < 1) return [];
  // Rows that another process is taking are passed by, not waited for.
  const locked = postgres ? sql`for update skip locked` : sql``;
  const { rows } = await sql<{ seq: number }>`
    select seq from ${sql.table(queue)}
    where over_at is null and due <= ${packTime(now)} and rim in (${sql.join(rims.map(packText))})
      and (leased_until <= ${packTime(now)} or lease = ${lease})
    order by due, seq limit ${Math.trunc(limit)} ${locked}`.execute(trx);
  return rows.map(({ seq }) => seq);
}

/** Takes what is due for as long as the lease lasts, as it was asked for. `name` is the write's. */
export async function takeDue<R extends Selectable<QueueRow>>(
  { postgres, write }: Database,
  { name, queue }: { name: string; queue: Queue },
  take: Take,
): Promise<Tried<R[]>> {
  // The same in every try, so that what a first one took (and whose commit was never heard of) is found again.
  const lease = randomUUID();
  const until = packTime(take.now + (take.leaseMs ?? LEASE_MS));
  return write(name, async (trx, at) => {
    const seqs = await pickDue(trx, { postgres, queue, lease }, take);
    if (seqs.length === 0) return [];
    await at("picked");
    const { rows } = await sql<R>`
      update ${sql.table(queue)} set lease = ${lease}, leased_until = ${until}, tries = tries + 1
      where seq in (${sql.join(seqs)}) returning *`.execute(trx);
    return rows.sort((a, b) => a.due - b.due || a.seq - b.seq);
  });
}

/** Gives a row back until `due`; nothing happens where the lease has gone to others. */
export async function giveBack(
  trx: Transaction<Tables>,
  queue: Queue,
  { tenant, id, lease }: { tenant: string; id: string; lease: string },
  due: number,
): Promise<void> {
  await sql`
    update ${sql.table(queue)} set due = ${packTime(due)}, lease = null, leased_until = 0
    where tenant = ${packText(tenant)} and id = ${packText(id)} and lease = ${lease} and over_at is null`.execute(
    trx,
  );
}
